/* SPDX-License-Identifier: MIT */
/* What gguf.c fills and gguf-values.c looks things up in. */
#pragma once

#include "gguf.h"

#include <sys/stat.h>

/* Strings lie one after the other in `bytes`, each followed by a NUL; string i begins at
 * starts[i], and starts[n] is the end. Numbers lie packed as in the file. */
struct EngineGgufArray {
  EngineGgufType type;
  size_t         n;
  char          *bytes;
  size_t        *starts; /* [n + 1], strings only */
};

typedef struct {
  char           *name;
  EngineGgufType  type;
  char            scalar[8]; /* a number, as in the file */
  EngineGgufArray array;     /* ARRAY; a STRING is an array of one */
} EngineGgufKey;

struct EngineGguf {
  char          *path;
  int            fd;
  int            past_fd;  /* reads past the system's cache; -1: not, or not yet */
  struct stat    identity; /* when it was opened */
  uint64_t       size;
  EngineGgufKey *keys;
  size_t         n_keys;
  uint32_t      *key_order; /* indices, sorted by name */
  EngineTensor  *tensors;
  size_t         n_tensors;
  uint32_t      *tensor_order;
  EngineGguf   **more;      /* the other parts of the model, in order; each only for its bytes */
  unsigned       n_more;
};

/* One file, whether it is a part of a model or a whole one. */
EngineGguf *engine_gguf_open_file (const char *path, EngineError *error);

/* BAD_FILE where the file is not what it was when it was opened. */
bool engine_gguf_is_the_same (const EngineGguf *gguf, EngineError *error);
/* The part that has the tensor, if it has all of those bytes; NULL with an error. */
const EngineGguf *engine_gguf_part_of (const EngineGguf *gguf, const EngineTensor *tensor, size_t offset, size_t n, EngineError *error);
bool engine_gguf_read_at (const EngineGguf *gguf, uint64_t offset, void *out, size_t n, EngineError *error);

/* The path's last part, for messages. */
const char *engine_gguf_base_name (const char *path);

/* For qsort_r over indices into the tensors of the EngineGguf `gguf`, by name. */
int engine_gguf_compare_tensors (const void *a, const void *b, void *gguf);

/* Bytes of one number of that type; 0 for strings, arrays and unknown types. */
size_t engine_gguf_scalar_bytes (uint32_t type);
