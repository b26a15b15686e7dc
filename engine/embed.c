/* SPDX-License-Identifier: MIT */
/* Texts to vectors: one run of an encoder over the whole text, its states made one. */
#include "model.h"

#include "tokenizer/tokenizer.h"

#include <math.h>
#include <string.h>

/* ---- pooling ------------------------------------------------------------------- */

static void
pool_mean (const float *states, size_t n, size_t width, double *sum)
{
  for (size_t t = 0; t < n; t++)
    for (size_t i = 0; i < width; i++)
      sum[i] += (double) states[t * width + i];
}

static void
pool_first (const float *states, size_t n, size_t width, double *sum)
{
  for (size_t i = 0; i < width; i++)
    sum[i] = (double) states[i];
}

static void
pool_last (const float *states, size_t n, size_t width, double *sum)
{
  pool_first (states + (n - 1) * width, 1, width, sum);
}

static void (*const poolings[ENGINE_N_POOLINGS]) (const float *states, size_t n, size_t width, double *sum) = {
  [ENGINE_POOLING_MEAN] = pool_mean, [ENGINE_POOLING_FIRST] = pool_first, [ENGINE_POOLING_LAST] = pool_last,
};

/* The vector gets length 1, so a mean need not be divided. */
static bool
pool (const EngineModel *model, const float *states, size_t n, float *vector, EngineError *error)
{
  size_t width = (size_t) model->hparams.n_embd;
  double *sum = engine_calloc (width, sizeof *sum, error), squares = 0;

  if (!sum)
    return false;
  poolings[model->hparams.pooling](states, n, width, sum);
  for (size_t i = 0; i < width; i++)
    squares += sum[i] * sum[i];
  for (size_t i = 0; i < width; i++)
    vector[i] = (float) (squares > 0 ? sum[i] / sqrt (squares) : 0);
  free (sum);
  return true;
}

/* ---- one run ------------------------------------------------------------------- */

/* All that one run needs; a text has a cache of its own. */
typedef struct {
  EngineGraph       graph;
  EngineCacheStore *store;
  int32_t          *numbers; /* positions, the sequence of each token: 0, and the numbers of the cache's pages */
  float            *states;  /* [n_embd, n_tokens] */
} Run;

static bool
run_prepare (Run *run, EngineModel *model, int32_t n_tokens, EngineBatch *batch, EngineBatchSequence *sequence, EngineError *error)
{
  int32_t n_pages = (n_tokens + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS;
  EngineCacheShape shape = { .n_layers = model->n_cache_layers, .layers = model->cache_layers, .n_pages = { [ENGINE_CACHE_FULL] = (uint32_t) n_pages } };

  run->numbers = engine_calloc ((size_t) n_tokens * 2 + (size_t) n_pages, sizeof *run->numbers, error);
  run->states = engine_calloc ((size_t) n_tokens * (size_t) model->hparams.n_embd, sizeof *run->states, error);
  if (!run->numbers || !run->states || !engine_model_build (model, NULL, false, n_tokens, n_tokens, &run->graph, error))
    return false;
  run->store = model->backend->klass->cache_new (model->backend, &shape, error);
  for (int32_t i = 0; i < n_tokens; i++)
    run->numbers[i] = i;
  for (int32_t i = 0; i < n_pages; i++)
    run->numbers[2 * n_tokens + i] = i;
  *sequence = (EngineBatchSequence) { .pages = { [ENGINE_CACHE_FULL] = (const uint32_t *) run->numbers + 2 * n_tokens }, .n_pages = n_pages };
  batch->positions = batch->outputs = run->numbers;
  batch->sequence = run->numbers + n_tokens;
  batch->sequences = sequence;
  return run->store != NULL;
}

static void
run_clear (Run *run, EngineModel *model)
{
  if (run->store)
    model->backend->klass->cache_free (model->backend, run->store);
  engine_graph_clear (&run->graph);
  free (run->numbers);
  free (run->states);
}

static bool
run_tokens (Run *run, EngineModel *model, EngineBatch *batch, EngineError *error)
{
  EngineBatchSequence sequence;

  run_clear (run, model);
  *run = (Run) { 0 };
  return engine_model_complete (model, error) && run_prepare (run, model, batch->n_tokens, batch, &sequence, error) &&
         model->backend->klass->run (model->backend, &run->graph, batch, run->store, run->states, NULL, NULL, error);
}

bool
engine_embed_tokens (EngineModel *model, const int32_t *tokens, size_t n_tokens, float *vector, EngineError *error)
{
  EngineBatch batch = { .n_tokens = (int32_t) n_tokens, .tokens = tokens, .n_sequences = 1, .n_outputs = (int32_t) n_tokens };
  EngineError failure = { 0 };
  Run run = { 0 };
  bool ok;

  if (!model->info.embeds)
    return engine_fail (error, ENGINE_BAD_INPUT, "This model answers and makes no vectors of texts; choose a model for embeddings.");
  if (!model->backend)
    return engine_fail (error, ENGINE_BAD_INPUT, "This model was loaded without its weights, so it makes no vectors.");
  if (n_tokens == 0 || n_tokens > (size_t) model->hparams.n_context_train)
    return engine_fail (error, ENGINE_BAD_INPUT, "The text has %zu tokens; the model reads from 1 to %d at once.", n_tokens, model->hparams.n_context_train);
  if (__atomic_exchange_n (&model->running, true, __ATOMIC_ACQUIRE))
    return engine_fail (error, ENGINE_BAD_INPUT, "This model is at work on another text; ask it again when that is done.");
  model->n_context = model->hparams.n_context_train;
  /* A graphics card that fails leaves the rest to the processor. */
  while (!(ok = run_tokens (&run, model, &batch, &failure)) && failure.code != ENGINE_BAD_INPUT && engine_model_retreat (model, true, error))
    failure = (EngineError) { 0 };
  if (!ok && error && error->code == ENGINE_OK)
    *error = failure;
  ok = ok && pool (model, run.states, n_tokens, vector, error);
  run_clear (&run, model);
  __atomic_store_n (&model->running, false, __ATOMIC_RELEASE);
  return ok;
}

bool
engine_embed (EngineModel *model, const char *text, size_t n_bytes, float *vector, EngineError *error)
{
  int32_t *tokens;
  size_t n_tokens;
  bool ok;

  if (!engine_vocab_encode (model->vocab, text, n_bytes, ENGINE_TOKENIZE_BOS, &tokens, &n_tokens, error))
    return false;
  ok = engine_embed_tokens (model, tokens, n_tokens, vector, error);
  free (tokens);
  return ok;
}
