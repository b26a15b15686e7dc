/* SPDX-License-Identifier: MIT */
#include "expert-cache.h"
#include "expert-reader.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define NOWHERE (-1)
#define MOST_STAGES 64
#define LEAST_STAGES 2
#define STAGES_SHARE 8    /* of the memory at most an eighth is for stages */
#define HALF_LIFE 128.0f  /* evaluations after which a choice counts half */
#define NEVER (-1e30f)    /* chosen */
#define GUESSES_LEAST 0.3f /* right guesses of all, below which there are none but now and then */
#define GUESSES_AGAIN 16   /* evaluations: now and then */

/* One expert's rows of one matrix. */
typedef struct {
  EngineCpuStream *stream;
  float            worth;  /* of it: log2 of how often it was chosen, each time counting 2^(evaluation / HALF_LIFE): that time goes by changes the order of no two */
  float            before; /* the worth before it was asked for */
  int32_t          slot;   /* of the size, or NOWHERE */
  int32_t          stage;
  bool             wanted; /* was asked for and not given back */
  bool             stale;  /* its reading was begun for an evaluation that has ended */
  bool             guessed; /* what the stage has was a guess */
} Unit;

/* Experts of the same size share slots. */
typedef struct {
  size_t   bytes;       /* of a slot */
  uint64_t total_bytes; /* of all experts of the size */
  uint8_t *memory;      /* [n_slots · bytes] */
  int32_t  n_slots, n_used;
  Unit   **owners;      /* [n_slots]; NULL: it has nothing */
  float   *worths;      /* [n_slots] of the owners; INFINITY: it is wanted; -INFINITY: it has nothing */
} Size;

struct EngineCpuStream {
  EngineCpuExpertCache *cache;
  EngineTensor          tensor;
  Size                 *size;
  size_t                file_bytes, row_bytes; /* of an expert, of a row of it */
  Unit                 *units;                 /* [tensor.n_experts] */
};

struct EngineCpuExpertCache {
  EngineCpuSlabs   *slabs;
  EngineCpuStream  *streams;
  int32_t           n_streams;
  Size             *sizes;
  int32_t           n_sizes;
  Unit             *units;
  int32_t           n_units;
  uint8_t          *staging;
  int32_t           n_stages;
  EngineReader     *reader;
  Unit            **asked;     /* [n_units] of this evaluation, in order; those before n_fed have a slot or a stage, or had one */
  int32_t           n_asked, n_fed, n_wanted;
  uint64_t          n_evaluations;
  float             trust;     /* how many guesses were right, of late */
  EngineExpertStats stats;
};

/* ---- worth --------------------------------------------------------------------- */

static float
chosen_once_more (const EngineCpuExpertCache *cache, float worth)
{
  float now = (float) cache->n_evaluations / HALF_LIFE;

  return now + log2f (1 + exp2f (ENGINE_MIN (worth - now, 64.0f)));
}

/* A slot for the unit: a free one, or one of less worth than its was. NULL: none. */
static uint8_t *
find_slot (Unit *unit)
{
  Size *size = unit->stream->size;
  int32_t least = 0;

  if (size->n_used < size->n_slots)
    least = size->n_used++;
  else {
    for (int32_t i = 1; i < size->n_slots; i++)
      if (size->worths[i] < size->worths[least])
        least = i;
    if (!size->n_slots || size->worths[least] >= unit->before)
      return NULL;
    if (size->owners[least])
      size->owners[least]->slot = NOWHERE;
  }
  size->owners[least] = unit;
  size->worths[least] = INFINITY;
  unit->slot = least;
  return size->memory + (size_t) least * size->bytes;
}

static void
lose_slot (Unit *unit)
{
  Size *size = unit->stream->size;

  size->owners[unit->slot] = NULL;
  size->worths[unit->slot] = -INFINITY;
  unit->slot = NOWHERE;
}

/* ---- what is read -------------------------------------------------------------- */

/* Behind all others that were asked for. */
static void
append (Unit *unit)
{
  EngineCpuExpertCache *cache = unit->stream->cache;

  if (cache->n_asked == cache->n_units) {
    memmove (cache->asked, cache->asked + cache->n_fed, (size_t) (cache->n_asked - cache->n_fed) * sizeof *cache->asked);
    cache->n_asked -= cache->n_fed;
    cache->n_fed = 0;
  }
  cache->asked[cache->n_asked++] = unit;
}

/* Another one has its stage now, or nobody: one that is still wanted has to wait for the next. */
static void
lose_stage (Unit *unit)
{
  EngineCpuExpertCache *cache = unit->stream->cache;

  if (unit->guessed)
    cache->trust -= cache->trust / MOST_STAGES;
  unit->guessed = false;
  unit->stage = NOWHERE;
  if (unit->wanted)
    append (unit);
}

static bool
order (Unit *unit, bool guess)
{
  EngineCpuStream *stream = unit->stream;
  size_t expert = (size_t) (unit - stream->units);
  void *lost;

  unit->stage = engine_reader_order (stream->cache->reader, &stream->tensor, expert * stream->file_bytes, stream->file_bytes, unit, guess, &lost);
  if (lost)
    lose_stage (lost);
  unit->guessed = guess && unit->stage != NOWHERE;
  return unit->stage != NOWHERE;
}

/* Orders what was asked for, as far as there are stages. */
static void
feed (EngineCpuExpertCache *cache)
{
  while (cache->n_fed < cache->n_asked) {
    Unit *unit = cache->asked[cache->n_fed];

    cache->n_fed++;
    if (unit->wanted && unit->slot == NOWHERE && unit->stage == NOWHERE && !order (unit, false)) {
      cache->n_fed--;
      return;
    }
  }
}

/* What was guessed rightly, but for later nodes, may have all stages: then one of them gives way. */
static void
make_way (EngineCpuStream *stream, const int32_t *experts, int32_t n)
{
  EngineCpuExpertCache *cache = stream->cache;

  for (int32_t i = 0; i < n; i++)
    if (stream->units[experts[i]].stage != NOWHERE)
      return;
  for (int32_t i = 0; i < cache->n_stages; i++) {
    Unit *unit = engine_reader_stage (cache->reader, i)->owner;

    if (!unit || unit->stage != i || unit->stream == stream || engine_reader_state (cache->reader, i) == ENGINE_STAGE_READING || !engine_reader_doubt (cache->reader, i))
      continue;
    feed (cache);
    lose_stage (unit);
    return;
  }
}

void
engine_cpu_expert_cache_begin (EngineCpuExpertCache *cache)
{
  cache->n_evaluations++;
  for (int32_t i = 0; cache->n_wanted > 0 && i < cache->n_units; i++) {
    Unit *unit = &cache->units[i];

    if (!unit->wanted)
      continue;
    unit->wanted = false;
    cache->n_wanted--;
    if (unit->slot != NOWHERE)
      unit->stream->size->worths[unit->slot] = unit->worth;
    if (unit->stage != NOWHERE && engine_reader_doubt (cache->reader, unit->stage))
      unit->stage = NOWHERE;
    unit->stale = unit->stage != NOWHERE;
  }
  cache->n_asked = cache->n_fed = 0;
}

void
engine_cpu_expert_cache_ask (EngineCpuStream *stream, int32_t expert)
{
  EngineCpuExpertCache *cache = stream->cache;
  Unit *unit = &stream->units[expert];

  if (unit->wanted)
    return;
  unit->wanted = true;
  cache->n_wanted++;
  unit->before = unit->worth;
  unit->worth = chosen_once_more (cache, unit->worth);
  if (unit->slot != NOWHERE) {
    stream->size->worths[unit->slot] = INFINITY;
    cache->stats.hits++;
    return;
  }
  if (unit->stage != NOWHERE) {
    engine_reader_want (cache->reader, unit->stage);
    cache->stats.ahead++;
    if (unit->guessed)
      cache->trust += (1 - cache->trust) / MOST_STAGES;
    unit->guessed = false;
    return;
  }
  cache->stats.misses++;
  append (unit);
  feed (cache);
}

void
engine_cpu_expert_cache_settle (EngineCpuStream *stream)
{
  EngineCpuExpertCache *cache = stream->cache;

  for (int32_t i = 0; i < stream->tensor.n_experts; i++) {
    Unit *unit = &stream->units[i];

    if (unit->stage != NOWHERE && !unit->wanted && engine_reader_doubt (cache->reader, unit->stage))
      lose_stage (unit);
  }
  feed (cache);
}

bool
engine_cpu_expert_cache_may_guess (const EngineCpuExpertCache *cache)
{
  return cache->n_fed == cache->n_asked && (cache->trust > GUESSES_LEAST || cache->n_evaluations % GUESSES_AGAIN == 0);
}

void
engine_cpu_expert_cache_guess (EngineCpuStream *stream, int32_t expert)
{
  Unit *unit = &stream->units[expert];

  if (!unit->wanted && unit->slot == NOWHERE && unit->stage == NOWHERE)
    order (unit, true);
}

/* ---- what is there ------------------------------------------------------------- */

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

/* Those that are there now. False: one could not be read. */
static bool
take_ready (EngineCpuStream *stream, int32_t *experts, int32_t n, EngineCpuExpert *taken, int32_t *n_taken, EngineError *error)
{
  EngineCpuExpertCache *cache = stream->cache;
  int32_t left = 0;

  for (int32_t i = 0; i < n; i++) {
    Unit *unit = &stream->units[experts[i]];
    EngineStageState state = unit->slot == NOWHERE && unit->stage != NOWHERE ? engine_reader_state (cache->reader, unit->stage) : ENGINE_STAGE_FREE;

    /* That failed for an evaluation before this one, which has told it: it is tried once more. */
    if (state == ENGINE_STAGE_FAILED && unit->stale && engine_reader_doubt (cache->reader, unit->stage)) {
      unit->stale = false;
      unit->stage = NOWHERE;
      append (unit);
      feed (cache);
      experts[left++] = experts[i];
      continue;
    }
    if (state == ENGINE_STAGE_FAILED) {
      const EngineError *why = &engine_reader_stage (cache->reader, unit->stage)->error;

      for (int32_t k = 0; k < *n_taken; k++)
        if (taken[k].rows && taken[k].groups)
          lose_slot (&stream->units[taken[k].expert]);
      *n_taken = 0;
      return engine_fail (error, why->code, "%s", why->message);
    }
    if (unit->slot != NOWHERE)
      taken[(*n_taken)++] = (EngineCpuExpert) { experts[i], NULL, stream->size->memory + (size_t) unit->slot * stream->size->bytes };
    else if (state == ENGINE_STAGE_READ)
      taken[(*n_taken)++] = (EngineCpuExpert) { experts[i], engine_reader_stage (cache->reader, unit->stage)->at, find_slot (unit) };
    else
      experts[left++] = experts[i];
  }
  return true;
}

int32_t
engine_cpu_expert_cache_take (EngineCpuStream *stream, int32_t *experts, int32_t n, EngineCpuExpert *taken, const atomic_bool *cancel, EngineError *error)
{
  EngineCpuExpertCache *cache = stream->cache;
  uint64_t seen = engine_reader_arrivals (cache->reader);
  double began = 0;
  int32_t n_taken = 0;

  for (int32_t i = 0; i < n; i++)
    engine_cpu_expert_cache_ask (stream, experts[i]);
  while (take_ready (stream, experts, n, taken, &n_taken, error) && n_taken == 0) {
    if (began == 0) {
      began = now_ms ();
      cache->stats.waits++;
    }
    make_way (stream, experts, n);
    if (!engine_reader_wait (cache->reader, &seen, cancel)) {
      engine_fail (error, ENGINE_CANCELLED, "The work was cancelled.");
      break;
    }
    /* A stage whose reading nobody wants any more may have become free. */
    feed (cache);
  }
  if (began > 0)
    cache->stats.wait_ms += now_ms () - began;
  return n_taken;
}

void
engine_cpu_expert_cache_give_back (EngineCpuStream *stream, const EngineCpuExpert *taken, int32_t n, bool packed)
{
  EngineCpuExpertCache *cache = stream->cache;

  for (int32_t i = 0; i < n; i++) {
    Unit *unit = &stream->units[taken[i].expert];

    unit->wanted = false;
    cache->n_wanted--;
    if (unit->stage != NOWHERE)
      engine_reader_release (cache->reader, unit->stage);
    unit->stage = NOWHERE;
    if (unit->slot != NOWHERE && taken[i].rows && !packed)
      lose_slot (unit);
    if (unit->slot != NOWHERE)
      stream->size->worths[unit->slot] = unit->worth;
  }
  feed (cache);
}

/* ---- beginning and end ------------------------------------------------------------ */

static Size *
find_size (EngineCpuExpertCache *cache, size_t bytes)
{
  for (int32_t i = 0; i < cache->n_sizes; i++)
    if (cache->sizes[i].bytes == bytes)
      return &cache->sizes[i];
  cache->sizes[cache->n_sizes].bytes = bytes;
  return &cache->sizes[cache->n_sizes++];
}

/* What is to be kept of which tensors. */
static bool
find_streams (EngineCpuExpertCache *cache, const EngineTensor *tensors, int32_t n_tensors, EngineCpuKeeping keeping, size_t *most_bytes, EngineError *error)
{
  for (int32_t i = 0; i < n_tensors; i++)
    cache->n_streams += tensors[i].n_experts > 0, cache->n_units += tensors[i].n_experts;
  cache->streams = engine_calloc ((size_t) cache->n_streams, sizeof *cache->streams, error);
  cache->sizes = engine_calloc ((size_t) cache->n_streams, sizeof *cache->sizes, error);
  cache->units = engine_calloc ((size_t) cache->n_units, sizeof *cache->units, error);
  cache->asked = engine_calloc ((size_t) cache->n_units, sizeof *cache->asked, error);
  if (!cache->streams || !cache->sizes || !cache->units || !cache->asked)
    return false;
  for (int32_t i = 0, s = 0, u = 0; i < n_tensors; i++) {
    EngineCpuStream *stream = &cache->streams[s];
    EngineCpuWeight layout;

    if (tensors[i].n_experts == 0)
      continue;
    if (!engine_cpu_weight_layout (&tensors[i], keeping, &layout))
      return engine_fail (error, ENGINE_BAD_FILE, "The tensor “%s” has an impossible shape.", tensors[i].name);
    *stream = (EngineCpuStream) { .cache = cache, .tensor = tensors[i], .units = cache->units + u };
    stream->file_bytes = tensors[i].bytes / (size_t) tensors[i].n_experts;
    stream->row_bytes = tensors[i].bytes / (size_t) engine_tensor_rows (&tensors[i]);
    stream->size = find_size (cache, layout.bytes / (size_t) tensors[i].n_experts);
    stream->size->total_bytes += layout.bytes;
    cache->stats.total_bytes += layout.bytes;
    *most_bytes = ENGINE_MAX (*most_bytes, stream->file_bytes);
    for (int32_t e = 0; e < tensors[i].n_experts; e++)
      stream->units[e] = (Unit) { .stream = stream, .worth = NEVER, .slot = NOWHERE, .stage = NOWHERE };
    s++, u += tensors[i].n_experts;
  }
  return true;
}

/* Each size gets its share. */
static bool
make_slots (EngineCpuExpertCache *cache, size_t bytes, EngineError *error)
{
  for (int32_t i = 0; i < cache->n_sizes; i++) {
    Size *size = &cache->sizes[i];
    double share = (double) bytes * ((double) size->total_bytes / (double) cache->stats.total_bytes);

    size->n_slots = (int32_t) ENGINE_MIN (share / (double) size->bytes, (double) (size->total_bytes / size->bytes));
    size->owners = engine_calloc ((size_t) size->n_slots, sizeof *size->owners, error);
    size->worths = engine_calloc ((size_t) size->n_slots, sizeof *size->worths, error);
    if (!size->owners || !size->worths)
      return false;
    size->memory = size->n_slots ? engine_cpu_slabs_alloc (cache->slabs, (size_t) size->n_slots * size->bytes, error) : NULL;
    if (size->n_slots && !size->memory)
      return false;
    cache->stats.memory_bytes += (size_t) size->n_slots * size->bytes;
  }
  return true;
}

static bool
make_room (EngineCpuExpertCache *cache, size_t bytes, size_t stage_bytes, EngineReadPastFunc read, void *user, EngineError *error)
{
  size_t room = engine_reader_room (stage_bytes), own = (size_t) cache->n_units * (sizeof (Unit) + 2 * sizeof (Unit *) + sizeof (float)), staging;

  bytes -= ENGINE_MIN (bytes, own);
  cache->n_stages = (int32_t) ENGINE_MAX (LEAST_STAGES, ENGINE_MIN (MOST_STAGES, bytes / STAGES_SHARE / room));
  if (!engine_mul (room, (size_t) cache->n_stages, &staging) || !engine_sum (staging, ENGINE_READ_ALIGN, &staging) || staging > bytes)
    return engine_fail (error, ENGINE_NO_MEMORY, "The model's experts cannot be read with %zu bytes of memory.", bytes);
  cache->staging = engine_cpu_slabs_alloc (cache->slabs, staging, error);
  if (!cache->staging || !make_slots (cache, bytes - staging, error))
    return false;
  cache->stats.memory_bytes += own + staging;
  cache->reader = engine_reader_new ((uint8_t *) (((uintptr_t) cache->staging + ENGINE_READ_ALIGN - 1) & ~(uintptr_t) (ENGINE_READ_ALIGN - 1)), cache->n_stages, stage_bytes, read, user, error);
  return cache->reader != NULL;
}

EngineCpuExpertCache *
engine_cpu_expert_cache_new (const EngineTensor *tensors, int32_t n_tensors, EngineCpuKeeping keeping, size_t bytes, EngineCpuSlabs *slabs, EngineReadPastFunc read, void *user, EngineError *error)
{
  EngineCpuExpertCache *cache = engine_calloc (1, sizeof *cache, error);
  size_t stage_bytes = 0;

  if (!cache)
    return NULL;
  cache->slabs = slabs;
  cache->trust = 1;
  if (find_streams (cache, tensors, n_tensors, keeping, &stage_bytes, error) && make_room (cache, bytes, stage_bytes, read, user, error))
    return cache;
  engine_cpu_expert_cache_free (cache);
  return NULL;
}

void
engine_cpu_expert_cache_free (EngineCpuExpertCache *cache)
{
  if (!cache)
    return;
  engine_reader_free (cache->reader);
  for (int32_t i = 0; i < cache->n_sizes; i++) {
    engine_cpu_slabs_free (cache->slabs, cache->sizes[i].memory);
    free (cache->sizes[i].owners);
    free (cache->sizes[i].worths);
  }
  engine_cpu_slabs_free (cache->slabs, cache->staging);
  free (cache->asked);
  free (cache->units);
  free (cache->sizes);
  free (cache->streams);
  free (cache);
}

EngineCpuStream *
engine_cpu_expert_cache_find (EngineCpuExpertCache *cache, const EngineTensor *tensor)
{
  for (int32_t i = 0; i < cache->n_streams; i++)
    if (strcmp (cache->streams[i].tensor.name, tensor->name) == 0)
      return &cache->streams[i];
  return NULL;
}

size_t
engine_cpu_stream_row_bytes (const EngineCpuStream *stream)
{
  return stream->row_bytes;
}

EngineType
engine_cpu_stream_type (const EngineCpuStream *stream)
{
  return stream->tensor.type;
}

void
engine_cpu_expert_cache_stats (const EngineCpuExpertCache *cache, EngineExpertStats *stats)
{
  *stats = cache->stats;
  stats->read_bytes = engine_reader_bytes (cache->reader);
}
