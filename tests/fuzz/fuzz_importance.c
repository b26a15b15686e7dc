/* SPDX-License-Identifier: MIT */
/* Files of importances, read for tensors of several shapes. */
#include "remake/importance.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const EngineTensor tensors[] = {
    { .name = "a.weight", .ne = { 4, 8, 1, 1 } },
    { .name = "b.weight", .ne = { 2, 8, 3, 1 } },
  };
  static int fd = -1;
  static char path[64];
  EngineError error = { 0 };
  EngineImportance *importance;

  if (fd < 0) {
    fd = memfd_create ("importance", MFD_CLOEXEC);
    snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  }
  if (ftruncate (fd, 0) != 0 || pwrite (fd, data, size, 0) != (ssize_t) size)
    abort ();
  importance = engine_importance_open (path, &error);
  for (size_t i = 0; importance && i < ENGINE_LENGTH (tensors); i++) {
    int64_t n = tensors[i].ne[0] * tensors[i].ne[2];
    EngineError why = { 0 };
    float *means;

    if (!engine_importance_read (importance, &tensors[i], &means, &why)) {
      if (means || why.code == ENGINE_OK || why.code == ENGINE_INTERNAL)
        abort ();
      continue;
    }
    for (int64_t k = 0; means && k < n; k++)
      if (!(means[k] >= 0.0f))
        abort ();
    free (means);
  }
  if (importance)
    engine_importance_chunks (importance);
  engine_importance_free (importance);
  return 0;
}
