/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-table-export.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "app-error.h"
#include "tables/dataset-file.h"
#include "tables/dataset-writer.h"
#include "tables/query-connection.h"
#include "tables/query-types.h"
#include "tables/sql-name.h"
#include "tables/table-file.h"

/* Rows by which it is known what columns are; milliseconds of a statement. */
#define LOOKED_AT 5000
#define QUERY_TIME (10 * 60 * 1000)

/* Each is one file, tables/table-file-<name>.c. */
static const struct {
  const char *end;
  TableFile *(*create) (const char *path, GError **error);
} formats[] = {
  [APP_TABLE_EXPORT_CSV] = { ".csv", table_file_csv_new },
  [APP_TABLE_EXPORT_XLSX] = { ".xlsx", table_file_xlsx_new },
};

typedef struct {
  AppResult *result;   /* one of the three */
  AppDataset *dataset;
  GPtrArray *datasets; /* with `sql` */
  char *sql;
  gint *n_rows;        /* (nullable) not owned */
  char *table, *title;
  AppTableExportFormat format;
  char *path;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;
  g_clear_pointer (&export->result, app_result_unref);
  g_clear_object (&export->dataset);
  g_clear_pointer (&export->datasets, g_ptr_array_unref);
  g_free (export->sql);
  g_free (export->table);
  g_free (export->title);
  g_free (export->path);
  g_free (export);
}

const char *
app_table_export_get_end (AppTableExportFormat format)
{
  return formats[format].end;
}

gboolean
table_file_fail (const TableFile *file, int number, GError **error)
{
  g_autofree char *name = g_filename_display_basename (file->path);
  g_set_error (error, APP_ERROR, app_error_from_errno (number), _("The table could not be written to “%s”: %s. Choose another place, or free some space."), name, g_strerror (number));
  return FALSE;
}

/* Of it. (transfer full) */
static TableFileColumn *
dup_columns (const AppResult *result)
{
  guint n = app_result_get_n_columns (result);
  TableFileColumn *columns = g_new (TableFileColumn, n);

  for (guint i = 0; i < n; i++) {
    const AppResultColumn *column = app_result_get_column (result, i);
    columns[i] = (TableFileColumn) { column->title, column->type };
  }
  return columns;
}

static gboolean
write_result (TableFile *file, const Export *export, GCancellable *cancellable, GError **error)
{
  guint n = app_result_get_n_columns (export->result);
  g_autofree TableFileColumn *columns = dup_columns (export->result);

  if (!file->begin (file, export->title, columns, n, error))
    return FALSE;
  for (guint row = 0; row < app_result_get_n_rows (export->result); row++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !file->row (file, app_result_get_value (export->result, row, 0), error))
      return FALSE;
  return TRUE;
}

static void
count_row (const Export *export)
{
  if (export->n_rows != NULL)
    g_atomic_int_inc (export->n_rows);
}

static void
read_cell (sqlite3_stmt *statement, guint i, MediaCell *cell)
{
  *cell = (MediaCell) { .kind = MEDIA_CELL_NULL };
  switch (sqlite3_column_type (statement, (int) i)) {
  case SQLITE_INTEGER:
    cell->kind = MEDIA_CELL_INTEGER;
    cell->integer = sqlite3_column_int64 (statement, (int) i);
    break;
  case SQLITE_FLOAT:
    cell->kind = MEDIA_CELL_REAL;
    cell->real = sqlite3_column_double (statement, (int) i);
    break;
  case SQLITE_TEXT:
    cell->kind = MEDIA_CELL_TEXT;
    cell->text = (const char *) sqlite3_column_text (statement, (int) i);
    cell->length = (guint) sqlite3_column_bytes (statement, (int) i);
    break;
  default:
    break;
  }
}

static gboolean
write_table (TableFile *file, const Export *export, sqlite3 *db, const AppTable *table, GCancellable *cancellable, GError **error)
{
  guint n = table->columns->len;
  g_autofree TableFileColumn *columns = g_new (TableFileColumn, n);
  g_autofree MediaCell *cells = g_new (MediaCell, n);
  g_autofree char *name = sql_name_quote (table->sql_name), *sql = g_strdup_printf ("SELECT * FROM %s ORDER BY rowid", name);
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  for (guint i = 0; i < n; i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    columns[i] = (TableFileColumn) { column->name[0] != '\0' ? column->name : column->sql_name, column->type };
  }
  int code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);
  ok = code == SQLITE_OK && file->begin (file, table->title[0] != '\0' ? table->title : table->sql_name, columns, n, error);
  while (ok && (code = sqlite3_step (statement)) == SQLITE_ROW) {
    for (guint i = 0; i < n; i++)
      read_cell (statement, i, &cells[i]);
    ok = !g_cancellable_set_error_if_cancelled (cancellable, error) && file->row (file, cells, error);
    count_row (export);
  }
  sqlite3_finalize (statement);
  if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE) {
    dataset_set_error (app_dataset_get_path (export->dataset), db, code, error);
    ok = FALSE;
  }
  return ok;
}

static gboolean
write_dataset (TableFile *file, const Export *export, GCancellable *cancellable, GError **error)
{
  sqlite3 *db = dataset_file_open (app_dataset_get_path (export->dataset), error);
  GPtrArray *tables = app_dataset_get_tables (export->dataset);
  gboolean ok = db != NULL, found = FALSE;

  for (guint i = 0; ok && i < tables->len; i++) {
    const AppTable *table = g_ptr_array_index (tables, i);
    gboolean wanted = export->table != NULL ? g_strcmp0 (table->sql_name, export->table) == 0 : export->format != APP_TABLE_EXPORT_CSV || i == 0;
    found |= wanted;
    ok = !wanted || write_table (file, export, db, table, cancellable, error);
  }
  sqlite3_close (db);
  if (ok && !found)
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("There is no table “%s” to export."), export->table != NULL ? export->table : "");
  return ok && found;
}

/* What the columns are is known of the first rows: a sheet has dates and times, and each cell is looked at once more. */
static gboolean
write_query (TableFile *file, const Export *export, GCancellable *cancellable, GError **error)
{
  AppQueryLimits limits;
  g_autoptr (AppResult) first = NULL;
  g_autoptr (QueryConnection) connection = NULL;
  sqlite3_stmt *statement;
  int code = SQLITE_ROW;
  gboolean ok;

  app_query_limits_init (&limits);
  limits.max_rows = LOOKED_AT;
  limits.time_limit = QUERY_TIME;
  first = app_query_run (export->datasets, export->sql, &limits, cancellable, error);
  connection = first != NULL ? query_connection_new (export->datasets, export->sql, error) : NULL;
  if (connection == NULL)
    return FALSE;
  query_connection_set_limit (connection, QUERY_TIME, cancellable);
  statement = query_connection_prepare (connection, export->sql, error);
  if (statement == NULL)
    return FALSE;
  guint n = app_result_get_n_columns (first);
  g_autofree TableFileColumn *columns = dup_columns (first);
  g_autofree MediaCell *cells = g_new (MediaCell, n);
  g_autoptr (QueryTypes) types = query_types_new (n);
  ok = file->begin (file, export->title, columns, n, error);
  while (ok && (code = sqlite3_step (statement)) == SQLITE_ROW) {
    for (guint i = 0; i < n; i++)
      query_types_read (types, statement, i, &cells[i]);
    ok = !g_cancellable_set_error_if_cancelled (cancellable, error) && file->row (file, cells, error);
    count_row (export);
  }
  if (ok && code != SQLITE_DONE) {
    query_connection_set_error (connection, code, error);
    ok = FALSE;
  }
  sqlite3_finalize (statement);
  return ok;
}

static void
export_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Export *export = data;
  g_autofree char *part = g_strdup_printf ("%s.%d.part", export->path, (int) getpid ());
  GError *error = NULL;
  TableFile *file = formats[export->format].create (part, &error);
  gboolean ok = file != NULL;

  if (ok) {
    ok = (export->result != NULL ? write_result (file, export, cancellable, &error) : export->sql != NULL ? write_query (file, export, cancellable, &error) : write_dataset (file, export, cancellable, &error)) && file->finish (file, &error);
    file->free (file);
  }
  if (ok && g_rename (part, export->path) != 0) {
    g_autofree char *name = g_filename_display_basename (export->path);
    error = g_error_new (APP_ERROR, APP_ERROR_READ_ONLY, _("The table could not be written to “%s”. Choose another place."), name);
    ok = FALSE;
  }
  if (ok)
    g_task_return_boolean (task, TRUE);
  else {
    g_unlink (part);
    g_task_return_error (task, error);
  }
}

static void
run (Export *export, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_table_export_finish);
  g_task_set_task_data (task, export, export_free);
  g_task_run_in_thread (task, export_thread);
}

void
app_table_export_result_async (AppResult *result, const char *title, AppTableExportFormat format, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Export *export = g_new0 (Export, 1);

  *export = (Export) { .result = app_result_ref (result), .title = g_strdup (title), .format = format, .path = g_strdup (path) };
  run (export, cancellable, callback, user_data);
}

void
app_table_export_query_async (GPtrArray *datasets, const char *sql, const char *title, AppTableExportFormat format, const char *path, gint *n_rows, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Export *export = g_new0 (Export, 1);

  *export = (Export) { .datasets = g_ptr_array_ref (datasets), .sql = g_strdup (sql), .n_rows = n_rows, .title = g_strdup (title), .format = format, .path = g_strdup (path) };
  run (export, cancellable, callback, user_data);
}

void
app_table_export_dataset_async (AppDataset *dataset, const char *table, AppTableExportFormat format, const char *path, gint *n_rows, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Export *export = g_new0 (Export, 1);

  *export = (Export) { .dataset = g_object_ref (dataset), .table = g_strdup (table), .n_rows = n_rows, .format = format, .path = g_strdup (path) };
  run (export, cancellable, callback, user_data);
}

gboolean
app_table_export_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_table_export_finish), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
