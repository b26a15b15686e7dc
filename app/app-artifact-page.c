/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-artifact-page.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "app-history-private.h"
#include "app-store.h"
#include "artifacts/artifact-kind.h"

GPtrArray *
app_artifact_page_open_datasets (AppDatabase *database, const char *const *data)
{
  AppDatasets *datasets = app_history_datasets_of (database);
  GPtrArray *there = g_ptr_array_new_with_free_func (g_object_unref);

  for (const char *const *id = data; datasets != NULL && *id != NULL; id++) {
    AppDataset *dataset = app_datasets_open (datasets, *id);
    if (dataset != NULL)
      g_ptr_array_add (there, dataset);
  }
  return there;
}

void
app_artifact_page_make (AppDatabase *database, const AppArtifactKind *kind, const char *source, const char *title, const char *const *data, GTask *task)
{
  g_autoptr (GPtrArray) there = app_artifact_page_open_datasets (database, data);

  if (kind->is_page)
    kind->make_bundle (source, title, there, task);
  else
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("This is no page, and has nothing to show but its source."));
}

static void
on_storage (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GHashTable *storage = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (storage != NULL)
    g_task_return_pointer (task, storage, (GDestroyNotify) g_hash_table_unref);
  else
    g_task_return_error (task, error);
}

void
app_artifact_page_read_storage (AppDatabase *database, gint64 artifact, GTask *task)
{
  app_database_run_async (database, app_store_page_storage, g_memdup2 (&artifact, sizeof artifact), g_free, (GDestroyNotify) g_hash_table_unref, g_task_get_cancellable (task), on_storage, task);
}

void
app_artifact_page_store_value (AppDatabase *database, gint64 artifact, const char *key, const char *value, GAsyncReadyCallback callback, gpointer user_data)
{
  AppStorePageValue *change = g_new0 (AppStorePageValue, 1);

  change->artifact = artifact;
  change->key = g_strdup (key);
  change->value = g_strdup (value);
  app_database_run_async (database, app_store_page_value, change, (GDestroyNotify) app_store_page_value_free, NULL, NULL, callback, user_data);
}
