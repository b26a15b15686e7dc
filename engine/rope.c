/* SPDX-License-Identifier: MIT */
#include "rope.h"

#include <math.h>

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

/* The axis whose position turns pair i, and which of how many pairs it is for its frequency. */
typedef struct { int32_t axis, index, n; } Pair;

static Pair
pair_at (const EngineRopeParams *p, int32_t i)
{
  Pair pair = { 0, i, p->n_rot / 2 };
  int32_t first = 0;

  if (!p->n_axes)
    return pair;
  if (p->axes_order == ENGINE_AXES_INTERLEAVED) {
    pair.axis = i < p->n_axes * p->axes[i % p->n_axes] ? i % p->n_axes : 0;
    return pair;
  }
  while (i >= first + p->axes[pair.axis])
    first += p->axes[pair.axis++];
  if (p->axes_order == ENGINE_AXES_STRIDED)
    pair.index = (i - first) * p->n_axes + pair.axis;
  return p->axes_order == ENGINE_AXES_OWN ? (Pair) { pair.axis, i - first, p->axes[pair.axis] } : pair;
}

void
engine_rope_turns (const EngineRopeParams *p, const float *factors, const EngineBatch *batch, float *turns)
{
  const int32_t *positions = p->n_axes && batch->axes ? batch->axes : batch->positions;
  int32_t stride = positions == batch->axes ? p->n_axes : 1, half = p->n_rot / 2;

  for (int32_t i = 0; i < half; i++) {
    Pair pair = pair_at (p, i);
    double frequency = pow (p->freq_base, -2.0 * pair.index / (2 * pair.n)) / (factors ? factors[i] : 1.0);

    frequency = p->ext_factor != 0.0f ? yarn_frequency (p, i, frequency) : frequency * p->freq_scale;
    for (int32_t t = 0; t < batch->n_tokens; t++) {
      int32_t position = positions[(int64_t) t * stride + (stride > 1 ? pair.axis : 0)];
      double angle = position * frequency, factor = p->attn_factor;

      if (p->temperature != 0.0f)
        factor *= 1 + p->temperature * log (1 + position / p->n_context_original);
      turns[(int64_t) t * p->n_rot + i] = (float) (cos (angle) * factor);
      turns[(int64_t) t * p->n_rot + half + i] = (float) (sin (angle) * factor);
    }
  }
}
