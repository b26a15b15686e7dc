/* SPDX-License-Identifier: MIT */
#include "tables-input.h"

#include <stdlib.h>
#include <string.h>

#include "extract-input.h"

typedef struct {
  MediaTableStream *stream;
  uint64_t n_rows;
} Check;

static gboolean
on_table (const MediaTable *table, gpointer data, GError **error)
{
  return TRUE;
}

static gboolean
on_row (gint64 row, const MediaCell *cells, gpointer data, GError **error)
{
  ((Check *) data)->n_rows++;
  return TRUE;
}

static void
take (Tables *tables, const void *bytes, size_t length)
{
  Check *check = tables->data;
  if (!media_table_stream_push (check->stream, bytes, length, NULL))
    abort ();
}

void
fuzz_tables (const uint8_t *data, size_t size, const char *hint)
{
  static const MediaTableSink sink = { on_table, on_row, on_table };
  static bool ready;
  const uint8_t *end = size > 0 && data[0] == '!' ? memchr (data, '\0', size) : NULL;
  g_autofree char *choices = end != NULL ? g_strndup ((const char *) data + 1, (size_t) (end - data) - 1) : g_strdup ("");
  Check check = { 0 };

  if (!ready)
    tables_prepare ();
  ready = true;
  if (end != NULL) {
    size -= (size_t) (end + 1 - data);
    data = end + 1;
  }
  size_t length = size;
  g_autofree uint8_t *copy = fuzz_pack (data, &length);
  if (length == 0)
    return;
  check.stream = media_table_stream_new (&sink, &check);
  Tables tables = { .extract = { .input = copy, .size = length, .hint = hint }, .choices = choices, .write = take, .data = &check };
  tables_run (&tables);
  if (tables.extract.fault >= MEDIA_FAULT_N || (tables.extract.fault == MEDIA_FAULT_NONE) != media_table_stream_is_whole (check.stream))
    abort ();
  tables_clear (&tables);
  media_table_stream_free (check.stream);
}
