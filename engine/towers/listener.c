/* SPDX-License-Identifier: MIT */
/* Sound as it comes: whole tokens, or whole windows, are encoded at once, what is left over waits for more. */
#include "tower.h"

#include <string.h>

#define MOST_TOKENS 32 /* in one run: what a graph's arena is made for */

struct EngineListener {
  EngineTower      *tower;
  EngineCacheStore *store;
  float            *columns;     /* [n_embd, n_columns] */
  int32_t           n_columns, capacity;
  /* Of a tower that hears tokens; the store has two pages of the state kind, the one that is read, and the one that the next run leaves. */
  uint32_t          state;       /* page; ENGINE_NO_PAGE: the beginning */
  float            *waiting;     /* [samples_per_token], fewer than that many */
  size_t            n_waiting;
  int32_t           zeros[MOST_TOKENS], ascending[MOST_TOKENS];
  /* Of one that hears windows. */
  EngineTowerWindows kind;
  EngineSoundWindows    *windows;     /* NULL: it hears tokens */
  float            *frames;      /* of a window */
  int32_t           n_encoded;
};

/* What the tower asks for; the cache is the last of it. */
static bool
prepare (EngineListener *listener, EngineError *error)
{
  const EngineTower *tower = listener->tower;
  const EngineModel *model = tower->model;
  EngineCacheShape shape = { .n_layers = model->n_cache_layers, .layers = model->cache_layers };

  if (tower->projector->windows) {
    listener->kind = tower->projector->windows (model);
    listener->windows = engine_sound_windows_new (&listener->kind.shape, error);
    listener->frames = listener->windows ? engine_calloc ((size_t) listener->kind.shape.n_mel * (size_t) listener->kind.n_frames, sizeof *listener->frames, error) : NULL;
    shape.n_pages[ENGINE_CACHE_FULL] = (uint32_t) listener->kind.n_pages;
    shape.n_pages[ENGINE_CACHE_STATE] = 2; /* of one that encodes a window in slices */
    if (!listener->frames)
      return false;
  } else {
    listener->waiting = engine_calloc ((size_t) tower->info.samples_per_token, sizeof *listener->waiting, error);
    shape.n_pages[ENGINE_CACHE_STATE] = 2;
    if (!listener->waiting)
      return false;
  }
  listener->store = model->backend->klass->cache_new (model->backend, &shape, error);
  return listener->store != NULL;
}

EngineListener *
engine_listener_new (EngineTower *tower, EngineError *error)
{
  EngineListener *listener;

  if (tower->info.kind != ENGINE_TOWER_SOUND) {
    engine_fail (error, ENGINE_BAD_INPUT, "This part of the model sees and does not hear.");
    return NULL;
  }
  if (!tower->model->backend) {
    engine_fail (error, ENGINE_BAD_INPUT, "This part of the model was loaded without its weights, so it hears nothing.");
    return NULL;
  }
  listener = engine_calloc (1, sizeof *listener, error);
  if (!listener)
    return NULL;
  listener->tower = engine_tower_ref (tower);
  listener->state = ENGINE_NO_PAGE;
  for (int32_t i = 0; i < MOST_TOKENS; i++)
    listener->ascending[i] = i;
  if (prepare (listener, error))
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
  engine_sound_windows_free (listener->windows);
  free (listener->frames);
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

/* ---- tokens ---------------------------------------------------------------------- */

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

static bool
push_tokens (EngineListener *listener, const float *samples, size_t n, EngineError *error)
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

static bool
end_tokens (EngineListener *listener, EngineError *error)
{
  size_t per_token = (size_t) listener->tower->info.samples_per_token;

  if (listener->n_waiting == 0)
    return true;
  memset (listener->waiting + listener->n_waiting, 0, (per_token - listener->n_waiting) * sizeof *listener->waiting);
  listener->n_waiting = 0;
  return encode (listener, listener->waiting, 1, error);
}

/* ---- windows --------------------------------------------------------------------- */

static bool
encode_window (EngineListener *listener, int32_t window, EngineError *error)
{
  EngineTower *tower = listener->tower;
  size_t first = (size_t) window * (size_t) listener->kind.n_columns; /* all before it are full */

  engine_sound_windows_frames (listener->windows, window, listener->frames);
  return tower->projector->hear (tower, listener->store, listener->frames, engine_sound_windows_heard (listener->windows, window), window == 0,
                                 listener->columns + first * (size_t) tower->info.n_embd, error);
}

/* Those that are there and not encoded yet. */
static bool
encode_windows (EngineListener *listener, EngineError *error)
{
  const EngineTower *tower = listener->tower;

  for (; listener->n_encoded < engine_sound_windows_count (listener->windows); listener->n_encoded++) {
    if (!reserve (listener, listener->kind.n_columns, error) || !encode_window (listener, listener->n_encoded, error))
      return false;
    listener->n_columns += tower->projector->columns (tower->model, engine_sound_windows_heard (listener->windows, listener->n_encoded));
  }
  return true;
}

/* Windows that were encoded before something louder came, which makes their silence another one, are encoded again. */
static bool
end_windows (EngineListener *listener, EngineError *error)
{
  if (!engine_sound_windows_end (listener->windows, error) || !encode_windows (listener, error))
    return false;
  for (int32_t i = 0; i < listener->n_encoded; i++)
    if (engine_sound_windows_changed (listener->windows, i) && !encode_window (listener, i, error))
      return false;
  return true;
}

/* ---- both ------------------------------------------------------------------------ */

bool
engine_listener_push (EngineListener *listener, const float *samples, size_t n, EngineError *error)
{
  if (!listener->windows)
    return push_tokens (listener, samples, n, error);
  return engine_sound_windows_push (listener->windows, samples, n, error) && encode_windows (listener, error);
}

bool
engine_listener_end (EngineListener *listener, EngineError *error)
{
  return listener->windows ? end_windows (listener, error) : end_tokens (listener, error);
}

/* SIZE_MAX: too many. */
static size_t
count_columns (const EngineTower *tower, size_t n_samples)
{
  size_t per_token = (size_t) tower->info.samples_per_token, n_full, n;
  EngineTowerWindows kind;
  int32_t n_heard;

  if (!tower->projector->windows)
    return n_samples / per_token + (n_samples % per_token != 0);
  kind = tower->projector->windows (tower->model);
  engine_sound_windows_measure (&kind.shape, n_samples, &n_full, &n_heard);
  if (!engine_mul (n_full, (size_t) kind.n_columns, &n) || !engine_sum (n, n_heard ? (size_t) tower->projector->columns (tower->model, n_heard) : 0, &n))
    return SIZE_MAX;
  return n;
}

EngineMedia *
engine_tower_measure_sound (const EngineTower *tower, size_t n_samples, EngineError *error)
{
  size_t n;

  if (tower->info.kind != ENGINE_TOWER_SOUND) {
    engine_fail (error, ENGINE_BAD_INPUT, "This part of the model sees and does not hear.");
    return NULL;
  }
  n = count_columns (tower, n_samples);
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
