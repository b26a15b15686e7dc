/* SPDX-License-Identifier: MIT */
/* Products with the matrices of chosen experts.
 *
 * The columns are ordered by their experts, so that each expert's rows are read once for all columns that chose it; a
 * column of that order is called a visit. Every result is computed as matmul.c would, by itself, so that who else visits
 * an expert changes no bit. */
#include "cpu.h"

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
  int64_t                 strip, n_strips; /* groups of an expert that are an item */
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
                     n * (size_t) e->n_out * sizeof (float), n * (size_t) e->n_blocks * sizeof *e->panel };
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

static void
multiply_strip (void *data, int64_t item, int thread)
{
  const Experts *e = data;
  int64_t expert = item / e->n_strips, first = e->first[expert], n_groups = e->n_out / ENGINE_CPU_ROWS;
  EngineCpuWeight weight = *e->weight;
  EngineCpuMatmul job = {
    .weight = &weight, .x = e->gathered + first * e->n_in, .panel = e->panel + first * e->n_blocks, .n = e->first[expert + 1] - first,
    .bias = e->bias ? e->bias + expert * e->n_out : NULL, .out = e->results + first * e->n_out,
  };

  weight.n_out = e->n_out;
  weight.n_groups = n_groups;
  weight.data += (size_t) (expert * n_groups) * weight.group_bytes;
  for (int64_t column = 0; column < job.n; column += ENGINE_CPU_TILE)
    for (int64_t group = item % e->n_strips * e->strip; group < ENGINE_MIN ((item % e->n_strips + 1) * e->strip, n_groups); group++)
      e->kernels->matmul[weight.type](&job, group, column, (int) ENGINE_MIN (ENGINE_CPU_TILE, job.n - column));
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
  if (!reserve (&e, run, error))
    return false;
  sort_visits (&e, engine_cpu_value (run, node->in[2]));
  engine_cpu_split (run, e.n_visits, e.n_in, gather_visits, &e);
  e.strip = ENGINE_MAX (1, ENGINE_MIN ((int64_t) (STRIP_BYTES / weight->group_bytes), e.n_out / ENGINE_CPU_ROWS));
  e.n_strips = (e.n_out / ENGINE_CPU_ROWS + e.strip - 1) / e.strip;
  engine_cpu_pool_run (run->backend->pool, e.n_experts * e.n_strips, multiply_strip, &e);
  engine_cpu_split (run, e.n_visits, e.n_out, scatter_visits, &e);
  return true;
}
