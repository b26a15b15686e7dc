/* SPDX-License-Identifier: MIT */
/* Reads GGUF model files, versions 2 and 3.
 *
 * Internal. The file is read with pread (), never mapped: a file that is truncated or
 * replaced while in use gives an error, not a signal. Nothing in it is trusted: every
 * count, length, offset, alignment and type is checked before use, and the memory that the
 * metadata takes is bounded by the size of the file. Opening reads the header only. */
#pragma once

#include "tensor.h"

typedef struct EngineGguf EngineGguf;

typedef enum {
  ENGINE_GGUF_U8, ENGINE_GGUF_I8, ENGINE_GGUF_U16, ENGINE_GGUF_I16, ENGINE_GGUF_U32, ENGINE_GGUF_I32,
  ENGINE_GGUF_F32, ENGINE_GGUF_BOOL, ENGINE_GGUF_STRING, ENGINE_GGUF_ARRAY,
  ENGINE_GGUF_U64, ENGINE_GGUF_I64, ENGINE_GGUF_F64,
} EngineGgufType;

/* Of a model in several files (NAME-00001-of-00003.gguf…) any one stands for all, which must lie beside it. */
EngineGguf *engine_gguf_open (const char *path, EngineError *error);
void        engine_gguf_free (EngineGguf *gguf);

/* A key's type; an array's element type comes in *element_type (NULL: not wanted). False when absent. */
bool        engine_gguf_type (const EngineGguf *gguf, const char *key, EngineGgufType *type, EngineGgufType *element_type);

/* Each returns false when the key is absent, has another kind of type, or does not fit the
 * result; integers convert among each other, F32 and F64 likewise. */
bool        engine_gguf_uint (const EngineGguf *gguf, const char *key, uint64_t *value);
bool        engine_gguf_int (const EngineGguf *gguf, const char *key, int64_t *value);
bool        engine_gguf_float (const EngineGguf *gguf, const char *key, double *value);
bool        engine_gguf_bool (const EngineGguf *gguf, const char *key, bool *value);
/* NUL-terminated, `*n_bytes` without the NUL (NULL: not wanted); a string may hold NULs of its own. Lives as long as the file. */
const char *engine_gguf_string (const EngineGguf *gguf, const char *key, size_t *n_bytes);

/* A string that can be shown: valid UTF-8 without NULs, or "". */
const char *engine_gguf_clean_string (const EngineGguf *gguf, const char *key);

/* Arrays: the number of elements (0 when absent), then one element. An index out of range returns false or NULL. */
size_t      engine_gguf_array_length (const EngineGguf *gguf, const char *key);
const char *engine_gguf_array_string (const EngineGguf *gguf, const char *key, size_t index, size_t *n_bytes);
bool        engine_gguf_array_int (const EngineGguf *gguf, const char *key, size_t index, int64_t *value);
bool        engine_gguf_array_bool (const EngineGguf *gguf, const char *key, size_t index, bool *value);
bool        engine_gguf_array_float (const EngineGguf *gguf, const char *key, size_t index, double *value);

/* A handle that makes walking over long arrays (a vocabulary) cheap; NULL when absent or another type. */
typedef struct EngineGgufArray EngineGgufArray;
const EngineGgufArray *engine_gguf_array (const EngineGguf *gguf, const char *key, EngineGgufType element_type);
size_t         engine_gguf_array_size (const EngineGgufArray *array);
const char    *engine_gguf_array_string_at (const EngineGgufArray *array, size_t index, size_t *n_bytes);
const float   *engine_gguf_array_floats (const EngineGgufArray *array);
const int32_t *engine_gguf_array_ints (const EngineGgufArray *array);
/* Of an array of U8 or I8; NULL and 0 when absent or another type. */
const uint8_t *engine_gguf_array_bytes (const EngineGguf *gguf, const char *key, size_t *n);

/* All keys in file order, for `info`. */
size_t      engine_gguf_n_keys (const EngineGguf *gguf);
const char *engine_gguf_key (const EngineGguf *gguf, size_t index);

size_t              engine_gguf_n_tensors (const EngineGguf *gguf);
const EngineTensor *engine_gguf_tensor (const EngineGguf *gguf, size_t index);
const EngineTensor *engine_gguf_find_tensor (const EngineGguf *gguf, const char *name);

/* Reads tensor bytes; fits EngineReadFunc with the gguf as `user`. BAD_FILE when the file has
 * shrunk or changed (size, inode or modification time) since it was opened. */
bool engine_gguf_read (void *gguf, const EngineTensor *tensor, size_t offset, void *out, size_t n, EngineError *error);

/* The same for bytes that are wanted again and again but not kept by the system too: past its cache where the file system has a way past it.
 * They are laid somewhere into `room`, [n + 2 · ENGINE_READ_ALIGN] bytes at a multiple of that, and `*at` says where. Fits EngineReadPastFunc;
 * several threads at once, after one call of engine_gguf_open_past (). */
bool engine_gguf_read_past (void *gguf, const EngineTensor *tensor, size_t offset, size_t n, uint8_t *room, const uint8_t **at, EngineError *error);
void engine_gguf_open_past (EngineGguf *gguf);
/* The system need not keep what was read of the file so far. */
void engine_gguf_forget (const EngineGguf *gguf);
