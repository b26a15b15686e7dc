/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  const EngineCpuKernels *kernels;
  const float *a, *b, *scale; /* scale [width] or NULL */
  float       *out;
  int64_t      width;
} Add;

static void
add_elements (void *data, int64_t begin, int64_t end)
{
  const Add *a = data;

  a->kernels->add (a->a + begin, a->b + begin, a->out + begin, end - begin);
}

static void
add_columns (void *data, int64_t begin, int64_t end)
{
  const Add *a = data;

  for (int64_t at = begin * a->width; at < end * a->width; at += a->width)
    a->kernels->add_scaled (a->a + at, a->b + at, a->scale, a->out + at, a->width);
}

bool
engine_cpu_add (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  Add a = { run->backend->kernels, engine_cpu_value (run, node->in[0]), engine_cpu_value (run, node->in[1]), engine_cpu_vector (run, node->in[2]),
            engine_cpu_value (run, node->out), out->width };

  if (a.scale)
    engine_cpu_split (run, out->n, out->width, add_columns, &a);
  else
    engine_cpu_split (run, out->width * out->n, 1, add_elements, &a);
  return true;
}
