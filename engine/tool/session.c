/* SPDX-License-Identifier: MIT */
#include "session.h"
#include "columns.h"

#include <math.h>
#include <string.h>

bool
tool_session_init (ToolSession *session, EngineModel *model, int32_t n_context, int32_t n_sequences, EngineError *error)
{
  int32_t pages_each = (n_context + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS;
  size_t n_pages = (size_t) pages_each * (size_t) n_sequences;
  EngineCacheShape shape = { .type = tool_cache_type (), .n_layers = model->n_cache_layers, .layers = model->cache_layers };

  if (model->info.embeds)
    return engine_fail (error, ENGINE_BAD_INPUT, "The model makes vectors of texts and has no logits; use the subcommand embed.");
  model->n_context = n_context;
  *session = (ToolSession) { .model = engine_model_ref (model), .n_sequences = n_sequences, .n_context = n_context };
  if (!tool_load_adaptation (model, &session->adaptation, error)) {
    tool_session_clear (session);
    return false;
  }
  /* Windows too keep all their pages: a session is short. A state has two, which take turns. */
  for (int32_t i = 0; i < shape.n_layers; i++)
    shape.n_pages[shape.layers[i].kind] = (uint32_t) (shape.layers[i].kind == ENGINE_CACHE_STATE ? 2 * (size_t) n_sequences : n_pages);
  session->page_numbers = engine_calloc (n_pages, sizeof *session->page_numbers, error);
  session->sequences = engine_calloc ((size_t) n_sequences, sizeof *session->sequences, error);
  session->states = engine_calloc (n_pages, sizeof *session->states, error);
  session->latest = engine_calloc ((size_t) n_sequences, sizeof *session->latest, error);
  if (session->page_numbers && session->sequences && session->states && session->latest)
    session->store = model->backend->klass->cache_new (model->backend, &shape, error);
  if (!session->store) {
    tool_session_clear (session);
    return false;
  }
  for (size_t i = 0; i < n_pages; i++)
    session->page_numbers[i] = (uint32_t) i;
  for (int32_t s = 0; s < n_sequences; s++) {
    session->sequences[s].n_pages = pages_each;
    for (int kind = 0; kind < ENGINE_N_CACHE_KINDS; kind++)
      session->sequences[s].pages[kind] = (kind == ENGINE_CACHE_STATE ? session->states : session->page_numbers) + (size_t) s * (size_t) pages_each;
  }
  return true;
}

void
tool_session_clear (ToolSession *session)
{
  if (session->store)
    session->model->backend->klass->cache_free (session->model->backend, session->store);
  engine_graph_clear (&session->graph);
  free (session->page_numbers);
  free (session->sequences);
  free (session->states);
  free (session->latest);
  engine_adapter_unref (session->adaptation.adapter);
  engine_model_unref (session->model);
  *session = (ToolSession) { 0 };
}

/* Decoding asks for the same graph again and again. */
static bool
ensure_graph (ToolSession *session, int32_t n_tokens, int32_t n_outputs, EngineError *error)
{
  if (session->graph.n_tokens == n_tokens && session->graph.n_outputs == n_outputs)
    return true;
  engine_graph_clear (&session->graph);
  return engine_model_build (session->model, &session->adaptation, session->media != NULL, n_tokens, n_outputs, &session->graph, error);
}

/* The slice's sequence goes on from the state that its last slice left, and leaves its own in the other page. */
static void
prepare_state (ToolSession *session, const ToolSlice *slice)
{
  EngineBatchSequence *sequence = &session->sequences[slice->sequence];
  uint32_t *states = session->states + (size_t) slice->sequence * (size_t) sequence->n_pages;
  uint32_t *latest = &session->latest[slice->sequence], first = 2 * (uint32_t) slice->sequence;

  for (int32_t i = 0; i < sequence->n_pages; i++)
    states[i] = ENGINE_NO_PAGE;
  sequence->state = slice->position ? *latest : ENGINE_NO_PAGE;
  *latest = *latest == first ? first + 1 : first;
  states[(slice->position + slice->n_tokens - 1) / ENGINE_PAGE_TOKENS] = *latest;
}

bool
tool_session_run (ToolSession *session, const ToolSlice *slices, int32_t n_slices, float *logits,
                  EngineNodeFunc inspect, void *inspect_user, EngineError *error)
{
  const EngineBackend *backend = session->model->backend;
  EngineBatch batch = { .n_sequences = session->n_sequences, .sequences = session->sequences, .n_media = session->n_media, .media = session->media };
  int32_t *tokens, *positions, *sequence, *outputs, *lasts, *axes, n_axes = session->axes ? session->model->hparams.rope.n_axes : 0;
  bool ok;

  for (int32_t i = 0; i < n_slices; i++) {
    if (slices[i].position + slices[i].n_tokens > session->n_context)
      return engine_fail (error, ENGINE_BAD_INPUT, "The input is longer than the %d tokens that were reserved for it.", session->n_context);
    batch.n_tokens += slices[i].n_tokens;
  }
  tokens = engine_calloc ((size_t) batch.n_tokens * (size_t) (5 + n_axes), sizeof *tokens, error);
  if (!tokens)
    return false;
  positions = tokens + batch.n_tokens;
  sequence = positions + batch.n_tokens;
  outputs = sequence + batch.n_tokens;
  lasts = outputs + batch.n_tokens;
  axes = lasts + batch.n_tokens;
  for (int32_t i = 0, n = 0; i < n_slices; i++) {
    prepare_state (session, &slices[i]);
    for (int32_t k = 0; k < slices[i].n_tokens; k++, n++) {
      tokens[n] = slices[i].tokens[k];
      positions[n] = slices[i].position + k;
      sequence[n] = slices[i].sequence;
      lasts[n] = session->lasts ? session->lasts[positions[n]] : positions[n];
      if (n_axes)
        memcpy (axes + n * n_axes, session->axes + positions[n] * n_axes, (size_t) n_axes * sizeof *axes);
      if (k >= slices[i].first_output)
        outputs[batch.n_outputs++] = n;
    }
  }
  batch.tokens = tokens;
  batch.positions = positions;
  batch.sequence = sequence;
  batch.outputs = outputs;
  batch.axes = n_axes ? axes : NULL;
  batch.lasts = session->lasts ? lasts : NULL;
  ok = ensure_graph (session, batch.n_tokens, batch.n_outputs, error) &&
       backend->klass->run (session->model->backend, &session->graph, &batch, session->store, logits, inspect, inspect_user, error);
  free (tokens);
  return ok;
}

bool
tool_session_walk (ToolSession *session, const int32_t *tokens, int32_t n_tokens, int32_t first, int32_t batch,
                   ToolLogitsFunc func, void *user, EngineError *error)
{
  size_t n_vocab = (size_t) session->model->hparams.n_vocab;
  float *logits = engine_calloc ((size_t) (session->lasts ? n_tokens : batch) * n_vocab, sizeof *logits, error);
  bool ok = logits != NULL;

  for (int32_t begin = 0, n; ok && begin < n_tokens; begin += n) {
    n = ENGINE_MIN (batch, n_tokens - begin);
    n = session->lasts ? engine_media_slice (session->lasts, begin, n) : n;
    /* A graph has at least one output, wanted or not. */
    ToolSlice slice = { .position = begin, .n_tokens = n, .tokens = tokens + begin, .first_output = ENGINE_MAX (0, ENGINE_MIN (first - begin, n - 1)) };

    ok = tool_session_run (session, &slice, 1, logits, NULL, NULL, error);
    for (int32_t i = slice.first_output; ok && i < n; i++)
      if (begin + i >= first)
        ok = func (user, begin + i, logits + (size_t) (i - slice.first_output) * n_vocab, error);
  }
  free (logits);
  return ok;
}

double
tool_log_sum_exp (const float *logits, int32_t n)
{
  float max = logits[0];
  double sum = 0;

  for (int32_t i = 1; i < n; i++)
    max = ENGINE_MAX (max, logits[i]);
  for (int32_t i = 0; i < n; i++)
    sum += exp ((double) (logits[i] - max));
  return max + log (sum);
}
