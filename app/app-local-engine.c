/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-engine.h"

#include "app-error.h"
#include "app-local-ahead.h"
#include "app-local-completion.h"
#include "app-local-measure.h"

#define POLL_MS 40

struct _AppLocalEngine {
  AppEngine parent;
  AppSettings *settings;    /* nullable */
  AppGpu *gpu;              /* nullable */
  int n_threads, n_context; /* as asked for by the newest load */
  gboolean on_gpu;          /* the model was meant for the graphics card, however much of it had room there, and has not left it */
  AppLocalModel *local;   /* NULL when none is loaded */
  AppLocalAhead *ahead;   /* looks at what is attached before it is sent */
  GPtrArray *completions; /* that have not finished */
  AppEmbedder *embedder;  /* of documents; NULL: none is installed */
  char *embedder_path;
};

G_DEFINE_FINAL_TYPE (AppLocalEngine, app_local_engine, APP_TYPE_ENGINE)

/* ---- unloading ---- */

static void
unload (AppEngine *engine)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);

  for (guint i = self->completions->len; i-- > 0;)
    app_completion_cancel (self->completions->pdata[i]);
  app_local_ahead_stop (self->ahead);
  g_clear_pointer (&self->local, app_local_model_drop);
}

/* ---- loading ---- */

static int
wanted_threads (AppLocalEngine *self)
{
  return self->settings ? app_settings_get_threads (self->settings) : 0;
}

static int
wanted_context (AppLocalEngine *self)
{
  return self->settings ? app_settings_get_context (self->settings) : 0;
}

static void
get_place (AppEngine *engine, AppPlace *place)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);

  if (self->local)
    *place = app_local_model_place (self->local, engine_model_gpu_layers (self->local->model));
}

static AppThinks
get_thinks (AppEngine *engine)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);

  return self->local ? app_local_thinks (self->local->model) : APP_THINKS_UNKNOWN;
}

static gsize
get_token_bytes (AppEngine *engine)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);

  return self->local ? (gsize) engine_model_info (self->local->model)->cache_bytes_per_token : 0;
}

/* As long as it is not known whether the card can be used, it stays where it is. */
static gboolean
is_misplaced (AppEngine *engine)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);

  return self->gpu && !app_gpu_get_undecided (self->gpu) && app_gpu_get_chosen (self->gpu) != self->on_gpu;
}

static AppGpu *
get_gpu (AppEngine *engine)
{
  return APP_LOCAL_ENGINE (engine)->gpu;
}

static gboolean
is_stale (AppEngine *engine)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);

  return wanted_threads (self) != self->n_threads || wanted_context (self) != self->n_context;
}

/* Shared by the loading thread and the main thread. */
typedef struct {
  char *path;
  int n_threads, n_context;
  gboolean on_gpu;
  guint8 *sentinel;
  const char *device;
  EngineError gpu_error; /* why it is not on the card, though it was meant to be */
  int permille;          /* atomic */
  GCancellable *cancellable;
  guint poll;
} Load;

static void
load_free (Load *load)
{
  g_clear_handle_id (&load->poll, g_source_remove);
  g_clear_object (&load->cancellable);
  g_free (load->path);
  g_free (load);
}

static bool
on_progress (double fraction, void *user)
{
  Load *load = user;

  g_atomic_int_set (&load->permille, (int) (fraction * 1000));
  return !g_cancellable_is_cancelled (load->cancellable);
}

static AppLocalModel *
load_on (Load *load, EngineBackendKind backend, EngineError *error)
{
  EngineLoadOptions options = { .backend = backend, .n_threads = load->n_threads, .gpu_sentinel = load->sentinel, .progress = on_progress, .progress_user = load };
  EngineRunnerOptions runner_options = { .n_context = load->n_context };
  EngineModel *model = engine_model_load (load->path, &options, error);
  EngineRunner *runner = model ? engine_runner_new (model, &runner_options, error) : NULL;

  if (runner)
    return app_local_model_new (model, runner, app_local_towers_new (load->path, &options), backend == ENGINE_BACKEND_GL ? load->device : NULL);
  engine_model_unref (model);
  return NULL;
}

/* Whether the processor may do what the graphics card could not: neither the file was the reason, nor the person. */
static gboolean
is_of_the_card (EngineCode code)
{
  return code != ENGINE_BAD_FILE && code != ENGINE_BAD_INPUT && code != ENGINE_CANCELLED;
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load *load = data;
  EngineError error = { 0 };
  AppLocalModel *local = NULL;

  if (load->on_gpu)
    local = load_on (load, ENGINE_BACKEND_GL, &load->gpu_error);
  if (!local && (!load->on_gpu || is_of_the_card (load->gpu_error.code)))
    local = load_on (load, ENGINE_BACKEND_CPU, &error);
  else
    error = load->gpu_error;
  if (local) {
    g_task_return_pointer (task, local, (GDestroyNotify) app_local_model_drop);
    return;
  }
  if (error.code == ENGINE_CANCELLED)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", error.message);
  else
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", error.message);
}

/* Everybody hears of it before this returns. */
static void
leave_gpu (AppLocalEngine *self, const char *reason)
{
  self->on_gpu = FALSE;
  app_gpu_fail (self->gpu, reason);
  app_engine_place_changed (APP_ENGINE (self));
}

/* `user_data` is the task of AppEngine. */
static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  AppLocalModel *local = g_task_propagate_pointer (G_TASK (result), &error);
  Load *load = g_task_get_task_data (G_TASK (result));

  g_clear_handle_id (&load->poll, g_source_remove);
  if (local && g_cancellable_is_cancelled (load->cancellable)) {
    app_local_model_drop (local);
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  } else if (local) {
    g_clear_pointer (&self->local, app_local_model_drop);
    self->local = local;
    self->on_gpu = load->on_gpu;
    /* Too large for it is no failure: another model may have room. */
    if (load->gpu_error.code != ENGINE_OK && load->gpu_error.code != ENGINE_NO_MEMORY)
      leave_gpu (self, load->gpu_error.message);
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_error (task, g_steal_pointer (&error));
  }
}

static gboolean
on_poll (gpointer user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);

  if (!g_cancellable_is_cancelled (load->cancellable)) /* otherwise the bar belongs to another load by now */
    app_engine_set_progress (g_task_get_source_object (task), g_atomic_int_get (&load->permille) / 1000.0);
  return G_SOURCE_CONTINUE;
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) worker = user_data;
  Load *load = g_task_get_task_data (worker);
  GError *error = NULL;

  load->on_gpu = app_gpu_prepare_finish (APP_GPU (source), result, &error);
  load->sentinel = app_gpu_get_sentinel (APP_GPU (source));
  load->device = app_gpu_get_short_name (APP_GPU (source));
  if (error)
    g_task_return_error (worker, error);
  else
    g_task_run_in_thread (worker, load_thread);
}

static void
load (AppEngine *engine, const char *path, GTask *task)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);
  g_autoptr (GTask) worker = g_task_new (self, NULL, on_loaded, task);
  Load *load = g_new0 (Load, 1);

  self->n_threads = wanted_threads (self);
  self->n_context = wanted_context (self);
  load->path = g_strdup (path);
  load->n_threads = self->n_threads;
  load->n_context = self->n_context;
  load->cancellable = g_object_ref (g_task_get_cancellable (task));
  load->poll = g_timeout_add (POLL_MS, on_poll, worker);
  g_task_set_task_data (worker, load, (GDestroyNotify) load_free);
  if (self->gpu)
    app_gpu_prepare_async (self->gpu, load->cancellable, on_prepared, g_object_ref (worker));
  else
    g_task_run_in_thread (worker, load_thread);
}

/* ---- answering ---- */

static void
on_finished (AppCompletion *completion, AppLocalEngine *self)
{
  g_ptr_array_remove_fast (self->completions, completion);
}

static void
on_moved (AppCompletion *completion, const char *reason, AppLocalEngine *self)
{
  if (self->gpu && self->on_gpu) /* the first of those that were at work */
    leave_gpu (self, reason);
}

static AppCompletion *
complete (AppEngine *engine, AppPrompt *prompt)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);
  AppCompletion *completion = app_local_completion_new (self->local, self->embedder, prompt);

  app_local_ahead_give_way (self->ahead, self->local, prompt);
  g_ptr_array_add (self->completions, g_object_ref (completion));
  g_signal_connect_object (completion, "moved", G_CALLBACK (on_moved), self, 0);
  g_signal_connect_object (completion, "finished", G_CALLBACK (on_finished), self, 0);
  return completion;
}

static void
measure (AppEngine *engine, AppPrompt *prompt, GTask *task)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (engine);

  app_local_measure (self->local, prompt, task);
  /* Measured is what somebody writes; an answer that is written meanwhile needs the processor itself. */
  if (self->completions->len == 0)
    app_local_ahead_want (self->ahead, self->local, prompt);
}

/* ---- object ---- */

static void
app_local_engine_finalize (GObject *object)
{
  AppLocalEngine *self = APP_LOCAL_ENGINE (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->gpu);
  g_clear_pointer (&self->embedder, app_embedder_drop);
  g_free (self->embedder_path);
  app_local_ahead_free (self->ahead);
  g_clear_pointer (&self->local, app_local_model_drop);
  g_ptr_array_unref (self->completions);
  G_OBJECT_CLASS (app_local_engine_parent_class)->finalize (object);
}

/* The engine knows no gettext. */
static const char *
translate (const char *format)
{
  return g_dgettext (GETTEXT_PACKAGE, format);
}

static void
app_local_engine_class_init (AppLocalEngineClass *klass)
{
  engine_set_translate (translate);
  G_OBJECT_CLASS (klass)->finalize = app_local_engine_finalize;
  APP_ENGINE_CLASS (klass)->load = load;
  APP_ENGINE_CLASS (klass)->unload = unload;
  APP_ENGINE_CLASS (klass)->complete = complete;
  APP_ENGINE_CLASS (klass)->is_stale = is_stale;
  APP_ENGINE_CLASS (klass)->get_place = get_place;
  APP_ENGINE_CLASS (klass)->is_misplaced = is_misplaced;
  APP_ENGINE_CLASS (klass)->get_gpu = get_gpu;
  APP_ENGINE_CLASS (klass)->get_thinks = get_thinks;
  APP_ENGINE_CLASS (klass)->get_token_bytes = get_token_bytes;
  APP_ENGINE_CLASS (klass)->measure = measure;
}

static void
app_local_engine_init (AppLocalEngine *self)
{
  self->ahead = app_local_ahead_new ();
  self->completions = g_ptr_array_new_with_free_func (g_object_unref);
}

/* What is loaded may belong on the card now: that is found out. */
static void
on_backend (AppLocalEngine *self)
{
  if (self->local && app_gpu_get_undecided (self->gpu))
    app_gpu_prepare_async (self->gpu, NULL, NULL, NULL);
}

AppEngine *
app_local_engine_new (AppSettings *settings, AppGpu *gpu)
{
  AppLocalEngine *self = g_object_new (APP_TYPE_LOCAL_ENGINE, NULL);

  g_set_object (&self->settings, settings);
  if (g_set_object (&self->gpu, gpu)) {
    g_signal_connect_object (gpu, "notify::chosen", G_CALLBACK (app_engine_place_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (gpu, "notify::state", G_CALLBACK (app_engine_place_changed), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (gpu, "notify::backend", G_CALLBACK (on_backend), self, G_CONNECT_SWAPPED);
  }
  return APP_ENGINE (self);
}

void
app_local_engine_set_embedder (AppLocalEngine *self, const char *path)
{
  if (g_strcmp0 (self->embedder_path, path) == 0)
    return; /* it keeps what it knows */
  g_free (self->embedder_path);
  self->embedder_path = g_strdup (path);
  g_clear_pointer (&self->embedder, app_embedder_drop); /* an answer that is at work with it goes on */
  self->embedder = path ? app_embedder_new (path) : NULL;
}

int
app_local_engine_get_context (AppLocalEngine *self)
{
  return self->local ? engine_runner_context (self->local->runner) : 0;
}
