/* SPDX-License-Identifier: MIT */
/* The engine's thread: lets requests in, forms submissions of them, samples, tells.
 *
 * Each turn of its loop makes one submission: a token of every request that decodes, and a
 * slice of one or more prompts. The slice is as long as measured speed allows: while
 * others decode, a prompt takes about as much time from them as their own token does; a
 * lone prompt is cut about every half second, so that who comes next is soon let in. A
 * cancel need not wait for that: the backend looks at the interrupt flag all the while.
 *
 * A submission has requests of one adapter (and strength) or of none; where there are several, they take turns. To multiply
 * the columns of each with its own thin matrices in one graph would save reading the weights twice, but only for somebody who
 * has two answers written with two adapters at once; and it would make of every product of a graph one over stretches of columns. */
#include "runner.h"

#include <string.h>

#define SLICE_MIN 16
#define SLICE_FIRST 64
#define LONE_SLICE_MS 500.0
#define SHARED_SLICE_MS 8.0

/* ---- requests come and go -------------------------------------------------- */

static void
stats_update (const EngineRunner *runner, EngineRequest *request)
{
  EngineStats *now = &request->now;
  double evaluated = now->prompt_tokens - now->reused_tokens;

  if (request->admitted_ms > 0)
    now->experts = engine_expert_stats_since (engine_model_expert_stats (runner->model), request->experts_before);
  if (!request->first_ms)
    return;
  now->first_token_ms = request->first_ms - request->submitted_ms;
  now->prompt_ms = request->first_ms - request->admitted_ms;
  now->decode_ms = request->last_ms - request->first_ms;
  now->prompt_tps = now->prompt_ms > 0 ? evaluated * 1e3 / now->prompt_ms : 0;
  now->decode_tps = now->decode_ms > 0 ? (now->decode_tokens - 1) * 1e3 / now->decode_ms : 0;
}

void
engine_active_remove (EngineRunner *runner, EngineRequest *request)
{
  for (int32_t i = 0; i < runner->n_active; i++)
    if (runner->active[i] == request) {
      memmove (runner->active + i, runner->active + i + 1, (runner->n_active - i - 1) * sizeof *runner->active);
      runner->n_active--;
      return;
    }
}

static void
finish (EngineRunner *runner, EngineRequest *request, EngineFinish how, const EngineError *error)
{
  if (request->idle) {
    engine_idle_end (runner, request);
    return;
  }
  engine_probe_end (runner, request);
  engine_kv_sequence_free (request->sequence);
  request->sequence = NULL;
  engine_active_remove (runner, request);
  runner->hold = false;
  engine_wordings_learn (runner->wordings, request->tokens, request->n_prompt, request->n_tokens);
  engine_drafter_leave (runner->drafter, request->reader, request->tokens, request->n_tokens, &request->now);
  request->reader = NULL;
  stats_update (runner, request);
  atomic_fetch_add (&request->ref_count, 1);
  engine_request_end (request, how, error);
  if (!error && how != ENGINE_FINISH_CANCELLED)
    engine_idle_plan (runner, request); /* nobody waits for that */
  engine_request_drop (request);
}

/* What stands at a position, for the cache. */
static uint64_t
cell_of (const EngineRequest *request, int32_t token)
{
  const EngineMedia *media;
  int32_t index;

  if (token >= 0)
    return engine_kv_token (token);
  media = engine_media_list_find (&request->media, -1 - token, &index);
  return engine_kv_media (media->hash, (uint32_t) index);
}

/* Gives the request a sequence with all its tokens and whatever of them the cache holds. */
static bool
admit (EngineRunner *runner, EngineRequest *request, EngineError *error)
{
  bool again = request->admitted_ms > 0;
  uint64_t cells[256];
  int32_t reused;

  /* There is none after a move to the processor that had no memory for it: perhaps it has now. */
  if (!runner->kv && !engine_runner_start_cache (runner, error))
    return false;
  request->sequence = engine_kv_sequence_new (runner->kv, request->salt, error);
  if (!request->sequence)
    return false;
  for (int32_t from = 0, n; from < request->n_tokens; from += n) {
    n = ENGINE_MIN (request->n_tokens - from, (int32_t) ENGINE_LENGTH (cells));
    for (int32_t i = 0; i < n; i++)
      cells[i] = cell_of (request, request->tokens[from + i]);
    if (!engine_kv_append (request->sequence, cells, n, error))
      return false;
  }
  /* The last token must be evaluated, for its logits. */
  reused = engine_kv_resume (request->sequence, request->n_tokens - 1);
  request->state = ENGINE_REQUEST_PREFILL;
  if (!again) {
    request->now.reused_tokens = reused;
    request->admitted_ms = engine_now_ms ();
    request->experts_before = engine_model_expert_stats (runner->model);
    request->now.queue_ms = request->admitted_ms - request->submitted_ms;
  }
  return true;
}

static void
admit_waiting (EngineRunner *runner)
{
  while (runner->waiting && runner->n_active - runner->n_probes < runner->max_requests && !runner->hold) {
    EngineRequest *request = runner->waiting;
    EngineError error = { 0 };

    runner->waiting = request->next;
    if (!runner->waiting)
      runner->waiting_end = &runner->waiting;
    request->next = NULL;
    if (admit (runner, request, &error))
      runner->active[runner->n_active++] = request;
    else
      finish (runner, request, ENGINE_FINISH_CANCELLED, &error);
  }
}

/* The youngest leaves its pages to the others and starts again, from what is left of them,
 * once somebody has ended. */
static void
give_way (EngineRunner *runner)
{
  EngineRequest *request = runner->active[runner->n_active - 1];

  if (request->idle) {
    engine_idle_end (runner, request);
    return;
  }
  if (request->probe_of) {
    engine_probe_drop (runner, request);
    return;
  }
  engine_probe_end (runner, request);
  engine_kv_sequence_free (request->sequence);
  request->sequence = NULL;
  request->state = ENGINE_REQUEST_WAITING;
  engine_active_remove (runner, request);
  request->next = runner->waiting;
  runner->waiting = request;
  if (!request->next)
    runner->waiting_end = &request->next;
  runner->hold = true;
}

static void
end_cancelled (EngineRunner *runner)
{
  for (int32_t i = runner->n_active - 1; i >= 0; i--)
    if (atomic_load (&runner->active[i]->cancelled) && !runner->active[i]->probe_of)
      finish (runner, runner->active[i], ENGINE_FINISH_CANCELLED, NULL);
  for (EngineRequest **link = &runner->waiting; *link;) {
    EngineRequest *request = *link;

    if (!atomic_load (&request->cancelled)) {
      link = &request->next;
      continue;
    }
    *link = request->next;
    if (runner->waiting_end == &request->next)
      runner->waiting_end = link;
    finish (runner, request, ENGINE_FINISH_CANCELLED, NULL);
  }
}

/* What ran on the graphics card, which failed, goes on on the processor: the layers are read from the file again, and every request from its tokens.
 * False: nothing ran there. */
static bool
move_to_processor (EngineRunner *runner, const EngineError *why)
{
  EngineError error = { 0 };

  if (engine_model_gpu_layers (runner->model) == 0)
    return false;
  engine_log (ENGINE_LOG_WARNING, "Everything goes on on the processor: %s", why->message);
  while (runner->n_active > 0) {
    if (!runner->active[runner->n_active - 1]->probe_of && !runner->active[runner->n_active - 1]->idle)
      engine_request_moved (runner->active[runner->n_active - 1], why);
    give_way (runner);
  }
  runner->hold = false;
  runner->prefill_ms = runner->decode_ms = 0;
  runner->slice = 0;
  runner->costs = (EngineCosts) { .fixed = runner->costs.fixed };
  engine_runner_end_cache (runner);
  if (engine_model_retreat (runner->model, true, &error))
    return true;
  /* There is no memory for the weights, or no file any more. */
  while (runner->waiting) {
    EngineRequest *request = runner->waiting;

    runner->waiting = request->next;
    request->next = NULL;
    finish (runner, request, ENGINE_FINISH_STOP, &error);
  }
  runner->waiting_end = &runner->waiting;
  return true;
}

/* ---- one submission --------------------------------------------------------- */

/* Prompt tokens that the next submission may hold. */
static int32_t
slice_length (EngineRunner *runner, bool shared)
{
  double ms = shared ? ENGINE_MAX (SHARED_SLICE_MS, runner->decode_ms) : LONE_SLICE_MS;
  double n = runner->prefill_ms > 0 ? ms / runner->prefill_ms : SLICE_MIN;

  /* A slice reads most experts from the disk, which takes as long for a short one. */
  if (engine_model_streams (runner->model))
    return ENGINE_SLICE_MAX;
  if (shared)
    return (int32_t) ENGINE_MIN (ENGINE_MAX (n, SLICE_MIN), ENGINE_SLICE_MAX) / SLICE_MIN * SLICE_MIN;
  /* Grows from small: the first measurement of a machine is not to be trusted much. */
  n = ENGINE_MIN (n, ENGINE_MAX (2 * runner->slice, SLICE_FIRST));
  return (int32_t) ENGINE_MIN (ENGINE_MAX (n, SLICE_FIRST), ENGINE_SLICE_MAX) / ENGINE_PAGE_TOKENS * ENGINE_PAGE_TOKENS;
}

/* How many of the next tokens are evaluated together where n would be right: a picture's columns that see each other stay together, though they be more. Where the cache has some of them it was
 * made with all, so the rest, which sees them there, becomes what it was. */
static int32_t
whole_part (const EngineRequest *request, int32_t from, int32_t n)
{
  return request->lasts && n > 0 ? engine_media_slice (request->lasts, from, n) : n;
}

/* Decodes, but for some tokens that had no choice and go with the next evaluation. */
static bool
was_forced (const EngineRequest *request)
{
  return request->state == ENGINE_REQUEST_PREFILL && request->now.decode_tokens > 0 && request->n_tokens - engine_kv_evaluated (request->sequence) < SLICE_MIN;
}

/* Adds as much of the prompt as `budget` and the cache have room for; `brings`: as form_submission () counts, NULL: nothing is drafted. */
static int32_t
add_prompt (EngineRunner *runner, EngineRequest *request, int32_t budget, double *brings)
{
  double gained;
  int32_t from, n, past_page, room = ENGINE_SLICE_MAX - runner->submission.n_prefill;

  from = engine_kv_resume (request->sequence, request->n_tokens - 1);
  /* Of the prompt; what was forced may be found there too. */
  request->now.reused_tokens += request->now.decode_tokens ? 0 : from;
  from = engine_kv_evaluated (request->sequence);
  n = ENGINE_MIN (budget, request->n_tokens - from);
  /* To end at a page lets others, and this one, find each other's work. */
  past_page = (from + n) % ENGINE_PAGE_TOKENS;
  if (from + n < request->n_tokens && past_page < n)
    n -= past_page;
  n = whole_part (request, from, n);
  if (n > room)
    return 0; /* it has its turn with the next submission */
  for (int32_t fewer; n > 0 && !engine_kv_reserve (request->sequence, n); n = fewer < n ? fewer : 0)
    fewer = whole_part (request, from, n / 2);
  if (n > 0 && brings && from + n == request->n_tokens && was_forced (request)) {
    engine_draft_make (runner, request, runner->submission.n_tokens + n, *brings, &gained);
    *brings += gained;
  }
  if (n > 0)
    engine_submission_add (&runner->submission, request, n + request->n_draft);
  return n;
}

/* The adaptation whose turn is next: they follow each other in the order of their salts, and around again. */
static uint64_t
next_salt (const EngineRunner *runner)
{
  uint64_t least = UINT64_MAX;

  for (int32_t i = 0; i < runner->n_active; i++)
    least = ENGINE_MIN (least, runner->active[i]->salt - runner->salt - 1);
  return runner->salt + 1 + least;
}

/* Of the requests with runner->salt. False when none of them could be served. */
static bool
form_submission (EngineRunner *runner)
{
  EngineSubmission *submission = &runner->submission;
  bool shared = false, prompts = false;
  int32_t budget, n_decode = 0, n_forced = 0;
  double brings;

  submission->n_tokens = submission->n_sequences = submission->n_outputs = submission->n_prefill = submission->n_drafts = 0;
  for (int32_t i = 0; i < runner->n_active; i++) {
    if (runner->active[i]->salt != runner->salt)
      continue;
    n_decode += runner->active[i]->state == ENGINE_REQUEST_DECODE;
    n_forced += was_forced (runner->active[i]);
    prompts |= runner->active[i]->state == ENGINE_REQUEST_PREFILL && !was_forced (runner->active[i]);
  }
  brings = n_decode + n_forced;
  for (int32_t i = 0; i < runner->n_active; i++) {
    EngineRequest *request = runner->active[i];
    double gained = 0;

    if (request->state != ENGINE_REQUEST_DECODE)
      continue;
    shared = true;
    if (request->salt != runner->salt || !engine_kv_reserve (request->sequence, 1))
      continue;
    /* Beside a prompt a column more costs what a prompt's does, and is not measured. */
    if (!prompts)
      engine_draft_make (runner, request, n_decode + submission->n_drafts, brings, &gained);
    brings += gained;
    engine_submission_add (submission, request, 1 + request->n_draft);
  }

  /* Prompts take turns, so that a short one need not wait for a long one. */
  budget = slice_length (runner, shared);
  runner->slice = shared ? runner->slice : budget;
  runner->turn++;
  for (int32_t i = 0; i < runner->n_active && budget > 0; i++) {
    EngineRequest *request = runner->active[(runner->turn + i) % runner->n_active];

    if (request->state == ENGINE_REQUEST_PREFILL && request->salt == runner->salt)
      budget -= add_prompt (runner, request, budget, prompts ? NULL : &brings);
  }
  return submission->n_sequences > 0;
}

/* Gives the next adaptation its turn that can use it. */
static bool
form_next (EngineRunner *runner)
{
  uint64_t first = next_salt (runner);

  do {
    runner->salt = next_salt (runner);
    if (form_submission (runner))
      return true;
  } while (next_salt (runner) != first);
  return false;
}

/* Adds a token to the answer, and tells of it; `logits` NULL: it was forced. False: the request has ended. */
static bool
add_token (EngineRunner *runner, EngineRequest *request, int32_t id, const float *logits)
{
  EngineError error = { 0 };
  uint64_t cell = engine_kv_token (id);

  engine_sampler_accept (request->sampler, id);
  request->tokens[request->n_tokens++] = id;
  request->now.decode_tokens++;
  request->now.forced_tokens += logits == NULL;
  request->last_ms = engine_now_ms ();
  request->now.gpu_layers = engine_model_gpu_layers (runner->model);
  stats_update (runner, request);
  if (!engine_request_token (request, id, logits, &error) || !engine_kv_append (request->sequence, &cell, 1, &error))
    finish (runner, request, ENGINE_FINISH_STOP, &error);
  else if (request->max_tokens && engine_request_answered (request) >= request->max_tokens)
    finish (runner, request, engine_constraint_must_end (engine_request_constraint (request)) ? ENGINE_FINISH_STOP : ENGINE_FINISH_LENGTH, NULL);
  else if (request->n_tokens >= runner->n_context)
    finish (runner, request, ENGINE_FINISH_CONTEXT, NULL);
  else
    return true;
  return false;
}

/* What there is no choice about follows at once: it is evaluated with the token before it, like a piece of a prompt. False: the request has ended. */
static bool
add_tokens (EngineRunner *runner, EngineRequest *request, const int32_t *ids, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!add_token (runner, request, ids[i], NULL))
      return false;
  if (n > 0)
    request->state = ENGINE_REQUEST_PREFILL;
  return true;
}

/* What closes the thought, where it has come to its end. */
static bool
add_closing (EngineRunner *runner, EngineRequest *request)
{
  size_t n;
  const int32_t *ids = engine_thought_forced (request->thought, &n);

  return add_tokens (runner, request, ids, n);
}

/* What the grammar demands. */
static bool
add_forced (EngineRunner *runner, EngineRequest *request)
{
  EngineError error = { 0 };
  int32_t *ids = NULL;
  size_t n = 0;
  bool ok;

  if (!engine_constraint_forced (request->constraint, &ids, &n, &error)) {
    finish (runner, request, ENGINE_FINISH_STOP, &error);
    return false;
  }
  ok = add_tokens (runner, request, ids, n);
  free (ids);
  if (!ok)
    return false;
  if (!engine_constraint_must_end (request->constraint))
    return true;
  finish (runner, request, ENGINE_FINISH_STOP, NULL);
  return false;
}

/* Samples the next token from the logits after everything known. False: the request has ended. */
static bool
take_token (EngineRunner *runner, EngineRequest *request, const float *logits)
{
  const EngineVocab *vocab = runner->model->vocab;
  EngineConstraint *constraint = engine_request_constraint (request);
  bool thinks = engine_thought_stage (request->thought) != ENGINE_STAGE_ANSWER;
  EngineError error = { 0 };
  int32_t id = constraint ? engine_constraint_choose (constraint, request->sampler, logits, &error) : engine_sampler_choose (request->sampler, logits);

  if (constraint)
    engine_constraint_stats (request->constraint, &request->now.masks, &request->now.mask_ms);
  if (!request->first_ms) {
    request->first_ms = request->last_ms = engine_now_ms ();
    engine_kv_rest (request->sequence);
  }
  request->state = ENGINE_REQUEST_DECODE;
  if (thinks && request->now.decode_tokens == 0)
    engine_probe_consider (runner, request);
  if (id < 0) {
    engine_fail (&error, ENGINE_INTERNAL, "The model's output at position %d is not a number.", request->n_tokens);
    finish (runner, request, ENGINE_FINISH_STOP, &error);
    return false;
  }
  if (thinks && engine_vocab_is_end (vocab, id) && !engine_thought_is_mark (request->thought, id)) {
    /* It owes an answer. */
    engine_thought_stop (request->thought);
    return add_closing (runner, request);
  }
  if (!thinks && !request->ignore_end && engine_vocab_is_end (vocab, id)) {
    finish (runner, request, ENGINE_FINISH_STOP, NULL);
    return false;
  }

  if (constraint && !engine_constraint_accept (constraint, id, &error)) {
    finish (runner, request, ENGINE_FINISH_STOP, &error);
    return false;
  }
  if (!add_token (runner, request, id, logits))
    return false;
  if (request->thought && thinks) {
    engine_thought_judge (request->thought, request->tokens, request->n_tokens, atomic_load (&request->asked));
    if (!add_closing (runner, request))
      return false;
    if (request->state == ENGINE_REQUEST_PREFILL || engine_thought_stage (request->thought) != ENGINE_STAGE_THOUGHT)
      engine_probe_end (runner, request);
    else
      engine_probe_consider (runner, request);
    return true;
  }
  return !constraint || add_forced (runner, request);
}

/* What became of the request's columns, of which the first is `column`: they are in the cache as far as their tokens are the request's, and from the
 * logits behind each of these the next token is chosen. One that is not the drafted one is as good as the others, and the last. */
static void
take_outputs (EngineRunner *runner, EngineRequest *request, int32_t s, int32_t column, const float *logits)
{
  const EngineSubmission *submission = &runner->submission;
  size_t n_vocab = (size_t) engine_vocab_size (runner->model->vocab);
  int32_t count = submission->counts[s], n_draft = ENGINE_MAX (submission->wants_outputs[s] - 1, 0);
  int32_t first = engine_kv_evaluated (request->sequence), known = count - n_draft, done = 0;

  request->now.drafted_tokens += n_draft;
  for (int32_t right = known;; done = right) {
    while (right < count && first + right < request->n_tokens && request->tokens[first + right] == submission->tokens[column + right])
      right++;
    if (done == right)
      return;
    engine_kv_commit (request->sequence, right - done);
    if (done > 0) {
      request->now.accepted_tokens += right - done;
      request->now.saved_evaluations += first + right == request->n_tokens;
    }
    if (!submission->wants_outputs[s] || first + right < request->n_tokens)
      return;
    if (request->idle) {
      engine_idle_end (runner, request);
      return;
    }
    if (!(request->probe_of ? engine_probe_take : take_token) (runner, request, logits + (size_t) (right - known) * n_vocab))
      return;
  }
}

static void
measure (EngineRunner *runner, double ms)
{
  const EngineSubmission *submission = &runner->submission;
  double per_token;

  if (runner->n_probes > 0) {
    engine_probe_cost (runner, ms);
  } else if (!submission->n_prefill) {
    runner->decode_ms = runner->decode_ms > 0 ? (runner->decode_ms + ms) / 2 : ms;
    engine_costs_learn (&runner->costs, submission->n_tokens, ms);
  } else if (submission->n_prefill >= SLICE_MIN) {
    per_token = ms / submission->n_tokens;
    runner->prefill_ms = runner->prefill_ms > 0 ? (runner->prefill_ms + per_token) / 2 : per_token;
  }
}

static void
submit (EngineRunner *runner)
{
  EngineSubmission *submission = &runner->submission;
  EngineError error = { 0 };
  double began = engine_now_ms ();
  const float *logits = runner->logits;
  int32_t column = 0;
  bool ok;

  ok = engine_submission_run (runner, &error);
  for (int32_t s = 0; s < submission->n_sequences; s++)
    engine_draft_drop (submission->requests[s]);
  if (!ok) {
    if (error.code == ENGINE_CANCELLED || (error.code != ENGINE_BAD_INPUT && move_to_processor (runner, &error)))
      return;
    for (int32_t s = 0; s < submission->n_sequences; s++)
      if (submission->requests[s] && submission->requests[s]->probe_of)
        engine_probe_drop (runner, submission->requests[s]);
    for (int32_t s = 0; s < submission->n_sequences; s++)
      if (submission->requests[s])
        finish (runner, submission->requests[s], ENGINE_FINISH_STOP, &error);
    return;
  }
  measure (runner, engine_now_ms () - began);

  for (int32_t s = 0; s < submission->n_sequences; s++) {
    EngineRequest *request = submission->requests[s];

    /* A probe whose request has just ended is gone. */
    if (request) {
      int32_t done = engine_kv_evaluated (request->sequence) + submission->counts[s];

      if (request->state == ENGINE_REQUEST_PREFILL && done <= request->n_prompt && !request->idle)
        engine_request_progress (request, done);
      take_outputs (runner, request, s, column, logits);
    }
    column += submission->counts[s];
    logits += (size_t) submission->wants_outputs[s] * (size_t) engine_vocab_size (runner->model->vocab);
  }
}

static void
run_once (EngineRunner *runner)
{
  if (form_next (runner)) {
    submit (runner);
  } else if (runner->n_active > 1) {
    give_way (runner);
  } else {
    EngineError error = { 0 };

    engine_fail (&error, ENGINE_NO_MEMORY, "The key/value cache has no room for %d tokens; choose a larger cache or a smaller context.",
                 runner->active[0]->n_tokens);
    finish (runner, runner->active[0], ENGINE_FINISH_STOP, &error);
  }
}

void *
engine_runner_thread (void *data)
{
  EngineRunner *runner = data;
  bool quit = false;

  while (!quit) {
    pthread_mutex_lock (&runner->lock);
    while (!runner->quit && !runner->incoming && !runner->n_active && !runner->waiting && !runner->idle && !runner->poked)
      pthread_cond_wait (&runner->woken, &runner->lock);
    quit = runner->quit;
    runner->poked = false;
    if (runner->incoming) {
      *runner->waiting_end = runner->incoming;
      runner->waiting_end = runner->incoming_end;
      runner->incoming = NULL;
      runner->incoming_end = &runner->incoming;
    }
    pthread_mutex_unlock (&runner->lock);

    /* First the flag, then the requests: a cancel after this look interrupts the submission. */
    atomic_store (&runner->interrupt, false);
    if (quit) {
      for (EngineRequest *request = runner->waiting; request; request = request->next)
        atomic_store (&request->cancelled, true);
      for (int32_t i = 0; i < runner->n_active; i++)
        atomic_store (&runner->active[i]->cancelled, true);
      for (EngineRequest *request = runner->parked; request; request = request->next)
        atomic_store (&request->cancelled, true);
    }
    engine_pause_look (runner);
    if (runner->waiting || quit)
      engine_idle_interrupt (runner);
    if (quit)
      engine_idle_forget (runner);
    end_cancelled (runner);
    admit_waiting (runner);
    if (runner->n_active || (runner->idle && !runner->waiting && engine_idle_begin (runner)))
      run_once (runner);
  }
  engine_idle_forget (runner);
  return NULL;
}
