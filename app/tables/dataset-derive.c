/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dataset-derive.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "dataset-writer.h"
#include "query-connection.h"
#include "query-types.h"

/* Milliseconds for each of the two runs. */
#define TIME_LIMIT (5 * 60 * 1000)

typedef gboolean (*TakeRow) (const MediaCell *cells, gpointer data, GError **error);

typedef struct {
  DatasetWriter *writer;
  gint64 row;
} Writing;

static gboolean
run (QueryConnection *connection, sqlite3_stmt *statement, QueryTypes *types, GCancellable *cancellable, TakeRow take, gpointer data, GError **error)
{
  guint n = (guint) sqlite3_column_count (statement);
  g_autofree MediaCell *cells = g_new (MediaCell, n);
  int code;

  query_connection_set_limit (connection, TIME_LIMIT, cancellable);
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    for (guint i = 0; i < n; i++)
      query_types_read (types, statement, i, &cells[i]);
    if (!take (cells, data, error))
      return FALSE;
  }
  sqlite3_reset (statement);
  if (code == SQLITE_DONE)
    return TRUE;
  query_connection_set_error (connection, code, error);
  return FALSE;
}

static gboolean
only_look (const MediaCell *cells, gpointer data, GError **error)
{
  (*(guint64 *) data)++;
  return TRUE;
}

static gboolean
write_row (const MediaCell *cells, gpointer data, GError **error)
{
  Writing *writing = data;
  return dataset_writer_add_row (writing->writer, ++writing->row, cells, error);
}

/* What its columns are, is known after all of its values were seen: so it is asked twice. */
static MediaTable *
describe (QueryConnection *connection, sqlite3_stmt *statement, QueryTypes *types, const char *name, guint64 n_rows)
{
  MediaTable *table = g_new0 (MediaTable, 1);
  guint n = (guint) sqlite3_column_count (statement);

  table->title = g_strdup (name);
  table->n_rows = n_rows;
  table->n_columns = n;
  table->columns = g_new0 (MediaColumn, n);
  for (guint i = 0; i < n; i++) {
    const AppTable *origin_table;
    const AppColumn *origin;
    gboolean same = query_connection_find_origin (connection, statement, i, &origin_table, &origin);
    table->columns[i].name = g_strdup (sqlite3_column_name (statement, (int) i));
    table->columns[i].type = query_types_get (types, i);
    table->columns[i].unit = g_strdup (same ? origin->unit : "");
  }
  return table;
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
  g_free (table);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaTable, free_table)

static gboolean
set_infos (DatasetWriter *writer, GPtrArray *sources, const char *sql, const char *name, GError **error)
{
  if (!dataset_writer_set_info (writer, "name", name, error) || !dataset_writer_set_info (writer, "format", "SQL", error) || !dataset_writer_set_info (writer, "sql", sql, error))
    return FALSE;
  for (guint i = 0; i < sources->len; i++)
    if (!dataset_writer_set_info (writer, "source", app_dataset_get_id (g_ptr_array_index (sources, i)), error))
      return FALSE;
  return TRUE;
}

gboolean
dataset_derive (GPtrArray *sources, const char *sql, const char *name, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (QueryConnection) connection = query_connection_new (sources, sql, error);
  sqlite3_stmt *statement = connection != NULL ? query_connection_prepare (connection, sql, error) : NULL;
  g_autoptr (QueryTypes) types = NULL;
  g_autoptr (DatasetWriter) writer = NULL;
  guint64 n_rows = 0;
  gboolean ok = FALSE;

  if (statement == NULL)
    return FALSE;
  types = query_types_new ((guint) sqlite3_column_count (statement));
  for (guint i = 0; i < (guint) sqlite3_column_count (statement); i++) {
    const AppTable *table;
    const AppColumn *column;
    if (query_connection_find_origin (connection, statement, i, &table, &column))
      query_types_set (types, i, column->type);
  }
  if (run (connection, statement, types, cancellable, only_look, &n_rows, error) && (writer = dataset_writer_new (path, error)) != NULL) {
    g_autoptr (MediaTable) table = describe (connection, statement, types, name, n_rows);
    Writing writing = { writer, 0 };
    ok = dataset_writer_begin_table (writer, table, "table", error) && run (connection, statement, types, cancellable, write_row, &writing, error) &&
         dataset_writer_end_table (writer, NULL, error) && set_infos (writer, sources, sql, name, error) && dataset_writer_finish (writer, error);
  }
  sqlite3_finalize (statement);
  return ok;
}
