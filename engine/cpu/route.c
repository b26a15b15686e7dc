/* SPDX-License-Identifier: MIT */
/* Chooses the experts of each column. A handful of numbers: plain code, the same on every machine that has the same C
 * library. */
#include "cpu.h"
#include "expert-cache.h"

#include <math.h>

typedef struct {
  const float  *logits, *bias; /* bias or NULL */
  float        *out;
  int64_t       n_experts;
  int32_t       n_used;
  EngineRouting routing;
} Route;

static float
sigmoid (float x)
{
  return 1 / (1 + expf (-x));
}

/* What the choice goes by. */
static float
score (const Route *r, const float *logits, int64_t expert)
{
  return r->routing == ENGINE_ROUTING_SIGMOID ? sigmoid (logits[expert]) + (r->bias ? r->bias[expert] : 0) : logits[expert];
}

/* The experts in the order of their scores; of equals the first. */
static void
choose (const Route *r, const float *logits, float *chosen)
{
  for (int32_t i = 0; i < r->n_used; i++) {
    int64_t best = -1;
    float best_score = 0;

    for (int64_t e = 0; e < r->n_experts; e++) {
      bool taken = false;
      float found = score (r, logits, e);

      for (int32_t k = 0; k < i; k++)
        taken = taken || chosen[k] == (float) e;
      if (!taken && (best < 0 || found > best_score)) {
        best = e;
        best_score = found;
      }
    }
    chosen[i] = (float) best;
  }
}

/* Σ exp (logit - the largest). */
static float
sum_of_all (const Route *r, const float *logits, float largest)
{
  float sum = 0;

  for (int64_t e = 0; e < r->n_experts; e++)
    sum += expf (logits[e] - largest);
  return sum;
}

static void
route_columns (void *data, int64_t begin, int64_t end)
{
  const Route *r = data;

  for (int64_t c = begin; c < end; c++) {
    const float *logits = r->logits + c * r->n_experts;
    float *chosen = r->out + c * 2 * r->n_used, *weights = chosen + r->n_used, sum = 0;

    choose (r, logits, chosen);
    for (int32_t i = 0; i < r->n_used; i++) {
      float logit = logits[(int64_t) chosen[i]];

      sum += weights[i] = r->routing == ENGINE_ROUTING_SIGMOID ? sigmoid (logit) : expf (logit - logits[(int64_t) chosen[0]]);
    }
    if (r->routing == ENGINE_ROUTING_ALL)
      sum = sum_of_all (r, logits, logits[(int64_t) chosen[0]]);
    for (int32_t i = 0; i < r->n_used; i++)
      weights[i] /= sum;
  }
}

void
engine_cpu_route_columns (const EngineNode *node, const float *bias, const float *logits, int64_t n_experts, float *out, int64_t n)
{
  Route r = { logits, bias, out, n_experts, node->params.route.n_used, node->params.route.routing };

  route_columns (&r, 0, n);
}

bool
engine_cpu_route (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *logits = &run->graph->values[node->in[0]];
  Route r = { engine_cpu_value (run, node->in[0]), engine_cpu_vector (run, node->in[1]), engine_cpu_value (run, node->out), logits->width,
              node->params.route.n_used, node->params.route.routing };

  engine_cpu_split (run, logits->n, 4 * r.n_used * r.n_experts, route_columns, &r);
  /* A pool that was cancelled has left some columns without a choice. */
  if (!run->batch->cancel || !atomic_load_explicit (run->batch->cancel, memory_order_relaxed))
    engine_cpu_experts_chosen (run, node);
  return true;
}
