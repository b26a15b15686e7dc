/* SPDX-License-Identifier: MIT */
/* Products with the matrices of chosen experts.
 *
 * The columns are ordered by their experts, so that each expert's rows are read once for all columns that chose it; a
 * column of that order is called a visit. Every result is computed as matmul.c would, by itself, so that who else visits
 * an expert changes no bit.
 *
 * Experts that are not in memory come in groups, as they arrive from the disk (expert-cache.h): what is there already is
 * multiplied while the others are read, and what is to be repacked is so by the thread that multiplies with it. */
#include "cpu.h"
#include "expert-cache.h"

#include <string.h>

#define STRIP_BYTES ((size_t) 256 << 10)

typedef struct {
  const EngineCpuKernels *kernels;
  const EngineCpuWeight  *weight;  /* of all experts, one below the other */
  int64_t                 n_experts, n_out, n_in, n_blocks;
  int32_t                 n_used;
  const float            *x, *bias;
  bool                    shared;  /* all experts of a column get the same input */
  float                  *out;     /* [n_out · n_used, n] */
  /* By visit. */
  int64_t                 n_visits;
  int32_t                *slot;    /* column · n_used + place among the column's experts */
  float                  *gathered, *results;
  EngineCpuColumnBlock   *panel;
  /* By expert. */
  int64_t                *first;   /* [n_experts + 1] its first visit */
  int32_t                *chosen;  /* [n_chosen] those that have any */
  int32_t                 n_chosen;
  int64_t                 strip, n_strips; /* groups of an expert that are an item */
  /* Of experts that are read. */
  EngineCpuExpert        *taken;   /* [n_experts] that are being multiplied; NULL: all are in `weight` */
  uint8_t                *scratch; /* for each thread a strip that is repacked for the moment */
} Experts;

static size_t
aligned (size_t n)
{
  return (n + 63) & ~(size_t) 63;
}

static bool
reserve (Experts *e, EngineCpuRun *run, EngineError *error)
{
  size_t n = (size_t) e->n_visits;
  size_t sizes[] = { n * sizeof *e->slot, (size_t) (e->n_experts + 1) * sizeof *e->first, n * (size_t) e->n_in * sizeof (float),
                     n * (size_t) e->n_out * sizeof (float), n * (size_t) e->n_blocks * sizeof *e->panel, (size_t) e->n_experts * sizeof *e->chosen,
                     e->weight->stream ? (size_t) e->n_experts * sizeof *e->taken : 0,
                     e->weight->stream ? (size_t) engine_cpu_pool_threads (run->backend->pool) * (size_t) e->strip * e->weight->group_bytes : 0 };
  size_t total = 0;
  uint8_t *memory;

  for (size_t i = 0; i < ENGINE_LENGTH (sizes); i++)
    total += aligned (sizes[i]);
  memory = engine_cpu_buffer_reserve (&run->backend->experts, total, error);
  if (!memory)
    return false;
  e->slot = (int32_t *) memory;
  e->first = (int64_t *) (memory += aligned (sizes[0]));
  e->gathered = (float *) (memory += aligned (sizes[1]));
  e->results = (float *) (memory += aligned (sizes[2]));
  e->panel = (EngineCpuColumnBlock *) (memory += aligned (sizes[3]));
  e->chosen = (int32_t *) (memory += aligned (sizes[4]));
  memory += aligned (sizes[5]);
  if (e->weight->stream) {
    e->taken = (EngineCpuExpert *) memory;
    e->scratch = memory + aligned (sizes[6]);
  }
  return true;
}

/* Sorts the visits by counting. */
static void
sort_visits (Experts *e, const float *routes)
{
  memset (e->first, 0, (size_t) (e->n_experts + 1) * sizeof *e->first);
  for (int64_t v = 0; v < e->n_visits; v++)
    e->first[(int64_t) routes[v / e->n_used * 2 * e->n_used + v % e->n_used] + 1]++;
  for (int64_t i = 0; i < e->n_experts; i++)
    e->first[i + 1] += e->first[i];
  for (int64_t v = 0; v < e->n_visits; v++)
    e->slot[e->first[(int64_t) routes[v / e->n_used * 2 * e->n_used + v % e->n_used]]++] = (int32_t) v;
  for (int64_t i = e->n_experts; i > 0; i--)
    e->first[i] = e->first[i - 1];
  e->first[0] = 0;
  e->n_chosen = 0;
  for (int32_t i = 0; i < e->n_experts; i++)
    if (e->first[i] < e->first[i + 1])
      e->chosen[e->n_chosen++] = i;
}

/* Whose visit it is: experts are many, but this is asked once for a visit, not for each of its rows. */
static int64_t
expert_of (const Experts *e, int64_t visit)
{
  int64_t low = 0, high = e->n_experts - 1;

  while (low < high) {
    int64_t middle = (low + high + 1) / 2;

    if (e->first[middle] <= visit)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

static void
gather_visits (void *data, int64_t begin, int64_t end)
{
  const Experts *e = data;

  for (int64_t v = begin; v < end; v++) {
    const float *x = e->x + (e->shared ? e->slot[v] / e->n_used : e->slot[v]) * e->n_in;
    int64_t expert = expert_of (e, v), first = e->first[expert], n = e->first[expert + 1] - first;
    int64_t column = v - first, tile = column / ENGINE_CPU_TILE, width = ENGINE_MIN (ENGINE_CPU_TILE, n - tile * ENGINE_CPU_TILE);

    if (e->n_blocks)
      e->kernels->quantise (x, e->n_blocks, engine_cpu_panel_tile (e->panel + first * e->n_blocks, e->n_blocks, tile) + column % ENGINE_CPU_TILE, width);
    else
      memcpy (e->gathered + v * e->n_in, x, (size_t) e->n_in * sizeof *x);
  }
}

/* Groups begin … end - 1 of an expert, whose `begin`th is at `data`. */
static void
multiply_groups (const Experts *e, int64_t expert, int64_t begin, int64_t end, uint8_t *data)
{
  int64_t first = e->first[expert], row = begin * ENGINE_CPU_ROWS;
  EngineCpuWeight weight = *e->weight;
  EngineCpuMatmul job = {
    .weight = &weight, .x = e->gathered + first * e->n_in, .panel = e->panel + first * e->n_blocks, .n = e->first[expert + 1] - first,
    .bias = e->bias ? e->bias + expert * e->n_out + row : NULL, .out = e->results + first * e->n_out + row,
  };

  weight.n_out = e->n_out;
  weight.n_groups = end - begin;
  weight.data = data;
  for (int64_t column = 0; column < job.n; column += ENGINE_CPU_TILE)
    for (int64_t group = 0; group < end - begin; group++)
      e->kernels->matmul[weight.type](&job, group, column, (int) ENGINE_MIN (ENGINE_CPU_TILE, job.n - column));
}

static void
multiply_strip (void *data, int64_t item, int thread)
{
  const Experts *e = data;
  int64_t expert = e->chosen[item / e->n_strips], n_groups = e->n_out / ENGINE_CPU_ROWS, begin = item % e->n_strips * e->strip;

  multiply_groups (e, expert, begin, ENGINE_MIN (begin + e->strip, n_groups), e->weight->data + (size_t) (expert * n_groups + begin) * e->weight->group_bytes);
}

static void
multiply_taken_strip (void *data, int64_t item, int thread)
{
  const Experts *e = data;
  const EngineCpuExpert *taken = &e->taken[item / e->n_strips];
  int64_t n_groups = e->n_out / ENGINE_CPU_ROWS, begin = item % e->n_strips * e->strip, end = ENGINE_MIN (begin + e->strip, n_groups);
  size_t bytes = e->weight->group_bytes, row_bytes = engine_cpu_stream_row_bytes (e->weight->stream);
  uint8_t *groups = taken->groups ? taken->groups + (size_t) begin * bytes : e->scratch + (size_t) thread * (size_t) e->strip * bytes;

  if (taken->rows) {
    memset (groups, 0, (size_t) (end - begin) * bytes);
    for (int64_t group = begin; group < end; group++)
      engine_cpu_pack_group (e->weight, engine_cpu_stream_type (e->weight->stream), taken->rows + (size_t) (group * ENGINE_CPU_ROWS) * row_bytes, row_bytes, ENGINE_CPU_ROWS,
                             groups + (size_t) (group - begin) * bytes);
  }
  multiply_groups (e, taken->expert, begin, end, groups);
}

/* As they come. */
static bool
multiply_streamed (Experts *e, EngineCpuRun *run, EngineError *error)
{
  const atomic_bool *cancel = run->batch->cancel;

  while (e->n_chosen > 0) {
    int32_t n = engine_cpu_expert_cache_take (e->weight->stream, e->chosen, e->n_chosen, e->taken, cancel, error);

    if (n == 0)
      return false;
    engine_cpu_pool_run (run->backend->pool, n * e->n_strips, multiply_taken_strip, e);
    /* A pool that was cancelled has passed over some. */
    engine_cpu_expert_cache_give_back (e->weight->stream, e->taken, n, !cancel || !atomic_load (cancel));
    e->n_chosen -= n;
  }
  return true;
}

static void
scatter_visits (void *data, int64_t begin, int64_t end)
{
  const Experts *e = data;

  for (int64_t v = begin; v < end; v++)
    memcpy (e->out + e->slot[v] * e->n_out, e->results + v * e->n_out, (size_t) e->n_out * sizeof *e->out);
}

bool
engine_cpu_experts (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *x = &run->graph->values[node->in[1]], *routes = &run->graph->values[node->in[2]], *out = &run->graph->values[node->out];
  const EngineCpuWeight *weight = engine_cpu_weight (run->graph->values[node->in[0]].weight);
  int32_t n_used = (int32_t) (routes->width / 2);
  Experts e = {
    .kernels = run->backend->kernels, .weight = weight, .n_in = weight->n_in, .n_out = out->width / n_used, .n_used = n_used,
    .n_blocks = engine_types[weight->type].code_bits ? weight->n_in / ENGINE_QUANT_BLOCK : 0,
    .x = engine_cpu_value (run, node->in[1]), .bias = engine_cpu_vector (run, node->in[3]), .out = engine_cpu_value (run, node->out),
    .shared = x->width == weight->n_in, .n_visits = x->n * n_used,
  };

  e.n_experts = weight->n_out / e.n_out;
  e.strip = ENGINE_MAX (1, ENGINE_MIN ((int64_t) (STRIP_BYTES / weight->group_bytes), e.n_out / ENGINE_CPU_ROWS));
  e.n_strips = (e.n_out / ENGINE_CPU_ROWS + e.strip - 1) / e.strip;
  if (!reserve (&e, run, error))
    return false;
  sort_visits (&e, engine_cpu_value (run, node->in[2]));
  engine_cpu_split (run, e.n_visits, e.n_in, gather_visits, &e);
  if (!e.taken)
    engine_cpu_pool_run (run->backend->pool, e.n_chosen * e.n_strips, multiply_strip, &e);
  else if (!multiply_streamed (&e, run, error))
    return false;
  engine_cpu_split (run, e.n_visits, e.n_out, scatter_visits, &e);
  return true;
}
