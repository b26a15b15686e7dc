/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a person changes the models folder: adding a file, removing a model, bringing it back. */
#include "app-models-private.h"

/* ---- adding ---- */

typedef struct {
  char *directory;
  GFile *file;
  gboolean copy;
  guint64 memory_total, memory_available;
} Add;

static void
add_free (Add *add)
{
  g_free (add->directory);
  g_object_unref (add->file);
  g_free (add);
}

static void
add_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Add *add = data;
  GError *error = NULL;
  AppModelFile *file = app_models_files_add (add->directory, add->file, add->copy, cancellable, &error);

  app_models_measure_memory (&add->memory_total, &add->memory_available);
  if (file)
    g_task_return_pointer (task, file, (GDestroyNotify) app_model_file_free);
  else
    g_task_return_error (task, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppModels *self = APP_MODELS (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  AppModelFile *file = g_task_propagate_pointer (G_TASK (result), &error);
  const Add *add = g_task_get_task_data (G_TASK (result));
  AppModel *model;

  if (!file) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  model = app_models_learn (self, file->facts);
  app_model_set_path (model, file->path, file->referenced);
  app_model_set_memory_here (model, add->memory_total, add->memory_available);
  app_models_update_list (self);
  app_model_file_free (file);
  g_task_return_pointer (task, g_object_ref (model), g_object_unref);
}

void
app_models_add_file_async (AppModels *self, GFile *file, gboolean copy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) worker = g_task_new (self, cancellable, on_added, task);
  Add *add = g_new0 (Add, 1);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_check_cancellable (worker, FALSE); /* what was added stays added */
  add->directory = g_strdup (self->directory);
  add->file = g_object_ref (file);
  add->copy = copy;
  g_task_set_task_data (worker, add, (GDestroyNotify) add_free);
  g_task_run_in_thread (worker, add_thread);
}

AppModel *
app_models_add_file_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- removing ---- */

static void
remove_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppModels *self = source;
  const char *id = app_model_get_id (data); /* never changes */
  GError *error = NULL;

  if (g_task_get_source_tag (task) == app_models_remove_async ? app_models_files_set_aside (self->directory, id, &error)
                                                              : app_models_files_bring_back (self->directory, id, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppModels *self = APP_MODELS (source);
  g_autoptr (GTask) task = user_data;
  AppModel *model = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (g_task_get_source_tag (task) == app_models_remove_async) {
    app_model_set_path (model, NULL, app_model_get_referenced (model));
  } else {
    g_autofree char *name = g_strconcat (app_model_get_id (model), ".gguf", NULL);
    g_autofree char *path = g_build_filename (self->directory, name, NULL);
    app_model_set_path (model, path, app_model_get_referenced (model));
  }
  app_models_update_list (self);
  g_task_return_boolean (task, TRUE);
}

static void
move (AppModels *self, AppModel *model, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) worker = g_task_new (self, NULL, on_removed, task);

  g_task_set_source_tag (task, tag);
  g_task_set_source_tag (worker, tag);
  g_task_set_task_data (task, g_object_ref (model), g_object_unref);
  g_task_set_task_data (worker, g_object_ref (model), g_object_unref);
  g_task_run_in_thread (worker, remove_thread);
}

void
app_models_remove_async (AppModels *self, AppModel *model, GAsyncReadyCallback callback, gpointer user_data)
{
  move (self, model, app_models_remove_async, callback, user_data);
}

gboolean
app_models_remove_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return app_models_finish_task (self, result, error);
}

void
app_models_undo_remove_async (AppModels *self, AppModel *model, GAsyncReadyCallback callback, gpointer user_data)
{
  move (self, model, app_models_undo_remove_async, callback, user_data);
}

gboolean
app_models_undo_remove_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return app_models_finish_task (self, result, error);
}

static void
purge_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  app_models_files_purge (APP_MODELS (source)->directory, app_model_get_id (data));
  g_task_return_boolean (task, TRUE);
}

void
app_models_purge_async (AppModels *self, AppModel *model, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_object_ref (model), g_object_unref);
  g_task_run_in_thread (task, purge_thread);
}

gboolean
app_models_purge_finish (AppModels *self, GAsyncResult *result, GError **error)
{
  return app_models_finish_task (self, result, error);
}
