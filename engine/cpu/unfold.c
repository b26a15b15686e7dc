/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  const EngineUnfoldParams *params;
  const float *x;
  float       *out;
  int64_t      width, n_down, out_across;
} Unfold;

/* The column of x under place k of the kernel when it makes column `to`; NULL: none. */
static const float *
column_under (const Unfold *u, int64_t to, int32_t k)
{
  const EngineUnfoldParams *p = u->params;
  int64_t x = to % u->out_across * p->stride[0] - p->pad[0] + k % p->kernel[0], y = to / u->out_across * p->stride[1] - p->pad[1] + k / p->kernel[0];

  return x >= 0 && x < p->n_across && y >= 0 && y < u->n_down ? u->x + (y * p->n_across + x) * u->width : NULL;
}

static void
unfold_columns (void *data, int64_t begin, int64_t end)
{
  const Unfold *u = data;
  int32_t n = u->params->kernel[0] * u->params->kernel[1];

  for (int64_t to = begin; to < end; to++)
    for (int32_t k = 0; k < n; k++) {
      const float *from = column_under (u, to, k);
      float *out = u->out + to * u->width * n + k;

      for (int64_t c = 0; c < u->width; c++)
        out[c * n] = from ? from[c] : 0;
    }
}

bool
engine_cpu_unfold (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *x = &run->graph->values[node->in[0]], *out = &run->graph->values[node->out];
  const EngineUnfoldParams *p = &node->params.unfold;
  Unfold u = { p, engine_cpu_value (run, node->in[0]), engine_cpu_value (run, node->out), x->width, x->n / p->n_across, (p->n_across + 2 * p->pad[0] - p->kernel[0]) / p->stride[0] + 1 };

  engine_cpu_split (run, out->n, out->width, unfold_columns, &u);
  return true;
}
