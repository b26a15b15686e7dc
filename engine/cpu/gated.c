/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  void       (*kernel) (const float *gate, const float *up, float *out, int64_t n);
  const float *gate, *up;
  float       *out;
} Gated;

static void
gated_pieces (void *data, int64_t begin, int64_t end)
{
  const Gated *g = data;

  g->kernel (g->gate + begin, g->up ? g->up + begin : NULL, g->out + begin, end - begin);
}

bool
engine_cpu_gated (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  Gated g = { run->backend->kernels->gated[node->params.gate], engine_cpu_value (run, node->in[0]),
              node->in[1] == ENGINE_NO_VALUE ? NULL : engine_cpu_value (run, node->in[1]), engine_cpu_value (run, node->out) };

  engine_cpu_split (run, out->width * out->n, 2, gated_pieces, &g);
  return true;
}
