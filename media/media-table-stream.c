/* SPDX-License-Identifier: MIT */
/* Reads what the helper sends of tables. Whatever the bytes are, the sink gets only what media-table.h promises. */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "media-table.h"

/* Where a frame is read. `bad`: it has ended too early, or something in it is not allowed. */
typedef struct {
  const guint8 *at, *end;
  gboolean bad;
} Reader;

struct _MediaTableStream {
  const MediaTableSink *sink;
  gpointer data;
  GByteArray *pending; /* the frame that has begun to arrive */
  char *format;
  MediaTable *table; /* that is open */
  MediaCell *cells;
  gint64 row;
  guint n_tables;
  gboolean stopped, failed;
};

static guint64
read_number (Reader *reader)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 64; shift += 7) {
    if (reader->at >= reader->end)
      break;
    guint8 byte = *reader->at++;
    /* The tenth byte has room for one bit. */
    if (shift == 63 && byte > 1)
      break;
    value |= (guint64) (byte & 0x7f) << shift;
    if (byte < 0x80)
      return value;
  }
  reader->bad = TRUE;
  return 0;
}

static guint64
read_limited (Reader *reader, guint64 limit)
{
  guint64 value = read_number (reader);

  reader->bad |= value > limit;
  return reader->bad ? 0 : value;
}

/* ASCII without NUL is most of what comes. */
static gboolean
is_text (const guint8 *bytes, gsize length)
{
  gsize i = 0;
  for (; i < length && bytes[i] - 1u < 0x7f; i++)
    ;
  return i == length || (memchr (bytes + i, '\0', length - i) == NULL && g_utf8_validate ((const char *) bytes + i, (gssize) (length - i), NULL));
}

static char *
read_words (Reader *reader)
{
  guint64 length = read_limited (reader, MEDIA_TABLE_MAX_WORDS);

  if (reader->bad || length > (guint64) (reader->end - reader->at) || !is_text (reader->at, length)) {
    reader->bad = TRUE;
    return g_strdup ("");
  }
  reader->at += length;
  return g_strndup ((const char *) reader->at - length, length);
}

static void
free_note (gpointer data)
{
  MediaNote *note = data;
  g_free (note->text);
  g_free (note);
}

static void
free_table (MediaTable *table)
{
  for (guint i = 0; i < table->n_columns; i++) {
    g_free (table->columns[i].name);
    g_free (table->columns[i].unit);
  }
  g_free (table->columns);
  g_free (table->title);
  g_ptr_array_unref (table->notes);
  g_free (table);
}

MediaTableStream *
media_table_stream_new (const MediaTableSink *sink, gpointer data)
{
  MediaTableStream *stream = g_new0 (MediaTableStream, 1);
  stream->sink = sink;
  stream->data = data;
  stream->pending = g_byte_array_new ();
  return stream;
}

void
media_table_stream_free (MediaTableStream *stream)
{
  g_byte_array_unref (stream->pending);
  g_clear_pointer (&stream->table, free_table);
  g_free (stream->cells);
  g_free (stream->format);
  g_free (stream);
}

gboolean
media_table_stream_is_whole (MediaTableStream *stream)
{
  return stream->stopped && !stream->failed;
}

const char *
media_table_stream_get_format (MediaTableStream *stream)
{
  return stream->format;
}

/* ---- frames: FALSE without `error` when they make no sense ---- */

static gboolean
take_format (MediaTableStream *stream, Reader *reader, GError **error)
{
  if (stream->format != NULL)
    return FALSE;
  stream->format = read_words (reader);
  return !reader->bad && stream->format[0] != '\0';
}

static gboolean
take_begin (MediaTableStream *stream, Reader *reader, GError **error)
{
  if (stream->format == NULL || stream->table != NULL || stream->n_tables >= MEDIA_TABLE_MAX_TABLES)
    return FALSE;
  MediaTable *table = stream->table = g_new0 (MediaTable, 1);
  table->notes = g_ptr_array_new_with_free_func (free_note);
  table->title = read_words (reader);
  table->hidden = read_limited (reader, 1) == 1;
  table->header_rows = read_limited (reader, G_MAXINT32);
  table->n_rows = read_limited (reader, G_MAXINT64);
  guint n = (guint) read_limited (reader, MEDIA_TABLE_MAX_COLUMNS);
  if (reader->bad || n == 0)
    return FALSE;
  table->columns = g_new0 (MediaColumn, n);
  for (; table->n_columns < n; table->n_columns++) {
    MediaColumn *column = &table->columns[table->n_columns];
    column->name = read_words (reader);
    column->type = (MediaColumnType) read_limited (reader, MEDIA_COLUMN_N - 1);
    column->unit = read_words (reader);
  }
  stream->cells = g_renew (MediaCell, stream->cells, n);
  stream->row = 0;
  stream->n_tables++;
  return !reader->bad && stream->sink->begin (table, stream->data, error);
}

static void
read_cell (Reader *reader, MediaCell *cell)
{
  if (reader->at >= reader->end) {
    reader->bad = TRUE;
    return;
  }
  guint tag = *reader->at++;
  if (tag >= MEDIA_TAG_SHORT || tag == MEDIA_TAG_TEXT) {
    guint64 length = tag == MEDIA_TAG_TEXT ? read_limited (reader, MEDIA_TABLE_MAX_CELL) : tag - MEDIA_TAG_SHORT;
    reader->bad |= length > (guint64) (reader->end - reader->at) || !is_text (reader->at, reader->bad ? 0 : length);
    if (reader->bad)
      return;
    cell->kind = MEDIA_CELL_TEXT;
    cell->length = (guint) length;
    cell->text = (const char *) reader->at;
    reader->at += length;
  } else if (tag >= MEDIA_TAG_SMALL) {
    cell->kind = MEDIA_CELL_INTEGER;
    cell->integer = tag - MEDIA_TAG_SMALL;
  } else if (tag == MEDIA_TAG_INTEGER) {
    guint64 zigzag = read_number (reader);
    cell->kind = MEDIA_CELL_INTEGER;
    cell->integer = (gint64) (zigzag >> 1) ^ -(gint64) (zigzag & 1);
  } else if (tag == MEDIA_TAG_REAL) {
    if (reader->end - reader->at < (gssize) sizeof (double)) {
      reader->bad = TRUE;
      return;
    }
    cell->kind = MEDIA_CELL_REAL;
    memcpy (&cell->real, reader->at, sizeof (double));
    reader->at += sizeof (double);
    reader->bad |= !isfinite (cell->real);
  } else {
    cell->kind = MEDIA_CELL_NULL;
    reader->bad |= tag != MEDIA_TAG_NULL;
  }
}

static gboolean
take_rows (MediaTableStream *stream, Reader *reader, GError **error)
{
  if (stream->table == NULL)
    return FALSE;
  for (guint64 n = read_number (reader); n > 0; n--) {
    guint64 step = read_limited (reader, G_MAXINT32);
    if (reader->bad || step == 0 || stream->row > G_MAXINT64 - (gint64) step)
      return FALSE;
    stream->row += (gint64) step;
    for (guint i = 0; i < stream->table->n_columns; i++)
      read_cell (reader, &stream->cells[i]);
    if (reader->bad || !stream->sink->row (stream->row, stream->cells, stream->data, error))
      return FALSE;
  }
  return !reader->bad;
}

static gboolean
take_end (MediaTableStream *stream, Reader *reader, GError **error)
{
  if (stream->table == NULL)
    return FALSE;
  for (guint64 n = read_limited (reader, MEDIA_TABLE_MAX_NOTES); n > 0 && !reader->bad; n--) {
    MediaNote *note = g_new0 (MediaNote, 1);
    note->kind = (MediaNoteKind) read_limited (reader, MEDIA_NOTE_N - 1);
    note->column = (int) read_limited (reader, stream->table->n_columns) - 1;
    note->row = read_limited (reader, G_MAXINT64);
    note->count = read_limited (reader, G_MAXINT64);
    note->text = read_words (reader);
    g_ptr_array_add (stream->table->notes, note);
  }
  if (reader->bad || !stream->sink->end (stream->table, stream->data, error))
    return FALSE;
  g_clear_pointer (&stream->table, free_table);
  return TRUE;
}

static gboolean
take_stop (MediaTableStream *stream, Reader *reader, GError **error)
{
  stream->stopped = TRUE;
  return stream->format != NULL && stream->table == NULL;
}

static gboolean
take_frame (MediaTableStream *stream, const MediaTableFrame *frame, const guint8 *payload, GError **error)
{
  static gboolean (*const takers[]) (MediaTableStream *, Reader *, GError **) = {
    [MEDIA_FRAME_FORMAT] = take_format, [MEDIA_FRAME_BEGIN] = take_begin, [MEDIA_FRAME_ROWS] = take_rows, [MEDIA_FRAME_END] = take_end, [MEDIA_FRAME_STOP] = take_stop,
  };
  Reader reader = { payload, payload + frame->length, FALSE };

  /* Something that is left over makes no sense either. */
  return takers[frame->kind](stream, &reader, error) && reader.at == reader.end;
}

static gboolean
is_frame (const MediaTableFrame *frame)
{
  return frame->magic == MEDIA_TABLE_MAGIC && frame->kind >= MEDIA_FRAME_FORMAT && frame->kind <= MEDIA_FRAME_STOP && frame->zero == 0 && frame->length <= MEDIA_TABLE_MAX_FRAME;
}

/* Takes whole frames from the beginning of `bytes`. Returns how many bytes they were. */
static gsize
take_frames (MediaTableStream *stream, const guint8 *bytes, gsize size, GError **error)
{
  gsize at = 0;
  MediaTableFrame frame;

  while (!stream->failed && size - at >= sizeof frame) {
    memcpy (&frame, bytes + at, sizeof frame);
    if (stream->stopped || !is_frame (&frame)) {
      stream->failed = TRUE;
      break;
    }
    if (size - at - sizeof frame < frame.length)
      break;
    if (!take_frame (stream, &frame, bytes + at + sizeof frame, error)) {
      stream->failed = TRUE;
      break;
    }
    at += sizeof frame + frame.length;
  }
  return at;
}

gboolean
media_table_stream_push (MediaTableStream *stream, const guint8 *bytes, gsize size, GError **error)
{
  g_autoptr (GError) trouble = NULL;

  if (!stream->failed && stream->pending->len > 0) {
    g_byte_array_append (stream->pending, bytes, (guint) size);
    gsize taken = take_frames (stream, stream->pending->data, stream->pending->len, &trouble);
    g_byte_array_remove_range (stream->pending, 0, (guint) taken);
  } else if (!stream->failed) {
    gsize taken = take_frames (stream, bytes, size, &trouble);
    g_byte_array_append (stream->pending, bytes + taken, (guint) (size - taken));
  }
  if (!stream->failed)
    return TRUE;
  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  else
    g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The decoder gave an answer that makes no sense. The file is not used."));
  return FALSE;
}
