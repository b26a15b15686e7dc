/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of jobs: each step before anything of it happens, and what it made before that is put anywhere. */
#include "app-store.h"

AppJobStepRow *
app_job_step_row_copy (const AppJobStepRow *row)
{
  AppJobStepRow *copy = g_memdup2 (row, sizeof *row);

  copy->plan = g_strdup (row->plan != NULL ? row->plan : "");
  copy->made = g_strdup (row->made);
  copy->text = g_strdup (row->text != NULL ? row->text : "");
  copy->findings = g_strdup (row->findings != NULL ? row->findings : "");
  return copy;
}

void
app_job_step_row_free (AppJobStepRow *row)
{
  if (row == NULL)
    return;
  g_free (row->plan);
  g_free (row->made);
  g_free (row->text);
  g_free (row->findings);
  g_free (row);
}

AppJobRow *
app_job_row_copy (const AppJobRow *row)
{
  AppJobRow *copy = g_memdup2 (row, sizeof *row);

  copy->request = g_strdup (row->request != NULL ? row->request : "");
  copy->steps = NULL;
  return copy;
}

void
app_job_row_free (AppJobRow *row)
{
  if (row == NULL)
    return;
  g_free (row->request);
  g_clear_pointer (&row->steps, g_ptr_array_unref);
  g_free (row);
}

gpointer
app_store_job_begin (AppDatabase *db, gpointer data, GError **error)
{
  const AppJobRow *row = data;
  gint64 *id;

  if (!app_database_exec (db, error, "INSERT INTO jobs (message, request, state, budget_tokens, budget_calls, budget_ms, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", "isiiiii", row->message, row->request,
                          (gint64) row->state, row->budget_tokens, row->budget_calls, row->budget_ms, row->created))
    return NULL;
  id = g_new (gint64, 1);
  *id = app_database_last_id (db);
  return id;
}

static gboolean
save_step (AppDatabase *db, const AppJobStepRow *step, GError **error)
{
  return app_database_exec (db, error,
                            "INSERT INTO job_steps (job, number, plan, state, tries, tokens, calls, ms, made, text, findings, began, ended)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
                            " ON CONFLICT (job, number) DO UPDATE SET state = ?4, tries = ?5, tokens = ?6, calls = ?7, ms = ?8, made = ?9, text = ?10, findings = ?11, began = ?12, ended = ?13",
                            "iisiiiiisssII", step->job, (gint64) step->number, step->plan, (gint64) step->state, (gint64) step->tries, step->tokens, step->calls, step->ms, step->made, step->text, step->findings,
                            step->began, step->ended);
}

gpointer
app_store_job_save (AppDatabase *db, gpointer data, GError **error)
{
  const AppJobRow *row = data;
  gboolean ok;

  if (!app_database_begin (db, error))
    return NULL;
  ok = app_database_exec (db, error, "UPDATE jobs SET state = ?2, budget_tokens = ?3, budget_calls = ?4, budget_ms = ?5, tokens = ?6, calls = ?7, ms = ?8, ended = ?9 WHERE id = ?1", "iiiiiiiiI", row->id,
                          (gint64) row->state, row->budget_tokens, row->budget_calls, row->budget_ms, row->tokens, row->calls, row->ms, row->ended);
  for (guint i = 0; ok && row->steps != NULL && i < row->steps->len; i++)
    ok = save_step (db, row->steps->pdata[i], error);
  if (ok && app_database_commit (db, error))
    return APP_DATABASE_OK;
  app_database_rollback (db);
  return NULL;
}

gpointer
app_store_job_step_save (AppDatabase *db, gpointer data, GError **error)
{
  return save_step (db, data, error) ? APP_DATABASE_OK : NULL;
}

/* ---- reading ---- */

#define JOB_COLUMNS "j.id, j.message, j.request, j.state, j.budget_tokens, j.budget_calls, j.budget_ms, j.tokens, j.calls, j.ms, j.created, j.ended"

static AppJobRow *
read_job (sqlite3_stmt *statement)
{
  AppJobRow *row = g_new0 (AppJobRow, 1);

  row->id = sqlite3_column_int64 (statement, 0);
  row->message = sqlite3_column_int64 (statement, 1);
  row->request = app_store_dup_text (statement, 2);
  row->state = (AppJobState) CLAMP (sqlite3_column_int64 (statement, 3), APP_JOB_PLANNING, APP_JOB_SPENT);
  row->budget_tokens = sqlite3_column_int64 (statement, 4);
  row->budget_calls = sqlite3_column_int64 (statement, 5);
  row->budget_ms = sqlite3_column_int64 (statement, 6);
  row->tokens = sqlite3_column_int64 (statement, 7);
  row->calls = sqlite3_column_int64 (statement, 8);
  row->ms = sqlite3_column_int64 (statement, 9);
  row->created = sqlite3_column_int64 (statement, 10);
  row->ended = sqlite3_column_int64 (statement, 11);
  row->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) app_job_step_row_free);
  return row;
}

static AppJobStepRow *
read_step (sqlite3_stmt *statement)
{
  AppJobStepRow *row = g_new0 (AppJobStepRow, 1);

  row->job = sqlite3_column_int64 (statement, 0);
  row->number = (guint) CLAMP (sqlite3_column_int64 (statement, 1), 0, G_MAXINT);
  row->plan = app_store_dup_text (statement, 2);
  row->state = (AppStepState) CLAMP (sqlite3_column_int64 (statement, 3), APP_STEP_WAITING, APP_STEP_SPENT);
  row->tries = (guint) CLAMP (sqlite3_column_int64 (statement, 4), 0, G_MAXINT);
  row->tokens = sqlite3_column_int64 (statement, 5);
  row->calls = sqlite3_column_int64 (statement, 6);
  row->ms = sqlite3_column_int64 (statement, 7);
  row->made = app_store_dup_text (statement, 8);
  row->text = app_store_dup_text (statement, 9);
  row->findings = app_store_dup_text (statement, 10);
  row->began = sqlite3_column_int64 (statement, 11);
  row->ended = sqlite3_column_int64 (statement, 12);
  return row;
}

static gboolean
read_steps (AppDatabase *db, AppJobRow *job, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement =
      app_database_query (db, error, "SELECT job, number, plan, state, tries, tokens, calls, ms, made, text, findings, began, ended FROM job_steps WHERE job = ?1 ORDER BY number", "i", job->id);

  if (statement == NULL)
    return FALSE;
  while (app_database_step (db, statement, &failed, error))
    g_ptr_array_add (job->steps, read_step (statement));
  return !failed;
}

gpointer
app_store_job_find (AppDatabase *db, gpointer data, GError **error)
{
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT " JOB_COLUMNS " FROM jobs j WHERE j.message = ?1", "i", *(gint64 *) data);
  g_autoptr (AppJobRow) row = NULL;
  gboolean failed;

  if (statement == NULL)
    return NULL;
  if (!app_database_step (db, statement, &failed, error))
    return failed ? NULL : g_new0 (AppJobRow, 1);
  row = read_job (statement);
  app_database_reset (statement);
  return read_steps (db, row, error) ? g_steal_pointer (&row) : NULL;
}

gpointer
app_store_jobs (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_job_row_free);
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT " JOB_COLUMNS " FROM jobs j JOIN messages m ON m.id = j.message WHERE m.conversation = ?1 ORDER BY j.id", "i", *(gint64 *) data);
  gboolean failed;

  if (statement == NULL)
    return NULL;
  while (app_database_step (db, statement, &failed, error))
    g_ptr_array_add (rows, read_job (statement));
  for (guint i = 0; !failed && i < rows->len; i++)
    failed = !read_steps (db, rows->pdata[i], error);
  return failed ? NULL : g_steal_pointer (&rows);
}
