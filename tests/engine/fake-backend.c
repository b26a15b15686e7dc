/* SPDX-License-Identifier: MIT */
#include "fake-backend.h"

#include "tiny-model.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#define PAGE ENGINE_PAGE_TOKENS

struct EngineCacheStore {
  uint32_t  n_pages[ENGINE_N_CACHE_KINDS];
  uint64_t *memory[ENGINE_N_CACHE_KINDS];
};

static uint64_t
chain (uint64_t hash, int32_t token)
{
  hash = (hash ^ (uint32_t) token) * UINT64_C (0x9e3779b97f4a7c15) + 1;
  return hash ^ hash >> 29;
}

static int32_t
drawn (uint64_t hash)
{
  uint64_t number = hash >> 20;

  /* Any token but the byte 0, so that answers are strings; half of them letters one by one,
   * which the tokenizer would have joined to pairs. */
  if (number % 40 == 0)
    return TINY_IM_END;
  return number % 2 ? 'a' + (int32_t) (number >> 8) % 16 : 1 + (int32_t) (number % 508);
}

int32_t
fake_backend_next (const int32_t *tokens, size_t n_tokens)
{
  uint64_t hash = 0;

  for (size_t i = 0; i < n_tokens; i++)
    hash = chain (hash, tokens[i]);
  return drawn (hash);
}

static size_t
page_bytes (const EngineBackend *backend, const EngineCacheShape *shape, EngineCacheKind kind)
{
  for (int32_t i = 0; i < shape->n_layers; i++)
    if (shape->layers[i].kind == kind)
      return PAGE * sizeof (uint64_t);
  return 0;
}

static EngineCacheStore *
cache_new (EngineBackend *backend, const EngineCacheShape *shape, EngineError *error)
{
  EngineCacheStore *store = g_new0 (EngineCacheStore, 1);

  for (int k = 0; k < ENGINE_N_CACHE_KINDS; k++) {
    store->n_pages[k] = shape->n_pages[k];
    store->memory[k] = g_new0 (uint64_t, (gsize) shape->n_pages[k] * PAGE);
  }
  return store;
}

static void
cache_free (EngineBackend *backend, EngineCacheStore *store)
{
  for (int k = 0; k < ENGINE_N_CACHE_KINDS; k++)
    g_free (store->memory[k]);
  g_free (store);
}

static void
cache_copy (EngineBackend *backend, EngineCacheStore *store, EngineCacheKind kind, uint32_t from, uint32_t to, int32_t n_tokens)
{
  g_assert_cmpuint (MAX (from, to), <, store->n_pages[kind]);
  memcpy (store->memory[kind] + to * PAGE, store->memory[kind] + from * PAGE, n_tokens * sizeof (uint64_t));
}

static uint64_t *
slot (EngineCacheStore *store, const EngineBatchSequence *sequence, int kind, int32_t position)
{
  g_assert_cmpint (position / PAGE, <, sequence->n_pages);
  g_assert_cmpuint (sequence->pages[kind][position / PAGE], <, store->n_pages[kind]);
  return store->memory[kind] + sequence->pages[kind][position / PAGE] * PAGE + position % PAGE;
}

/* Waits as the test wants; false when the run was cancelled or has to fail. */
static bool
pass_gate (FakeBackend *fake, const EngineBatch *batch, bool adapted, EngineError *error)
{
  bool ok = true;

  pthread_mutex_lock (&fake->lock);
  fake->waiting++;
  pthread_cond_broadcast (&fake->changed);
  while (ok && fake->gated && !fake->permits) {
    pthread_mutex_unlock (&fake->lock);
    usleep (200);
    pthread_mutex_lock (&fake->lock);
    ok = !batch->cancel || !atomic_load (batch->cancel);
  }
  fake->waiting--;
  if (!ok) {
    fake->n_cancelled++;
    engine_fail (error, ENGINE_CANCELLED, "Cancelled.");
  } else if (fake->fail_after == 0) {
    ok = engine_fail (error, fake->fail_code, "The fake backend was told to fail.");
  } else {
    fake->permits -= fake->gated;
    fake->fail_after -= fake->fail_after > 0;
    fake->n_runs++;
    fake->n_adapted += adapted;
    fake->n_tokens += batch->n_tokens;
    fake->most_sequences = MAX (fake->most_sequences, batch->n_sequences);
    fake->most_tokens = MAX (fake->most_tokens, batch->n_tokens);
  }
  pthread_mutex_unlock (&fake->lock);
  return ok;
}

static int32_t
next (const FakeBackend *fake, int32_t position, uint64_t hash)
{
  int32_t i = position - fake->script_at;

  return fake->script && i >= 0 && i < fake->n_script ? fake->script[i] : drawn (hash);
}

static bool
run (EngineBackend *backend, const EngineGraph *graph, const EngineBatch *batch, EngineCacheStore *store,
     float *logits, EngineNodeFunc inspect, void *inspect_user, EngineError *error)
{
  FakeBackend *fake = (FakeBackend *) backend;
  int32_t window = fake->model->hparams.window, n_vocab = fake->model->hparams.n_vocab, output = 0;

  g_assert_cmpint (graph->n_tokens, ==, batch->n_tokens);
  g_assert_cmpint (graph->n_outputs, ==, batch->n_outputs);
  if (!pass_gate (fake, batch, graph->adaptation.adapter != NULL, error))
    return false;
  for (int32_t i = 0; i < batch->n_tokens; i++) {
    const EngineBatchSequence *sequence = &batch->sequences[batch->sequence[i]];
    int32_t position = batch->positions[i];
    uint64_t hash = 0;

    if (fake->microseconds) {
      usleep (fake->microseconds);
      if (batch->cancel && atomic_load (batch->cancel))
        return engine_fail (error, ENGINE_CANCELLED, "Cancelled.");
    }
    for (int k = 0; k < ENGINE_N_CACHE_KINDS; k++)
      if (store->n_pages[k]) {
        int32_t first = k == ENGINE_CACHE_WINDOW ? MAX (0, position - window + 1) : 0;

        /* All that the kind reads is there; the last of it says what came before. */
        for (int32_t j = first; j < position; j++)
          g_assert_cmpuint (*slot (store, sequence, k, j), !=, 0);
        if (position > first)
          hash = *slot (store, sequence, k, position - 1);
      }
    hash = chain (hash, batch->tokens[i]);
    for (int k = 0; k < ENGINE_N_CACHE_KINDS; k++)
      if (store->n_pages[k])
        *slot (store, sequence, k, position) = hash;
    if (output < batch->n_outputs && batch->outputs[output] == i) {
      for (int32_t id = 0; id < n_vocab; id++)
        logits[(gsize) output * n_vocab + id] = fake->no_numbers ? NAN : -1 - id / 1000.f;
      if (!fake->no_numbers)
        logits[(gsize) output * n_vocab + next (fake, position + 1, hash)] = fake->peak > 0 ? fake->peak : 8;
      output++;
    }
  }
  g_assert_cmpint (output, ==, batch->n_outputs);
  return true;
}

static const EngineBackendClass fake_class = {
  .name = "fake",
  .cache_page_bytes = page_bytes,
  .cache_new = cache_new,
  .cache_free = cache_free,
  .cache_copy = cache_copy,
  .run = run,
};

FakeBackend *
fake_backend_install (EngineModel *model)
{
  FakeBackend *fake = g_new0 (FakeBackend, 1);

  fake->backend.klass = &fake_class;
  fake->model = model;
  fake->replaced = model->backend;
  fake->fail_after = -1;
  pthread_mutex_init (&fake->lock, NULL);
  pthread_cond_init (&fake->changed, NULL);
  model->backend = &fake->backend;
  return fake;
}

void
fake_backend_remove (FakeBackend *fake)
{
  fake->model->backend = fake->replaced;
  pthread_cond_destroy (&fake->changed);
  pthread_mutex_destroy (&fake->lock);
  g_free (fake);
}

void
fake_backend_gate (FakeBackend *fake, bool gated)
{
  pthread_mutex_lock (&fake->lock);
  fake->gated = gated;
  fake->permits = 0;
  pthread_mutex_unlock (&fake->lock);
}

void
fake_backend_permit (FakeBackend *fake, int n)
{
  pthread_mutex_lock (&fake->lock);
  fake->permits += n;
  pthread_mutex_unlock (&fake->lock);
}

void
fake_backend_await (FakeBackend *fake)
{
  pthread_mutex_lock (&fake->lock);
  while (!fake->waiting || fake->permits)
    pthread_cond_wait (&fake->changed, &fake->lock);
  pthread_mutex_unlock (&fake->lock);
}
