/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-query.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "tables/query-connection.h"
#include "tables/query-types.h"

struct _AppResult {
  gatomicrefcount ref_count;
  char *sql;
  GPtrArray *columns; /* of AppResultColumn */
  GArray *values;     /* of AppValue, row after row */
  GStringChunk *texts;
  guint n_rows;
  gboolean cut;
  double seconds;
};

G_DEFINE_BOXED_TYPE (AppResult, app_result, app_result_ref, app_result_unref)

static void
free_column (gpointer data)
{
  AppResultColumn *column = data;
  g_free (column->name);
  g_free (column->title);
  g_free (column->unit);
  g_free (column->table);
  g_free (column->column);
  g_free (column);
}

static AppResult *
result_new (const char *sql)
{
  AppResult *result = g_new0 (AppResult, 1);
  g_atomic_ref_count_init (&result->ref_count);
  result->sql = g_strdup (sql);
  result->columns = g_ptr_array_new_with_free_func (free_column);
  result->values = g_array_new (FALSE, FALSE, sizeof (AppValue));
  result->texts = g_string_chunk_new (64 * 1024);
  return result;
}

AppResult *
app_result_ref (AppResult *result)
{
  g_atomic_ref_count_inc (&result->ref_count);
  return result;
}

void
app_result_unref (AppResult *result)
{
  if (!g_atomic_ref_count_dec (&result->ref_count))
    return;
  g_free (result->sql);
  g_ptr_array_unref (result->columns);
  g_array_unref (result->values);
  g_string_chunk_free (result->texts);
  g_free (result);
}

const char *
app_result_get_sql (const AppResult *result)
{
  return result->sql;
}

guint
app_result_get_n_columns (const AppResult *result)
{
  return result->columns->len;
}

const AppResultColumn *
app_result_get_column (const AppResult *result, guint column)
{
  return g_ptr_array_index (result->columns, column);
}

guint
app_result_get_n_rows (const AppResult *result)
{
  return result->n_rows;
}

const AppValue *
app_result_get_value (const AppResult *result, guint row, guint column)
{
  g_return_val_if_fail (row < result->n_rows && column < result->columns->len, NULL);
  return &g_array_index (result->values, AppValue, (gsize) row * result->columns->len + column);
}

char *
app_result_dup_text (const AppResult *result, guint row, guint column)
{
  const AppValue *value = app_result_get_value (result, row, column);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  switch (value->kind) {
  case MEDIA_CELL_INTEGER:
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
  case MEDIA_CELL_REAL:
    return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.15g", value->real));
  case MEDIA_CELL_TEXT:
    return g_strndup (value->text, value->length);
  default:
    return g_strdup ("");
  }
}

gboolean
app_result_is_cut (const AppResult *result)
{
  return result->cut;
}

double
app_result_get_seconds (const AppResult *result)
{
  return result->seconds;
}

/* ---- asking ---- */

void
app_query_limits_init (AppQueryLimits *limits)
{
  *limits = (AppQueryLimits) { 10000, 16 * 1024 * 1024, 20000 };
}

static void
take_columns (AppResult *result, QueryConnection *connection, sqlite3_stmt *statement, QueryTypes *types)
{
  for (guint i = 0; i < (guint) sqlite3_column_count (statement); i++) {
    AppResultColumn *column = g_new0 (AppResultColumn, 1);
    const AppTable *table;
    const AppColumn *origin;
    const char *name = sqlite3_column_name (statement, (int) i);
    column->name = g_strdup (name != NULL ? name : "");
    if (query_connection_find_origin (connection, statement, i, &table, &origin)) {
      column->table = g_strdup (table->sql_name);
      column->column = g_strdup (origin->sql_name);
      query_types_set (types, i, origin->type);
    } else {
      origin = NULL;
    }
    /* One that the statement calls otherwise is called so. */
    column->title = g_strdup (origin != NULL && origin->name[0] != '\0' && g_ascii_strcasecmp (origin->sql_name, column->name) == 0 ? origin->name : column->name);
    column->unit = g_strdup (origin != NULL ? origin->unit : "");
    g_ptr_array_add (result->columns, column);
  }
}

/* FALSE when there is no more room for text. */
static gboolean
take_row (AppResult *result, sqlite3_stmt *statement, QueryTypes *types, gsize *left)
{
  for (guint i = 0; i < result->columns->len; i++) {
    AppValue value;
    query_types_read (types, statement, i, &value);
    if (value.kind == MEDIA_CELL_TEXT) {
      if (value.length > *left) {
        g_array_set_size (result->values, result->n_rows * result->columns->len);
        return FALSE;
      }
      *left -= value.length;
      value.text = g_string_chunk_insert_len (result->texts, value.text, (gssize) value.length);
    }
    g_array_append_val (result->values, value);
  }
  result->n_rows++;
  return TRUE;
}

AppResult *
app_query_run (GPtrArray *datasets, const char *sql, const AppQueryLimits *limits, GCancellable *cancellable, GError **error)
{
  AppQueryLimits usual;
  gint64 started = g_get_monotonic_time ();
  g_autoptr (QueryConnection) connection = query_connection_new (datasets, sql, error);
  g_autoptr (AppResult) result = NULL;
  int code = SQLITE_ROW;

  app_query_limits_init (&usual);
  limits = limits != NULL ? limits : &usual;
  if (connection == NULL)
    return NULL;
  query_connection_set_limit (connection, limits->time_limit, cancellable);
  sqlite3_stmt *statement = query_connection_prepare (connection, sql, error);
  if (statement == NULL)
    return NULL;
  g_autoptr (QueryTypes) types = query_types_new ((guint) sqlite3_column_count (statement));
  gsize left = limits->max_bytes;
  result = result_new (sql);
  take_columns (result, connection, statement, types);
  while (!result->cut && (code = sqlite3_step (statement)) == SQLITE_ROW)
    result->cut = result->n_rows >= limits->max_rows || !take_row (result, statement, types, &left);
  for (guint i = 0; i < result->columns->len; i++)
    ((AppResultColumn *) g_ptr_array_index (result->columns, i))->type = query_types_get (types, i);
  if (!result->cut && code != SQLITE_DONE)
    query_connection_set_error (connection, code, error);
  sqlite3_finalize (statement);
  result->seconds = (double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC;
  return result->cut || code == SQLITE_DONE ? g_steal_pointer (&result) : NULL;
}

gboolean
app_query_check (GPtrArray *datasets, const char *sql, GError **error)
{
  g_autoptr (QueryConnection) connection = query_connection_new (datasets, sql, error);
  sqlite3_stmt *statement = connection != NULL ? query_connection_prepare (connection, sql, error) : NULL;

  sqlite3_finalize (statement);
  return statement != NULL;
}

typedef struct {
  GPtrArray *datasets;
  char *sql;
  AppQueryLimits limits;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;
  g_ptr_array_unref (question->datasets);
  g_free (question->sql);
  g_free (question);
}

static void
run_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Question *question = data;
  GError *error = NULL;
  AppResult *result = app_query_run (question->datasets, question->sql, &question->limits, cancellable, &error);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) app_result_unref);
  else
    g_task_return_error (task, error);
}

void
app_query_run_async (GPtrArray *datasets, const char *sql, const AppQueryLimits *limits, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->datasets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < datasets->len; i++)
    g_ptr_array_add (question->datasets, g_object_ref (g_ptr_array_index (datasets, i)));
  question->sql = g_strdup (sql);
  app_query_limits_init (&question->limits);
  if (limits != NULL)
    question->limits = *limits;
  g_task_set_source_tag (task, app_query_run_async);
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, run_thread);
}

AppResult *
app_query_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_query_run_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
app_query_dup_alias (GPtrArray *datasets, guint dataset)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (datasets);
  return g_strdup (g_ptr_array_index (aliases, dataset));
}
