/* SPDX-License-Identifier: MIT */
/* Matrix products: quantises the input once, then cuts the rows into strips that fit the second
 * level cache beside a tile of columns. */
#include "cpu.h"

#define STRIP_BYTES ((size_t) 256 << 10)

typedef struct {
  const EngineCpuKernels *kernels;
  const float            *x;
  EngineCpuColumnBlock   *panel;
  EngineCpuWideBlock     *wide; /* in its place */
  int64_t                 n_in, n_blocks, n;
} Quantise;

static void
quantise_columns (void *data, int64_t begin, int64_t end)
{
  const Quantise *q = data;

  for (int64_t c = begin; c < end; c++) {
    int64_t tile = c / ENGINE_CPU_TILE, width = ENGINE_MIN (ENGINE_CPU_TILE, q->n - tile * ENGINE_CPU_TILE);

    if (q->wide)
      q->kernels->quantise_wide (q->x + c * q->n_in, q->n_in, engine_cpu_wide_tile (q->wide, q->n_blocks, tile) + c % ENGINE_CPU_TILE, width);
    else
      q->kernels->quantise (q->x + c * q->n_in, q->n_blocks, engine_cpu_panel_tile (q->panel, q->n_blocks, tile) + c % ENGINE_CPU_TILE, width);
  }
}

/* The quantised columns of value `id`, as column blocks or wide ones; kept for the next product with the same input. */
static void *
panel_of (EngineCpuRun *run, EngineValueId id, bool wide, EngineError *error)
{
  const EngineValue *x = &run->graph->values[id];
  EngineCpuBackend *backend = run->backend;
  Quantise q = { .kernels = backend->kernels, .x = engine_cpu_value (run, id), .n_in = x->width, .n_blocks = engine_cpu_wide_blocks (x->width), .n = x->n };
  void *panel;

  if (run->panel_of == id && run->panel_wide == wide)
    return backend->panel.data;
  run->panel_of = ENGINE_NO_VALUE;
  panel = engine_cpu_buffer_reserve (&backend->panel, (size_t) (q.n_blocks * q.n) * (wide ? sizeof *q.wide : sizeof *q.panel), error);
  if (!panel)
    return NULL;
  if (wide)
    q.wide = panel;
  else
    q.panel = panel;
  engine_cpu_split (run, q.n, x->width, quantise_columns, &q);
  run->panel_of = id;
  run->panel_wide = wide;
  return panel;
}

typedef struct {
  EngineCpuMatmul job;
  void (*kernel) (const EngineCpuMatmul *job, int64_t group, int64_t column, int n_columns);
  int64_t strip; /* groups */
} Strips;

static void
matmul_strip (void *data, int64_t item, int thread)
{
  const Strips *s = data;
  int64_t begin = item * s->strip, end = ENGINE_MIN (begin + s->strip, s->job.weight->n_groups);

  for (int64_t column = 0; column < s->job.n; column += ENGINE_CPU_TILE)
    for (int64_t group = begin; group < end; group++)
      s->kernel (&s->job, group, column, (int) ENGINE_MIN (ENGINE_CPU_TILE, s->job.n - column));
}

bool
engine_cpu_matmul (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineCpuWeight *weight = engine_cpu_weight (run->graph->values[node->in[0]].weight);
  int n_threads = engine_cpu_pool_threads (run->backend->pool);
  Strips s = {
    .job = {
      .weight = weight,
      .x = engine_cpu_value (run, node->in[1]),
      .n = run->graph->values[node->out].n,
      .bias = engine_cpu_vector (run, node->in[2]),
      .residual = node->in[3] == ENGINE_NO_VALUE ? NULL : engine_cpu_value (run, node->in[3]),
      .out = engine_cpu_value (run, node->out),
    },
    .kernel = weight->wide ? run->backend->kernels->matmul_wide : run->backend->kernels->matmul[weight->type],
  };

  if (weight->wide || engine_types[weight->type].code_bits) {
    void *panel = panel_of (run, node->in[1], weight->wide, error);

    if (!panel)
      return false;
    if (weight->wide)
      s.job.wide = panel;
    else
      s.job.panel = panel;
  }
  s.strip = (int64_t) (STRIP_BYTES / weight->group_bytes);
  s.strip = ENGINE_MAX (1, ENGINE_MIN (s.strip, weight->n_groups / (4 * n_threads)));
  engine_cpu_pool_run (run->backend->pool, (weight->n_groups + s.strip - 1) / s.strip, matmul_strip, &s);
  return true;
}
