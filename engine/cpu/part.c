/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include <string.h>

typedef struct {
  const float *x; /* from the first element on that is wanted */
  float       *out;
  int64_t      n_in, n_out;
} PartOf;

static void
copy_columns (void *data, int64_t begin, int64_t end)
{
  const PartOf *p = data;

  for (int64_t i = begin; i < end; i++)
    memcpy (p->out + i * p->n_out, p->x + i * p->n_in, (size_t) p->n_out * sizeof *p->out);
}

bool
engine_cpu_part (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *values = run->graph->values, *out = &values[node->out];
  PartOf p = { engine_cpu_value (run, node->in[0]) + node->params.first, engine_cpu_value (run, node->out), values[node->in[0]].width, out->width };

  engine_cpu_split (run, out->n, out->width, copy_columns, &p);
  return true;
}
