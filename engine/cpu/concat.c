/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include <string.h>

typedef struct {
  const float *a, *b;
  float       *out;
  int64_t      n_a, n_b;
} Concat;

static void
concat_columns (void *data, int64_t begin, int64_t end)
{
  const Concat *c = data;

  for (int64_t i = begin; i < end; i++) {
    float *out = c->out + i * (c->n_a + c->n_b);

    memcpy (out, c->a + i * c->n_a, (size_t) c->n_a * sizeof *out);
    memcpy (out + c->n_a, c->b + i * c->n_b, (size_t) c->n_b * sizeof *out);
  }
}

bool
engine_cpu_concat (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *values = run->graph->values, *out = &values[node->out];
  Concat c = { engine_cpu_value (run, node->in[0]), engine_cpu_value (run, node->in[1]), engine_cpu_value (run, node->out), values[node->in[0]].width, values[node->in[1]].width };

  engine_cpu_split (run, out->n, out->width, concat_columns, &c);
  return true;
}
