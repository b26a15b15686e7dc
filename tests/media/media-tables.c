/* SPDX-License-Identifier: MIT */
/* The stream of tables: what the real helper sends arrives however it is cut, and what a hostile one sends is refused. */
#include <string.h>

#include "media-table.h"

typedef struct {
  GString *log;
  guint n_columns;
} Log;

static gboolean
on_begin (const MediaTable *table, gpointer data, GError **error)
{
  Log *log = data;
  log->n_columns = table->n_columns;
  g_string_append_printf (log->log, "[%s", table->title);
  for (guint i = 0; i < table->n_columns; i++)
    g_string_append_printf (log->log, "%s%s %s%s", i > 0 ? ", " : ": ", table->columns[i].name, media_column_type_get_name (table->columns[i].type), table->columns[i].unit);
  return TRUE;
}

static gboolean
on_row (gint64 row, const MediaCell *cells, gpointer data, GError **error)
{
  Log *log = data;
  if (row == 50000) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "enough");
    return FALSE;
  }
  g_string_append_printf (log->log, "; %d", (int) row);
  for (guint i = 0; i < log->n_columns; i++)
    if (cells[i].kind == MEDIA_CELL_TEXT)
      g_string_append_printf (log->log, " '%.*s'", (int) cells[i].length, cells[i].text);
    else if (cells[i].kind == MEDIA_CELL_NULL)
      g_string_append (log->log, " -");
    else
      g_string_append_printf (log->log, " %g", cells[i].kind == MEDIA_CELL_INTEGER ? (double) cells[i].integer : cells[i].real);
  return TRUE;
}

static gboolean
on_end (const MediaTable *table, gpointer data, GError **error)
{
  for (guint i = 0; i < table->notes->len; i++) {
    const MediaNote *note = g_ptr_array_index (table->notes, i);
    g_string_append_printf (((Log *) data)->log, "; note %d %d %d '%s'", note->column, (int) note->row, (int) note->count, note->text);
  }
  g_string_append_c (((Log *) data)->log, ']');
  return TRUE;
}

static const MediaTableSink sink = { on_begin, on_row, on_end };

static void
put_frame (GByteArray *to, guint32 kind, const char *payload, gsize length)
{
  MediaTableFrame frame = { MEDIA_TABLE_MAGIC, kind, (guint32) length, 0 };
  g_byte_array_append (to, (const guint8 *) &frame, sizeof frame);
  g_byte_array_append (to, (const guint8 *) payload, (guint) length);
}

#define PUT(to, kind, payload) put_frame (to, kind, payload, sizeof payload - 1)

static GByteArray *
make_stream (void)
{
  GByteArray *bytes = g_byte_array_new ();
  PUT (bytes, MEDIA_FRAME_FORMAT, "\3CSV");
  PUT (bytes, MEDIA_FRAME_BEGIN, "\1T\0\1\2\2\1a\1\0\1b\0\3EUR");
  PUT (bytes, MEDIA_FRAME_ROWS, "\2\2\x45\x83xyz\1\1\x05\0");
  PUT (bytes, MEDIA_FRAME_END, "\1\11\2\7\3\1?");
  PUT (bytes, MEDIA_FRAME_STOP, "");
  return bytes;
}

static void
test_pieces (void)
{
  g_autoptr (GByteArray) bytes = make_stream ();

  for (guint step = 1; step <= bytes->len; step++) {
    Log log = { g_string_new (NULL), 0 };
    g_autoptr (MediaTableStream) stream = media_table_stream_new (&sink, &log);
    g_autoptr (GError) error = NULL;
    for (guint at = 0; at < bytes->len; at += step) {
      g_assert_false (media_table_stream_is_whole (stream));
      g_assert_true (media_table_stream_push (stream, bytes->data + at, MIN (step, bytes->len - at), &error));
    }
    g_assert_no_error (error);
    g_assert_true (media_table_stream_is_whole (stream));
    g_assert_cmpstr (media_table_stream_get_format (stream), ==, "CSV");
    g_assert_cmpstr (log.log->str, ==, "[T: a integer, b textEUR; 2 5 'xyz'; 3 -3 -; note 1 7 3 '?']");
    g_string_free (log.log, TRUE);
  }
}

/* Whatever one byte is instead, or wherever it ends: no crash, and a whole stream only if it is one. */
static void
test_changed (void)
{
  g_autoptr (GByteArray) bytes = make_stream ();

  for (guint at = 0; at < bytes->len; at++)
    for (guint value = 0; value < 256; value++) {
      Log log = { g_string_new (NULL), 0 };
      g_autoptr (MediaTableStream) stream = media_table_stream_new (&sink, &log);
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *copy = g_memdup2 (bytes->data, bytes->len);
      copy[at] = (guint8) value;
      gboolean ok = media_table_stream_push (stream, copy, bytes->len, &error);
      g_assert_true (ok == (error == NULL));
      g_assert_true (ok || !media_table_stream_is_whole (stream));
      g_string_free (log.log, TRUE);
    }
}

static void
test_lies (void)
{
  static const struct {
    guint32 kind;
    const char *payload;
    gsize length;
  } lies[] = {
    { MEDIA_FRAME_BEGIN, "\1U\0\1\2\1\1a\1\0", 10 },      /* one within another */
    { MEDIA_FRAME_FORMAT, "\3CSV", 4 },                   /* twice */
    { MEDIA_FRAME_STOP, "", 0 },                          /* too early */
    { MEDIA_FRAME_ROWS, "\1\0\x45\x45", 4 },              /* the same row again */
    { MEDIA_FRAME_ROWS, "\1\1\x45", 3 },                  /* too few cells */
    { MEDIA_FRAME_ROWS, "\1\1\x45\x45\x45", 5 },          /* too many */
    { MEDIA_FRAME_ROWS, "\1\1\x45\x82\xc3\x28", 6 },      /* no UTF-8 */
    { MEDIA_FRAME_ROWS, "\1\1\x45\x81\0", 5 },            /* a NUL */
    { MEDIA_FRAME_ROWS, "\1\1\x45\x85xyz", 7 },           /* longer than the frame */
    { MEDIA_FRAME_ROWS, "\1\1\x45\3\xff\xff\xff\xff\7", 9 }, /* longer than anything */
    { MEDIA_FRAME_ROWS, "\1\1\x45\2\0\0\0\0\0\0\xf0\x7f", 12 }, /* infinite */
    { MEDIA_FRAME_ROWS, "\1\1\x45\5", 4 },                /* no such tag */
    { MEDIA_FRAME_ROWS, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 11 }, /* a number without an end */
    { MEDIA_FRAME_END, "\1\11\3\7\3\1?", 7 },             /* a note of no column */
    { MEDIA_FRAME_END, "\1\x7f\2\7\3\1?", 7 },            /* of no kind */
    { 9, "", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++) {
    Log log = { g_string_new (NULL), 0 };
    g_autoptr (MediaTableStream) stream = media_table_stream_new (&sink, &log);
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autoptr (GError) error = NULL;
    PUT (bytes, MEDIA_FRAME_FORMAT, "\3CSV");
    PUT (bytes, MEDIA_FRAME_BEGIN, "\1T\0\1\2\2\1a\1\0\1b\0\3EUR");
    put_frame (bytes, lies[i].kind, lies[i].payload, lies[i].length);
    g_assert_false (media_table_stream_push (stream, bytes->data, bytes->len, &error));
    g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_HELPER);
    /* And nothing after it. */
    g_assert_false (media_table_stream_push (stream, bytes->data, bytes->len, NULL));
    g_string_free (log.log, TRUE);
  }
}

/* Through the real helper. */
static char *
read_text (const char *text, const char *choices, GError **error)
{
  Log log = { g_string_new (NULL), 0 };
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autofree char *format = NULL;
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_TABLES);
  request.hint = "CSV";
  request.choices = choices;
  if (!media_tables_read (&request, bytes, &sink, &log, NULL, NULL, NULL, &format, error)) {
    g_string_free (log.log, TRUE);
    return NULL;
  }
  g_assert_cmpstr (format, ==, "CSV");
  return g_string_free (log.log, FALSE);
}

static void
test_helper (void)
{
  g_autoptr (GError) error = NULL, stopped = NULL;
  g_autofree char *read = read_text ("a,b\n1,x\n2,\n", NULL, &error), *chosen = read_text ("a,b\n1,x\n2,\n", "type 0 0 text\nheader 0 0", &error);
  g_autoptr (GString) many = g_string_new ("a\n");

  g_assert_no_error (error);
  g_assert_cmpstr (read, ==, "[: a integer, b text; 2 1 'x'; 3 2 -]");
  g_assert_true (g_str_has_prefix (chosen, "[:  text,  text; 1 'a' 'b'; 2 '1' 'x'; 3 '2' -"));
  /* When the sink has enough, the helper ends. */
  for (int i = 0; i < 100000; i++)
    g_string_append (many, "1\n");
  g_assert_null (read_text (many->str, NULL, &stopped));
  g_assert_error (stopped, G_IO_ERROR, G_IO_ERROR_FAILED);
}

/* Broken files through the real helper: tables, or a sentence about the file; never a helper that lies or crashes. */
static void
test_mutated (void)
{
  static const char *const names[] = { "budget.xlsx", "budget.ods", "prices.csv" };

  for (int i = 0; i < 90; i++) {
    const char *name = names[i % 3];
    g_autofree char *path = g_build_filename (DOCUMENTS, name, NULL), *format = NULL;
    char *bytes;
    gsize size;
    Log log = { g_string_new (NULL), 0 };
    g_autoptr (GError) error = NULL;
    MediaRequest request;
    g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
    for (int n = g_test_rand_int_range (1, 6); n > 0; n--)
      bytes[g_test_rand_int_range (0, (gint32) size)] = (char) g_test_rand_int_range (0, 256);
    gsize cut = g_test_rand_bit () ? size : (gsize) g_test_rand_int_range (1, (gint32) size);
    g_autoptr (GBytes) input = g_bytes_new_take (bytes, cut);
    media_request_init (&request, MEDIA_JOB_TABLES);
    request.hint = g_str_has_suffix (name, ".csv") ? "CSV" : "";
    if (!media_tables_read (&request, input, &sink, &log, NULL, NULL, NULL, &format, &error)) {
      g_assert_cmpint ((int) error->domain, ==, (int) MEDIA_ERROR);
      g_assert_cmpint (error->code, !=, MEDIA_ERROR_HELPER);
      g_assert_null (strstr (error->message, "crashed"));
    }
    g_string_free (log.log, TRUE);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media-tables/pieces", test_pieces);
  g_test_add_func ("/media-tables/changed", test_changed);
  g_test_add_func ("/media-tables/lies", test_lies);
  g_test_add_func ("/media-tables/helper", test_helper);
  g_test_add_func ("/media-tables/mutated", test_mutated);
  return g_test_run ();
}
