/* SPDX-License-Identifier: MIT */
/* Writes GGUF files, version 3.
 *
 * Internal. First the keys, then the list of tensors, then engine_writer_begin () and the tensors' bytes in that order, then engine_writer_commit ().
 * The bytes go to a new file beside the wanted one, which takes its name at the end, so that a file under that name is always a whole one: what was
 * there before stays as long as anything can fail. Not thread-safe. */
#pragma once

#include "gguf.h"

#define ENGINE_GGUF_ALIGNMENT 32

typedef struct EngineWriter EngineWriter;

/* `path` is no folder or device; it may exist. NULL on error. */
EngineWriter *engine_writer_new (const char *path, EngineError *error);
/* Without a commit before, nothing stays. */
void          engine_writer_free (EngineWriter *writer);

void engine_writer_uint (EngineWriter *writer, const char *key, uint32_t value);
void engine_writer_string (EngineWriter *writer, const char *key, const char *value);
void engine_writer_strings (EngineWriter *writer, const char *key, const char *const *values, size_t n);
/* Key `index` of `gguf`, as it is there. */
void engine_writer_copy_key (EngineWriter *writer, const EngineGguf *gguf, size_t index);

/* Only name, type, n_dims and ne count. */
void engine_writer_tensor (EngineWriter *writer, const EngineTensor *tensor);

/* Writes all that stands before the tensors and takes room on the disk for them. */
bool engine_writer_begin (EngineWriter *writer, EngineError *error);
/* The next bytes of the tensors; what lies between two is filled here. */
bool engine_writer_append (EngineWriter *writer, const void *bytes, size_t n, EngineError *error);
/* All bytes of all tensors are there. */
bool engine_writer_commit (EngineWriter *writer, EngineError *error);

uint64_t engine_writer_bytes (const EngineWriter *writer); /* of the whole file, after begin */
