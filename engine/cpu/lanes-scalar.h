/* SPDX-License-Identifier: MIT */
/* Sixteen lanes in plain C: the reference that every other set of lanes must equal bit by bit.
 *
 * Lanes are 16 floats, Ints 16 int32, Codes 64 unsigned bytes: 4 columns of 16 rows. A file
 * that includes this may define SCALAR_FMA (a, b, c) first; the default rounds once. */
#pragma once

#include "quant/quant.h"

#include <math.h>
#include <string.h>

#ifndef SCALAR_FMA
#define SCALAR_FMA(a, b, c) fmaf (a, b, c)
#endif

#define LANES_NAME "scalar"
#define ATTEND_LANES 1 /* vectors that attention works on at once, for four query vectors each */

#define FOR_LANES for (int i = 0; i < 16; i++)

typedef struct { float v[16]; } Lanes;
typedef struct { int32_t v[16]; } Ints;
typedef struct { uint8_t v[64]; } Codes;

static inline Lanes lanes_set (float x) { Lanes r; FOR_LANES r.v[i] = x; return r; }
static inline Lanes lanes_load (const float *p) { Lanes r; memcpy (r.v, p, sizeof r.v); return r; }
static inline void lanes_store (float *p, Lanes a) { memcpy (p, a.v, sizeof a.v); }
static inline Lanes lanes_add (Lanes a, Lanes b) { FOR_LANES a.v[i] += b.v[i]; return a; }
static inline Lanes lanes_sub (Lanes a, Lanes b) { FOR_LANES a.v[i] -= b.v[i]; return a; }
static inline Lanes lanes_mul (Lanes a, Lanes b) { FOR_LANES a.v[i] *= b.v[i]; return a; }
static inline Lanes lanes_div (Lanes a, Lanes b) { FOR_LANES a.v[i] /= b.v[i]; return a; }
static inline Lanes lanes_max (Lanes a, Lanes b) { FOR_LANES a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i]; return a; }
static inline Lanes lanes_min (Lanes a, Lanes b) { FOR_LANES a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i]; return a; }
static inline Lanes lanes_abs (Lanes a) { FOR_LANES a.v[i] = fabsf (a.v[i]); return a; }
static inline Lanes lanes_round (Lanes a) { FOR_LANES a.v[i] = nearbyintf (a.v[i]); return a; }
/* a · b + c */
static inline Lanes lanes_fma (Lanes a, Lanes b, Lanes c) { FOR_LANES c.v[i] = SCALAR_FMA (a.v[i], b.v[i], c.v[i]); return c; }
/* a where x ≥ limit, else 0. */
static inline Lanes lanes_keep_from (Lanes a, Lanes x, Lanes limit) { FOR_LANES a.v[i] = x.v[i] >= limit.v[i] ? a.v[i] : 0.0f; return a; }
/* a in the lanes begin … end - 1, else -∞. */
static inline Lanes lanes_window (Lanes a, int begin, int end) { FOR_LANES a.v[i] = i >= begin && i < end ? a.v[i] : -INFINITY; return a; }

/* The first n lanes; the others are 0 or left alone. */
static inline Lanes lanes_load_n (const float *p, int n) { Lanes r = lanes_set (0.0f); for (int i = 0; i < n && i < 16; i++) r.v[i] = p[i]; return r; }
static inline void lanes_store_n (float *p, Lanes a, int n) { for (int i = 0; i < n && i < 16; i++) p[i] = a.v[i]; }

static inline Lanes lanes_load_f16 (const uint16_t *p) { Lanes r; FOR_LANES r.v[i] = engine_f16_to_f32 (p[i]); return r; }
static inline void
lanes_store_f16 (uint16_t *p, Lanes a)
{
  FOR_LANES p[i] = engine_f32_to_f16 (a.v[i]);
}
static inline Lanes lanes_load_bf16 (const uint16_t *p) { Lanes r; FOR_LANES r.v[i] = engine_bf16_to_f32 (p[i]); return r; }
static inline Lanes lanes_load_u8 (const uint8_t *p) { Lanes r; FOR_LANES r.v[i] = p[i]; return r; }
static inline Lanes lanes_load_i8 (const int8_t *p) { Lanes r; FOR_LANES r.v[i] = p[i]; return r; }
/* The lower, or upper, halves of 16 bytes, less 8. */
static inline Lanes lanes_load_lower (const uint8_t *p) { Lanes r; FOR_LANES r.v[i] = (float) ((p[i] & 15) - 8); return r; }
static inline Lanes lanes_load_upper (const uint8_t *p) { Lanes r; FOR_LANES r.v[i] = (float) ((p[i] >> 4) - 8); return r; }
static inline Lanes lanes_from_ints (Ints a) { Lanes r; FOR_LANES r.v[i] = (float) a.v[i]; return r; }
/* Whole numbers of magnitude below 128. */
static inline void lanes_store_i8 (int8_t *p, Lanes a) { FOR_LANES p[i] = (int8_t) a.v[i]; }

/* ((a0 + a8) + (a4 + a12)) + …: halves are added to halves. */
static inline float
lanes_sum (Lanes a)
{
  for (int half = 8; half; half /= 2)
    for (int i = 0; i < half; i++)
      a.v[i] += a.v[i + half];
  return a.v[0];
}

static inline float lanes_first (Lanes a) { return a.v[0]; }

static inline float
lanes_largest (Lanes a)
{
  float largest = a.v[0];

  FOR_LANES largest = a.v[i] > largest ? a.v[i] : largest;
  return largest;
}

/* 2ⁿ for whole numbers -126 … 127. */
static inline Lanes
lanes_power_of_two (Lanes n)
{
  FOR_LANES {
    uint32_t bits = (uint32_t) ((int32_t) n.v[i] + 127) << 23;

    memcpy (&n.v[i], &bits, sizeof bits);
  }
  return n;
}

/* ---- codes --------------------------------------------------------------- */

static inline Codes codes_load (const uint8_t *p) { Codes r; memcpy (r.v, p, sizeof r.v); return r; }
static inline Codes codes_low (Codes a) { for (int i = 0; i < 64; i++) a.v[i] &= 15; return a; }
static inline Codes codes_high (Codes a) { for (int i = 0; i < 64; i++) a.v[i] >>= 4; return a; }
/* The `width` bits of a from bit `bit` on. */
static inline Codes codes_bits (Codes a, int bit, int width) { for (int i = 0; i < 64; i++) a.v[i] = (uint8_t) (a.v[i] >> bit & ((1 << width) - 1)); return a; }
/* a + 2^to · (the `width` bits of b from bit `bit` on) */
static inline Codes
codes_join (Codes a, Codes b, int bit, int width, int to)
{
  for (int i = 0; i < 64; i++)
    a.v[i] |= (uint8_t) ((b.v[i] >> bit & ((1 << width) - 1)) << to);
  return a;
}

/* Sixteen numbers, and of them the ones that codes below 16 choose. */
static inline Codes codes_table (const uint8_t *numbers) { Codes r; for (int i = 0; i < 64; i++) r.v[i] = numbers[i % 16]; return r; }
static inline Codes codes_lookup (Codes table, Codes a) { for (int i = 0; i < 64; i++) a.v[i] = table.v[a.v[i]]; return a; }

static inline Ints ints_zero (void) { return (Ints) { { 0 } }; }
static inline Ints ints_add (Ints a, Ints b) { FOR_LANES a.v[i] += b.v[i]; return a; }

/* For each row sum += Σ code · x over two columns, where codes are pairs of whole numbers of 16 bits. */
static inline void
pairs_dot (Ints *sum, Codes codes, const int16_t *x)
{
  int16_t w[32];

  memcpy (w, codes.v, sizeof w);
  FOR_LANES sum->v[i] += w[2 * i] * x[0] + w[2 * i + 1] * x[1];
}

/* For each row Σ (code - offset) · x over n_steps · 4 columns, exactly; neg_sum is -Σ x. A set may have it step by step
 * instead, so that several columns take turns: LANES_STEPS is how many, codes_begin (offset, neg_sum) what all start with,
 * codes_step (sum, codes, x) adds four columns of the matrix. */
static inline Ints
codes_dot (const Codes *codes, const int8_t *x, int n_steps, int bits, int offset, int32_t neg_sum)
{
  Ints r;

  FOR_LANES {
    r.v[i] = offset * neg_sum;
    for (int k = 0; k < 4 * n_steps; k++)
      r.v[i] += codes[k / 4].v[4 * i + k % 4] * x[k];
  }
  return r;
}
