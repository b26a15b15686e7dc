/* SPDX-License-Identifier: MIT */
/* A convolution of each channel over the last few columns. The state is the columns that the next tokens still see,
 * the oldest first. */
#include "cpu.h"

#include <string.h>

typedef struct {
  const EngineCpuRun  *run;
  const float         *x;      /* [n_channels, per_token · n_tokens] */
  const float         *weight; /* repacked */
  const float         *bias;   /* or NULL */
  const float         *zeros;  /* [n_channels] */
  float               *out;
  int64_t              n_channels, per_token;
  int32_t              n_taps, layer;
  const EngineCpuSpan *spans;
} Conv;

/* Column i of the span; negative: that many before its first one. */
static const float *
column (const Conv *c, const EngineCpuSpan *span, int64_t i)
{
  const float *state;

  if (i >= 0)
    return c->x + (span->token * c->per_token + i) * c->n_channels;
  state = engine_cpu_state (c->run->store, c->layer, span->sequence->state);
  return state ? state + (c->n_taps - 1 + i) * c->n_channels : c->zeros;
}

static void
conv_columns (void *data, int64_t begin, int64_t end)
{
  const Conv *c = data;
  const EngineCpuSpan *span = c->spans;

  for (int64_t t = begin; t < end; t++) {
    const float *taps[ENGINE_MAX_TAPS];

    while (t >= (span->token + span->n_tokens) * c->per_token)
      span++;
    for (int32_t i = 0; i < c->n_taps; i++)
      taps[i] = column (c, span, t - span->token * c->per_token - (c->n_taps - 1) + i);
    c->run->backend->kernels->conv (taps, c->n_taps, c->weight, c->bias, c->out + t * c->n_channels, c->n_channels);
  }
}

static void
keep_states (const Conv *c, const EngineCpuSpan *span)
{
  for (int32_t end = 0; end < span->n_tokens;) {
    uint32_t page;
    float *state;

    end += engine_cpu_span_stretch (c->run, span, end, &page);
    state = engine_cpu_state (c->run->store, c->layer, page);
    for (int32_t i = 0; i < c->n_taps - 1; i++)
      memcpy (state + i * c->n_channels, column (c, span, end * c->per_token - (c->n_taps - 1) + i), (size_t) c->n_channels * sizeof *state);
  }
}

bool
engine_cpu_conv (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineCpuWeight *weight = engine_cpu_weight (run->graph->values[node->in[1]].weight);
  float *zeros = engine_cpu_buffer_reserve (&run->backend->scratch, (size_t) weight->n_out * sizeof *zeros, error);
  int32_t n_spans;
  Conv c = {
    .run = run, .x = engine_cpu_value (run, node->in[0]), .weight = (const float *) weight->data, .bias = engine_cpu_vector (run, node->in[2]), .zeros = zeros,
    .out = engine_cpu_value (run, node->out), .n_channels = weight->n_out, .per_token = run->graph->values[node->out].n / run->batch->n_tokens, .n_taps = (int32_t) weight->n_in, .layer = node->params.cache_layer,
    .spans = engine_cpu_spans (run, &n_spans, error),
  };

  if (!zeros || !c.spans)
    return false;
  memset (zeros, 0, (size_t) weight->n_out * sizeof *zeros);
  engine_cpu_split (run, run->graph->values[node->out].n, c.n_channels * c.n_taps, conv_columns, &c);
  for (int32_t i = 0; i < n_spans; i++)
    keep_states (&c, &c.spans[i]);
  return true;
}
