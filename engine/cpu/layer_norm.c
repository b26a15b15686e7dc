/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  const EngineCpuKernels *kernels;
  const float            *x, *weight, *bias;
  float                  *out;
  int64_t                 width;
  float                   eps;
} LayerNorm;

static void
layer_norm_columns (void *data, int64_t begin, int64_t end)
{
  const LayerNorm *l = data;

  for (int64_t i = begin; i < end; i++)
    l->kernels->layer_norm (l->x + i * l->width, l->weight, l->bias, l->out + i * l->width, l->width, l->eps);
}

bool
engine_cpu_layer_norm (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  LayerNorm l = { run->backend->kernels, engine_cpu_value (run, node->in[0]), engine_cpu_vector (run, node->in[1]), engine_cpu_vector (run, node->in[2]),
                  engine_cpu_value (run, node->out), out->width, node->params.rms_norm.eps };

  engine_cpu_split (run, out->n, out->width, layer_norm_columns, &l);
  return true;
}
