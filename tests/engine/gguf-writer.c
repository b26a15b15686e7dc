/* SPDX-License-Identifier: MIT */
#include "gguf-writer.h"

#include <string.h>

void
gguf_put_u32 (GByteArray *bytes, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &little, sizeof little);
}

void
gguf_put_u64 (GByteArray *bytes, guint64 value)
{
  guint64 little = GUINT64_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &little, sizeof little);
}

void
gguf_put_string (GByteArray *bytes, const char *text)
{
  gguf_put_u64 (bytes, strlen (text));
  g_byte_array_append (bytes, (const guint8 *) text, strlen (text));
}

static void
pad (GByteArray *bytes, guint alignment)
{
  static const guint8 zero;

  while (bytes->len % alignment)
    g_byte_array_append (bytes, &zero, 1);
}

void
gguf_writer_init (GgufWriter *writer)
{
  *writer = (GgufWriter) {
    .keys = g_byte_array_new (), .tensors = g_byte_array_new (), .data = g_byte_array_new (), .version = 3, .alignment = 32,
  };
}

static void
begin_key (GgufWriter *writer, const char *key, EngineGgufType type)
{
  gguf_put_string (writer->keys, key);
  gguf_put_u32 (writer->keys, type);
  writer->n_keys++;
}

void
gguf_write_uint (GgufWriter *writer, const char *key, guint32 value)
{
  begin_key (writer, key, ENGINE_GGUF_U32);
  gguf_put_u32 (writer->keys, value);
}

void
gguf_write_float (GgufWriter *writer, const char *key, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  begin_key (writer, key, ENGINE_GGUF_F32);
  gguf_put_u32 (writer->keys, bits);
}

void
gguf_write_bool (GgufWriter *writer, const char *key, gboolean value)
{
  guint8 byte = value ? 1 : 0;

  begin_key (writer, key, ENGINE_GGUF_BOOL);
  g_byte_array_append (writer->keys, &byte, 1);
}

void
gguf_write_string (GgufWriter *writer, const char *key, const char *value)
{
  begin_key (writer, key, ENGINE_GGUF_STRING);
  gguf_put_string (writer->keys, value);
}

void
gguf_write_strings (GgufWriter *writer, const char *key, const char *const *values, gsize n)
{
  begin_key (writer, key, ENGINE_GGUF_ARRAY);
  gguf_put_u32 (writer->keys, ENGINE_GGUF_STRING);
  gguf_put_u64 (writer->keys, n);
  for (gsize i = 0; i < n; i++)
    gguf_put_string (writer->keys, values[i]);
}

void
gguf_write_ints (GgufWriter *writer, const char *key, const gint32 *values, gsize n)
{
  begin_key (writer, key, ENGINE_GGUF_ARRAY);
  gguf_put_u32 (writer->keys, ENGINE_GGUF_I32);
  gguf_put_u64 (writer->keys, n);
  for (gsize i = 0; i < n; i++)
    gguf_put_u32 (writer->keys, (guint32) values[i]);
}

void
gguf_write_tensor (GgufWriter *writer, const char *name, EngineType type, gint64 ne0, gint64 ne1, const float *values)
{
  gguf_write_experts (writer, name, type, ne0, ne1, 0, values);
}

void
gguf_write_experts (GgufWriter *writer, const char *name, EngineType type, gint64 ne0, gint64 ne1, gint64 ne2, const float *values)
{
  gsize n = (gsize) (ne0 * MAX (ne1, 1) * MAX (ne2, 1)), bytes, begin;

  g_assert_true (engine_type_bytes (type, n, &bytes));
  gguf_put_string (writer->tensors, name);
  gguf_put_u32 (writer->tensors, ne2 ? 3 : ne1 ? 2 : 1);
  gguf_put_u64 (writer->tensors, (guint64) ne0);
  if (ne1)
    gguf_put_u64 (writer->tensors, (guint64) ne1);
  if (ne2)
    gguf_put_u64 (writer->tensors, (guint64) ne2);
  gguf_put_u32 (writer->tensors, engine_types[type].gguf_id);
  pad (writer->data, writer->alignment);
  begin = writer->data->len;
  gguf_put_u64 (writer->tensors, begin);
  g_byte_array_set_size (writer->data, (guint) (begin + bytes));
  engine_types[type].from_float (values, writer->data->data + begin, n);
  writer->n_tensors++;
}

GByteArray *
gguf_writer_finish (GgufWriter *writer)
{
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) "GGUF", 4);
  gguf_put_u32 (file, writer->version);
  gguf_put_u64 (file, writer->n_tensors);
  gguf_put_u64 (file, writer->n_keys);
  g_byte_array_append (file, writer->keys->data, writer->keys->len);
  g_byte_array_append (file, writer->tensors->data, writer->tensors->len);
  pad (file, writer->alignment);
  g_byte_array_append (file, writer->data->data, writer->data->len);
  g_byte_array_unref (writer->keys);
  g_byte_array_unref (writer->tensors);
  g_byte_array_unref (writer->data);
  return file;
}
