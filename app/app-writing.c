/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-writing.h"

typedef struct {
  AppCompletion *completion;
  GString *text;
  AppStats stats;
  AppWritingProgress progress;
  gpointer progress_data;
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  g_clear_object (&writing->completion);
  g_string_free (writing->text, TRUE);
  g_free (writing);
}

static void
on_text (AppCompletion *completion, const char *piece, GTask *task)
{
  Writing *writing = g_task_get_task_data (task);

  g_string_append (writing->text, piece);
  if (writing->progress != NULL)
    writing->progress (writing->text->str, writing->progress_data);
}

static void
on_finished (AppCompletion *completion, GTask *data)
{
  g_autoptr (GTask) task = data;
  Writing *writing = g_task_get_task_data (task);
  const GError *error = app_completion_get_error (completion);

  g_signal_handlers_disconnect_by_data (completion, task);
  writing->stats = *app_completion_get_stats (completion);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (app_completion_get_cancelled (completion))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  else if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_pointer (task, g_strdup (writing->text->str), g_free);
}

static void
on_cancelled (GCancellable *cancellable, AppCompletion *completion)
{
  app_completion_cancel (completion);
}

void
app_writing_async (AppEngine *engine, AppPrompt *prompt, GCancellable *cancellable, AppWritingProgress progress, gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (engine, cancellable, callback, user_data);
  Writing *writing = g_new0 (Writing, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, app_writing_async);
  writing->text = g_string_new (NULL);
  writing->progress = progress;
  writing->progress_data = progress_data;
  g_task_set_task_data (task, writing, writing_free);
  if (g_task_return_error_if_cancelled (task)) {
    g_object_unref (task);
    return;
  }
  writing->completion = app_engine_complete (engine, prompt, &error);
  if (writing->completion == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_signal_connect (writing->completion, "text", G_CALLBACK (on_text), task);
  g_signal_connect (writing->completion, "finished", G_CALLBACK (on_finished), task);
  app_completion_start (writing->completion);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), writing->completion, 0);
}

char *
app_writing_finish (GAsyncResult *result, AppStats *stats, GError **error)
{
  Writing *writing = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_async_result_is_tagged (result, app_writing_async), NULL);
  if (stats != NULL)
    *stats = writing->stats;
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
app_writing_greedy (AppSampling *sampling, int max_tokens)
{
  *sampling = (AppSampling) { .top_p = 1, .typical_p = 1, .repeat_penalty = 1, .max_tokens = max_tokens };
}
