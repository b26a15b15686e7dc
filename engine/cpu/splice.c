/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include <string.h>

bool
engine_cpu_splice (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineBatch *batch = run->batch;
  const float *x = engine_cpu_value (run, node->in[0]);
  float *out = engine_cpu_value (run, node->out);
  int64_t width = run->graph->values[node->out].width, part = node->params.splice.part, n_parts = node->params.splice.n_parts;

  for (int32_t i = 0; i < batch->n_tokens; i++) {
    const float *media = batch->tokens[i] < 0 ? batch->media + ((-1 - (int64_t) batch->tokens[i]) * n_parts + part) * width : NULL;

    memcpy (out + i * width, media && part == 0 ? media : x + i * width, (size_t) width * sizeof *out);
    for (int64_t k = 0; media && part > 0 && k < width; k++)
      out[i * width + k] += media[k];
  }
  return true;
}
