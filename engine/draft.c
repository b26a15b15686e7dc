/* SPDX-License-Identifier: MIT */
/* Tokens that are guessed: how many, and their way into a submission and out of it. lookup.h says how. */
#include "runner.h"

/* As many as could be used: each brings one token more than there would be without it. */
static int32_t
room_for (const EngineRunner *runner, const EngineRequest *request)
{
  int32_t room = ENGINE_MIN (ENGINE_DRAFT_MOST, ENGINE_DRAFT_ROOM - runner->submission.n_drafts);

  room = ENGINE_MIN (room, runner->n_context - request->n_tokens - 1);
  return request->max_tokens ? ENGINE_MIN (room, ENGINE_MAX (request->max_tokens - engine_request_answered (request) - 1, 0)) : room;
}

/* What cannot be accepted is not evaluated: behind the end of the answer, and what the grammar does not allow. */
static int32_t
cut (const EngineRunner *runner, const EngineRequest *request, const int32_t *draft, int32_t n)
{
  if (!request->ignore_end)
    for (int32_t i = 0; i < n; i++)
      if (engine_vocab_is_end (runner->model->vocab, draft[i]))
        n = i;
  return engine_request_constraint (request) && n > 0 ? (int32_t) engine_constraint_allows (request->constraint, draft, (size_t) n) : n;
}

int32_t
engine_draft_make (EngineRunner *runner, EngineRequest *request, int32_t n_columns, double n_tokens, double *gained)
{
  int32_t *draft = request->tokens + request->n_tokens, known = request->n_tokens - engine_kv_evaluated (request->sequence), n;
  uint64_t cells[ENGINE_DRAFT_MOST];
  double chances[ENGINE_DRAFT_MOST];
  bool modelled = false;

  *gained = 0;
  if (!request->lookup)
    return 0;
  engine_lookup_follow (request->lookup, request->tokens, request->n_prompt, request->n_tokens);
  n = engine_lookup_draft (request->lookup, request->tokens, request->n_tokens, room_for (runner, request), draft, chances);
  n = cut (runner, request, draft, n);
  n = engine_costs_choose (&runner->costs, n_columns, n_tokens, chances, n, gained);
  /* What is repeated costs nothing to guess. The small model takes its time from all. */
  if (n == 0 && request->drafts && n_columns == known) {
    n = engine_drafter_guess (runner->drafter, &request->reader, request->sampler, &runner->costs, request->tokens, request->n_prompt, request->n_tokens, room_for (runner, request),
                              &runner->interrupt, draft, chances);
    n = cut (runner, request, draft, n);
    n = engine_costs_choose (&runner->costs, n_columns, n_tokens, chances, n, gained);
    modelled = n > 0;
  }
  for (int32_t i = 0; i < n; i++)
    cells[i] = engine_kv_token (draft[i]);
  if (n > 0 && !engine_kv_append (request->sequence, cells, (size_t) n, NULL)) {
    n = 0;
  } else if (n > 0 && !engine_kv_reserve (request->sequence, known + n)) {
    engine_kv_forget (request->sequence, request->n_tokens);
    n = 0;
  }
  if (modelled)
    engine_drafter_take (request->reader, n);
  *gained = n > 0 ? *gained : 0;
  request->n_draft = n;
  return n;
}

void
engine_draft_drop (EngineRequest *request)
{
  if (request->n_draft > 0)
    engine_kv_forget (request->sequence, request->n_tokens);
  request->n_draft = 0;
}
