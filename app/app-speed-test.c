/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-speed-test.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "app-error.h"
#include "app-model-private.h"
#include "engine.h"

/* Enough for a figure that one can trust, few enough for a slow machine. */
#define N_TOKENS 48
#define N_CONTEXT 512
#define QUESTION "Tell me in a few sentences what makes a good garden."

typedef struct {
  AppModel *model;
  char *path;
  gboolean on_gpu;
  guint8 *sentinel;
  double speed; /* of the thread */
} Trial;

static void
trial_free (Trial *trial)
{
  g_object_unref (trial->model);
  g_free (trial->path);
  g_free (trial);
}

static void
end (GTask *task, double speed, GError *error)
{
  Trial *trial = g_task_get_task_data (task);

  if (!error && speed <= 0)
    error = g_error_new (APP_ERROR, APP_ERROR_ENGINE, _("%s wrote nothing, so its speed is not known."), app_model_get_name (trial->model));
  if (error) {
    g_task_return_error (task, error);
    return;
  }
  trial->speed = speed;
  app_model_set_speed (trial->model, speed);
  g_task_return_boolean (task, TRUE);
}

/* ---- the model that is loaded ---- */

static void
on_finished (AppCompletion *completion, GTask *task)
{
  const GError *error = app_completion_get_error (completion);

  end (task, app_completion_get_stats (completion)->tokens_per_second, error ? g_error_copy (error) : NULL);
}

static void
try_loaded (AppEngine *engine, GTask *task)
{
  AppSampling sampling = { .top_p = 1, .repeat_penalty = 1, .max_tokens = N_TOKENS, .seed = 1 };
  g_autoptr (AppPrompt) prompt = app_prompt_new (&sampling);
  GError *error = NULL;
  g_autoptr (AppCompletion) completion = NULL;

  app_prompt_add (prompt, APP_ROLE_USER, NULL, QUESTION);
  completion = app_engine_complete (engine, prompt, &error);
  if (!completion) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_signal_connect_data (completion, "finished", G_CALLBACK (on_finished), task, (GClosureNotify) (void (*) (void)) g_object_unref, 0);
  app_completion_start (completion);
}

/* ---- another one ---- */

static double
run (EngineRunner *runner, EngineModel *model, GCancellable *cancellable, EngineError *error)
{
  EngineRequestParams params = { .max_tokens = N_TOKENS, .ignore_end = true };
  EngineRequest *request;
  EngineEvent event = { 0 };
  int32_t *ids = NULL;
  size_t n_ids = 0;
  double speed = 0;

  engine_sampling_init (&params.sampling);
  if (!engine_tokenize (model, QUESTION, strlen (QUESTION), ENGINE_TOKENIZE_BOS, &ids, &n_ids, error))
    return 0;
  params.tokens = ids;
  params.n_tokens = n_ids;
  request = engine_runner_submit (runner, &params, error);
  free (ids);
  while (request && event.kind != ENGINE_EVENT_DONE && event.kind != ENGINE_EVENT_ERROR) {
    if (g_cancellable_is_cancelled (cancellable))
      engine_request_cancel (request);
    if (!engine_request_next (request, &event)) {
      event.kind = ENGINE_EVENT_TEXT;
      engine_request_wait (request);
    }
  }
  if (request && event.kind == ENGINE_EVENT_ERROR)
    *error = event.error;
  else if (request)
    speed = event.stats.decode_tps;
  engine_request_unref (request);
  return speed;
}

static bool
on_progress (double fraction, void *user)
{
  return !g_cancellable_is_cancelled (user);
}

static void
trial_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Trial *trial = data;
  EngineLoadOptions options = { .backend = trial->on_gpu ? ENGINE_BACKEND_GL : ENGINE_BACKEND_CPU, .gpu_sentinel = trial->sentinel, .progress = on_progress, .progress_user = cancellable };
  EngineRunnerOptions runner_options = { .n_context = N_CONTEXT };
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (trial->path, &options, &error);
  EngineRunner *runner = model ? engine_runner_new (model, &runner_options, &error) : NULL;

  if (runner)
    trial->speed = run (runner, model, cancellable, &error);
  engine_runner_unref (runner);
  engine_model_unref (model);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (error.code != ENGINE_OK)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", error.message);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  end (task, ((Trial *) g_task_get_task_data (task))->speed, error);
}

/* It is tried where it would be loaded. */
static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) worker = user_data;
  Trial *trial = g_task_get_task_data (worker);
  GError *error = NULL;

  trial->on_gpu = app_gpu_prepare_finish (APP_GPU (source), result, &error);
  trial->sentinel = app_gpu_get_sentinel (APP_GPU (source));
  if (error)
    g_task_return_error (worker, error);
  else
    g_task_run_in_thread (worker, trial_thread);
}

void
app_speed_test_async (AppEngine *engine, AppModel *model, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (engine, cancellable, callback, user_data);
  g_autoptr (GTask) worker = NULL;
  Trial *trial = g_new0 (Trial, 1);

  trial->model = g_object_ref (model);
  trial->path = g_strdup (app_model_get_path (model));
  g_task_set_task_data (task, trial, (GDestroyNotify) trial_free);
  if (!trial->path || app_engine_get_busy (engine)) {
    g_task_return_new_error (task, APP_ERROR, trial->path ? APP_ERROR_BUSY : APP_ERROR_NO_MODEL, "%s",
                             trial->path ? _("An answer is being written, which would make both slow. Try again when it has ended.")
                                         : _("The model is not installed. Download it first."));
    g_object_unref (task);
  } else if (app_engine_get_model (engine) == model && app_engine_get_state (engine) == APP_ENGINE_READY) {
    try_loaded (engine, task);
  } else {
    worker = g_task_new (engine, cancellable, on_tried, task);
    g_task_set_task_data (worker, trial, NULL); /* the task's, which outlives it */
    if (app_engine_get_gpu (engine))
      app_gpu_prepare_async (app_engine_get_gpu (engine), cancellable, on_prepared, g_steal_pointer (&worker));
    else
      g_task_run_in_thread (worker, trial_thread);
  }
}

double
app_speed_test_finish (AppEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), 0);
  return g_task_propagate_boolean (G_TASK (result), error) ? ((Trial *) g_task_get_task_data (G_TASK (result)))->speed : 0;
}
