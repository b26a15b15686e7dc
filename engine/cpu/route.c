/* SPDX-License-Identifier: MIT */
/* Chooses the experts of each column. A handful of numbers: plain code, the same on every machine that has the same C
 * library. */
#include "cpu.h"

#include <math.h>

typedef struct {
  const EngineRouteParams *params;
  const float             *logits, *bias;
  float                   *out;
  int64_t                  n_experts;
} Route;

/* What the experts are compared by: the logits, or their sigmoids with a bias that the weights do not get. */
static float
score (const Route *r, const float *logits, int64_t expert)
{
  float s = r->params->kind == ENGINE_ROUTE_SIGMOID ? 1 / (1 + expf (-logits[expert])) : logits[expert];

  return r->bias ? s + r->bias[expert] : s;
}

/* The experts in the order of their scores; of equals the first. */
static void
choose (const Route *r, const float *logits, float *chosen)
{
  int32_t n = r->params->n_used;

  for (int32_t i = 0; i < n; i++) {
    int64_t best = -1;

    for (int64_t e = 0; e < r->n_experts; e++) {
      bool taken = false;

      for (int32_t k = 0; k < i; k++)
        taken = taken || chosen[k] == (float) e;
      if (!taken && (best < 0 || score (r, logits, e) > score (r, logits, best)))
        best = e;
    }
    chosen[i] = (float) best;
  }
}

static void
route_columns (void *data, int64_t begin, int64_t end)
{
  const Route *r = data;
  int32_t n = r->params->n_used;

  for (int64_t c = begin; c < end; c++) {
    const float *logits = r->logits + c * r->n_experts;
    float *chosen = r->out + c * 2 * n, *weights = chosen + n, largest = -INFINITY, sum = 0;

    choose (r, logits, chosen);
    for (int64_t e = 0; e < r->n_experts; e++)
      largest = fmaxf (largest, logits[e]);
    for (int32_t i = 0; i < n; i++) {
      float logit = logits[(int64_t) chosen[i]];

      weights[i] = r->params->kind == ENGINE_ROUTE_SIGMOID ? 1 / (1 + expf (-logit)) : expf (logit - largest);
      sum += weights[i];
    }
    if (r->params->kind == ENGINE_ROUTE_SOFTMAX && !r->params->normalise) { /* over all experts, so that the chosen ones give less than 1 */
      sum = 0;
      for (int64_t e = 0; e < r->n_experts; e++)
        sum += expf (logits[e] - largest);
    } else if (r->params->kind == ENGINE_ROUTE_SIGMOID && !r->params->normalise)
      sum = 1;
    for (int32_t i = 0; i < n; i++)
      weights[i] = weights[i] / (sum + r->params->eps) * r->params->scale;
  }
}

bool
engine_cpu_route (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *logits = &run->graph->values[node->in[0]];
  Route r = { &node->params.route, engine_cpu_value (run, node->in[0]), engine_cpu_vector (run, node->in[1]), engine_cpu_value (run, node->out), logits->width };

  engine_cpu_split (run, logits->n, 4 * r.params->n_used * r.n_experts, route_columns, &r);
  return true;
}
