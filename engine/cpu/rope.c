/* SPDX-License-Identifier: MIT */
/* Rotary positions. The angles of all tokens are computed once for each kind of rope in a run,
 * in double precision, and shared by the layers. */
#include "cpu.h"

#include <math.h>
#include <string.h>

typedef struct {
  void       (*kernel) (const float *x, const float *cosine, const float *sine, int n_rot, int head_dim, float *out);
  const float *x, *turns;
  float       *out;
  int          n_rot, head_dim;
  int64_t      n_heads;
} Rope;

/* The number of the pair that makes `turns` full turns within the original context. */
static double
pair_of_turns (const EngineRopeParams *p, double turns)
{
  return p->n_rot * log (p->n_context_original / (turns * 2 * M_PI)) / (2 * log (p->freq_base));
}

/* YaRN (Peng et al. 2023, arXiv 2309.00071, section 3.2): fast pairs keep their frequency, slow
 * ones are interpolated, with a ramp between. */
static double
yarn_frequency (const EngineRopeParams *p, int pair, double frequency)
{
  double fast = pair_of_turns (p, p->beta_fast), slow = pair_of_turns (p, p->beta_slow);
  double low = fmax (0, p->fractional ? fast : floor (fast)), high = fmin (p->n_rot - 1, p->fractional ? slow : ceil (slow));
  double ramp = fmin (1, fmax (0, (pair - low) / fmax (0.001, high - low)));
  double keep = (1 - ramp) * p->ext_factor;

  return frequency * p->freq_scale * (1 - keep) + frequency * keep;
}

/* Cosines and then sines, [n_rot/2] each, of every token. */
static void
fill_turns (const EngineCpuRun *run, const EngineRopeParams *p, const float *factors, float *turns)
{
  int half = p->n_rot / 2;

  for (int i = 0; i < half; i++) {
    double frequency = pow (p->freq_base, -2.0 * i / p->n_rot) / (factors ? factors[i] : 1.0);

    frequency = p->ext_factor != 0.0f ? yarn_frequency (p, i, frequency) : frequency * p->freq_scale;
    for (int32_t t = 0; t < run->batch->n_tokens; t++) {
      double angle = run->batch->positions[t] * frequency, factor = p->attn_factor;

      if (p->temperature != 0.0f)
        factor *= 1 + p->temperature * log (1 + run->batch->positions[t] / p->n_context_original);
      turns[(int64_t) t * p->n_rot + i] = (float) (cos (angle) * factor);
      turns[(int64_t) t * p->n_rot + half + i] = (float) (sin (angle) * factor);
    }
  }
}

static void
rope_heads (void *data, int64_t begin, int64_t end)
{
  const Rope *r = data;

  for (int64_t i = begin; i < end; i++) {
    const float *turns = r->turns + i / r->n_heads * r->n_rot;

    r->kernel (r->x + i * r->head_dim, turns, turns + r->n_rot / 2, r->n_rot, r->head_dim, r->out + i * r->head_dim);
  }
}

bool
engine_cpu_rope (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EngineValue *out = &run->graph->values[node->out];
  const EngineRopeParams *p = &node->params.rope;
  const EngineNode *last = run->turns_of;
  Rope r = { run->backend->kernels->rope[p->style], engine_cpu_value (run, node->in[0]), NULL,
             engine_cpu_value (run, node->out), p->n_rot, p->head_dim, out->width / p->head_dim };

  if (!last || last->in[2] != node->in[2] || memcmp (&last->params.rope, p, sizeof *p) != 0) {
    size_t bytes = (size_t) run->batch->n_tokens * (size_t) p->n_rot * sizeof (float);
    float *turns = engine_cpu_buffer_reserve (&run->backend->turns, bytes, error);

    if (!turns)
      return false;
    fill_turns (run, p, engine_cpu_vector (run, node->in[2]), turns);
    run->turns_of = node;
  }
  r.turns = run->backend->turns.data;
  engine_cpu_split (run, r.n_heads * out->n, r.head_dim, rope_heads, &r);
  return true;
}
