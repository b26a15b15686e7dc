/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  const float *x;
  float       *out;
  int64_t      width, n_rows;
} Transpose;

static void
transpose_columns (void *data, int64_t begin, int64_t end)
{
  const Transpose *t = data;
  int64_t m = t->width / t->n_rows;

  for (int64_t i = begin * t->width; i < end * t->width; i += t->width)
    for (int64_t row = 0; row < t->n_rows; row++)
      for (int64_t k = 0; k < m; k++)
        t->out[i + k * t->n_rows + row] = t->x[i + row * m + k];
}

bool
engine_cpu_transpose (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  Transpose t = { engine_cpu_value (run, node->in[0]), engine_cpu_value (run, node->out), out->width, node->params.n_rows };

  engine_cpu_split (run, out->n, out->width, transpose_columns, &t);
  return true;
}
