/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-consent.h"

#include <glib/gi18n.h>

#include "app-history-private.h"
#include "app-tool-call-private.h"

/* ---- a grant ---- */

struct _AppGrant {
  GObject parent;
  gint64 id;
  char *title, *conversation;
  GDateTime *time;
};

G_DEFINE_FINAL_TYPE (AppGrant, app_grant, G_TYPE_OBJECT)

const char *
app_grant_get_title (AppGrant *self)
{
  return self->title;
}

const char *
app_grant_get_conversation (AppGrant *self)
{
  return self->conversation;
}

GDateTime *
app_grant_get_time (AppGrant *self)
{
  return self->time;
}

static void
app_grant_finalize (GObject *object)
{
  AppGrant *self = APP_GRANT (object);

  g_free (self->title);
  g_free (self->conversation);
  g_date_time_unref (self->time);
  G_OBJECT_CLASS (app_grant_parent_class)->finalize (object);
}

static void
app_grant_class_init (AppGrantClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_grant_finalize;
}

static void
app_grant_init (AppGrant *self)
{
}

static AppGrant *
grant_new (AppDatabase *database, const AppGrantRow *row)
{
  AppGrant *self = g_object_new (APP_TYPE_GRANT, NULL);
  g_autoptr (AppCallRow) named = app_call_row_new ();
  g_autoptr (AppToolCall) call = NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (row->granted / 1000);

  named->tool = g_strdup (row->tool);
  named->origin = g_strdup (row->origin);
  call = app_tool_call_new (database, NULL, named);
  self->id = row->id;
  self->title = g_strdup (app_tool_call_get_title (call));
  self->conversation = g_strdup (row->conversation);
  self->time = utc != NULL ? g_date_time_to_local (utc) : g_date_time_new_from_unix_local (0);
  return self;
}

/* ---- reading ---- */

static void
on_grants (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error), grants = NULL;

  if (rows == NULL) {
    g_task_return_error (task, error);
    return;
  }
  grants = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (grants, grant_new (APP_DATABASE (source), rows->pdata[i]));
  g_task_return_pointer (task, g_steal_pointer (&grants), (GDestroyNotify) g_ptr_array_unref);
}

void
app_consent_read_grants_async (AppHistory *history, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (history, NULL, callback, user_data);

  app_database_run_async (app_history_get_database (history), app_store_grants, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, NULL, on_grants, task);
}

GPtrArray *
app_consent_read_grants_finish (AppHistory *history, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (app_database_run_finish (APP_DATABASE (source), result, &error) == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
app_consent_revoke_async (AppHistory *history, AppGrant *grant, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (history, NULL, callback, user_data);

  app_database_run_async (app_history_get_database (history), app_store_grant_revoke, g_memdup2 (&grant->id, sizeof grant->id), g_free, NULL, NULL, on_revoked, task);
}

gboolean
app_consent_revoke_finish (AppHistory *history, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_log (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error), calls = NULL;

  if (rows == NULL) {
    g_task_return_error (task, error);
    return;
  }
  calls = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (calls, app_tool_call_new (APP_DATABASE (source), NULL, rows->pdata[i]));
  g_task_return_pointer (task, g_steal_pointer (&calls), (GDestroyNotify) g_ptr_array_unref);
}

void
app_consent_read_log_async (AppHistory *history, const char *query, AppToolCall *after, guint limit, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (history, NULL, callback, user_data);
  AppStoreLog *log = g_new0 (AppStoreLog, 1);

  log->query = g_strdup (query);
  log->limit = limit;
  if (after != NULL) {
    g_autoptr (AppCallRow) row = app_tool_call_dup_row (after);
    log->before = row->id;
  }
  app_database_run_async (app_history_get_database (history), app_store_log, log, (GDestroyNotify) app_store_log_free, (GDestroyNotify) g_ptr_array_unref, NULL, on_log, task);
}

GPtrArray *
app_consent_read_log_finish (AppHistory *history, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
