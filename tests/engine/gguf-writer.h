/* SPDX-License-Identifier: MIT */
/* Writes GGUF files for tests, piece by piece, so that a test may also write a wrong one.
 *
 * Keys first, then tensors, then gguf_writer_finish (). */
#pragma once

#include "gguf.h"

#include <glib.h>

typedef struct {
  GByteArray *keys, *tensors, *data; /* the three parts of a file */
  guint64     n_keys, n_tensors;
  guint32     version, alignment;
} GgufWriter;

void gguf_writer_init (GgufWriter *writer);

void gguf_write_uint (GgufWriter *writer, const char *key, guint32 value);
void gguf_write_float (GgufWriter *writer, const char *key, float value);
void gguf_write_bool (GgufWriter *writer, const char *key, gboolean value);
void gguf_write_string (GgufWriter *writer, const char *key, const char *value);
void gguf_write_strings (GgufWriter *writer, const char *key, const char *const *values, gsize n);
void gguf_write_ints (GgufWriter *writer, const char *key, const gint32 *values, gsize n);

/* Values are stored in `type`; ne1 0: a vector. */
void gguf_write_tensor (GgufWriter *writer, const char *name, EngineType type, gint64 ne0, gint64 ne1, const float *values);

/* ne2 matrices, one below the other; 0: as above. */
void gguf_write_experts (GgufWriter *writer, const char *name, EngineType type, gint64 ne0, gint64 ne1, gint64 ne2, const float *values);

/* The whole file; frees what the writer holds. */
GByteArray *gguf_writer_finish (GgufWriter *writer);

/* Little-endian pieces. */
void gguf_put_u32 (GByteArray *bytes, guint32 value);
void gguf_put_u64 (GByteArray *bytes, guint64 value);
void gguf_put_string (GByteArray *bytes, const char *text);
