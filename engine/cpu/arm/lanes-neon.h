/* SPDX-License-Identifier: MIT */
/* Sixteen lanes in four NEON registers; see lanes-scalar.h for what each function means. */
#pragma once

#include "quant/quant.h"

#include <arm_neon.h>
#include <math.h>
#include <string.h>

#define LANES_NAME "neon"
#define ATTEND_LANES 1

#define FOR_PARTS for (int i = 0; i < 4; i++)

typedef struct { float32x4_t v[4]; } Lanes;
typedef struct { int32x4_t v[4]; } Ints;
typedef struct { uint8x16_t v[4]; } Codes;

static inline Lanes lanes_set (float x) { Lanes r; FOR_PARTS r.v[i] = vdupq_n_f32 (x); return r; }
static inline Lanes lanes_load (const float *p) { Lanes r; FOR_PARTS r.v[i] = vld1q_f32 (p + 4 * i); return r; }
static inline void lanes_store (float *p, Lanes a) { FOR_PARTS vst1q_f32 (p + 4 * i, a.v[i]); }
static inline Lanes lanes_add (Lanes a, Lanes b) { FOR_PARTS a.v[i] = vaddq_f32 (a.v[i], b.v[i]); return a; }
static inline Lanes lanes_sub (Lanes a, Lanes b) { FOR_PARTS a.v[i] = vsubq_f32 (a.v[i], b.v[i]); return a; }
static inline Lanes lanes_mul (Lanes a, Lanes b) { FOR_PARTS a.v[i] = vmulq_f32 (a.v[i], b.v[i]); return a; }
static inline Lanes lanes_div (Lanes a, Lanes b) { FOR_PARTS a.v[i] = vdivq_f32 (a.v[i], b.v[i]); return a; }
static inline Lanes lanes_max (Lanes a, Lanes b) { FOR_PARTS a.v[i] = vmaxq_f32 (a.v[i], b.v[i]); return a; }
static inline Lanes lanes_min (Lanes a, Lanes b) { FOR_PARTS a.v[i] = vminq_f32 (a.v[i], b.v[i]); return a; }
static inline Lanes lanes_abs (Lanes a) { FOR_PARTS a.v[i] = vabsq_f32 (a.v[i]); return a; }
static inline Lanes lanes_round (Lanes a) { FOR_PARTS a.v[i] = vrndnq_f32 (a.v[i]); return a; }
static inline Lanes lanes_fma (Lanes a, Lanes b, Lanes c) { FOR_PARTS c.v[i] = vfmaq_f32 (c.v[i], a.v[i], b.v[i]); return c; }

static inline Lanes
lanes_keep_from (Lanes a, Lanes x, Lanes limit)
{
  FOR_PARTS a.v[i] = vreinterpretq_f32_u32 (vandq_u32 (vreinterpretq_u32_f32 (a.v[i]), vcgeq_f32 (x.v[i], limit.v[i])));
  return a;
}

/* All ones in the first n of 16 lanes; part i of 4. */
static inline uint32x4_t
first_lanes (int n, int i)
{
  static const int32_t numbers[4] = { 0, 1, 2, 3 };

  return vcgtq_s32 (vdupq_n_s32 (n - 4 * i), vld1q_s32 (numbers));
}

static inline Lanes
lanes_window (Lanes a, int begin, int end)
{
  FOR_PARTS a.v[i] = vbslq_f32 (vbicq_u32 (first_lanes (end, i), first_lanes (begin, i)), a.v[i], vdupq_n_f32 (-INFINITY));
  return a;
}

static inline Lanes
lanes_load_n (const float *p, int n)
{
  float v[16] = { 0 };

  if (n >= 16)
    return lanes_load (p);
  for (int i = 0; i < n; i++)
    v[i] = p[i];
  return lanes_load (v);
}

static inline void
lanes_store_n (float *p, Lanes a, int n)
{
  float v[16];

  if (n >= 16) {
    lanes_store (p, a);
    return;
  }
  lanes_store (v, a);
  for (int i = 0; i < n; i++)
    p[i] = v[i];
}

static inline void
lanes_store_f16 (uint16_t *p, Lanes a)
{
  FOR_PARTS vst1_u16 (p + 4 * i, vreinterpret_u16_f16 (vcvt_f16_f32 (a.v[i])));
}

static inline Lanes
lanes_load_f16 (const uint16_t *p)
{
  Lanes r;

  FOR_PARTS r.v[i] = vcvt_f32_f16 (vreinterpret_f16_u16 (vld1_u16 (p + 4 * i)));
  return r;
}

static inline Lanes
lanes_load_bf16 (const uint16_t *p)
{
  Lanes r;

  FOR_PARTS r.v[i] = vreinterpretq_f32_u32 (vshll_n_u16 (vld1_u16 (p + 4 * i), 16));
  return r;
}

static inline Lanes
lanes_load_u8 (const uint8_t *p)
{
  uint8x16_t bytes = vld1q_u8 (p);
  uint16x8_t low = vmovl_u8 (vget_low_u8 (bytes)), high = vmovl_u8 (vget_high_u8 (bytes));

  return (Lanes) { { vcvtq_f32_u32 (vmovl_u16 (vget_low_u16 (low))), vcvtq_f32_u32 (vmovl_u16 (vget_high_u16 (low))),
                     vcvtq_f32_u32 (vmovl_u16 (vget_low_u16 (high))), vcvtq_f32_u32 (vmovl_u16 (vget_high_u16 (high))) } };
}

static inline Lanes
float_bytes (int8x16_t bytes)
{
  int16x8_t low = vmovl_s8 (vget_low_s8 (bytes)), high = vmovl_s8 (vget_high_s8 (bytes));

  return (Lanes) { { vcvtq_f32_s32 (vmovl_s16 (vget_low_s16 (low))), vcvtq_f32_s32 (vmovl_s16 (vget_high_s16 (low))),
                     vcvtq_f32_s32 (vmovl_s16 (vget_low_s16 (high))), vcvtq_f32_s32 (vmovl_s16 (vget_high_s16 (high))) } };
}

static inline Lanes lanes_load_i8 (const int8_t *p) { return float_bytes (vld1q_s8 (p)); }
static inline Lanes lanes_load_lower (const uint8_t *p) { return float_bytes (vsubq_s8 (vreinterpretq_s8_u8 (vandq_u8 (vld1q_u8 (p), vdupq_n_u8 (15))), vdupq_n_s8 (8))); }
static inline Lanes lanes_load_upper (const uint8_t *p) { return float_bytes (vsubq_s8 (vreinterpretq_s8_u8 (vshrq_n_u8 (vld1q_u8 (p), 4)), vdupq_n_s8 (8))); }
static inline Lanes lanes_from_ints (Ints a) { Lanes r; FOR_PARTS r.v[i] = vcvtq_f32_s32 (a.v[i]); return r; }

static inline void
lanes_store_i8 (int8_t *p, Lanes a)
{
  int16x8_t low = vcombine_s16 (vmovn_s32 (vcvtq_s32_f32 (a.v[0])), vmovn_s32 (vcvtq_s32_f32 (a.v[1])));
  int16x8_t high = vcombine_s16 (vmovn_s32 (vcvtq_s32_f32 (a.v[2])), vmovn_s32 (vcvtq_s32_f32 (a.v[3])));

  vst1q_s8 (p, vcombine_s8 (vmovn_s16 (low), vmovn_s16 (high)));
}

static inline float lanes_first (Lanes a) { return vgetq_lane_f32 (a.v[0], 0); }

static inline float
lanes_sum (Lanes a)
{
  float32x4_t four = vaddq_f32 (vaddq_f32 (a.v[0], a.v[2]), vaddq_f32 (a.v[1], a.v[3]));
  float32x2_t two = vadd_f32 (vget_low_f32 (four), vget_high_f32 (four));

  return vget_lane_f32 (two, 0) + vget_lane_f32 (two, 1);
}

static inline float
lanes_largest (Lanes a)
{
  return vmaxvq_f32 (vmaxq_f32 (vmaxq_f32 (a.v[0], a.v[1]), vmaxq_f32 (a.v[2], a.v[3])));
}

static inline Lanes
lanes_power_of_two (Lanes n)
{
  FOR_PARTS n.v[i] = vreinterpretq_f32_s32 (vshlq_n_s32 (vaddq_s32 (vcvtq_s32_f32 (n.v[i]), vdupq_n_s32 (127)), 23));
  return n;
}

/* ---- codes --------------------------------------------------------------- */

static inline Codes codes_load (const uint8_t *p) { Codes r; FOR_PARTS r.v[i] = vld1q_u8 (p + 16 * i); return r; }
static inline Codes codes_low (Codes a) { FOR_PARTS a.v[i] = vandq_u8 (a.v[i], vdupq_n_u8 (15)); return a; }
static inline Codes codes_high (Codes a) { FOR_PARTS a.v[i] = vshrq_n_u8 (a.v[i], 4); return a; }

static inline Codes
codes_bits (Codes a, int bit, int width)
{
  FOR_PARTS a.v[i] = vandq_u8 (vshlq_u8 (a.v[i], vdupq_n_s8 ((int8_t) -bit)), vdupq_n_u8 ((uint8_t) ((1 << width) - 1)));
  return a;
}

static inline Codes
codes_join (Codes a, Codes b, int bit, int width, int to)
{
  uint8x16_t mask = vdupq_n_u8 ((uint8_t) (((1 << width) - 1) << to));

  FOR_PARTS a.v[i] = vorrq_u8 (a.v[i], vandq_u8 (vshlq_u8 (b.v[i], vdupq_n_s8 ((int8_t) (to - bit))), mask));
  return a;
}

static inline Codes codes_table (const uint8_t *numbers) { Codes r; FOR_PARTS r.v[i] = vld1q_u8 (numbers); return r; }
static inline Codes codes_lookup (Codes table, Codes a) { FOR_PARTS a.v[i] = vqtbl1q_u8 (table.v[i], a.v[i]); return a; }

static inline Ints ints_zero (void) { Ints r; FOR_PARTS r.v[i] = vdupq_n_s32 (0); return r; }
static inline Ints ints_add (Ints a, Ints b) { FOR_PARTS a.v[i] = vaddq_s32 (a.v[i], b.v[i]); return a; }

static inline __attribute__ ((always_inline)) void
pairs_dot (Ints *sum, Codes codes, const int16_t *x)
{
  int16x8_t both;
  int32_t pair;

  memcpy (&pair, x, sizeof pair);
  both = vreinterpretq_s16_s32 (vdupq_n_s32 (pair));
  FOR_PARTS {
    int16x8_t w = vreinterpretq_s16_u8 (codes.v[i]);

    sum->v[i] = vaddq_s32 (sum->v[i], vpaddq_s32 (vmull_s16 (vget_low_s16 (w), vget_low_s16 (both)), vmull_high_s16 (w, both)));
  }
}

/* Codes below 128 are signed bytes as they are; eight bits are made signed again, which spares
 * their offset. */
static inline __attribute__ ((always_inline)) int8x16_t
signed_codes (uint8x16_t codes, int bits)
{
  return vreinterpretq_s8_u8 (bits == 8 ? veorq_u8 (codes, vdupq_n_u8 (0x80)) : codes);
}

static inline __attribute__ ((always_inline)) Ints
codes_dot (const Codes *codes, const int8_t *x, int n_steps, int bits, int offset, int32_t neg_sum)
{
  int32x4_t begin = vdupq_n_s32 (bits == 8 ? 0 : offset * neg_sum);
  Ints sum = { { begin, begin, begin, begin } };

  for (int j = 0; j < n_steps; j += 4) {
    int8x16_t columns = vld1q_s8 (x + 4 * j);

    FOR_PARTS {
      sum.v[i] = vdotq_laneq_s32 (sum.v[i], signed_codes (codes[j].v[i], bits), columns, 0);
      sum.v[i] = vdotq_laneq_s32 (sum.v[i], signed_codes (codes[j + 1].v[i], bits), columns, 1);
      sum.v[i] = vdotq_laneq_s32 (sum.v[i], signed_codes (codes[j + 2].v[i], bits), columns, 2);
      sum.v[i] = vdotq_laneq_s32 (sum.v[i], signed_codes (codes[j + 3].v[i], bits), columns, 3);
    }
  }
  return sum;
}
