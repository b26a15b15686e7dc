/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  void       (*kernel) (const float *a, const float *b, float *out, int64_t n);
  const float *a, *b;
  float       *out;
} Add;

static void
add_elements (void *data, int64_t begin, int64_t end)
{
  const Add *a = data;

  a->kernel (a->a + begin, a->b + begin, a->out + begin, end - begin);
}

bool
engine_cpu_add (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  Add a = { run->backend->kernels->add, engine_cpu_value (run, node->in[0]), engine_cpu_value (run, node->in[1]),
            engine_cpu_value (run, node->out) };

  engine_cpu_split (run, out->width * out->n, 1, add_elements, &a);
  return true;
}
