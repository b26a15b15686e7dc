/* SPDX-License-Identifier: MIT */
/* Gated DeltaNet's recurrence, token after token: the same sums in the same order for any batch. Heads know nothing of each other,
 * so they are what threads share out. The state is [n_head][n_state][head_dim]. */
#include "cpu.h"

#include <math.h>

typedef struct {
  const EngineCpuRun      *run;
  const EngineDeltaParams *params;
  const float             *x, *steps, *betas, *a;
  float                   *turns;        /* [2 · n_group · n_state, n_tokens]: queries and keys, divided by their lengths */
  float                   *decay, *beta; /* [n_tokens] of each head */
  float                   *out;
  const EngineCpuSpan     *spans;
} Delta;

/* Item: a query or a key of a token. A length is sqrt (n_state) times the root of the mean of squares; of queries the other sqrt (n_state) is taken away too. */
static void
divide_by_lengths (void *data, int64_t begin, int64_t end)
{
  const Delta *d = data;
  const EngineDeltaParams *p = d->params;
  const EngineCpuKernels *kernels = d->run->backend->kernels;
  int64_t width = (int64_t) p->n_head * p->head_dim, n_turns = 2 * p->n_group;
  float root = 1 / sqrtf ((float) p->n_state);

  for (int64_t i = begin; i < end; i++) {
    int64_t token = i / n_turns, at = i % n_turns;
    float *to = d->turns + i * p->n_state;

    kernels->rms_norm (d->x + token * (width + n_turns * p->n_state) + at * p->n_state, NULL, to, p->n_state, p->eps / (float) p->n_state);
    kernels->scale (to, at < p->n_group ? root * root : root, to, p->n_state);
  }
}

static void
walk_head (const Delta *d, const EngineCpuSpan *span, int32_t head)
{
  const EngineDeltaParams *p = d->params;
  const EngineCacheStore *store = d->run->store;
  int64_t width = (int64_t) p->n_head * p->head_dim, turns = 2 * (int64_t) p->n_group * p->n_state, stride = width + turns;
  int64_t head_state = (int64_t) head * p->n_state * p->head_dim, at = (int64_t) head * d->run->batch->n_tokens + span->token;
  const float *from = engine_cpu_state (store, p->layer, span->sequence->state);
  float *to;

  from = from ? from + head_state : NULL;
  for (int32_t t = 0; t < span->n_tokens; t++) {
    int64_t i = (int64_t) (span->token + t) * p->n_head + head;

    d->decay[at + t] = expf (engine_cpu_softplus (d->steps[i]) * d->a[head]);
    d->beta[at + t] = 1 / (1 + expf (-d->betas[i]));
  }
  for (int32_t first = 0, n; first < span->n_tokens; first += n, from = to) {
    int64_t token = span->token + first;
    const float *q = d->turns + token * turns + (int64_t) (head % p->n_group) * p->n_state;
    EngineCpuDelta job = {
      .head_dim = p->head_dim, .n_state = p->n_state, .q = q, .k = q + (int64_t) p->n_group * p->n_state, .turn_stride = (size_t) turns,
      .v = d->x + token * stride + turns + head * p->head_dim, .v_stride = (size_t) stride, .decay = d->decay + at + first, .beta = d->beta + at + first,
      .out = d->out + token * width + head * p->head_dim, .out_stride = (size_t) width,
    };
    uint32_t page;

    n = job.n_tokens = engine_cpu_span_stretch (d->run, span, first, &page);
    to = engine_cpu_state (store, p->layer, page) + head_state;
    d->run->backend->kernels->delta (&job, from, to);
  }
}

/* Item: a head of a span. */
static void
walk_heads (void *data, int64_t begin, int64_t end)
{
  const Delta *d = data;

  for (int64_t i = begin; i < end; i++)
    walk_head (d, &d->spans[i / d->params->n_head], (int32_t) (i % d->params->n_head));
}

bool
engine_cpu_delta_rule (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineDeltaParams *p = &node->params.delta;
  size_t n_tokens = (size_t) run->batch->n_tokens, n = (size_t) p->n_head * n_tokens, n_turns = 2 * (size_t) p->n_group * n_tokens;
  float *scratch = engine_cpu_buffer_reserve (&run->backend->scratch, (2 * n + n_turns * (size_t) p->n_state) * sizeof *scratch, error);
  int32_t n_spans;
  Delta d = {
    .run = run, .params = p, .x = engine_cpu_value (run, node->in[0]), .steps = engine_cpu_value (run, node->in[1]), .betas = engine_cpu_value (run, node->in[2]),
    .a = engine_cpu_vector (run, node->in[3]), .turns = scratch, .decay = scratch + n_turns * (size_t) p->n_state, .out = engine_cpu_value (run, node->out),
    .spans = engine_cpu_spans (run, &n_spans, error),
  };

  if (!scratch || !d.spans)
    return false;
  d.beta = d.decay + n;
  engine_cpu_split (run, (int64_t) n_turns, 4 * p->n_state, divide_by_lengths, &d);
  engine_cpu_split (run, (int64_t) n_spans * p->n_head, 6 * (int64_t) p->n_state * p->head_dim * (run->batch->n_tokens / n_spans), walk_heads, &d);
  return true;
}
