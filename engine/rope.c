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

/* Pairs first … first + n - 1, which turn with the position on one axis: those of tokens are `stride` numbers apart. */
static void
turn_pairs (const EngineRopeParams *p, const float *factors, int32_t first, int32_t n, int32_t n_rot, const int32_t *positions, int32_t stride, int32_t n_tokens, float *turns)
{
  int half = p->n_rot / 2;

  for (int i = first; i < first + n; i++) {
    double frequency = pow (p->freq_base, -2.0 * (i - first) / n_rot) / (factors ? factors[i] : 1.0);

    frequency = p->ext_factor != 0.0f ? yarn_frequency (p, i, frequency) : frequency * p->freq_scale;
    for (int32_t t = 0; t < n_tokens; t++) {
      int32_t position = positions[(int64_t) t * stride];
      double angle = position * frequency, factor = p->attn_factor;

      if (p->temperature != 0.0f)
        factor *= 1 + p->temperature * log (1 + position / p->n_context_original);
      turns[(int64_t) t * p->n_rot + i] = (float) (cos (angle) * factor);
      turns[(int64_t) t * p->n_rot + half + i] = (float) (sin (angle) * factor);
    }
  }
}

void
engine_rope_turns (const EngineRopeParams *p, const float *factors, const EngineBatch *batch, float *turns)
{
  int32_t first = 0;

  if (!p->n_axes)
    turn_pairs (p, factors, 0, p->n_rot / 2, p->n_rot, batch->positions, 1, batch->n_tokens, turns);
  for (int32_t a = 0; a < p->n_axes; first += p->axes[a++])
    turn_pairs (p, factors, first, p->axes[a], 2 * p->axes[a], batch->axes + a, p->n_axes, batch->n_tokens, turns);
}
