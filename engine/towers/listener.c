/* SPDX-License-Identifier: MIT */
/* Sound as it comes: whole tokens are encoded at once, what is left over waits for more. */
#include "tower.h"

#include <string.h>

#define MOST_TOKENS 32 /* in one run: what a graph's arena is made for */

struct EngineListener {
  EngineTower      *tower;
  EngineCacheStore *store;       /* two pages of the state kind: the one that is read, and the one that the next run leaves */
  uint32_t          state;       /* page; ENGINE_NO_PAGE: the beginning */
  float            *waiting;     /* [samples_per_token], fewer than that many */
  size_t            n_waiting;
  float            *columns;     /* [n_embd, n_columns] */
  int32_t           n_columns, capacity;
  int32_t           zeros[MOST_TOKENS], ascending[MOST_TOKENS];
};

EngineListener *
engine_listener_new (EngineTower *tower, EngineError *error)
{
  const EngineModel *model = tower->model;
  EngineCacheShape shape = { .n_layers = model->n_cache_layers, .layers = model->cache_layers, .n_pages = { [ENGINE_CACHE_STATE] = 2 } };
  EngineListener *listener;

  if (tower->info.kind != ENGINE_TOWER_SOUND) {
    engine_fail (error, ENGINE_BAD_INPUT, "This part of the model sees and does not hear.");
    return NULL;
  }
  if (!model->backend) {
    engine_fail (error, ENGINE_BAD_INPUT, "This part of the model was loaded without its weights, so it hears nothing.");
    return NULL;
  }
  listener = engine_calloc (1, sizeof *listener, error);
  if (!listener)
    return NULL;
  listener->tower = engine_tower_ref (tower);
  listener->state = ENGINE_NO_PAGE;
  listener->waiting = engine_calloc ((size_t) tower->info.samples_per_token, sizeof *listener->waiting, error);
  listener->store = listener->waiting ? model->backend->klass->cache_new (model->backend, &shape, error) : NULL;
  for (int32_t i = 0; i < MOST_TOKENS; i++)
    listener->ascending[i] = i;
  if (listener->store)
    return listener;
  engine_listener_free (listener);
  return NULL;
}

void
engine_listener_free (EngineListener *listener)
{
  if (!listener)
    return;
  if (listener->store)
    listener->tower->model->backend->klass->cache_free (listener->tower->model->backend, listener->store);
  engine_tower_unref (listener->tower);
  free (listener->waiting);
  free (listener->columns);
  free (listener);
}

static bool
reserve (EngineListener *listener, int32_t n, EngineError *error)
{
  size_t bytes, width = (size_t) listener->tower->info.n_embd;
  int32_t wanted = ENGINE_MAX (listener->capacity, MOST_TOKENS);
  float *larger;

  while (wanted - listener->n_columns < n)
    wanted *= 2;
  if (wanted == listener->capacity)
    return true;
  larger = engine_mul ((int64_t) width, wanted, &bytes) && engine_mul ((int64_t) bytes, sizeof *larger, &bytes) ? realloc (listener->columns, bytes) : NULL;
  if (!larger)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for so long a sound.");
  listener->columns = larger;
  listener->capacity = wanted;
  return true;
}

/* Samples of n tokens, n ≤ MOST_TOKENS. */
static bool
encode (EngineListener *listener, const float *samples, int32_t n, EngineError *error)
{
  uint32_t next = listener->state == 0 ? 1 : 0;
  const EngineBatchSequence sequence = { .pages = { [ENGINE_CACHE_STATE] = &next }, .n_pages = 1, .state = listener->state };
  EngineBatch batch = { .tokens = listener->zeros, .positions = listener->ascending, .sequence = listener->zeros, .n_sequences = 1, .sequences = &sequence };
  float *inputs[ENGINE_MAX_INPUTS] = { (float *) samples };

  if (!reserve (listener, n, error) ||
      !engine_tower_run (listener->tower, &batch, n, n, inputs, listener->store, listener->columns + (size_t) listener->n_columns * (size_t) listener->tower->info.n_embd, error))
    return false;
  listener->state = next;
  listener->n_columns += n;
  return true;
}

bool
engine_listener_push (EngineListener *listener, const float *samples, size_t n, EngineError *error)
{
  size_t per_token = (size_t) listener->tower->info.samples_per_token;
  bool ok = true;

  if (listener->n_waiting > 0) {
    size_t some = ENGINE_MIN (n, per_token - listener->n_waiting);

    memcpy (listener->waiting + listener->n_waiting, samples, some * sizeof *samples);
    listener->n_waiting += some;
    samples += some;
    n -= some;
    if (listener->n_waiting < per_token)
      return true;
    ok = encode (listener, listener->waiting, 1, error);
    listener->n_waiting = 0;
  }
  while (ok && n >= per_token) {
    size_t tokens = ENGINE_MIN (n / per_token, MOST_TOKENS);

    ok = encode (listener, samples, (int32_t) tokens, error);
    samples += tokens * per_token;
    n -= tokens * per_token;
  }
  if (ok && n > 0)
    memcpy (listener->waiting, samples, n * sizeof *samples);
  listener->n_waiting = ok ? n : 0;
  return ok;
}

bool
engine_listener_end (EngineListener *listener, EngineError *error)
{
  size_t per_token = (size_t) listener->tower->info.samples_per_token;

  if (listener->n_waiting == 0)
    return true;
  memset (listener->waiting + listener->n_waiting, 0, (per_token - listener->n_waiting) * sizeof *listener->waiting);
  listener->n_waiting = 0;
  return encode (listener, listener->waiting, 1, error);
}

EngineMedia *
engine_tower_measure_sound (const EngineTower *tower, size_t n_samples, EngineError *error)
{
  size_t n;

  if (tower->info.kind != ENGINE_TOWER_SOUND) {
    engine_fail (error, ENGINE_BAD_INPUT, "This part of the model sees and does not hear.");
    return NULL;
  }
  n = n_samples / (size_t) tower->info.samples_per_token + (n_samples % (size_t) tower->info.samples_per_token != 0);
  if (n == 0 || n > INT32_MAX) {
    if (n == 0)
      engine_fail (error, ENGINE_BAD_INPUT, "The sound is empty; record or choose another one.");
    else
      engine_fail (error, ENGINE_BAD_INPUT, "The sound is longer than any model hears; choose a shorter one.");
    return NULL;
  }
  return engine_media_new (NULL, tower->info.n_embd, (int32_t) n, tower->projector->before, tower->projector->after, error);
}

const float *
engine_listener_columns (const EngineListener *listener, int32_t *n)
{
  *n = listener->n_columns;
  return listener->columns;
}

EngineMedia *
engine_listener_media (const EngineListener *listener, EngineError *error)
{
  const EngineTower *tower = listener->tower;
  size_t n = (size_t) listener->n_columns * (size_t) tower->info.n_embd;
  float *columns;

  if (n == 0) {
    engine_fail (error, ENGINE_BAD_INPUT, "The sound is empty; record or choose another one.");
    return NULL;
  }
  columns = engine_calloc (n, sizeof *columns, error);
  if (!columns)
    return NULL;
  memcpy (columns, listener->columns, n * sizeof *columns);
  return engine_media_new (columns, tower->info.n_embd, listener->n_columns, tower->projector->before, tower->projector->after, error);
}
