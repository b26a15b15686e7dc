/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include <string.h>

bool
engine_cpu_splice (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineBatch *batch = run->batch;
  const float *x = engine_cpu_value (run, node->in[0]);
  float *out = engine_cpu_value (run, node->out);
  int64_t width = run->graph->values[node->out].width;

  for (int32_t i = 0; i < batch->n_tokens; i++) {
    const float *from = batch->tokens[i] < 0 ? batch->media + (-1 - (int64_t) batch->tokens[i]) * width : x + i * width;

    memcpy (out + i * width, from, (size_t) width * sizeof *out);
  }
  return true;
}
