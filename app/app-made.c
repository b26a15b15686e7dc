/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-made.h"

#include <glib/gi18n.h>

#include "app-artifact-page.h"
#include "app-error.h"
#include "app-history-private.h"
#include "artifacts/artifact-kind.h"

void
app_made_free (AppMade *made)
{
  g_free (made->handle);
  g_free (made->title);
  g_free (made->source);
  g_strfreev (made->data);
  g_clear_pointer (&made->thumbnail, g_bytes_unref);
  g_free (made);
}

char *
app_made_dup_handle (gint64 artifact, gint64 created)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "_%" G_GINT64_MODIFIER "x", artifact, (guint64) created);
}

/* FALSE for what no handle is. */
static gboolean
read_handle (const char *handle, AppStoreMade *made)
{
  g_auto (GStrv) parts = g_strsplit (handle, "_", -1);
  guint64 id, created;

  if (g_strv_length (parts) != 2 || !g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXINT64, &id, NULL) || !g_ascii_string_to_unsigned (parts[1], 16, 0, G_MAXINT64, &created, NULL))
    return FALSE;
  *made = (AppStoreMade) { (gint64) id, (gint64) created };
  return TRUE;
}

/* ---- reading ---- */

static void
on_row (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (AppArtifactRow) row = app_database_run_finish (APP_DATABASE (source), result, &error);
  AppVersionRow *version;
  AppMade *made;

  if (row == NULL) {
    g_task_return_error (task, error);
    return;
  }
  version = row->versions->pdata[0];
  made = g_new0 (AppMade, 1);
  made->artifact = row->id;
  made->conversation = row->conversation;
  made->message = version->message;
  made->handle = app_made_dup_handle (row->id, row->created);
  made->kind = app_artifact_kind_find (row->kind);
  made->title = g_steal_pointer (&row->title);
  made->source = g_steal_pointer (&version->source);
  made->data = version->data != NULL && *version->data != '\0' ? g_strsplit (version->data, "\n", -1) : g_new0 (char *, 1);
  made->thumbnail = g_steal_pointer (&version->thumbnail);
  g_task_return_pointer (task, made, (GDestroyNotify) app_made_free);
}

void
app_history_read_made_async (AppHistory *self, const char *handle, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AppStoreMade which = { 0 };

  g_task_set_source_tag (task, app_history_read_made_async);
  read_handle (handle, &which); /* what is none is nothing that is there */
  app_database_run_async (app_history_get_database (self), app_store_made, g_memdup2 (&which, sizeof which), g_free, (GDestroyNotify) app_artifact_row_free, cancellable, on_row, task);
}

AppMade *
app_history_read_made_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- its page ---- */

void
app_history_make_page_async (AppHistory *self, const AppMade *made, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_history_make_page_async);
  app_artifact_page_make (app_history_get_database (self), made->kind, made->source, made->title, (const char *const *) made->data, task);
}

AppBundle *
app_history_make_page_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
app_history_read_page_storage_async (AppHistory *self, gint64 artifact, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  app_artifact_page_read_storage (app_history_get_database (self), artifact, g_task_new (self, cancellable, callback, user_data));
}

GHashTable *
app_history_read_page_storage_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
app_history_store_page_value (AppHistory *self, gint64 artifact, const char *key, const char *value)
{
  app_artifact_page_store_value (app_history_get_database (self), artifact, key, value, NULL, NULL);
}

/* ---- entries among the applications ---- */

static void
on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppLaunchers) launchers = data;
  g_autoptr (GHashTable) there = app_database_run_finish (APP_DATABASE (source), result, NULL);
  g_auto (GStrv) handles = app_launchers_dup_handles (launchers);

  /* What it does not get done, the next time does. */
  for (char **handle = handles; there != NULL && *handle != NULL; handle++) {
    AppStoreMade which;
    if (read_handle (*handle, &which) && !g_hash_table_contains (there, *handle))
      app_launchers_remove_async (launchers, *handle, NULL, NULL);
  }
}

void
app_history_tidy_launchers (AppHistory *self)
{
  AppLaunchers *launchers = app_history_get_launchers (self);
  g_auto (GStrv) handles = launchers != NULL ? app_launchers_dup_handles (launchers) : NULL;

  if (handles != NULL && handles[0] != NULL)
    app_database_run_async (app_history_get_database (self), app_store_handles, NULL, NULL, (GDestroyNotify) g_hash_table_unref, NULL, on_made, g_object_ref (launchers));
}
