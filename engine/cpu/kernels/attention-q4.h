/* SPDX-License-Identifier: MIT */
/* Keys and values of four bits: part of attention.h, which says what is around it.
 *
 * 32 elements of a value, and 16 of a key, share a step of binary16: x = step · code, a code from -8 to 7.
 *
 * Keys: codes [ceil (head_dim/2)][64], element 2 · i in the lower half of a byte and 2 · i + 1 in the upper; steps
 * [ceil (head_dim/16)][64]; base [head_dim], up to a multiple of 16. Values: codes [64][ceil (head_dim/32)][16], element i of
 * 32 in the lower half and i + 16 in the upper; steps [ceil (head_dim/32)][64]. So a byte belongs to one position,
 * and threads write those of a page at once. */

/* Which codes go with a step: the extreme element over each of these, then the step that fits the codes best. */
static const float q4_extremes[] = { -8.0f, -9.0f, -7.0f, 7.0f, -6.0f };

static inline Lanes
q4_codes (Lanes x, float inverse)
{
  return lanes_max (lanes_min (lanes_round (lanes_mul (x, lanes_set (inverse))), lanes_set (7.0f)), lanes_set (-8.0f));
}

/* The codes of 32 elements, each and 8, and their step. */
static inline void
quantise_q4 (const float *x, uint8_t *codes, uint16_t *step)
{
  Lanes lo = lanes_load (x), hi = lanes_load (x + 16);
  float extreme = lanes_largest (lanes_max (lanes_abs (lo), lanes_abs (hi))), best = 0.0f, value, inverse = 0.0f, rounded[32] __attribute__ ((aligned (64)));

  *step = 0;
  if (extreme > 0.0f && isfinite (extreme)) {
    if (lanes_largest (lanes_max (lo, hi)) < extreme)
      extreme = -extreme;
    value = 0.0f;
    for (size_t i = 0; i < ENGINE_LENGTH (q4_extremes); i++) {
      float to = q4_extremes[i] / extreme;
      Lanes a = q4_codes (lo, to), b = q4_codes (hi, to);
      float xc = lanes_sum (lanes_fma (hi, b, lanes_mul (lo, a))), cc = lanes_sum (lanes_fma (b, b, lanes_mul (a, a)));

      /* What is left of the error is Σx² - (Σxc)²/Σc². */
      if (xc * xc > best * cc) {
        best = xc * xc / cc;
        value = xc / cc;
      }
    }
    round_half (value, step);
    value = engine_f16_to_f32 (*step);
    inverse = value != 0.0f ? 1.0f / value : 0.0f;
  }
  lanes_store (rounded, q4_codes (lo, inverse));
  lanes_store (rounded + 16, q4_codes (hi, inverse));
  for (int i = 0; i < 32; i++)
    codes[i] = (uint8_t) (rounded[i] + 8.0f);
}

static void
cache_write_q4 (const float *k, const float *v, int head_dim, int slot, const float *first, uint8_t *keys, uint8_t *values)
{
  size_t n_blocks = (size_t) (head_dim + 31) / 32;
  uint16_t *key_steps = (uint16_t *) (keys + POSITIONS * ((size_t) (head_dim + 1) / 2)), *base = key_steps + POSITIONS * (padded (head_dim) / 16);
  uint16_t *value_steps = (uint16_t *) (values + POSITIONS * n_blocks * 16);

  for (int d = 0; d < head_dim; d += 16) {
    int n = ENGINE_MIN (16, head_dim - d);
    float x[32] __attribute__ ((aligned (64))) = { 0 };
    uint8_t codes[32];

    less_base (k, d, n, slot, first, base, x);
    quantise_q4 (x, codes, &key_steps[POSITIONS * (d / 16) + slot]);
    for (int i = 0; i < n; i += 2)
      keys[POSITIONS * (size_t) ((d + i) / 2) + (size_t) slot] = (uint8_t) (codes[i] | codes[i + 1] << 4);
  }
  for (int d = 0; d < head_dim; d += 32) {
    size_t block = (size_t) d / 32;
    float x[32] __attribute__ ((aligned (64))) = { 0 };
    uint8_t codes[32], *to = values + ((size_t) slot * n_blocks + block) * 16;

    memcpy (x, v + d, (size_t) ENGINE_MIN (32, head_dim - d) * sizeof *x);
    quantise_q4 (x, codes, &value_steps[POSITIONS * block + (size_t) slot]);
    for (int i = 0; i < 16; i++)
      to[i] = (uint8_t) (codes[i] | codes[i + 16] << 4);
  }
}

/* The step of a block is multiplied once, into the sum over its elements; the base is the same for all positions. */
static inline __attribute__ ((always_inline)) void
find_scores_of_q4 (const Scores *s, int n)
{
  int head_dim = s->head_dim;
  const uint16_t *steps = (const uint16_t *) (s->keys + POSITIONS * ((size_t) (head_dim + 1) / 2));
  const uint16_t *base = steps + POSITIONS * (padded (head_dim) / 16);

  for (int q = 0; q < n; q++) {
    Lanes start = lanes_set (base_score (s->q[q], base, head_dim));

    for (int j = 0; j < POSITIONS; j += 16)
      lanes_store (s->p[q] + j, start);
  }
  for (int d = 0; d < head_dim; d += 16)
    for (int j = 0; j < POSITIONS / 16; j += ATTEND_LANES) {
      Lanes score[QUERIES][ATTEND_LANES];

      for (int q = 0; q < n; q++)
        for (int i = 0; i < ATTEND_LANES; i++)
          score[q][i] = lanes_set (0.0f);
      for (int e = d; e < ENGINE_MIN (d + 16, head_dim); e++) {
        const uint8_t *codes = s->keys + POSITIONS * (size_t) (e / 2) + 16 * (size_t) j;
        Lanes k[ATTEND_LANES];

        for (int i = 0; i < ATTEND_LANES; i++)
          k[i] = e % 2 ? lanes_load_upper (codes + 16 * i) : lanes_load_lower (codes + 16 * i);
        for (int q = 0; q < n; q++)
          for (int i = 0; i < ATTEND_LANES; i++)
            score[q][i] = lanes_fma (lanes_set (s->q[q][e]), k[i], score[q][i]);
      }
      for (int i = 0; i < ATTEND_LANES; i++) {
        Lanes step = lanes_load_f16 (steps + POSITIONS * (d / 16) + 16 * (j + i));

        for (int q = 0; q < n; q++)
          lanes_store (s->p[q] + 16 * (j + i), lanes_fma (step, score[q][i], lanes_load (s->p[q] + 16 * (j + i))));
      }
    }
}

/* The steps are multiplied into the weights, once for 32 elements. */
static inline __attribute__ ((always_inline)) void
add_values_of_q4 (const Weighted *w, int n)
{
  size_t n_blocks = (size_t) (w->head_dim + 31) / 32, room = padded (w->head_dim);
  const uint16_t *steps = (const uint16_t *) (w->values + POSITIONS * n_blocks * 16);

  for (size_t block = 0; block < n_blocks; block++) {
    float scaled[QUERIES][POSITIONS] __attribute__ ((aligned (64)));
    bool half = 32 * block + 16 >= room; /* only the first 16 elements are there */
    Lanes sum[QUERIES][2];

    for (int q = 0; q < n; q++) {
      float *weighted = w->weighted + (size_t) q * w->stride + 32 * block;

      for (int i = 0; i < POSITIONS; i += 16)
        lanes_store (scaled[q] + i, lanes_mul (lanes_load (w->p[q] + i), lanes_load_f16 (steps + POSITIONS * block + i)));
      sum[q][0] = lanes_mul (lanes_load (weighted), lanes_set (w->factor[q]));
      sum[q][1] = half ? lanes_set (0.0f) : lanes_mul (lanes_load (weighted + 16), lanes_set (w->factor[q]));
    }
    for (int position = w->begin; position < w->end; position++) {
      const uint8_t *codes = w->values + ((size_t) position * n_blocks + block) * 16;
      Lanes lower = lanes_load_lower (codes), upper = lanes_load_upper (codes);

      for (int q = 0; q < n; q++) {
        Lanes weight = lanes_set (scaled[q][position]);

        sum[q][0] = lanes_fma (weight, lower, sum[q][0]);
        sum[q][1] = lanes_fma (weight, upper, sum[q][1]);
      }
    }
    for (int q = 0; q < n; q++) {
      float *weighted = w->weighted + (size_t) q * w->stride + 32 * block;

      lanes_store (weighted, sum[q][0]);
      if (!half)
        lanes_store (weighted + 16, sum[q][1]);
    }
  }
}
