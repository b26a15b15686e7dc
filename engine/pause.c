/* SPDX-License-Identifier: MIT */
/* Requests that wait because the caller said so.
 *
 * One that is paused leaves the submissions after the token that is being evaluated, and gives its pages back: what they hold stays in the prefix tree as long as nobody needs the room. Its tokens, its sampler
 * and its grammar stay with it, so it goes on with the token that it would have had. */
#include "runner.h"

/* Time that it spent here is nobody's. */
static void
shift (EngineRequest *request)
{
  double ms = engine_now_ms () - request->paused_ms;

  request->submitted_ms += ms;
  request->admitted_ms += request->admitted_ms > 0 ? ms : 0;
  request->first_ms += request->first_ms > 0 ? ms : 0;
  request->last_ms += request->last_ms > 0 ? ms : 0;
}

static void
park (EngineRunner *runner, EngineRequest *request)
{
  request->paused_ms = engine_now_ms ();
  request->state = ENGINE_REQUEST_WAITING;
  request->next = runner->parked;
  runner->parked = request;
}

static void
park_active (EngineRunner *runner)
{
  for (int32_t i = runner->n_active - 1; i >= 0; i--) {
    EngineRequest *request = i < runner->n_active ? runner->active[i] : NULL;

    if (!request || request->idle || request->probe_of || !atomic_load (&request->paused) || atomic_load (&request->cancelled))
      continue;
    engine_probe_end (runner, request); /* which is active, too: the loop looks again at whoever moved up */
    engine_kv_sequence_free (request->sequence);
    request->sequence = NULL;
    engine_active_remove (runner, request);
    runner->hold = false;
    park (runner, request);
    i = runner->n_active;
  }
}

static void
park_waiting (EngineRunner *runner)
{
  for (EngineRequest **link = &runner->waiting; *link;) {
    EngineRequest *request = *link;

    if (!atomic_load (&request->paused) || atomic_load (&request->cancelled)) {
      link = &request->next;
      continue;
    }
    *link = request->next;
    if (runner->waiting_end == &request->next)
      runner->waiting_end = link;
    park (runner, request);
  }
}

/* Those that may go on, or are to end, wait like others. */
static void
release (EngineRunner *runner)
{
  for (EngineRequest **link = &runner->parked; *link;) {
    EngineRequest *request = *link;

    if (atomic_load (&request->paused) && !atomic_load (&request->cancelled)) {
      link = &request->next;
      continue;
    }
    *link = request->next;
    request->next = NULL;
    shift (request);
    *runner->waiting_end = request;
    runner->waiting_end = &request->next;
  }
}

void
engine_pause_look (EngineRunner *runner)
{
  park_active (runner);
  park_waiting (runner);
  release (runner);
}

void
engine_request_pause (EngineRequest *request, bool paused)
{
  pthread_mutex_lock (&request->lock);
  atomic_store (&request->paused, paused);
  if (request->runner)
    engine_runner_poke (request->runner);
  pthread_mutex_unlock (&request->lock);
}
