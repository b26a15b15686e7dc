/* SPDX-License-Identifier: MIT */
/* What is evaluated while nobody asks for anything.
 *
 * A thought stands between the question and the answer, but the next turn's prompt holds it no more. So nothing behind it would be found in the cache, and whoever asks the next question would
 * wait for all of the last answer. Instead, once an answer with a thought is there, the tokens that the next prompt is going to begin with are evaluated as if they were one. It is a request of
 * the runner's own, the latest alone, among the active ones only while there is no other; a real one interrupts it, and it goes on later with what is left. */
#include "runner.h"

#include <string.h>

static void
idle_free (EngineRequest *idle)
{
  if (!idle)
    return;
  engine_adapter_unref (idle->adaptation.adapter);
  free (idle->tokens);
  free (idle->axes);
  free (idle);
}

static EngineRequest *
idle_new (EngineRunner *runner, const EngineRequest *request)
{
  const EngineModel *model = runner->model;
  EngineRequest *idle = calloc (1, sizeof *idle);
  int32_t n_axes = model->hparams.rope.n_axes;
  size_t n = 0;

  if (!idle)
    return NULL;
  idle->idle = true;
  idle->runner = runner;
  idle->salt = request->salt;
  idle->adaptation = request->adaptation;
  if (idle->adaptation.adapter)
    engine_adapter_ref (idle->adaptation.adapter);
  if (engine_turn_next (request->turn, model, runner->n_context, &idle->tokens, &n, NULL) && n > 1) {
    idle->n_prompt = idle->n_tokens = (int32_t) n;
    idle->axes = n_axes ? calloc (n * (size_t) n_axes, sizeof *idle->axes) : NULL;
    if (idle->axes)
      idle->answer_position = engine_media_list_axes (&idle->media, idle->tokens, idle->n_prompt, n_axes, idle->axes);
    if (idle->axes || !n_axes)
      return idle;
  }
  idle_free (idle);
  return NULL;
}

void
engine_idle_plan (EngineRunner *runner, const EngineRequest *request)
{
  EngineRequest *idle;

  /* Pictures and sounds would need what is computed of them a second time. */
  if (!request->turn || request->media.n > 0)
    return;
  idle = idle_new (runner, request);
  if (!idle)
    return;
  idle_free (runner->idle);
  runner->idle = idle;
}

bool
engine_idle_begin (EngineRunner *runner)
{
  EngineRequest *idle = runner->idle;
  bool ok = runner->kv && (idle->sequence = engine_kv_sequence_new (runner->kv, idle->salt, NULL));

  runner->idle = NULL;
  for (int32_t i = 0; ok && i < idle->n_tokens; i++) {
    uint64_t cell = engine_kv_token (idle->tokens[i]);

    ok = engine_kv_append (idle->sequence, &cell, 1, NULL);
  }
  if (ok) {
    engine_kv_resume (idle->sequence, idle->n_tokens - 1);
    idle->state = ENGINE_REQUEST_PREFILL;
    idle->now.reused_tokens = engine_kv_evaluated (idle->sequence);
    idle->admitted_ms = engine_now_ms ();
    runner->active[runner->n_active++] = idle;
    atomic_store (&runner->idling, true);
    return true;
  }
  engine_kv_sequence_free (idle->sequence);
  idle_free (idle);
  return false;
}

/* Takes it from the active ones; what was evaluated stays in the cache. */
static void
leave (EngineRunner *runner, EngineRequest *idle)
{
  pthread_mutex_lock (&runner->lock);
  runner->idle_work.tokens += engine_kv_evaluated (idle->sequence) - idle->now.reused_tokens;
  runner->idle_work.ms += engine_now_ms () - idle->admitted_ms;
  pthread_mutex_unlock (&runner->lock);
  engine_active_remove (runner, idle);
  engine_kv_sequence_free (idle->sequence);
  idle->sequence = NULL;
  atomic_store (&runner->idling, false);
}

void
engine_idle_interrupt (EngineRunner *runner)
{
  EngineRequest *idle = runner->n_active == 1 && runner->active[0]->idle ? runner->active[0] : NULL;

  if (!idle)
    return;
  leave (runner, idle);
  runner->idle = idle;
}

void
engine_idle_end (EngineRunner *runner, EngineRequest *idle)
{
  leave (runner, idle);
  idle_free (idle);
}

void
engine_idle_forget (EngineRunner *runner)
{
  idle_free (runner->idle);
  runner->idle = NULL;
}

EngineIdle
engine_runner_idle (EngineRunner *runner)
{
  EngineIdle work;

  pthread_mutex_lock (&runner->lock);
  work = runner->idle_work;
  pthread_mutex_unlock (&runner->lock);
  return work;
}
