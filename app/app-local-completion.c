/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-completion.h"

#include <stdlib.h>

#include "app-error.h"
#include "app-local-tell.h"
#include "app-prompt-write.h"

/* A share of nothing is not asked for. */
#define SMALLEST_SHARE 0.001

struct _AppLocalCompletion {
  AppCompletion parent;
  AppLocalModel *local;
  AppEmbedder *embedder;  /* nullable */
  AppPrompt *prompt;
  GPtrArray *sources;     /* of AppSource; set by the submitting thread before the request is there; NULL: none */
  EngineRequest *request; /* NULL until it was submitted */
  GSource *wake;          /* made ready by the engine's thread; drains the request's events */
  gboolean cancel_wanted, paused; /* before there was a request */
  GCancellable *taking;   /* of the submitting thread, which may be looking at pictures, or hearing */
};

G_DEFINE_FINAL_TYPE (AppLocalCompletion, app_local_completion, APP_TYPE_COMPLETION)

/* ---- AppLocalModel ---- */

static void
clear_local_model (gpointer data)
{
  AppLocalModel *local = data;

  engine_runner_unref (local->runner);
  app_local_adapters_free (local->adapters);
  app_local_towers_free (local->towers);
  engine_model_unref (local->model);
}

AppLocalModel *
app_local_model_new (EngineModel *model, EngineRunner *runner, AppLocalTowers *towers, const char *device)
{
  AppLocalModel *local = g_atomic_rc_box_new0 (AppLocalModel);

  local->model = model;
  local->runner = runner;
  local->adapters = app_local_adapters_new ();
  local->towers = towers;
  local->device = device;
  return local;
}

AppPlace
app_local_model_place (const AppLocalModel *local, int gpu_layers)
{
  return (AppPlace) { .n_layers = engine_model_info (local->model)->n_layers, .gpu_layers = gpu_layers, .device = gpu_layers > 0 ? local->device : NULL };
}

AppLocalModel *
app_local_model_ref (AppLocalModel *local)
{
  return g_atomic_rc_box_acquire (local);
}

void
app_local_model_unref (AppLocalModel *local)
{
  g_atomic_rc_box_release_full (local, clear_local_model);
}

static void
drop_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  app_local_model_unref (data);
  g_task_return_boolean (task, TRUE);
}

void
app_local_model_drop (AppLocalModel *local)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, local, NULL);
  g_task_run_in_thread (task, drop_thread);
}

/* ---- events ---- */

static void
finish (AppLocalCompletion *self, const EngineEvent *event)
{
  static const AppFinish reasons[] = {
    [ENGINE_FINISH_STOP] = APP_FINISH_STOP,
    [ENGINE_FINISH_LENGTH] = APP_FINISH_LENGTH,
    [ENGINE_FINISH_CONTEXT] = APP_FINISH_CONTEXT,
    [ENGINE_FINISH_CANCELLED] = APP_FINISH_NONE,
  };
  static const AppThoughtEnd thought_ends[] = {
    [ENGINE_THOUGHT_NONE] = APP_THOUGHT_NONE,
    [ENGINE_THOUGHT_CLOSED] = APP_THOUGHT_CLOSED,
    [ENGINE_THOUGHT_SETTLED] = APP_THOUGHT_SETTLED,
    [ENGINE_THOUGHT_CAP] = APP_THOUGHT_CAP,
    [ENGINE_THOUGHT_LOOP] = APP_THOUGHT_LOOP,
    [ENGINE_THOUGHT_ASKED] = APP_THOUGHT_ASKED,
  };
  const EngineStats *from = &event->stats;
  AppStats stats = {
    .prompt_tokens = from->prompt_tokens,
    .reused_tokens = from->reused_tokens,
    .tokens = from->decode_tokens,
    .thought_tokens = from->thought_tokens,
    .thought_ms = from->thought_ms,
    .thought_end = thought_ends[from->thought_end],
    .dropped_messages = from->dropped_messages,
    .first_token_ms = from->first_token_ms + from->thought_ms, /* of the answer */
    .tokens_per_second = from->decode_tps,
    .prompt_tokens_per_second = from->prompt_tps,
    .place = app_local_model_place (self->local, from->gpu_layers),
  };
  gboolean cancelled = FALSE;
  GError *error = NULL;

  if (event->kind == ENGINE_EVENT_ERROR) {
    cancelled = event->error.code == ENGINE_CANCELLED;
    if (!cancelled)
      error = g_error_new_literal (APP_ERROR, APP_ERROR_ENGINE, event->error.message);
  } else {
    stats.finish = reasons[event->finish];
    cancelled = event->finish == ENGINE_FINISH_CANCELLED;
  }
  g_source_destroy (self->wake);
  app_completion_push_finished (APP_COMPLETION (self), &stats, cancelled, error);
}

/* Everything that the engine has told since the last time. */
static gboolean
on_wake (gpointer user_data)
{
  g_autoptr (AppLocalCompletion) self = g_object_ref (user_data);
  EngineEvent event;

  g_source_set_ready_time (self->wake, -1);
  while (self->request && engine_request_next (self->request, &event)) {
    if (event.kind == ENGINE_EVENT_TEXT || event.kind == ENGINE_EVENT_THOUGHT)
      app_completion_push_tokens (APP_COMPLETION (self), event.stats.decode_tokens);
    switch (event.kind) {
    case ENGINE_EVENT_PROGRESS:
      app_completion_push_progress (APP_COMPLETION (self), event.total > 0 ? (double) event.done / event.total : 0);
      break;
    case ENGINE_EVENT_TEXT:
      app_completion_push_text (APP_COMPLETION (self), event.text, event.n_bytes);
      break;
    case ENGINE_EVENT_THOUGHT:
      app_completion_push_thought (APP_COMPLETION (self), event.text, event.n_bytes);
      break;
    case ENGINE_EVENT_CALL: {
      g_autofree char *piece = g_strndup (event.text ? event.text : "", event.n_bytes);
      app_completion_push_call (APP_COMPLETION (self), event.call, event.call_id, event.call_name, piece);
      break;
    }
    case ENGINE_EVENT_CALL_BROKEN: {
      g_autofree char *all = g_strndup (event.text ? event.text : "", event.n_bytes);
      app_completion_push_call (APP_COMPLETION (self), event.call, NULL, NULL, all);
      break;
    }
    case ENGINE_EVENT_MOVED:
      app_completion_push_moved (APP_COMPLETION (self), event.error.message);
      break;
    case ENGINE_EVENT_DONE:
    case ENGINE_EVENT_ERROR:
      finish (self, &event);
      return G_SOURCE_REMOVE;
    }
  }
  return G_SOURCE_CONTINUE;
}

/* On the engine's thread. */
static void
wake (void *user)
{
  g_source_set_ready_time (user, 0);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

/* ---- start and cancel ---- */

/* A text without a token is one that cannot be tokenized; the engine will say what is wrong with it. */
gsize
app_local_count_tokens (const char *text, gsize n_bytes, gpointer model)
{
  int32_t *ids = NULL;
  gsize n = 0;

  engine_tokenize (model, text, n_bytes, ENGINE_TOKENIZE_PLAIN, &ids, &n, NULL);
  free (ids);
  return n;
}

void
app_local_sampling (const AppSampling *from, EngineSampling *to)
{
  engine_sampling_init (to);
  to->temperature = from->temperature;
  to->top_k = from->top_k;
  /* Nothing at all is no choice: the engine wants a share. */
  to->top_p = MAX (from->top_p, SMALLEST_SHARE);
  to->min_p = from->min_p;
  to->typical_p = from->typical_p > 0 ? from->typical_p : 1;
  to->xtc_probability = from->xtc_probability;
  to->xtc_threshold = from->xtc_threshold;
  to->repeat_penalty = from->repeat_penalty;
  to->frequency_penalty = from->frequency_penalty;
  to->presence_penalty = from->presence_penalty;
  to->repeat_last = from->repeat_last;
  to->dry_multiplier = from->dry_multiplier;
  if (from->dry_multiplier > 0) {
    to->dry_base = from->dry_base;
    to->dry_allowed = from->dry_allowed;
  }
  to->mirostat_tau = from->mirostat_tau;
  to->mirostat_eta = from->mirostat_eta;
  to->seed = from->seed;
}

AppThinks
app_local_thinks (const EngineModel *model)
{
  static const AppThinks all[] = {
    [ENGINE_THINKS_NO] = APP_THINKS_NO,
    [ENGINE_THINKS_ALWAYS] = APP_THINKS_ALWAYS,
    [ENGINE_THINKS_SWITCH] = APP_THINKS_SWITCH,
    [ENGINE_THINKS_STRENGTH] = APP_THINKS_STRENGTH,
  };

  return all[engine_model_info (model)->thinks];
}

void
app_local_thinking (const AppThinking *from, AppThinks thinks, const char *question, EngineThinking *to)
{
  *to = engine_thinking_compact ();
  if (from->max_tokens > 0)
    to->max_tokens = from->max_tokens;
  switch (from->depth) {
  case APP_DEPTH_INSTANT:
    to->think = ENGINE_THINK_OFF;
    break;
  case APP_DEPTH_THOROUGH:
  case APP_DEPTH_CONTEMPLATE:
    to->max_tokens = from->max_tokens;
    to->early_exit = false;
    to->strength = "high";
    break;
  default:
    if (thinks == APP_THINKS_NO && !app_thinking_wants_plan (question))
      to->think = ENGINE_THINK_OFF;
  }
}

/* Gives the request its adapter, which is read when the model meets it for the first time. FALSE with an error. */
static gboolean
add_adapter (AppLocalCompletion *self, EngineRequestParams *params, GError **error)
{
  const AppPromptAdapter *adapter = app_prompt_get_adapter (self->prompt);

  if (!adapter)
    return TRUE;
  params->adapter = app_local_adapters_get (self->local->adapters, self->local->model, adapter->path, adapter->name, error);
  params->adapter_strength = (float) adapter->scale;
  return params->adapter != NULL;
}

/* Submitting renders and tokenizes the whole conversation: not on the main thread. */
static void
submit_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AppLocalCompletion *self = source;
  const AppReader reader = { engine_runner_context (self->local->runner), app_local_count_tokens, self->local->model, self->embedder };
  const AppSampling *sampling = app_prompt_get_sampling (self->prompt);
  g_autoptr (GPtrArray) contents = NULL;
  g_autoptr (GArray) tools = app_local_tell_tools (self->prompt);
  GError *failure = NULL;
  AppLocalTold told = { 0 };
  EngineRequestParams params = { .answer_prefix = app_prompt_get_beginning (self->prompt), .grammar = app_prompt_get_grammar (self->prompt),
                                 .max_tokens = sampling->max_tokens, .wake = wake, .wake_user = self->wake };
  EngineRequest *request;
  EngineError error = { 0 };

  /* The adapter first: what cannot be used is told before much is read. */
  if (add_adapter (self, &params, &failure))
    contents = app_prompt_write (self->prompt, &reader, &self->sources, &failure);
  if (!contents || !app_local_tell (self->prompt, contents, self->local->towers, (guint) engine_runner_context (self->local->runner), self->taking, &told, &failure)) {
    app_local_told_clear (&told);
    engine_adapter_unref (params.adapter);
    g_task_return_error (task, failure);
    return;
  }
  params.tools = (EngineTool *) (void *) tools->data;
  params.n_tools = tools->len;
  params.messages = told.messages;
  params.n_messages = told.n;
  app_local_thinking (app_prompt_get_thinking (self->prompt), app_local_thinks (self->local->model), app_prompt_get_question (self->prompt), &params.thinking);
  app_local_sampling (sampling, &params.sampling);
  request = engine_runner_submit (self->local->runner, &params, &error);
  engine_adapter_unref (params.adapter); /* the request has its own */
  app_local_told_clear (&told);
  if (request)
    g_task_return_pointer (task, request, NULL);
  else
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", error.message);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppLocalCompletion *self = APP_LOCAL_COMPLETION (source);
  GError *error = NULL;

  self->request = g_task_propagate_pointer (G_TASK (result), &error);
  if (!self->request) {
    gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

    g_source_destroy (self->wake);
    if (cancelled)
      g_clear_error (&error);
    app_completion_push_finished (APP_COMPLETION (self), NULL, cancelled, error);
    return;
  }
  app_completion_set_sources (APP_COMPLETION (self), self->sources);
  if (self->paused)
    engine_request_pause (self->request, TRUE);
  if (self->cancel_wanted)
    engine_request_cancel (self->request);
  g_source_set_ready_time (self->wake, 0); /* it may have been woken before there was a request to drain */
}

static void
start (AppCompletion *completion)
{
  AppLocalCompletion *self = APP_LOCAL_COMPLETION (completion);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_submitted, NULL);

  g_source_attach (self->wake, g_main_context_get_thread_default ());
  g_task_run_in_thread (task, submit_thread);
}

static void
cancel (AppCompletion *completion)
{
  AppLocalCompletion *self = APP_LOCAL_COMPLETION (completion);

  self->cancel_wanted = TRUE;
  g_cancellable_cancel (self->taking);
  if (self->request)
    engine_request_cancel (self->request);
}

static void
answer_now (AppCompletion *completion)
{
  AppLocalCompletion *self = APP_LOCAL_COMPLETION (completion);

  if (self->request)
    engine_request_answer_now (self->request);
}

static void
set_paused (AppCompletion *completion, gboolean paused)
{
  AppLocalCompletion *self = APP_LOCAL_COMPLETION (completion);

  self->paused = paused;
  if (self->request)
    engine_request_pause (self->request, paused);
}

/* ---- object ---- */

static void
app_local_completion_finalize (GObject *object)
{
  AppLocalCompletion *self = APP_LOCAL_COMPLETION (object);

  engine_request_unref (self->request); /* after this nothing wakes */
  g_source_destroy (self->wake);
  g_source_unref (self->wake);
  g_clear_object (&self->taking);
  app_prompt_unref (self->prompt);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  app_local_model_drop (self->local);
  g_clear_pointer (&self->embedder, app_embedder_drop);
  G_OBJECT_CLASS (app_local_completion_parent_class)->finalize (object);
}

static void
app_local_completion_class_init (AppLocalCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_local_completion_finalize;
  APP_COMPLETION_CLASS (klass)->start = start;
  APP_COMPLETION_CLASS (klass)->cancel = cancel;
  APP_COMPLETION_CLASS (klass)->answer_now = answer_now;
  APP_COMPLETION_CLASS (klass)->set_paused = set_paused;
}

static void
app_local_completion_init (AppLocalCompletion *self)
{
  self->wake = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_callback (self->wake, on_wake, self, NULL);
}

AppCompletion *
app_local_completion_new (AppLocalModel *local, AppEmbedder *embedder, AppPrompt *prompt)
{
  AppLocalCompletion *self = g_object_new (APP_TYPE_LOCAL_COMPLETION, NULL);

  self->local = app_local_model_ref (local);
  self->embedder = embedder ? app_embedder_ref (embedder) : NULL;
  self->prompt = app_prompt_ref (prompt);
  self->taking = g_cancellable_new ();
  return APP_COMPLETION (self);
}
