/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row-reader.h"

#include <string.h>

#include "dataset-file.h"
#include "dataset-writer.h"
#include "sql-name.h"

/* Pages whose beginnings are looked for between two looks at what is wanted. */
#define SCAN_PAGES 64

/* What the thread and the others share. The thread has a reference; when nobody wants any more, it is told to stop and nobody waits for it. */
struct _RowReader {
  gatomicrefcount refs;
  AppDataset *dataset;
  const AppTable *table;
  char *name; /* quoted */
  GMainContext *context;

  GMutex lock; /* of what follows */
  GCond changed;
  gboolean stop;
  GArray *wanted; /* of guint: pages, the newest last */
  GQueue *finds;  /* of GTask */
  RowReaderFunc func; /* NULL when nobody wants any more; used on the main thread alone */
  gpointer data;

  /* The thread's own. Where each page begins: rows have numbers of the file, between which some may be missing. */
  sqlite3 *db;
  sqlite3_stmt *statement;
  gint64 first;
  gboolean dense; /* none is missing: the beginnings can be computed */
  GArray *starts; /* of gint64; else */
  sqlite3_stmt *scan;
  guint64 scanned;
};

void
row_reader_unref (RowReader *reader)
{
  if (!g_atomic_ref_count_dec (&reader->refs))
    return;
  g_object_unref (reader->dataset);
  g_free (reader->name);
  g_main_context_unref (reader->context);
  g_array_unref (reader->wanted);
  g_queue_free_full (reader->finds, g_object_unref);
  g_array_unref (reader->starts);
  g_mutex_clear (&reader->lock);
  g_cond_clear (&reader->changed);
  g_free (reader);
}

/* A page on its way to the main thread. */
typedef struct {
  RowReader *reader;
  RowPage page;
} Arrival;

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  for (guint i = 0; i < arrival->page.n; i++)
    g_free (arrival->page.cells[i]);
  row_reader_unref (arrival->reader);
  g_free (arrival);
}

static gboolean
on_arrival (gpointer data)
{
  Arrival *arrival = data;

  if (arrival->reader->func != NULL)
    arrival->reader->func (arrival->reader->data, &arrival->page);
  return G_SOURCE_REMOVE;
}

/* A beginning of whole characters. */
static guint
cut (const char *text, guint length)
{
  guint end = ROW_READER_TEXT;

  if (length <= end)
    return length;
  while (end > 0 && ((guint8) text[end] & 0xc0) == 0x80)
    end--;
  return end;
}

static MediaCell *
read_cells (sqlite3_stmt *statement, guint n)
{
  gsize bytes = 0;

  for (guint i = 0; i < n; i++)
    if (sqlite3_column_type (statement, (int) i + 1) == SQLITE_TEXT)
      bytes += cut ((const char *) sqlite3_column_text (statement, (int) i + 1), (guint) sqlite3_column_bytes (statement, (int) i + 1)) + 1;
  MediaCell *cells = g_malloc0 (n * sizeof *cells + bytes + 1);
  char *texts = (char *) (cells + n);
  for (guint i = 0; i < n; i++) {
    MediaCell *cell = &cells[i];
    switch (sqlite3_column_type (statement, (int) i + 1)) {
    case SQLITE_INTEGER:
      *cell = (MediaCell) { .kind = MEDIA_CELL_INTEGER, .integer = sqlite3_column_int64 (statement, (int) i + 1) };
      break;
    case SQLITE_FLOAT:
      *cell = (MediaCell) { .kind = MEDIA_CELL_REAL, .real = sqlite3_column_double (statement, (int) i + 1) };
      break;
    case SQLITE_TEXT: {
      const char *text = (const char *) sqlite3_column_text (statement, (int) i + 1);
      guint length = cut (text, (guint) sqlite3_column_bytes (statement, (int) i + 1));
      memcpy (texts, text, length);
      *cell = (MediaCell) { .kind = MEDIA_CELL_TEXT, .length = length, .text = texts };
      texts += length + 1;
      break;
    }
    default:
      break;
    }
  }
  return cells;
}

static void
read_page (RowReader *reader, guint number, gint64 start)
{
  Arrival *arrival = g_new0 (Arrival, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  arrival->page.number = number;
  sqlite3_bind_int64 (reader->statement, 1, start);
  sqlite3_bind_int (reader->statement, 2, ROW_READER_PAGE);
  while (arrival->page.n < ROW_READER_PAGE && sqlite3_step (reader->statement) == SQLITE_ROW) {
    arrival->page.numbers[arrival->page.n] = sqlite3_column_int64 (reader->statement, 0);
    arrival->page.cells[arrival->page.n++] = read_cells (reader->statement, reader->table->columns->len);
  }
  sqlite3_reset (reader->statement);
  g_atomic_ref_count_inc (&reader->refs);
  arrival->reader = reader;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_arrival, arrival, arrival_free);
  g_source_attach (source, reader->context);
}

static gboolean
prepare (RowReader *reader)
{
  g_autofree char *rows = g_strdup_printf ("SELECT rowid, * FROM %s WHERE rowid >= ?1 ORDER BY rowid LIMIT ?2", reader->name);
  g_autofree char *scan = g_strdup_printf ("SELECT rowid FROM %s ORDER BY rowid", reader->name), *ends = g_strdup_printf ("SELECT (SELECT min (rowid) FROM %s), (SELECT max (rowid) FROM %s)", reader->name, reader->name);
  sqlite3_stmt *statement = NULL;

  reader->db = dataset_file_open (app_dataset_get_path (reader->dataset), NULL);
  if (reader->db == NULL || sqlite3_prepare_v2 (reader->db, rows, -1, &reader->statement, NULL) != SQLITE_OK || sqlite3_prepare_v2 (reader->db, scan, -1, &reader->scan, NULL) != SQLITE_OK)
    return FALSE;
  if (sqlite3_prepare_v2 (reader->db, ends, -1, &statement, NULL) == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW) {
    reader->first = sqlite3_column_int64 (statement, 0);
    reader->dense = (guint64) (sqlite3_column_int64 (statement, 1) - reader->first) + 1 == reader->table->n_rows;
  }
  sqlite3_finalize (statement);
  return TRUE;
}

/* Whether all beginnings are known. */
static gboolean
is_scanned (const RowReader *reader)
{
  return reader->dense || reader->scan == NULL;
}

static void
scan_on (RowReader *reader)
{
  for (guint end = reader->starts->len + SCAN_PAGES; reader->starts->len < end;) {
    if (sqlite3_step (reader->scan) != SQLITE_ROW) {
      sqlite3_finalize (reader->scan);
      reader->scan = NULL;
      return;
    }
    gint64 number = sqlite3_column_int64 (reader->scan, 0);
    if (reader->scanned++ % ROW_READER_PAGE == 0)
      g_array_append_val (reader->starts, number);
  }
}

/* Where the page begins. FALSE: it is not known yet. */
static gboolean
find_start (const RowReader *reader, guint page, gint64 *start)
{
  if (reader->dense)
    *start = reader->first + (gint64) page * ROW_READER_PAGE;
  else if (page < reader->starts->len)
    *start = g_array_index (reader->starts, gint64, page);
  else if (page == 0)
    *start = G_MININT64;
  else
    return FALSE;
  return TRUE;
}

static void
answer_find (RowReader *reader, GTask *task)
{
  gint64 number = *(gint64 *) g_task_get_task_data (task), position = 0;

  if (reader->dense) {
    position = number - reader->first;
  } else if (reader->starts->len > 0) {
    guint low = 0, high = reader->starts->len;
    sqlite3_stmt *statement = NULL;
    g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s WHERE rowid >= ?1 AND rowid < ?2", reader->name);

    while (high - low > 1) {
      guint middle = (low + high) / 2;
      if (g_array_index (reader->starts, gint64, middle) <= number)
        low = middle;
      else
        high = middle;
    }
    position = (gint64) low * ROW_READER_PAGE;
    if (sqlite3_prepare_v2 (reader->db, sql, -1, &statement, NULL) == SQLITE_OK) {
      sqlite3_bind_int64 (statement, 1, g_array_index (reader->starts, gint64, low));
      sqlite3_bind_int64 (statement, 2, number);
      if (sqlite3_step (statement) == SQLITE_ROW)
        position += sqlite3_column_int64 (statement, 0);
    }
    sqlite3_finalize (statement);
  }
  g_task_return_int (task, CLAMP (position, 0, MAX ((gint64) reader->table->n_rows - 1, 0)));
  g_object_unref (task);
}

/* What can be done now, with the lock held: a page, or where a row is. */
static gboolean
take_work (RowReader *reader, guint *page, gint64 *start, GTask **find)
{
  *find = is_scanned (reader) ? g_queue_pop_head (reader->finds) : NULL;
  if (*find != NULL)
    return TRUE;
  for (guint i = reader->wanted->len; i-- > 0;) {
    *page = g_array_index (reader->wanted, guint, i);
    if (!find_start (reader, *page, start)) {
      if (!is_scanned (reader))
        continue;
      *start = G_MAXINT64; /* of a damaged file: nothing */
    }
    g_array_remove_index (reader->wanted, i);
    return TRUE;
  }
  return FALSE;
}

static gpointer
run_reader (gpointer data)
{
  RowReader *reader = data;
  gboolean works = prepare (reader);

  g_mutex_lock (&reader->lock);
  while (!reader->stop) {
    guint page;
    gint64 start;
    GTask *find;

    if (!works && (find = g_queue_pop_head (reader->finds)) != NULL) {
      g_task_return_int (find, 0);
      g_object_unref (find);
    } else if (!works) {
      g_cond_wait (&reader->changed, &reader->lock);
    } else if (take_work (reader, &page, &start, &find)) {
      g_mutex_unlock (&reader->lock);
      if (find != NULL)
        answer_find (reader, find);
      else
        read_page (reader, page, start);
      g_mutex_lock (&reader->lock);
    } else if (!is_scanned (reader)) {
      g_mutex_unlock (&reader->lock);
      scan_on (reader);
      g_mutex_lock (&reader->lock);
    } else {
      g_cond_wait (&reader->changed, &reader->lock);
    }
  }
  g_mutex_unlock (&reader->lock);
  sqlite3_finalize (reader->statement);
  sqlite3_finalize (reader->scan);
  sqlite3_close (reader->db);
  row_reader_unref (reader);
  return NULL;
}

/* ---- from outside ---- */

RowReader *
row_reader_new (AppDataset *dataset, const AppTable *table, RowReaderFunc func, gpointer data)
{
  RowReader *reader = g_new0 (RowReader, 1);

  g_atomic_ref_count_init (&reader->refs);
  reader->dataset = g_object_ref (dataset);
  reader->table = table;
  reader->name = sql_name_quote (table->sql_name);
  reader->context = g_main_context_ref_thread_default ();
  g_mutex_init (&reader->lock);
  g_cond_init (&reader->changed);
  reader->wanted = g_array_new (FALSE, FALSE, sizeof (guint));
  reader->finds = g_queue_new ();
  reader->starts = g_array_new (FALSE, FALSE, sizeof (gint64));
  reader->func = func;
  reader->data = data;
  g_atomic_ref_count_inc (&reader->refs);
  g_thread_unref (g_thread_new ("table-rows", run_reader, reader));
  return reader;
}

RowReader *
row_reader_ref (RowReader *reader)
{
  g_atomic_ref_count_inc (&reader->refs);
  return reader;
}

void
row_reader_stop (RowReader *reader)
{
  reader->func = NULL;
  g_mutex_lock (&reader->lock);
  reader->stop = TRUE;
  g_cond_signal (&reader->changed);
  g_mutex_unlock (&reader->lock);
}

void
row_reader_want (RowReader *reader, guint page)
{
  g_mutex_lock (&reader->lock);
  g_array_append_val (reader->wanted, page);
  g_cond_signal (&reader->changed);
  g_mutex_unlock (&reader->lock);
}

void
row_reader_find (RowReader *reader, GTask *task)
{
  g_mutex_lock (&reader->lock);
  g_queue_push_tail (reader->finds, g_object_ref (task));
  g_cond_signal (&reader->changed);
  g_mutex_unlock (&reader->lock);
}

const AppTable *
row_reader_get_table (const RowReader *reader)
{
  return reader->table;
}

AppDataset *
row_reader_get_dataset (const RowReader *reader)
{
  return reader->dataset;
}
