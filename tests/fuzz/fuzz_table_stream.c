/* SPDX-License-Identifier: MIT */
/* What a hostile helper can send through the pipe of tables: it is refused, or what the sink gets is as promised. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media-table.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct {
  guint n_columns;
  gint64 row;
  gsize sum;
} Seen;

static void
use_words (Seen *seen, const char *words)
{
  if (!g_utf8_validate (words, -1, NULL))
    abort ();
  seen->sum += strlen (words);
}

static gboolean
on_begin (const MediaTable *table, gpointer data, GError **error)
{
  Seen *seen = data;
  if (seen->n_columns != 0 || table->n_columns == 0 || table->n_columns > MEDIA_TABLE_MAX_COLUMNS)
    abort ();
  seen->n_columns = table->n_columns;
  seen->row = 0;
  use_words (seen, table->title);
  for (guint i = 0; i < table->n_columns; i++) {
    use_words (seen, table->columns[i].name);
    use_words (seen, table->columns[i].unit);
    if (table->columns[i].type >= MEDIA_COLUMN_N)
      abort ();
  }
  return TRUE;
}

static gboolean
on_row (gint64 row, const MediaCell *cells, gpointer data, GError **error)
{
  Seen *seen = data;
  if (row <= seen->row)
    abort ();
  seen->row = row;
  for (guint i = 0; i < seen->n_columns; i++) {
    if (cells[i].kind == MEDIA_CELL_TEXT && (!g_utf8_validate (cells[i].text, (gssize) cells[i].length, NULL) || cells[i].length > MEDIA_TABLE_MAX_CELL))
      abort ();
    if (cells[i].kind == MEDIA_CELL_REAL && !isfinite (cells[i].real))
      abort ();
  }
  /* A sink may end the reading at any time. */
  if (row == 1000) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "enough");
    return FALSE;
  }
  return TRUE;
}

static gboolean
on_end (const MediaTable *table, gpointer data, GError **error)
{
  Seen *seen = data;
  for (guint i = 0; i < table->notes->len; i++) {
    const MediaNote *note = g_ptr_array_index (table->notes, i);
    use_words (seen, note->text);
    if (note->kind >= MEDIA_NOTE_N || note->column < -1 || note->column >= (int) table->n_columns)
      abort ();
  }
  seen->n_columns = 0;
  return TRUE;
}

/* Fed in pieces whose length the first byte says. Returns whether all of it was taken. */
static gboolean
feed (const uint8_t *data, size_t size, size_t step)
{
  static const MediaTableSink sink = { on_begin, on_row, on_end };
  Seen seen = { 0 };
  g_autoptr (MediaTableStream) stream = media_table_stream_new (&sink, &seen);

  for (size_t at = 0; at < size; at += step) {
    g_autoptr (GError) error = NULL;
    /* A copy of the exact size, so that reading behind it is seen. */
    g_autofree uint8_t *piece = g_memdup2 (data + at, MIN (step, size - at));
    if (media_table_stream_push (stream, piece, MIN (step, size - at), &error))
      continue;
    if (error == NULL || media_table_stream_is_whole (stream))
      abort ();
    return FALSE;
  }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  /* However it is cut, it is taken or refused. */
  if (feed (data + 1, size - 1, size) != feed (data + 1, size - 1, data[0] + 1u))
    abort ();
  return 0;
}
