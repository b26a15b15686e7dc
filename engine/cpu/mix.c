/* SPDX-License-Identifier: MIT */
/* The weighted sum of what the experts of each column gave, in the order of their scores. */
#include "cpu.h"

typedef struct {
  const float *parts, *routes, *residual;
  float       *out;
  int64_t      width;
  int32_t      n_used;
} Mix;

static void
mix_columns (void *data, int64_t begin, int64_t end)
{
  const Mix *m = data;

  for (int64_t c = begin; c < end; c++) {
    const float *weights = m->routes + (2 * c + 1) * m->n_used, *parts = m->parts + c * m->n_used * m->width;
    float *out = m->out + c * m->width;

    for (int64_t i = 0; i < m->width; i++) {
      float sum = weights[0] * parts[i];

      for (int32_t k = 1; k < m->n_used; k++)
        sum += weights[k] * parts[k * m->width + i];
      out[i] = m->residual ? m->residual[c * m->width + i] + sum : sum;
    }
  }
}

bool
engine_cpu_mix (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  Mix m = {
    .parts = engine_cpu_value (run, node->in[0]),
    .routes = engine_cpu_value (run, node->in[1]),
    .residual = node->in[2] == ENGINE_NO_VALUE ? NULL : engine_cpu_value (run, node->in[2]),
    .out = engine_cpu_value (run, node->out),
    .width = out->width,
    .n_used = (int32_t) (run->graph->values[node->in[1]].width / 2),
  };

  engine_cpu_split (run, out->n, out->width * m.n_used, mix_columns, &m);
  return true;
}
