/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  const float *x;
  float        least, most;
  float       *out;
} Clamp;

static void
clamp_elements (void *data, int64_t begin, int64_t end)
{
  const Clamp *c = data;

  for (int64_t i = begin; i < end; i++)
    c->out[i] = ENGINE_MIN (ENGINE_MAX (c->x[i], c->least), c->most);
}

bool
engine_cpu_clamp (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  Clamp c = { engine_cpu_value (run, node->in[0]), node->params.clamp.least, node->params.clamp.most, engine_cpu_value (run, node->out) };

  engine_cpu_split (run, out->width * out->n, 1, clamp_elements, &c);
  return true;
}
