/* SPDX-License-Identifier: MIT */
/* Mamba-2's recurrence, token after token: the same sums in the same order for any batch. Heads know nothing of each other,
 * so they are what threads share out. The state is [n_head][n_state][head_dim]. */
#include "cpu.h"

#include <math.h>

typedef struct {
  const EngineCpuRun    *run;
  const EngineSsmParams *params;
  const float           *x, *steps, *a, *skip;
  float                 *decay, *step; /* [n_tokens] of each head */
  float                 *out;
  const EngineCpuSpan   *spans;
} Scan;

static void
scan_head (const Scan *s, const EngineCpuSpan *span, int32_t head)
{
  const EngineSsmParams *p = s->params;
  const EngineCacheStore *store = s->run->store;
  int64_t width = (int64_t) p->n_head * p->head_dim, stride = width + 2 * (int64_t) p->n_group * p->n_state;
  int64_t head_state = (int64_t) head * p->n_state * p->head_dim, at = (int64_t) head * s->run->batch->n_tokens + span->token;
  int32_t group = head / (p->n_head / p->n_group);
  const float *from = engine_cpu_state (store, p->layer, span->sequence->state);
  float *to;

  from = from ? from + head_state : NULL;
  for (int32_t t = 0; t < span->n_tokens; t++) {
    s->step[at + t] = engine_cpu_softplus (s->steps[(int64_t) (span->token + t) * p->n_head + head]);
    s->decay[at + t] = expf (s->step[at + t] * s->a[head]);
  }
  for (int32_t first = 0, n; first < span->n_tokens; first += n, from = to) {
    int64_t token = span->token + first;
    const float *x = s->x + token * stride;
    EngineCpuScan job = {
      .head_dim = p->head_dim, .n_state = p->n_state, .x = x + head * p->head_dim, .b = x + width + group * p->n_state,
      .c = x + width + (p->n_group + group) * p->n_state, .stride = (size_t) stride, .decay = s->decay + at + first, .step = s->step + at + first,
      .skip = s->skip[head], .out = s->out + token * width + head * p->head_dim, .out_stride = (size_t) width,
    };
    uint32_t page;

    n = job.n_tokens = engine_cpu_span_stretch (s->run, span, first, &page);
    to = engine_cpu_state (store, p->layer, page) + head_state;
    s->run->backend->kernels->scan (&job, from, to);
  }
}

/* Item: a head of a span. */
static void
scan_heads (void *data, int64_t begin, int64_t end)
{
  const Scan *s = data;

  for (int64_t i = begin; i < end; i++)
    scan_head (s, &s->spans[i / s->params->n_head], (int32_t) (i % s->params->n_head));
}

bool
engine_cpu_ssm_scan (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineSsmParams *p = &node->params.ssm;
  size_t n = (size_t) p->n_head * (size_t) run->batch->n_tokens;
  float *scratch = engine_cpu_buffer_reserve (&run->backend->scratch, 2 * n * sizeof *scratch, error);
  int32_t n_spans;
  Scan s = {
    .run = run, .params = p, .x = engine_cpu_value (run, node->in[0]), .steps = engine_cpu_value (run, node->in[1]), .a = engine_cpu_vector (run, node->in[2]),
    .skip = engine_cpu_vector (run, node->in[3]), .decay = scratch, .step = scratch + n, .out = engine_cpu_value (run, node->out),
    .spans = engine_cpu_spans (run, &n_spans, error),
  };

  if (!scratch || !s.spans)
    return false;
  engine_cpu_split (run, (int64_t) n_spans * p->n_head, 4 * (int64_t) p->n_state * p->head_dim * (run->batch->n_tokens / n_spans), scan_heads, &s);
  return true;
}
