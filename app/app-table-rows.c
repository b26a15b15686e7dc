/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-table-rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tables/answer-text.h"
#include "tables/dataset-file.h"
#include "tables/dataset-writer.h"
#include "tables/sql-name.h"

/* Pages that are kept beside those that somebody holds rows of. */
#define MAX_PAGES 32
/* Pages whose beginnings are looked for between two looks at what is wanted. */
#define SCAN_PAGES 64

/* What the thread and the list share. The thread has a reference; when the list goes, it is told to stop and nobody waits for it. */
typedef struct {
  gatomicrefcount refs;
  AppDataset *dataset;
  const AppTable *table;
  char *name; /* quoted */
  GMainContext *context;
  guint8 *decimals; /* of each column: so many are shown, so that points are below each other */

  GMutex lock; /* of what follows */
  GCond changed;
  gboolean stop;
  GArray *wanted; /* of guint: pages, the newest last */
  GQueue *finds;  /* of GTask */
  AppTableRows *list; /* NULL when it is gone; used on the main thread alone */

  /* The thread's own. Where each page begins: rows have numbers of the file, between which some may be missing. */
  sqlite3 *db;
  sqlite3_stmt *statement;
  gint64 first;
  gboolean dense; /* none is missing: the beginnings can be computed */
  GArray *starts; /* of gint64; else */
  sqlite3_stmt *scan;
  guint64 scanned;
} Reader;

/* One row. Its cells are one piece of memory: values, then their texts. */
struct _AppTableRow {
  GObject parent;
  Reader *reader;
  gint64 number;
  MediaCell *cells; /* NULL until loaded */
};

G_DEFINE_FINAL_TYPE (AppTableRow, app_table_row, G_TYPE_OBJECT)

struct _AppTableRows {
  GObject parent;
  Reader *reader;
  GHashTable *pages; /* number → Page */
  GQueue order;      /* of Page, the one that was used last in front */
  guint n_read;
};

/* A page has its rows until nobody looks at them; then only the ones that somebody holds stay alive. */
typedef struct {
  guint number, n;
  gboolean wanted; /* its rows were asked for */
  GList link;      /* in `order` */
  AppTableRow *rows[APP_TABLE_ROWS_PAGE];
} Page;

static void app_table_rows_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AppTableRows, app_table_rows, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, app_table_rows_list_model_init))

enum { PROP_0, PROP_LOADED };

static void reader_unref (Reader *reader);

/* ---- a row ---- */

static void
app_table_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_set_boolean (value, APP_TABLE_ROW (object)->cells != NULL);
}

static void
app_table_row_finalize (GObject *object)
{
  AppTableRow *self = APP_TABLE_ROW (object);

  g_free (self->cells);
  g_clear_pointer (&self->reader, reader_unref);
  G_OBJECT_CLASS (app_table_row_parent_class)->finalize (object);
}

static void
app_table_row_class_init (AppTableRowClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = app_table_row_get_property;
  G_OBJECT_CLASS (klass)->finalize = app_table_row_finalize;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_LOADED, g_param_spec_boolean ("loaded", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
app_table_row_init (AppTableRow *self)
{
}

gboolean
app_table_row_get_loaded (AppTableRow *row)
{
  return row->cells != NULL;
}

gint64
app_table_row_get_number (AppTableRow *row)
{
  return row->number;
}

/* Whether `text` has the form of `pattern`, in which 0 is a digit; *rest: what follows. */
static gboolean
has_form (const char *text, guint length, const char *pattern, guint *rest)
{
  guint i = 0;

  for (; pattern[i] != '\0'; i++)
    if (i >= length || (pattern[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != pattern[i]))
      return FALSE;
  *rest = i;
  return TRUE;
}

/* A day that there is, in front of what follows. */
static gboolean
is_day (const MediaCell *cell, guint *rest)
{
  if (cell->kind != MEDIA_CELL_TEXT || !has_form (cell->text, cell->length, "0000-00-00", rest))
    return FALSE;
  return g_date_valid_dmy ((GDateDay) atoi (cell->text + 8), (GDateMonth) atoi (cell->text + 5), (GDateYear) MAX (atoi (cell->text), 1));
}

static gboolean
fits (MediaColumnType type, const MediaCell *cell)
{
  guint rest = 0;

  switch (type) {
  case MEDIA_COLUMN_TEXT:
  case MEDIA_COLUMN_N:
    return TRUE;
  case MEDIA_COLUMN_DATE:
    return is_day (cell, &rest) && rest == cell->length;
  case MEDIA_COLUMN_TIME:
    return cell->kind == MEDIA_CELL_TEXT && has_form (cell->text, cell->length, "00:00", &rest);
  case MEDIA_COLUMN_DATETIME:
    return is_day (cell, &rest) && has_form (cell->text, cell->length, "0000-00-00 00:00", &rest);
  default:
    return cell->kind != MEDIA_CELL_TEXT;
  }
}

/* As it is written in the dataset, so that what was read is seen: digits without marks between them, a column's numbers with the same decimals. */
static char *
dup_value (const MediaCell *cell, MediaColumnType type, guint decimals)
{
  switch (cell->kind) {
  case MEDIA_CELL_INTEGER:
    return type == MEDIA_COLUMN_BOOLEAN ? answer_text_dup_value (cell, type) : g_strdup_printf ("%" G_GINT64_FORMAT, cell->integer);
  case MEDIA_CELL_REAL: {
    char *fixed = g_strdup_printf ("%.*f", (int) decimals, cell->real);
    if (fabs (cell->real) < 1e15 && fabs (g_strtod (fixed, NULL) - cell->real) <= fabs (cell->real) * 1e-14)
      return fixed;
    g_free (fixed);
    return g_strdup_printf ("%.15g", cell->real);
  }
  default:
    return g_strdup (cell->text);
  }
}

AppTableCell
app_table_row_dup_cell (AppTableRow *row, guint column, char **text)
{
  const MediaCell *cell = row->cells != NULL ? &row->cells[column] : NULL;
  gboolean empty = cell == NULL || cell->kind == MEDIA_CELL_NULL || (cell->kind == MEDIA_CELL_TEXT && cell->length == 0);
  MediaColumnType type = ((AppColumn *) g_ptr_array_index (row->reader->table->columns, column))->type;

  if (text != NULL)
    *text = empty ? g_strdup ("") : dup_value (cell, type, row->reader->decimals[column]);
  return cell == NULL ? APP_TABLE_CELL_WAITING : empty ? APP_TABLE_CELL_EMPTY : fits (type, cell) ? APP_TABLE_CELL_VALUE : APP_TABLE_CELL_MISFIT;
}

/* ---- the thread ---- */

static void
reader_unref (Reader *reader)
{
  if (!g_atomic_ref_count_dec (&reader->refs))
    return;
  g_object_unref (reader->dataset);
  g_free (reader->name);
  g_free (reader->decimals);
  g_main_context_unref (reader->context);
  g_array_unref (reader->wanted);
  g_queue_free_full (reader->finds, g_object_unref);
  g_array_unref (reader->starts);
  g_mutex_clear (&reader->lock);
  g_cond_clear (&reader->changed);
  g_free (reader);
}

/* What was read of a page, on its way to the main thread. */
typedef struct {
  Reader *reader;
  guint page, n;
  gint64 numbers[APP_TABLE_ROWS_PAGE];
  MediaCell *cells[APP_TABLE_ROWS_PAGE];
} Arrival;

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  for (guint i = 0; i < arrival->n; i++)
    g_free (arrival->cells[i]);
  reader_unref (arrival->reader);
  g_free (arrival);
}

static gboolean
on_arrival (gpointer data)
{
  Arrival *arrival = data;
  AppTableRows *list = arrival->reader->list;
  Page *page = list != NULL ? g_hash_table_lookup (list->pages, GUINT_TO_POINTER (arrival->page)) : NULL;

  if (list != NULL)
    list->n_read++;
  for (guint i = 0; page != NULL && i < MIN (arrival->n, page->n); i++) {
    AppTableRow *row = page->rows[i];
    if (row->cells != NULL)
      continue;
    row->number = arrival->numbers[i];
    row->cells = g_steal_pointer (&arrival->cells[i]);
    g_object_notify (G_OBJECT (row), "loaded");
  }
  return G_SOURCE_REMOVE;
}

/* A beginning of whole characters. */
static guint
cut (const char *text, guint length)
{
  guint end = APP_TABLE_ROWS_TEXT;

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
read_page (Reader *reader, guint number, gint64 start)
{
  Arrival *arrival = g_new0 (Arrival, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  arrival->page = number;
  sqlite3_bind_int64 (reader->statement, 1, start);
  sqlite3_bind_int (reader->statement, 2, APP_TABLE_ROWS_PAGE);
  while (arrival->n < APP_TABLE_ROWS_PAGE && sqlite3_step (reader->statement) == SQLITE_ROW) {
    arrival->numbers[arrival->n] = sqlite3_column_int64 (reader->statement, 0);
    arrival->cells[arrival->n++] = read_cells (reader->statement, reader->table->columns->len);
  }
  sqlite3_reset (reader->statement);
  g_atomic_ref_count_inc (&reader->refs);
  arrival->reader = reader;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_arrival, arrival, arrival_free);
  g_source_attach (source, reader->context);
}

static gboolean
prepare (Reader *reader)
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
is_scanned (const Reader *reader)
{
  return reader->dense || reader->scan == NULL;
}

static void
scan_on (Reader *reader)
{
  for (guint end = reader->starts->len + SCAN_PAGES; reader->starts->len < end;) {
    if (sqlite3_step (reader->scan) != SQLITE_ROW) {
      sqlite3_finalize (reader->scan);
      reader->scan = NULL;
      return;
    }
    gint64 number = sqlite3_column_int64 (reader->scan, 0);
    if (reader->scanned++ % APP_TABLE_ROWS_PAGE == 0)
      g_array_append_val (reader->starts, number);
  }
}

/* Where the page begins. FALSE: it is not known yet. */
static gboolean
find_start (const Reader *reader, guint page, gint64 *start)
{
  if (reader->dense)
    *start = reader->first + (gint64) page * APP_TABLE_ROWS_PAGE;
  else if (page < reader->starts->len)
    *start = g_array_index (reader->starts, gint64, page);
  else if (page == 0)
    *start = G_MININT64;
  else
    return FALSE;
  return TRUE;
}

static void
answer_find (Reader *reader, GTask *task)
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
    position = (gint64) low * APP_TABLE_ROWS_PAGE;
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
take_work (Reader *reader, guint *page, gint64 *start, GTask **find)
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
  Reader *reader = data;
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
  reader_unref (reader);
  return NULL;
}

/* ---- the list ---- */

static void
want (AppTableRows *self, guint page)
{
  Reader *reader = self->reader;

  g_mutex_lock (&reader->lock);
  g_array_append_val (reader->wanted, page);
  g_cond_signal (&reader->changed);
  g_mutex_unlock (&reader->lock);
}

static void
page_free (gpointer data)
{
  Page *page = data;

  for (guint i = 0; i < page->n; i++)
    g_object_unref (page->rows[i]);
  g_free (page);
}

/* Whether somebody holds a row of it. */
static gboolean
is_used (const Page *page)
{
  for (guint i = 0; i < page->n; i++)
    if (G_OBJECT (page->rows[i])->ref_count > 1)
      return TRUE;
  return FALSE;
}

/* Pages that nobody looks at go, the ones that were used longest ago first. */
static void
drop_old (AppTableRows *self)
{
  GList *link = self->order.tail;

  while (link != NULL && self->order.length > MAX_PAGES) {
    Page *page = link->data;
    link = link->prev;
    if (page->number != ((Page *) self->order.head->data)->number && !is_used (page)) {
      g_queue_unlink (&self->order, &page->link);
      g_hash_table_remove (self->pages, GUINT_TO_POINTER (page->number));
    }
  }
}

static Page *
get_page (AppTableRows *self, guint number)
{
  const AppTable *table = self->reader->table;
  Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (number));

  if (page != NULL) {
    g_queue_unlink (&self->order, &page->link);
  } else {
    page = g_new0 (Page, 1);
    page->number = number;
    page->n = (guint) MIN (APP_TABLE_ROWS_PAGE, table->n_rows - (guint64) number * APP_TABLE_ROWS_PAGE);
    page->link.data = page;
    for (guint i = 0; i < page->n; i++) {
      page->rows[i] = g_object_new (APP_TYPE_TABLE_ROW, NULL);
      g_atomic_ref_count_inc (&self->reader->refs);
      page->rows[i]->reader = self->reader;
    }
    g_hash_table_insert (self->pages, GUINT_TO_POINTER (number), page);
    want (self, number);
  }
  g_queue_push_head_link (&self->order, &page->link);
  drop_old (self);
  return page;
}

static GType
get_item_type (GListModel *list)
{
  return APP_TYPE_TABLE_ROW;
}

static guint
get_n_items (GListModel *list)
{
  return (guint) MIN (APP_TABLE_ROWS (list)->reader->table->n_rows, G_MAXUINT - 1);
}

static gpointer
get_item (GListModel *list, guint position)
{
  AppTableRows *self = APP_TABLE_ROWS (list);

  if (position >= get_n_items (list))
    return NULL;
  return g_object_ref (get_page (self, position / APP_TABLE_ROWS_PAGE)->rows[position % APP_TABLE_ROWS_PAGE]);
}

static void
app_table_rows_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
app_table_rows_finalize (GObject *object)
{
  AppTableRows *self = APP_TABLE_ROWS (object);
  Reader *reader = self->reader;

  reader->list = NULL;
  g_mutex_lock (&reader->lock);
  reader->stop = TRUE;
  g_cond_signal (&reader->changed);
  g_mutex_unlock (&reader->lock);
  g_hash_table_unref (self->pages);
  reader_unref (reader);
  G_OBJECT_CLASS (app_table_rows_parent_class)->finalize (object);
}

static void
app_table_rows_class_init (AppTableRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_table_rows_finalize;
}

static void
app_table_rows_init (AppTableRows *self)
{
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, page_free);
  g_queue_init (&self->order); /* its links are the pages' */
}

/* Digits behind the point of a number as the dataset tells it. */
static guint
count_decimals (const char *number)
{
  const char *point = number != NULL ? strchr (number, '.') : NULL;
  return point == NULL || strpbrk (number, "eE") != NULL ? 0 : (guint) strlen (point + 1);
}

static void
find_decimals (Reader *reader)
{
  reader->decimals = g_new0 (guint8, reader->table->columns->len + 1);
  for (guint i = 0; i < reader->table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (reader->table->columns, i);
    guint most = MAX (count_decimals (column->min), count_decimals (column->max));
    for (guint k = 0; column->type == MEDIA_COLUMN_REAL && column->samples[k] != NULL; k++)
      most = MAX (most, count_decimals (column->samples[k]));
    reader->decimals[i] = (guint8) MIN (most, 6);
  }
}

AppTableRows *
app_table_rows_new (AppDataset *dataset, guint table)
{
  AppTableRows *self = g_object_new (APP_TYPE_TABLE_ROWS, NULL);
  Reader *reader = self->reader = g_new0 (Reader, 1);

  g_atomic_ref_count_init (&reader->refs);
  reader->dataset = g_object_ref (dataset);
  reader->table = g_ptr_array_index (app_dataset_get_tables (dataset), table);
  reader->name = sql_name_quote (reader->table->sql_name);
  reader->context = g_main_context_ref_thread_default ();
  g_mutex_init (&reader->lock);
  g_cond_init (&reader->changed);
  reader->wanted = g_array_new (FALSE, FALSE, sizeof (guint));
  reader->finds = g_queue_new ();
  reader->starts = g_array_new (FALSE, FALSE, sizeof (gint64));
  reader->list = self;
  find_decimals (reader);
  g_atomic_ref_count_inc (&reader->refs);
  g_thread_unref (g_thread_new ("table-rows", run_reader, reader));
  return self;
}

AppDataset *
app_table_rows_get_dataset (AppTableRows *self)
{
  return self->reader->dataset;
}

const AppTable *
app_table_rows_get_table (AppTableRows *self)
{
  return self->reader->table;
}

guint
app_table_rows_get_n_read (AppTableRows *self)
{
  return self->n_read;
}

guint
app_table_rows_get_n_kept (AppTableRows *self)
{
  return self->order.length * APP_TABLE_ROWS_PAGE;
}

void
app_table_rows_find_async (AppTableRows *self, gint64 number, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_table_rows_find_async);
  g_task_set_task_data (task, g_memdup2 (&number, sizeof number), g_free);
  g_mutex_lock (&self->reader->lock);
  g_queue_push_tail (self->reader->finds, task);
  g_cond_signal (&self->reader->changed);
  g_mutex_unlock (&self->reader->lock);
}

gboolean
app_table_rows_find_finish (AppTableRows *self, GAsyncResult *result, guint *position, GError **error)
{
  gssize found = g_task_propagate_int (G_TASK (result), error);

  *position = (guint) MAX (found, 0);
  return found >= 0;
}
