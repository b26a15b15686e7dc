/* SPDX-License-Identifier: MIT */
/* One submission: tokens of several requests, the graph of that shape, one run. */
#include "runner.h"

#include <string.h>

bool
engine_submission_init (EngineSubmission *submission, int32_t max_requests, int32_t n_axes, EngineError *error)
{
  int32_t n_outputs = max_requests + ENGINE_DRAFT_ROOM, n = ENGINE_SLICE_MAX + n_outputs;

  submission->tokens_capacity = n;
  submission->sequences_capacity = max_requests;
  submission->tokens = engine_calloc (n, sizeof *submission->tokens, error);
  submission->positions = engine_calloc (n, sizeof *submission->positions, error);
  submission->sequence = engine_calloc (n, sizeof *submission->sequence, error);
  submission->outputs = engine_calloc (n_outputs, sizeof *submission->outputs, error);
  submission->sequences = engine_calloc (max_requests, sizeof *submission->sequences, error);
  submission->requests = engine_calloc (max_requests, sizeof (EngineRequest *), error);
  submission->counts = engine_calloc (max_requests, sizeof *submission->counts, error);
  submission->wants_outputs = engine_calloc (max_requests, sizeof *submission->wants_outputs, error);
  submission->lasts = engine_calloc (n, sizeof *submission->lasts, error);
  submission->n_axes = n_axes;
  submission->axes = n_axes ? engine_calloc ((size_t) n * (size_t) n_axes, sizeof *submission->axes, error) : NULL;
  return (submission->axes || !n_axes) && submission->lasts && submission->tokens && submission->positions && submission->sequence && submission->outputs &&
         submission->sequences && submission->requests && submission->counts && submission->wants_outputs;
}

void
engine_submission_clear (EngineSubmission *submission)
{
  free (submission->tokens);
  free (submission->positions);
  free (submission->sequence);
  free (submission->outputs);
  free (submission->sequences);
  free (submission->requests);
  free (submission->counts);
  free (submission->wants_outputs);
  free (submission->axes);
  free (submission->lasts);
  free (submission->media);
  memset (submission, 0, sizeof *submission);
}

void
engine_submission_add (EngineSubmission *submission, EngineRequest *request, int32_t n)
{
  int32_t s = submission->n_sequences++, position = engine_kv_evaluated (request->sequence);

  submission->requests[s] = request;
  submission->sequences[s] = engine_kv_pages (request->sequence);
  submission->counts[s] = n;
  submission->wants_outputs[s] = position + n == request->n_tokens + request->n_draft ? 1 + request->n_draft : 0;
  for (int32_t i = 0; i < n; i++) {
    int32_t column = submission->n_tokens++;

    submission->tokens[column] = request->tokens[position + i];
    submission->positions[column] = position + i;
    submission->sequence[column] = s;
    submission->lasts[column] = request->lasts ? request->lasts[position + i] : position + i;
    for (int32_t a = 0; a < submission->n_axes; a++) {
      bool prompt = position + i < request->n_prompt;

      submission->axes[column * submission->n_axes + a] = prompt ? request->axes[(position + i) * submission->n_axes + a] : request->answer_position + position + i - request->n_prompt;
    }
  }
  for (int32_t i = submission->wants_outputs[s]; i > 0; i--)
    submission->outputs[submission->n_outputs++] = submission->n_tokens - i;
  submission->n_drafts += request->n_draft;
  if (request->state == ENGINE_REQUEST_PREFILL)
    submission->n_prefill += n - request->n_draft;
}

/* Building a graph costs little but not nothing; decoding asks for the same few again. */
static EngineKeptGraph *
graph_get (EngineRunner *runner, bool media, int32_t n_tokens, int32_t n_outputs, EngineError *error)
{
  const EngineRequest *request = runner->submission.requests[0];
  EngineKeptGraph *oldest = &runner->graphs[0];

  runner->graph_clock++;
  for (int i = 0; i < ENGINE_KEPT_GRAPHS; i++) {
    EngineKeptGraph *kept = &runner->graphs[i];

    if (kept->used && kept->salt == request->salt && kept->graph.media == media && kept->graph.n_tokens == n_tokens && kept->graph.n_outputs == n_outputs) {
      kept->clock = runner->graph_clock;
      return kept;
    }
    if (kept->clock < oldest->clock)
      oldest = kept;
  }
  if (oldest->used)
    engine_graph_clear (&oldest->graph);
  oldest->used = engine_model_build (runner->model, &request->adaptation, media, n_tokens, n_outputs, &oldest->graph, error);
  oldest->salt = request->salt;
  oldest->clock = runner->graph_clock;
  oldest->n_cache_nodes = 0;
  for (int32_t i = 0; oldest->used && i < oldest->graph.n_nodes; i++)
    if (oldest->graph.nodes[i].writes_cache)
      oldest->n_cache_nodes = i + 1;
  return oldest->used ? oldest : NULL;
}

/* Brings the columns that tokens stand for together, and numbers them anew. */
static bool
gather_media (EngineSubmission *submission, size_t n_embd, int32_t *n_media, EngineError *error)
{
  int32_t n = 0;

  for (int32_t i = 0; i < submission->n_tokens; i++)
    n += submission->tokens[i] < 0;
  if (n > submission->media_capacity) {
    free (submission->media);
    submission->media = engine_calloc ((size_t) submission->tokens_capacity * n_embd, sizeof *submission->media, error);
    submission->media_capacity = submission->media ? submission->tokens_capacity : 0;
    if (!submission->media)
      return false;
  }
  *n_media = 0;
  for (int32_t i = 0; n && i < submission->n_tokens; i++)
    if (submission->tokens[i] < 0) {
      int32_t index;
      const EngineMedia *media = engine_media_list_find (&submission->requests[submission->sequence[i]]->media, -1 - submission->tokens[i], &index);

      memcpy (submission->media + (size_t) *n_media * n_embd, media->columns + (size_t) index * n_embd, n_embd * sizeof *submission->media);
      submission->tokens[i] = -1 - (*n_media)++;
    }
  return true;
}

bool
engine_submission_run (EngineRunner *runner, EngineError *error)
{
  EngineSubmission *submission = &runner->submission;
  EngineBackend *backend = runner->model->backend;
  int32_t last = submission->n_tokens - 1;
  EngineBatch batch = {
    .n_tokens = submission->n_tokens,
    .tokens = submission->tokens,
    .positions = submission->positions,
    .sequence = submission->sequence,
    .n_sequences = submission->n_sequences,
    .sequences = submission->sequences,
    .n_outputs = submission->n_outputs ? submission->n_outputs : 1,
    .outputs = submission->n_outputs ? submission->outputs : &last,
    .axes = submission->axes,
    .cancel = submission->n_prefill ? &runner->interrupt : NULL,
  };
  EngineKeptGraph *kept;
  EngineGraph graph;

  if (!gather_media (submission, (size_t) runner->model->hparams.n_embd * (size_t) runner->model->hparams.n_media_parts, &batch.n_media, error))
    return false;
  batch.media = submission->media;
  if (runner->model->hparams.whole_columns && batch.n_media > 0)
    batch.lasts = submission->lasts;
  kept = graph_get (runner, batch.n_media > 0, batch.n_tokens, batch.n_outputs, error);
  if (!kept)
    return false;
  /* A graph has at least one output, but a slice within a prompt looks at none: what comes
   * after the last write into the cache is for nothing then, above all the output matrix. */
  graph = kept->graph;
  if (!submission->n_outputs) {
    graph.n_nodes = kept->n_cache_nodes;
    graph.output = ENGINE_NO_VALUE;
  }
  return backend->klass->run (backend, &graph, &batch, runner->store, runner->logits, NULL, NULL, error);
}
