/* SPDX-License-Identifier: MIT */
/* A request between two threads: the runner's writes, the caller's takes.
 *
 * What waits is not a list of events but their sum: the latest progress, one stretch of
 * text, the end. So it cannot grow beyond the answer itself however late the caller comes. */
#include "runner.h"

#include <math.h>
#include <string.h>

static bool
grow (void **array, size_t *capacity, size_t needed, size_t element, EngineError *error)
{
  size_t wanted = ENGINE_MAX (needed, ENGINE_MAX (*capacity * 2, 64));
  void *memory;

  if (needed <= *capacity)
    return true;
  memory = realloc (*array, wanted * element);
  if (!memory)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the text of an answer.");
  *array = memory;
  *capacity = wanted;
  return true;
}

static void
chunk_clear (EngineChunk *chunk)
{
  free (chunk->text);
  free (chunk->ids);
  free (chunk->top);
  free (chunk->logprobs);
  memset (chunk, 0, sizeof *chunk);
}

static bool
chunk_append (EngineChunk *chunk, const EngineChunk *more, size_t n_top, EngineError *error)
{
  if (!grow ((void **) &chunk->text, &chunk->bytes_capacity, chunk->n_bytes + more->n_bytes + 1, 1, error) ||
      !grow ((void **) &chunk->ids, &chunk->ids_capacity, chunk->n_ids + more->n_ids, sizeof *chunk->ids, error) ||
      !grow ((void **) &chunk->top, &chunk->top_capacity, (chunk->n_ids + more->n_ids) * n_top, sizeof *chunk->top, error))
    return false;
  if (more->n_bytes)
    memcpy (chunk->text + chunk->n_bytes, more->text, more->n_bytes);
  if (more->n_ids)
    memcpy (chunk->ids + chunk->n_ids, more->ids, more->n_ids * sizeof *chunk->ids);
  if (more->n_ids && n_top)
    memcpy (chunk->top + chunk->n_ids * n_top, more->top, more->n_ids * n_top * sizeof *chunk->top);
  chunk->n_bytes += more->n_bytes;
  chunk->n_ids += more->n_ids;
  chunk->text[chunk->n_bytes] = '\0';
  return true;
}

/* Which tokens see later ones. */
static bool
find_lasts (EngineRequest *request, int32_t n_context, int32_t most, EngineError *error)
{
  int32_t longest;

  request->lasts = engine_calloc ((size_t) n_context + 1, sizeof *request->lasts, error);
  if (!request->lasts)
    return false;
  longest = engine_media_list_lasts (&request->media, request->tokens, request->n_prompt, request->lasts);
  for (int32_t i = request->n_prompt; i <= n_context; i++)
    request->lasts[i] = i;
  return longest <= most ||
         engine_fail (error, ENGINE_BAD_INPUT, "A picture became %d columns, but this model takes at most %d of one picture; prepare it with the part that belongs to this model.", longest, most);
}

/* Everything that can be wrong with the parameters is found here, on the caller's thread. */
static bool
request_init (EngineRequest *request, EngineRunner *runner, const EngineRequestParams *params, EngineError *error)
{
  const EngineModel *model = runner->model;
  int32_t *prompt = NULL, n_prompt;
  size_t n;
  bool ok;

  if (params->max_tokens < 0 || params->top_logprobs < 0 || params->thinking.max_tokens < 0)
    return engine_fail (error, ENGINE_BAD_INPUT, "max_tokens and top_logprobs must not be negative.");
  if (params->adapter && params->adapter->model != model)
    return engine_fail (error, ENGINE_BAD_INPUT, "The adapter was loaded for another model; load it for this one.");
  if (params->adapter && !isfinite (params->adapter_strength))
    return engine_fail (error, ENGINE_BAD_INPUT, "The adapter's strength must be a number; 1 is as it was trained.");
  if (params->adapter && params->adapter_strength != 0)
    request->adaptation = (EngineAdaptation) { engine_adapter_ref (params->adapter), params->adapter_strength };
  if (!engine_request_calls_begin (request, params, error))
    return false;
  if (!params->grammar && !params->answer_prefix)
    request->heading = engine_heading_of (model->vocab);
  request->salt = engine_adaptation_salt (&request->adaptation);
  request->n_top = ENGINE_MIN (params->top_logprobs, engine_vocab_size (model->vocab));
  if (params->grammar_trigger && (!params->grammar || !params->grammar_trigger[0]))
    return engine_fail (error, ENGINE_BAD_INPUT, "A text after which a grammar begins needs a grammar, and must not be empty.");
  if (params->grammar) {
    request->constraint = engine_constraint_new (model->vocab, params->grammar, params->grammar_trigger, error);
    if (!request->constraint || (params->answer_prefix && !engine_constraint_begin (request->constraint, params->answer_prefix, error)))
      return false;
  }
  if (params->sampling.dry_multiplier > 0 && !(request->breakers = engine_vocab_breakers (model->vocab, error)))
    return false;
  request->sampler = engine_sampler_new (&params->sampling, engine_vocab_size (model->vocab), request->breakers, error);
  request->tokens = engine_calloc ((size_t) runner->n_context + 1, sizeof *request->tokens, error);
  if (!request->sampler || !request->tokens ||
      !engine_prompt_build (model, params, runner->n_context, &prompt, &n_prompt, &request->media, &request->now.dropped_messages, error))
    return false;
  n = (size_t) n_prompt;
  ok = !params->n_messages || engine_wordings_apply (runner->wordings, &prompt, &n, (size_t) runner->n_context, error);
  if (ok && params->n_messages && params->thinking.think == ENGINE_THINK_ON && !params->answer_prefix) {
    request->thought = engine_thought_new (model->thinking, &params->thinking, model->vocab, (int32_t) n, runner->n_context, error);
    if (request->thought)
      request->turn = engine_turn_new (model, params, error);
    ok = request->thought && request->turn;
  }
  if (ok) {
    memcpy (request->tokens, prompt, n * sizeof *prompt);
    request->n_prompt = request->n_tokens = (int32_t) n;
    request->now.prompt_tokens = request->n_prompt;
    request->stats = request->now;
    for (size_t i = 0; i < n; i++)
      if (prompt[i] >= 0)
        engine_sampler_accept (request->sampler, prompt[i]);
  }
  free (prompt);
  if (ok && params->speculate != ENGINE_SPECULATE_OFF && !model->info.cache_bytes_fixed) {
    request->lookup = engine_lookup_new (params->max_tokens && !request->thought ? ENGINE_MIN (request->n_prompt + params->max_tokens, runner->n_context) : runner->n_context, error);
    ok = request->lookup != NULL;
    request->drafts = params->speculate == ENGINE_SPECULATE_DRAFT && runner->drafter && request->media.n == 0;
  }
  if (ok && model->hparams.whole_columns && request->media.n > 0)
    ok = find_lasts (request, runner->n_context, model->hparams.whole_columns, error);
  if (ok && model->hparams.rope.n_axes) {
    request->axes = engine_calloc (n * (size_t) model->hparams.rope.n_axes, sizeof *request->axes, error);
    if (!request->axes)
      return false;
    request->answer_position = engine_media_list_axes (&request->media, request->tokens, request->n_prompt, model->hparams.rope.n_axes, request->axes);
  }
  return ok;
}

bool
engine_runner_measure (EngineRunner *runner, const EngineRequestParams *params, EngineMeasure *measure, EngineError *error)
{
  int32_t *tokens, dropped;
  size_t n;
  bool ok;

  if (!engine_prompt_build_any (runner->model, params, runner->n_context, &tokens, &n, NULL, &dropped, error))
    return false;
  ok = !params->n_messages || n >= (size_t) runner->n_context || engine_wordings_apply (runner->wordings, &tokens, &n, (size_t) runner->n_context, error);
  free (tokens);
  if (ok)
    *measure = (EngineMeasure) { .n_context = runner->n_context, .prompt_tokens = (int64_t) n, .dropped_messages = dropped };
  return ok;
}

EngineRequest *
engine_request_new (EngineRunner *runner, const EngineRequestParams *params, EngineError *error)
{
  EngineRequest *request = engine_calloc (1, sizeof *request, error);

  if (!request)
    return NULL;
  atomic_init (&request->ref_count, 2);
  pthread_mutex_init (&request->lock, NULL);
  pthread_cond_init (&request->changed, NULL);
  request->submitted_ms = engine_now_ms ();
  request->runner = runner;
  request->ignore_end = params->ignore_end;
  request->max_tokens = params->max_tokens;
  request->wake = params->wake;
  request->wake_user = params->wake_user;
  request->decoder.started = true; /* an answer goes on from its prompt */
  if (!request_init (request, runner, params, error)) {
    atomic_store (&request->ref_count, 1);
    engine_request_drop (request);
    return NULL;
  }
  return request;
}

void
engine_request_drop (EngineRequest *request)
{
  if (atomic_fetch_sub (&request->ref_count, 1) > 1)
    return;
  engine_sampler_free (request->sampler);
  engine_constraint_free (request->constraint);
  engine_thought_free (request->thought);
  engine_probe_free (request->probe);
  engine_turn_free (request->turn);
  engine_request_calls_free (request->calls);
  engine_lookup_free (request->lookup);
  engine_adapter_unref (request->adaptation.adapter);
  free (request->breakers);
  chunk_clear (&request->thought_pending);
  chunk_clear (&request->pending);
  chunk_clear (&request->taken);
  chunk_clear (&request->fresh);
  free (request->tokens);
  free (request->axes);
  free (request->lasts);
  engine_media_list_clear (&request->media);
  pthread_cond_destroy (&request->changed);
  pthread_mutex_destroy (&request->lock);
  free (request);
}

static bool
something_waits (const EngineRequest *request)
{
  return request->has_progress || request->has_moved || request->thought_pending.n_bytes || request->thought_pending.n_ids || request->pending.n_bytes || request->pending.n_ids ||
         (request->calls && engine_request_calls_wait (request->calls)) || (request->ended && !request->end_taken);
}

/* With the lock held, after something was added. `wake` must neither block nor call the
 * engine, so it may run under the lock; thus it cannot run after unref has returned. */
static void
tell (EngineRequest *request, bool waited)
{
  pthread_cond_broadcast (&request->changed);
  if (!waited && !request->detached && request->wake)
    request->wake (request->wake_user);
}

void
engine_request_progress (EngineRequest *request, int32_t done)
{
  bool waited;

  pthread_mutex_lock (&request->lock);
  waited = something_waits (request);
  request->has_progress = true;
  request->progress = done;
  request->stats = request->now;
  tell (request, waited);
  pthread_mutex_unlock (&request->lock);
}

void
engine_request_moved (EngineRequest *request, const EngineError *why)
{
  bool waited;

  pthread_mutex_lock (&request->lock);
  waited = something_waits (request);
  request->has_moved = true;
  request->moved = *why;
  request->moved_at = request->now.decode_tokens;
  request->stats = request->now;
  tell (request, waited);
  pthread_mutex_unlock (&request->lock);
}

/* Moves the first bytes of what is fresh to what waits, with all its tokens. */
static bool
hand_over (EngineRequest *request, EngineStage stage, size_t n_bytes, EngineError *error)
{
  EngineChunk *fresh = &request->fresh;
  size_t n_left = fresh->n_bytes - n_bytes;
  bool waited, ok;
  bool reads_calls = request->calls && stage == ENGINE_STAGE_ANSWER;

  if (request->turn && stage == ENGINE_STAGE_ANSWER)
    engine_turn_add (request->turn, fresh->text, n_bytes);
  /* Where calls are read, text may have to wait until it is clear what it is, and its tokens with it. */
  if (reads_calls && n_bytes) {
    ok = engine_request_calls_read (request->calls, fresh->text, n_bytes, error);
    memmove (fresh->text, fresh->text + n_bytes, n_left);
    n_bytes = 0;
    fresh->n_bytes = n_left;
    if (!ok || request->calls->fresh.n == 0)
      return ok;
  }
  fresh->n_bytes = n_bytes;
  pthread_mutex_lock (&request->lock);
  waited = something_waits (request);
  ok = chunk_append (stage == ENGINE_STAGE_ANSWER ? &request->pending : &request->thought_pending, fresh, request->n_top, error) &&
       (!reads_calls || engine_request_calls_hand_over (request->calls, error));
  if (n_left)
    memmove (fresh->text, fresh->text + n_bytes, n_left);
  fresh->n_bytes = n_left;
  fresh->n_ids = 0;
  request->stats = request->now;
  if (ok)
    tell (request, waited);
  pthread_mutex_unlock (&request->lock);
  return ok;
}

EngineConstraint *
engine_request_constraint (const EngineRequest *request)
{
  return engine_thought_stage (request->thought) == ENGINE_STAGE_ANSWER ? request->constraint : NULL;
}

int32_t
engine_request_answered (const EngineRequest *request)
{
  return request->now.decode_tokens - engine_thought_tokens (request->thought);
}

static void
drop_bytes (EngineChunk *chunk, size_t n_bytes)
{
  chunk->n_bytes -= n_bytes;
  if (n_bytes && chunk->n_bytes)
    memmove (chunk->text, chunk->text + n_bytes, chunk->n_bytes);
}

/* The answer has begun in the token that closed the thought. */
static bool
begin_grammar (EngineRequest *request, EngineError *error)
{
  char *text = request->constraint && request->fresh.n_bytes ? strndup (request->fresh.text, request->fresh.n_bytes) : NULL;
  bool ok = !text || !text[strspn (text, " \n\t\r")] || engine_constraint_begin (request->constraint, text, error);

  free (text);
  return ok;
}

/* Tells thought and answer apart in what is fresh, and hands over what is clear. */
static bool
sort_out (EngineRequest *request, int32_t id, EngineError *error)
{
  EngineChunk *fresh = &request->fresh;
  EngineStage before, after;
  EngineCut cut;

  do {
    before = engine_thought_stage (request->thought);
    cut = engine_thought_read (request->thought, id, fresh->text, fresh->n_bytes);
    after = engine_thought_stage (request->thought);
    if ((cut.n_ready || before != after) && !hand_over (request, before, cut.n_ready, error))
      return false;
    drop_bytes (fresh, cut.n_mark);
    if (before != after && after == ENGINE_STAGE_ANSWER && !begin_grammar (request, error))
      return false;
    id = -1;
  } while (fresh->n_bytes && after == ENGINE_STAGE_ANSWER);
  request->now.thought_tokens = engine_thought_tokens (request->thought);
  request->now.thought_end = engine_thought_end (request->thought);
  if (before != ENGINE_STAGE_ANSWER && request->first_ms)
    request->now.thought_ms = engine_now_ms () - request->first_ms;
  return true;
}

bool
engine_request_token (EngineRequest *request, int32_t id, const float *logits, EngineError *error)
{
  const EngineVocab *vocab = request->runner->model->vocab;
  EngineChunk *fresh = &request->fresh;

  if (!grow ((void **) &fresh->ids, &fresh->ids_capacity, fresh->n_ids + 1, sizeof *fresh->ids, error) ||
      !grow ((void **) &fresh->top, &fresh->top_capacity, (fresh->n_ids + 1) * request->n_top, sizeof *fresh->top, error))
    return false;
  for (int32_t i = 0; i < request->n_top; i++)
    fresh->top[fresh->n_ids * request->n_top + i] = (EngineLogprob) { i ? -1 : id, i ? -INFINITY : 0 };
  if (request->n_top && logits)
    engine_top_logprobs (logits, engine_vocab_size (vocab), request->n_top, fresh->top + fresh->n_ids * request->n_top);
  fresh->ids[fresh->n_ids++] = id;
  if (engine_thought_is_mark (request->thought, id)) {
    /* Where the thought ends is nobody's text. */
  } else if (request->calls && engine_vocab_is_special (vocab, id) && engine_thought_stage (request->thought) == ENGINE_STAGE_ANSWER) {
    if (!engine_request_calls_mark (vocab, id, &fresh->text, &fresh->n_bytes, &fresh->bytes_capacity, error))
      return false;
  } else if (!engine_vocab_decode (vocab, &request->decoder, id, false, &fresh->text, &fresh->n_bytes, &fresh->bytes_capacity, error)) {
    return false;
  }
  if (request->heading)
    switch (engine_heading_judge (request->heading, vocab, id, fresh->text, fresh->n_bytes)) {
    case ENGINE_HEADING_OPEN:
      return true;
    case ENGINE_HEADING_ENDS:
      fresh->n_bytes = 0; /* its tokens are the answer's all the same */
      request->heading = NULL;
      break;
    case ENGINE_HEADING_NONE:
      request->heading = NULL;
      break;
    }
  if (request->thought)
    return sort_out (request, id, error);
  return fresh->n_bytes == 0 || hand_over (request, ENGINE_STAGE_ANSWER, fresh->n_bytes, error);
}

void
engine_request_end (EngineRequest *request, EngineFinish finish, const EngineError *error)
{
  EngineError late = { 0 };
  EngineChunk *fresh = &request->fresh;
  EngineStage stage = engine_thought_stage (request->thought);
  bool waited;

  /* An unfinished character, and tokens that had no text. */
  if (!engine_vocab_decode_end (&request->decoder, &fresh->text, &fresh->n_bytes, &fresh->bytes_capacity, &late) ||
      (request->calls && ((fresh->n_bytes && !hand_over (request, stage, fresh->n_bytes, &late)) || !engine_request_calls_end (request->calls, &late))) ||
      ((fresh->n_ids || fresh->n_bytes || (request->calls && request->calls->fresh.n)) && !hand_over (request, stage, fresh->n_bytes, &late)))
    error = error ? error : &late;

  pthread_mutex_lock (&request->lock);
  waited = something_waits (request);
  request->runner = NULL;
  request->ended = true;
  request->finish = finish;
  request->stats = request->now;
  if (error)
    request->error = *error;
  tell (request, waited);
  pthread_mutex_unlock (&request->lock);
  engine_request_drop (request);
}

/* ---- the caller's side ---------------------------------------------------- */

/* With the lock held: the stretch of text becomes the caller's, its buffers go back. */
static bool
take_chunk (EngineRequest *request, EngineChunk *pending, EngineEvent *event)
{
  EngineChunk chunk = *pending;

  request->taken.n_bytes = request->taken.n_ids = 0;
  *pending = request->taken;
  request->taken = chunk;
  free (request->taken.logprobs);
  request->taken.logprobs = NULL;
  if (request->n_top && chunk.n_ids) {
    request->taken.logprobs = calloc (chunk.n_ids, sizeof *chunk.logprobs);
    if (!request->taken.logprobs)
      return engine_fail (&event->error, ENGINE_NO_MEMORY, "There is no memory for the log-probabilities of an answer.");
    for (size_t i = 0; i < chunk.n_ids; i++)
      request->taken.logprobs[i] = (EngineTokenLogprobs) { chunk.top + i * request->n_top, request->n_top };
  }
  event->kind = pending == &request->pending ? ENGINE_EVENT_TEXT : ENGINE_EVENT_THOUGHT;
  event->text = chunk.text;
  event->n_bytes = chunk.n_bytes;
  event->ids = chunk.ids;
  event->n_ids = chunk.n_ids;
  event->logprobs = request->taken.logprobs;
  return true;
}

bool
engine_request_next (EngineRequest *request, EngineEvent *event)
{
  EngineEvent next = { 0 };
  bool any = true, more = false;

  pthread_mutex_lock (&request->lock);
  next.stats = request->stats;
  next.finish = request->finish;
  next.done = request->progress;
  next.total = request->n_prompt;
  if (request->has_moved) {
    request->has_moved = false;
    next.kind = ENGINE_EVENT_MOVED;
    next.error = request->moved;
    next.done = request->moved_at;
  } else if (request->has_progress) {
    request->has_progress = false;
    next.kind = ENGINE_EVENT_PROGRESS;
  } else if (request->thought_pending.n_bytes || request->thought_pending.n_ids) {
    if (!take_chunk (request, &request->thought_pending, &next)) {
      next.kind = ENGINE_EVENT_ERROR;
      request->ended = request->end_taken = true;
      atomic_store (&request->cancelled, true);
    }
  } else if (request->calls && engine_request_calls_wait (request->calls) && engine_request_calls_next (request->calls, &next, &more) && !(more && request->pending.n_ids)) {
    /* All of it is there. */
  } else if (request->pending.n_bytes || request->pending.n_ids) {
    EngineEvent tokens = next;

    if (take_chunk (request, &request->pending, &tokens)) {
      next.ids = tokens.ids;
      next.n_ids = tokens.n_ids;
      next.logprobs = tokens.logprobs;
      if (!more) {
        next.kind = tokens.kind;
        next.text = tokens.text;
        next.n_bytes = tokens.n_bytes;
      }
    } else {
      next.error = tokens.error;
      next.kind = ENGINE_EVENT_ERROR;
      request->ended = request->end_taken = true;
      atomic_store (&request->cancelled, true);
    }
  } else if (request->ended && !request->end_taken) {
    request->end_taken = true;
    next.error = request->error;
    next.kind = request->error.code == ENGINE_OK ? ENGINE_EVENT_DONE : ENGINE_EVENT_ERROR;
  } else {
    any = false;
  }
  pthread_mutex_unlock (&request->lock);
  if (any)
    *event = next;
  return any;
}

void
engine_request_wait (EngineRequest *request)
{
  pthread_mutex_lock (&request->lock);
  while (!something_waits (request) && !request->ended)
    pthread_cond_wait (&request->changed, &request->lock);
  pthread_mutex_unlock (&request->lock);
}

static void
cancel_locked (EngineRequest *request)
{
  atomic_store (&request->cancelled, true);
  if (request->runner)
    engine_runner_poke (request->runner);
}

void
engine_request_cancel (EngineRequest *request)
{
  pthread_mutex_lock (&request->lock);
  cancel_locked (request);
  pthread_mutex_unlock (&request->lock);
}

void
engine_request_answer_now (EngineRequest *request)
{
  atomic_store (&request->asked, true);
}

void
engine_request_unref (EngineRequest *request)
{
  if (!request)
    return;
  pthread_mutex_lock (&request->lock);
  request->detached = true;
  cancel_locked (request);
  pthread_mutex_unlock (&request->lock);
  engine_request_drop (request);
}
