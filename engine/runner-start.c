/* SPDX-License-Identifier: MIT */
/* The runner from outside: start, memory for the cache, submit, stop. */
#include "memory.h"
#include "runner.h"

#include <math.h>
#include <string.h>
#include <time.h>

double
engine_now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

void
engine_runner_poke (EngineRunner *runner)
{
  atomic_store (&runner->interrupt, true);
  pthread_mutex_lock (&runner->lock);
  runner->poked = true;
  pthread_cond_signal (&runner->woken);
  pthread_mutex_unlock (&runner->lock);
}

/* ---- the caller's side -------------------------------------------------------- */

EngineRequest *
engine_runner_submit (EngineRunner *runner, const EngineRequestParams *params, EngineError *error)
{
  EngineRequest *request = engine_request_new (runner, params, error);

  if (!request)
    return NULL;
  pthread_mutex_lock (&runner->lock);
  *runner->incoming_end = request;
  runner->incoming_end = &request->next;
  if (atomic_load (&runner->idling))
    atomic_store (&runner->interrupt, true);
  pthread_cond_signal (&runner->woken);
  pthread_mutex_unlock (&runner->lock);
  return request;
}

int32_t
engine_runner_context (const EngineRunner *runner)
{
  return runner->n_context;
}

bool
engine_cache_type_from_name (const char *name, EngineCacheType *type)
{
  static const char *const names[ENGINE_N_CACHE_TYPES] = { [ENGINE_CACHE_F16] = "f16", [ENGINE_CACHE_Q8_0] = "q8_0", [ENGINE_CACHE_Q4] = "q4" };

  for (int i = 0; i < ENGINE_N_CACHE_TYPES; i++)
    if (strcmp (names[i], name) == 0) {
      *type = (EngineCacheType) i;
      return true;
    }
  return false;
}

void
engine_sampling_init (EngineSampling *sampling)
{
  *sampling = (EngineSampling) { .top_p = 1, .typical_p = 1, .repeat_penalty = 1, .repeat_last = 64, .dry_base = 1.75f, .dry_allowed = 2, .dry_last = 1024, .mirostat_eta = 0.1f };
}

#define STATES_EACH 2     /* that a request needs as it runs on */
#define STATES_RESTING 8  /* of conversations that may go on */

/* How many pages of states; the budget has room for the least of them, and for what the other kinds need. */
static double
choose_states (double budget, double others, double most, double state_bytes)
{
  double room = ENGINE_MIN (budget / 2, budget - others);

  return state_bytes > 0 ? ENGINE_MAX (ENGINE_LEAST_STATES, floor (ENGINE_MIN (most, room / state_bytes))) : 0;
}

/* Divides the budget among the pools. One request with a full context always fits; of the
 * window kind fewer pages are needed than of the full kind, for it leaves them behind; of the
 * state kind a number that does not depend on the context, for at most half of the budget. */
static bool
choose_pools (EngineRunner *runner, EngineCacheShape *shape, size_t budget, EngineError *error)
{
  const EngineBackend *backend = runner->model->backend;
  double full_bytes = backend->klass->cache_page_bytes (backend, shape, ENGINE_CACHE_FULL);
  double window_bytes = backend->klass->cache_page_bytes (backend, shape, ENGINE_CACHE_WINDOW);
  double state_bytes = backend->klass->cache_page_bytes (backend, shape, ENGINE_CACHE_STATE);
  int32_t window = runner->model->hparams.window;
  double context = (runner->n_context + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS + 1;
  int32_t slice = ENGINE_MAX (runner->model->hparams.whole_columns, 2 * ENGINE_PAGE_TOKENS); /* what is not taken in smaller pieces, or need not be */
  double seen = ENGINE_MIN ((window + slice) / ENGINE_PAGE_TOKENS + 2, context);
  double ratio = ENGINE_MAX (0.5, seen / context), least, most, full, windowed, states, most_states = STATES_EACH * runner->max_requests + STATES_RESTING;
  size_t available = engine_memory_available ();

  if (runner->drafter) /* its pages may not be touched yet */
    available -= ENGINE_MIN (available, engine_drafter_cache_bytes (runner->drafter));
  least = context * full_bytes + seen * window_bytes + ENGINE_LEAST_STATES * state_bytes;
  most = 4 * context * full_bytes + ENGINE_MAX (4 * context * ratio, runner->max_requests * seen) * window_bytes + most_states * state_bytes;
  if (budget && budget < least)
    return engine_fail (error, ENGINE_NO_MEMORY,
                        "A context of %d tokens needs %s of cache, but only %s are allowed; choose a smaller context.",
                        runner->n_context, engine_size_text (least).text, engine_size_text (budget).text);
  if (least > available)
    return engine_fail (error, ENGINE_NO_MEMORY,
                        "A context of %d tokens needs %s of cache, but only %s of memory are available; choose a smaller context.",
                        runner->n_context, engine_size_text (least).text, engine_size_text (available).text);
  if (!budget)
    budget = ENGINE_MAX (least, ENGINE_MIN (most, available / 4.0));

  states = choose_states (budget, least - ENGINE_LEAST_STATES * state_bytes, most_states, state_bytes);
  budget -= ENGINE_MIN (budget, states * state_bytes);
  full = ENGINE_MAX (context, budget / (full_bytes + ratio * window_bytes));
  windowed = window_bytes > 0 ? ENGINE_MAX (seen, (budget - full * full_bytes) / window_bytes) : 0;
  if (full * full_bytes + windowed * window_bytes > budget)
    full = (budget - windowed * window_bytes) / full_bytes;
  shape->n_pages[ENGINE_CACHE_FULL] = full_bytes > 0 ? ENGINE_MIN (full, 1 << 20) : 0;
  shape->n_pages[ENGINE_CACHE_WINDOW] = ENGINE_MIN (windowed, 1 << 20);
  shape->n_pages[ENGINE_CACHE_STATE] = states;
  return true;
}

void
engine_runner_end_cache (EngineRunner *runner)
{
  EngineBackend *backend = runner->model->backend;

  engine_kv_free (runner->kv);
  if (runner->store)
    backend->klass->cache_free (backend, runner->store);
  runner->kv = NULL;
  runner->store = NULL;
}

bool
engine_runner_start_cache (EngineRunner *runner, EngineError *error)
{
  EngineModel *model = runner->model;
  EngineBackend *backend = model->backend;
  EngineCacheShape shape = { .type = runner->cache_type, .n_layers = model->n_cache_layers, .layers = model->cache_layers };
  EngineKvOptions kv = { .backend = backend, .window = model->hparams.window };

  if (!engine_model_complete (model, error) || !choose_pools (runner, &shape, runner->cache_bytes, error))
    return false;
  runner->store = backend->klass->cache_new (backend, &shape, error);
  if (!runner->store)
    return false;
  kv.store = runner->store;
  memcpy (kv.n_pages, shape.n_pages, sizeof kv.n_pages);
  runner->kv = engine_kv_new (&kv, error);
  if (!runner->kv)
    engine_runner_end_cache (runner);
  return runner->kv != NULL;
}

/* A card whose memory is full gives layers back, until there is room for their cache. */
static bool
start_cache_where_it_fits (EngineRunner *runner, EngineError *error)
{
  EngineError refused = { 0 };

  while (!engine_runner_start_cache (runner, &refused)) {
    EngineError reload = { 0 };

    if (!engine_model_retreat (runner->model, refused.code != ENGINE_NO_MEMORY, &reload)) {
      refused = reload.code != ENGINE_OK ? reload : refused;
      if (error && error->code == ENGINE_OK)
        *error = refused;
      return false;
    }
    refused = (EngineError) { 0 };
  }
  return true;
}

static void
runner_free (EngineRunner *runner)
{
  engine_runner_end_cache (runner);
  engine_drafter_free (runner->drafter);
  engine_wordings_free (runner->wordings);
  engine_call_grammars_clear (&runner->call_grammars);
  for (int i = 0; i < ENGINE_KEPT_GRAPHS; i++)
    if (runner->graphs[i].used)
      engine_graph_clear (&runner->graphs[i].graph);
  engine_submission_clear (&runner->submission);
  pthread_cond_destroy (&runner->woken);
  pthread_mutex_destroy (&runner->lock);
  __atomic_store_n (&runner->model->running, false, __ATOMIC_RELEASE);
  engine_model_unref (runner->model);
  free (runner->active);
  free (runner->logits);
  free (runner);
}

static bool
runner_start (EngineRunner *runner, const EngineRunnerOptions *options, EngineError *error)
{
  EngineModel *model = runner->model;
  int32_t n_most = runner->max_requests + ENGINE_PROBES_MOST;
  int result;

  runner->cache_type = options->cache_type;
  runner->cache_bytes = options->cache_bytes;
  runner->active = engine_calloc ((size_t) n_most, sizeof *runner->active, error);
  runner->logits = engine_calloc ((size_t) (n_most + ENGINE_DRAFT_ROOM) * (size_t) engine_vocab_size (model->vocab), sizeof (float), error);
  runner->wordings = engine_wordings_new (model->vocab, error);
  if (options->draft && !(runner->drafter = engine_drafter_new (model, options->draft, runner->n_context, runner->cache_type, error)))
    return false;
  if (!runner->active || !runner->logits || !runner->wordings ||
      !engine_submission_init (&runner->submission, n_most, runner->model->hparams.rope.n_axes, error) || !start_cache_where_it_fits (runner, error))
    return false;
  result = pthread_create (&runner->thread, NULL, engine_runner_thread, runner);
  if (result)
    return engine_fail (error, ENGINE_INTERNAL, "The engine's thread does not start: %s.", strerror (result));
  pthread_setname_np (runner->thread, "melete-engine");
  return true;
}

EngineRunner *
engine_runner_new (EngineModel *model, const EngineRunnerOptions *options, EngineError *error)
{
  const EngineRunnerOptions defaults = { 0 };
  EngineRunner *runner;

  options = options ? options : &defaults;
  if (!model->backend) {
    engine_fail (error, ENGINE_BAD_INPUT, "This model was loaded without its weights, so it cannot answer.");
    return NULL;
  }
  if (model->info.embeds) {
    engine_fail (error, ENGINE_BAD_INPUT, "This model makes vectors of texts and does not answer; choose one for conversations.");
    return NULL;
  }
  if (__atomic_exchange_n (&model->running, true, __ATOMIC_ACQUIRE)) {
    engine_fail (error, ENGINE_BAD_INPUT, "This model has a runner already; give its requests to that one.");
    return NULL;
  }
  runner = engine_calloc (1, sizeof *runner, error);
  if (!runner) {
    __atomic_store_n (&model->running, false, __ATOMIC_RELEASE);
    return NULL;
  }
  atomic_init (&runner->ref_count, 1);
  pthread_mutex_init (&runner->lock, NULL);
  pthread_cond_init (&runner->woken, NULL);
  runner->model = engine_model_ref (model);
  runner->incoming_end = &runner->incoming;
  runner->waiting_end = &runner->waiting;
  runner->max_requests = options->max_requests > 0 ? options->max_requests : 8;
  runner->n_context = options->n_context > 0 ? options->n_context : 8192;
  if (model->hparams.n_context_train > 0)
    runner->n_context = ENGINE_MIN (runner->n_context, model->hparams.n_context_train);
  model->n_context = runner->n_context;
  if (!runner_start (runner, options, error)) {
    runner_free (runner);
    return NULL;
  }
  return runner;
}

EngineRunner *
engine_runner_ref (EngineRunner *runner)
{
  atomic_fetch_add (&runner->ref_count, 1);
  return runner;
}

void
engine_runner_unref (EngineRunner *runner)
{
  if (!runner || atomic_fetch_sub (&runner->ref_count, 1) > 1)
    return;
  pthread_mutex_lock (&runner->lock);
  runner->quit = true;
  pthread_mutex_unlock (&runner->lock);
  engine_runner_poke (runner);
  pthread_join (runner->thread, NULL);
  runner_free (runner);
}
