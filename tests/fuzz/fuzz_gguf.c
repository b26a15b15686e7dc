/* SPDX-License-Identifier: MIT */
/* Model files: the table of keys and tensors, then all that is loaded but the weights. */
#include "model.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Reads what was found, so that the sanitizers see every byte that is handed out. */
static void
walk (EngineGguf *gguf)
{
  for (size_t i = 0; i < engine_gguf_n_keys (gguf); i++) {
    const char *key = engine_gguf_key (gguf, i);
    size_t n = engine_gguf_array_length (gguf, key), n_bytes;
    double number;
    int64_t integer;

    engine_gguf_string (gguf, key, &n_bytes);
    engine_gguf_float (gguf, key, &number);
    for (size_t k = 0; k < n; k++) {
      engine_gguf_array_string (gguf, key, k, &n_bytes);
      engine_gguf_array_int (gguf, key, k, &integer);
    }
  }
  for (size_t i = 0; i < engine_gguf_n_tensors (gguf); i++) {
    const EngineTensor *tensor = engine_gguf_tensor (gguf, i);
    char *bytes = malloc (tensor->bytes);
    EngineError error = { 0 };

    if (!bytes || !engine_gguf_read (gguf, tensor, 0, bytes, tensor->bytes, &error))
      abort ();
    free (bytes);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static int fd = -1;
  static char path[64];
  EngineLoadOptions options = { .vocab_only = true };
  EngineError error = { 0 };
  EngineGguf *gguf;

  if (fd < 0) {
    fd = memfd_create ("gguf", MFD_CLOEXEC);
    snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  }
  if (ftruncate (fd, 0) != 0 || pwrite (fd, data, size, 0) != (ssize_t) size)
    abort ();
  gguf = engine_gguf_open (path, &error);
  if (gguf)
    walk (gguf);
  engine_gguf_free (gguf);
  engine_model_unref (engine_model_load (path, &options, &error));
  for (int kind = 0; kind < ENGINE_N_TOWERS; kind++)
    engine_tower_unref (engine_tower_load (path, (EngineTowerKind) kind, &options, &error));
  return 0;
}
