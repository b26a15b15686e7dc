/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-shelf.h"

#include "app-history-private.h"
#include "app-made.h"
#include "artifacts/artifact-kind.h"

static void
shelved_free (gpointer data)
{
  AppShelved *shelved = data;

  g_free (shelved->handle);
  g_free (shelved->title);
  g_date_time_unref (shelved->time);
  g_clear_pointer (&shelved->thumbnail, g_bytes_unref);
  g_free (shelved);
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);
  GPtrArray *shelf;

  if (rows == NULL) {
    g_task_return_error (task, error);
    return;
  }
  shelf = g_ptr_array_new_with_free_func (shelved_free);
  for (guint i = 0; i < rows->len; i++) {
    AppArtifactRow *row = rows->pdata[i];
    AppVersionRow *version = row->versions->pdata[0];
    AppShelved *shelved = g_new0 (AppShelved, 1);
    shelved->handle = app_made_dup_handle (row->id, row->created);
    shelved->conversation = row->conversation;
    shelved->message = version->message;
    shelved->kind = app_artifact_kind_find (row->kind);
    shelved->title = g_steal_pointer (&row->title);
    shelved->starred = row->starred;
    shelved->state = version->state;
    shelved->time = g_date_time_new_from_unix_local (version->created / 1000);
    shelved->thumbnail = g_steal_pointer (&version->thumbnail);
    g_ptr_array_add (shelf, shelved);
  }
  g_task_return_pointer (task, shelf, (GDestroyNotify) g_ptr_array_unref);
}

void
app_history_read_shelf_async (AppHistory *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_history_read_shelf_async);
  app_database_run_async (app_history_get_database (self), app_store_shelf, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, cancellable, on_rows, task);
}

GPtrArray *
app_history_read_shelf_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
