/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-table-rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tables/answer-text.h"
#include "tables/row-reader.h"

G_STATIC_ASSERT (APP_TABLE_ROWS_PAGE == ROW_READER_PAGE);

/* Pages that are kept beside those that somebody holds rows of. */
#define MAX_PAGES 32


/* One row. Its cells are one piece of memory: values, then their texts. */
struct _AppTableRow {
  GObject parent;
  RowReader *reader; /* whose table it is of */
  guint8 *decimals;  /* of the list */
  gint64 number;
  MediaCell *cells; /* NULL until loaded */
};

G_DEFINE_FINAL_TYPE (AppTableRow, app_table_row, G_TYPE_OBJECT)

struct _AppTableRows {
  GObject parent;
  RowReader *reader;
  guint8 *decimals;  /* of each column: so many are shown, so that points are below each other; reference-counted */
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
  g_clear_pointer (&self->reader, row_reader_unref);
  g_clear_pointer (&self->decimals, g_rc_box_release);
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
  MediaColumnType type = ((AppColumn *) g_ptr_array_index (row_reader_get_table (row->reader)->columns, column))->type;

  if (text != NULL)
    *text = empty ? g_strdup ("") : dup_value (cell, type, row->decimals[column]);
  return cell == NULL ? APP_TABLE_CELL_WAITING : empty ? APP_TABLE_CELL_EMPTY : fits (type, cell) ? APP_TABLE_CELL_VALUE : APP_TABLE_CELL_MISFIT;
}

/* ---- the list ---- */

static void
on_page (gpointer data, RowPage *arrived)
{
  AppTableRows *self = data;
  Page *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (arrived->number));

  self->n_read++;
  for (guint i = 0; page != NULL && i < MIN (arrived->n, page->n); i++) {
    AppTableRow *row = page->rows[i];
    if (row->cells != NULL)
      continue;
    row->number = arrived->numbers[i];
    row->cells = g_steal_pointer (&arrived->cells[i]);
    g_object_notify (G_OBJECT (row), "loaded");
  }
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
  const AppTable *table = row_reader_get_table (self->reader);
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
      page->rows[i]->reader = row_reader_ref (self->reader);
      page->rows[i]->decimals = g_rc_box_acquire (self->decimals);
    }
    g_hash_table_insert (self->pages, GUINT_TO_POINTER (number), page);
    row_reader_want (self->reader, number);
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
  return (guint) MIN (row_reader_get_table (APP_TABLE_ROWS (list)->reader)->n_rows, G_MAXUINT - 1);
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

  row_reader_stop (self->reader);
  g_hash_table_unref (self->pages);
  row_reader_unref (self->reader);
  g_rc_box_release (self->decimals);
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

static guint8 *
find_decimals (const AppTable *table)
{
  guint8 *decimals = g_rc_box_alloc0 (table->columns->len + 1);

  for (guint i = 0; i < table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    guint most = MAX (count_decimals (column->min), count_decimals (column->max));
    for (guint k = 0; column->type == MEDIA_COLUMN_REAL && column->samples[k] != NULL; k++)
      most = MAX (most, count_decimals (column->samples[k]));
    decimals[i] = (guint8) MIN (most, 6);
  }
  return decimals;
}

AppTableRows *
app_table_rows_new (AppDataset *dataset, guint place)
{
  AppTableRows *self = g_object_new (APP_TYPE_TABLE_ROWS, NULL);
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (dataset), place);

  self->reader = row_reader_new (dataset, table, on_page, self);
  self->decimals = find_decimals (table);
  return self;
}

AppDataset *
app_table_rows_get_dataset (AppTableRows *self)
{
  return row_reader_get_dataset (self->reader);
}

const AppTable *
app_table_rows_get_table (AppTableRows *self)
{
  return row_reader_get_table (self->reader);
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
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_table_rows_find_async);
  g_task_set_task_data (task, g_memdup2 (&number, sizeof number), g_free);
  row_reader_find (self->reader, task);
}

gboolean
app_table_rows_find_finish (AppTableRows *self, GAsyncResult *result, guint *position, GError **error)
{
  gssize found = g_task_propagate_int (G_TASK (result), error);

  *position = (guint) MAX (found, 0);
  return found >= 0;
}
