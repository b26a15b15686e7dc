/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  void       (*kernel) (const float *x, float factor, float *out, int64_t n);
  const float *x;
  float        factor;
  float       *out;
} Scale;

static void
scale_elements (void *data, int64_t begin, int64_t end)
{
  const Scale *s = data;

  s->kernel (s->x + begin, s->factor, s->out + begin, end - begin);
}

bool
engine_cpu_scaled (EngineCpuRun *run, const EngineNode *node, void (*kernel) (const float *x, float factor, float *out, int64_t n))
{
  const EngineValue *out = &run->graph->values[node->out];
  Scale s = { kernel, engine_cpu_value (run, node->in[0]), node->params.scale, engine_cpu_value (run, node->out) };

  engine_cpu_split (run, out->width * out->n, 1, scale_elements, &s);
  return true;
}

bool
engine_cpu_scale (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  return engine_cpu_scaled (run, node, run->backend->kernels->scale);
}
