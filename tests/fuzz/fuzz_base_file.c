/* SPDX-License-Identifier: MIT */
/* A file of log-probabilities, as llama-perplexity writes it too. */
#include "tool/base-file.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static int fd = -1;
  char path[64];
  EngineError error = { 0 };
  BaseFile base;

  if (fd < 0)
    fd = memfd_create ("base", MFD_CLOEXEC);
  if (ftruncate (fd, 0) != 0 || pwrite (fd, data, size, 0) != (ssize_t) size)
    abort ();
  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  if (base_file_open (&base, path, &error)) {
    float *logs = malloc ((size_t) base.n_vocab * sizeof *logs);

    for (int i = 0; logs && i < 8 && base_file_read (&base, logs, &error); i++)
      ;
    free (logs);
  } else if (error.code == ENGINE_OK)
    abort ();
  base_file_close (&base, NULL);
  return 0;
}
