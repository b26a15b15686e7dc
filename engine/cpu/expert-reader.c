/* SPDX-License-Identifier: MIT */
#include "expert-reader.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#define N_THREADS 4     /* a disk is fast when it is asked for several things at once */
#define N_GUESSING 2    /* of them at most: the others are there for what is needed */
#define LOOKS_AFTER_MS 5 /* at the cancel flag, which wakes nobody */

struct EngineReader {
  EngineStage       *stages;
  int32_t            n_stages;
  EngineReadPastFunc read;
  void              *user;
  pthread_t          threads[N_THREADS];
  int                n_threads;
  pthread_mutex_t    lock;
  pthread_cond_t     ordered, arrived;
  uint64_t           n_orders, n_arrivals, n_bytes;
  int                n_guessing;
  bool               quit;
};

/* ---- threads ------------------------------------------------------------------- */

/* What is needed before what is guessed, and each in the order of the orders. With the lock. */
static EngineStage *
next_stage (EngineReader *reader)
{
  EngineStage *next = NULL;

  for (int32_t i = 0; i < reader->n_stages; i++) {
    EngineStage *stage = &reader->stages[i];

    if (stage->state != ENGINE_STAGE_QUEUED || (stage->guess && reader->n_guessing >= N_GUESSING))
      continue;
    if (!next || stage->guess < next->guess || (stage->guess == next->guess && stage->order < next->order))
      next = stage;
  }
  return next;
}

static void *
read_stages (void *data)
{
  EngineReader *reader = data;

  pthread_mutex_lock (&reader->lock);
  while (!reader->quit) {
    EngineStage *stage = next_stage (reader);
    EngineError error = { 0 };
    bool guessed, ok;

    if (!stage) {
      pthread_cond_wait (&reader->ordered, &reader->lock);
      continue;
    }
    guessed = stage->guess; /* it may become right meanwhile */
    reader->n_guessing += guessed;
    stage->state = ENGINE_STAGE_READING;
    pthread_mutex_unlock (&reader->lock);
    ok = reader->read (reader->user, stage->tensor, stage->offset, stage->n, stage->room, &stage->at, &error);
    pthread_mutex_lock (&reader->lock);
    reader->n_guessing -= guessed;
    stage->state = ok ? ENGINE_STAGE_READ : ENGINE_STAGE_FAILED;
    stage->error = error;
    reader->n_bytes += ok ? stage->n : 0;
    reader->n_arrivals++;
    pthread_cond_signal (&reader->arrived);
    if (guessed)
      pthread_cond_signal (&reader->ordered);
  }
  pthread_mutex_unlock (&reader->lock);
  return NULL;
}

/* ---- orders -------------------------------------------------------------------- */

int32_t
engine_reader_order (EngineReader *reader, const EngineTensor *tensor, size_t offset, size_t n, void *owner, bool guess, void **lost)
{
  EngineStage *found = NULL;

  *lost = NULL;
  pthread_mutex_lock (&reader->lock);
  for (int32_t i = 0; i < reader->n_stages; i++) {
    EngineStage *stage = &reader->stages[i];

    if (stage->state == ENGINE_STAGE_FREE) {
      found = stage;
      break;
    }
    if ((!guess || !stage->order) && stage->guess && stage->state != ENGINE_STAGE_READING && (!found || stage->order < found->order))
      found = stage;
  }
  if (found) {
    *lost = found->state == ENGINE_STAGE_FREE ? NULL : found->owner;
    found->state = ENGINE_STAGE_QUEUED;
    found->guess = guess;
    found->order = ++reader->n_orders;
    found->tensor = tensor;
    found->offset = offset;
    found->n = n;
    found->owner = owner;
    found->error = (EngineError) { 0 };
    pthread_cond_signal (&reader->ordered);
  }
  pthread_mutex_unlock (&reader->lock);
  return found ? (int32_t) (found - reader->stages) : -1;
}

void
engine_reader_want (EngineReader *reader, int32_t stage)
{
  pthread_mutex_lock (&reader->lock);
  reader->stages[stage].guess = false;
  reader->stages[stage].order = ++reader->n_orders;
  pthread_cond_signal (&reader->ordered); /* as a guess it may have had to wait */
  pthread_mutex_unlock (&reader->lock);
}

bool
engine_reader_doubt (EngineReader *reader, int32_t stage)
{
  EngineStage *doubted = &reader->stages[stage];
  bool is_free;

  pthread_mutex_lock (&reader->lock);
  is_free = doubted->state != ENGINE_STAGE_READING;
  if (is_free)
    doubted->state = ENGINE_STAGE_FREE;
  doubted->guess = true;
  doubted->order = 0;
  pthread_mutex_unlock (&reader->lock);
  return is_free;
}

void
engine_reader_release (EngineReader *reader, int32_t stage)
{
  pthread_mutex_lock (&reader->lock);
  reader->stages[stage].state = ENGINE_STAGE_FREE;
  pthread_mutex_unlock (&reader->lock);
}

EngineStageState
engine_reader_state (EngineReader *reader, int32_t stage)
{
  EngineStageState state;

  pthread_mutex_lock (&reader->lock);
  state = reader->stages[stage].state;
  pthread_mutex_unlock (&reader->lock);
  return state;
}

const EngineStage *
engine_reader_stage (const EngineReader *reader, int32_t stage)
{
  return &reader->stages[stage];
}

bool
engine_reader_wait (EngineReader *reader, uint64_t *seen, const atomic_bool *cancel)
{
  bool ok;

  pthread_mutex_lock (&reader->lock);
  while ((ok = !cancel || !atomic_load_explicit (cancel, memory_order_relaxed)) && reader->n_arrivals == *seen) {
    struct timespec until;

    clock_gettime (CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOKS_AFTER_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    if (cancel)
      pthread_cond_timedwait (&reader->arrived, &reader->lock, &until);
    else
      pthread_cond_wait (&reader->arrived, &reader->lock);
  }
  *seen = reader->n_arrivals;
  pthread_mutex_unlock (&reader->lock);
  return ok;
}

uint64_t
engine_reader_arrivals (EngineReader *reader)
{
  uint64_t n;

  pthread_mutex_lock (&reader->lock);
  n = reader->n_arrivals;
  pthread_mutex_unlock (&reader->lock);
  return n;
}

uint64_t
engine_reader_bytes (EngineReader *reader)
{
  uint64_t n;

  pthread_mutex_lock (&reader->lock);
  n = reader->n_bytes;
  pthread_mutex_unlock (&reader->lock);
  return n;
}

/* ---- beginning and end ------------------------------------------------------------ */

size_t
engine_reader_room (size_t stage_bytes)
{
  size_t room;

  return engine_align (stage_bytes, ENGINE_READ_ALIGN, &room) && engine_sum (room, 2 * ENGINE_READ_ALIGN, &room) ? room : SIZE_MAX;
}

EngineReader *
engine_reader_new (uint8_t *memory, int32_t n_stages, size_t stage_bytes, EngineReadPastFunc read, void *user, EngineError *error)
{
  EngineReader *reader = engine_calloc (1, sizeof *reader, error);
  pthread_condattr_t attributes;

  if (!reader)
    return NULL;
  reader->read = read;
  reader->user = user;
  reader->n_stages = n_stages;
  pthread_mutex_init (&reader->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&reader->arrived, &attributes);
  pthread_condattr_destroy (&attributes);
  pthread_cond_init (&reader->ordered, NULL);
  reader->stages = engine_calloc ((size_t) n_stages, sizeof *reader->stages, error);
  for (int32_t i = 0; reader->stages && i < n_stages; i++)
    reader->stages[i].room = memory + (size_t) i * engine_reader_room (stage_bytes);
  for (int i = 0; reader->stages && i < N_THREADS; i++) {
    int result = pthread_create (&reader->threads[i], NULL, read_stages, reader);

    if (result) {
      engine_fail (error, ENGINE_INTERNAL, "The engine's thread does not start: %s.", strerror (result));
      break;
    }
    pthread_setname_np (reader->threads[i], "melete-experts");
    reader->n_threads++;
  }
  if (reader->n_threads == N_THREADS)
    return reader;
  engine_reader_free (reader);
  return NULL;
}

void
engine_reader_free (EngineReader *reader)
{
  if (!reader)
    return;
  pthread_mutex_lock (&reader->lock);
  reader->quit = true;
  pthread_cond_broadcast (&reader->ordered);
  pthread_mutex_unlock (&reader->lock);
  for (int i = 0; i < reader->n_threads; i++)
    pthread_join (reader->threads[i], NULL);
  pthread_cond_destroy (&reader->ordered);
  pthread_cond_destroy (&reader->arrived);
  pthread_mutex_destroy (&reader->lock);
  free (reader->stages);
  free (reader);
}
