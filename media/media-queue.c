/* SPDX-License-Identifier: MIT */
/* media_decode_async (): jobs wait for a thread in one of two queues, and each thread waits for its helper. */
#include "media-private.h"

typedef struct {
  MediaRequest request;
  char *languages, *hint, *choices;
  GBytes *input;
  MediaProgress progress;
  gpointer progress_data;
} Order;

typedef struct {
  GTask *task;
  guint done, total;
} Step;

static void
free_order (gpointer data)
{
  Order *order = data;
  g_free (order->languages);
  g_free (order->hint);
  g_free (order->choices);
  g_bytes_unref (order->input);
  g_free (order);
}

static void
free_step (gpointer data)
{
  Step *step = data;
  g_object_unref (step->task);
  g_free (step);
}

static gboolean
tell_progress (gpointer data)
{
  Step *step = data;
  Order *order = g_task_get_task_data (step->task);
  if (!g_task_get_completed (step->task))
    order->progress (step->done, step->total, order->progress_data);
  return G_SOURCE_REMOVE;
}

static void
on_progress (guint done, guint total, gpointer data)
{
  GTask *task = data;
  Step *step = g_new (Step, 1);
  *step = (Step) { g_object_ref (task), done, total };
  g_main_context_invoke_full (g_task_get_context (task), g_task_get_priority (task), tell_progress, step, free_step);
}

static void
work (gpointer data, gpointer unused)
{
  g_autoptr (GTask) task = data;
  Order *order = g_task_get_task_data (task);
  GError *error = NULL;
  MediaResult *result = media_decode (&order->request, order->input, g_task_get_cancellable (task),
                                      order->progress != NULL ? on_progress : NULL, task, &error);
  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) media_result_unref);
  else
    g_task_return_error (task, error);
}

static GThreadPool *
queue_for (MediaJob job)
{
  static GThreadPool *quick, *slow;
  static gsize made;
  if (g_once_init_enter (&made)) {
    int processors = (int) g_get_num_processors ();
    quick = g_thread_pool_new (work, NULL, CLAMP (processors, 2, 4), FALSE, NULL);
    slow = g_thread_pool_new (work, NULL, CLAMP (processors / 2, 1, 4), FALSE, NULL);
    g_once_init_leave (&made, 1);
  }
  return job == MEDIA_JOB_READ || job == MEDIA_JOB_DOCUMENT ? slow : quick;
}

void
media_decode_async (const MediaRequest *request, GBytes *input, GCancellable *cancellable, MediaProgress progress,
                    gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Order *order = g_new0 (Order, 1);
  order->request = *request;
  order->languages = g_strdup (request->languages);
  order->request.languages = order->languages;
  order->hint = g_strdup (request->hint);
  order->request.hint = order->hint;
  order->choices = g_strdup (request->choices);
  order->request.choices = order->choices;
  order->input = g_bytes_ref (input);
  order->progress = progress;
  order->progress_data = progress_data;
  g_task_set_source_tag (task, media_decode_async);
  g_task_set_task_data (task, order, free_order);
  g_thread_pool_push (queue_for (request->job), task, NULL);
}

MediaResult *
media_decode_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, media_decode_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
