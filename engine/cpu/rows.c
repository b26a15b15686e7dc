/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include <string.h>

bool
engine_cpu_rows (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const float *x = engine_cpu_value (run, node->in[0]);
  float *out = engine_cpu_value (run, node->out);
  int64_t width = run->graph->values[node->out].width;

  for (int32_t i = 0; i < run->batch->n_outputs; i++)
    memcpy (out + i * width, x + run->batch->outputs[i] * width, (size_t) width * sizeof *out);
  return true;
}
