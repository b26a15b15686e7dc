/* SPDX-License-Identifier: MIT */
#include "cpu.h"

typedef struct {
  void       (*kernel) (const float *x, const float *weight, float *out, int64_t n, float eps);
  const float *x, *weight;
  float       *out;
  int64_t      group;
  int64_t      n_weights; /* groups that have weights of their own */
  float        eps;
} RmsNorm;

static void
rms_norm_groups (void *data, int64_t begin, int64_t end)
{
  const RmsNorm *r = data;

  for (int64_t i = begin; i < end; i++)
    r->kernel (r->x + i * r->group, r->weight ? r->weight + i % r->n_weights * r->group : NULL, r->out + i * r->group, r->group, r->eps);
}

bool
engine_cpu_rms_norm (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  int64_t group = node->params.rms_norm.group ? node->params.rms_norm.group : out->width;
  RmsNorm r = { run->backend->kernels->rms_norm, engine_cpu_value (run, node->in[0]), engine_cpu_vector (run, node->in[1]),
                engine_cpu_value (run, node->out), group, 1, node->params.rms_norm.eps };

  if (r.weight)
    r.n_weights = run->graph->values[node->in[1]].width / group;

  engine_cpu_split (run, out->width / group * out->n, group, rms_norm_groups, &r);
  return true;
}
