/* SPDX-License-Identifier: MIT */
/* Sixteen lanes in two AVX2 registers; see lanes-scalar.h for what each function means.
 *
 * LANES_DPBUSD, where the including file defines it, names the intrinsic for dot products of four
 * unsigned with four signed bytes in 256 bits, and LANES_DPWSSD the one for two signed with two of 16 bits;
 * without them they are made of AVX2's. */
#pragma once

#include "quant/quant.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#ifndef LANES_NAME
#define LANES_NAME "avx2"
#endif
#ifndef LANES_FMA
#define LANES_FMA(a, b, c) _mm256_fmadd_ps (a, b, c)
#endif
#define ATTEND_LANES 1

typedef struct { __m256 lo, hi; } Lanes;
typedef struct { __m256i lo, hi; } Ints;
typedef struct { __m256i lo, hi; } Codes;

/* All ones in the first n of 8 lanes. */
static inline __m256i
first_lanes (int n)
{
  return _mm256_cmpgt_epi32 (_mm256_set1_epi32 (n), _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7));
}

static inline Lanes lanes_set (float x) { return (Lanes) { _mm256_set1_ps (x), _mm256_set1_ps (x) }; }
static inline Lanes lanes_load (const float *p) { return (Lanes) { _mm256_loadu_ps (p), _mm256_loadu_ps (p + 8) }; }
static inline void lanes_store (float *p, Lanes a) { _mm256_storeu_ps (p, a.lo); _mm256_storeu_ps (p + 8, a.hi); }
static inline Lanes lanes_add (Lanes a, Lanes b) { return (Lanes) { _mm256_add_ps (a.lo, b.lo), _mm256_add_ps (a.hi, b.hi) }; }
static inline Lanes lanes_sub (Lanes a, Lanes b) { return (Lanes) { _mm256_sub_ps (a.lo, b.lo), _mm256_sub_ps (a.hi, b.hi) }; }
static inline Lanes lanes_mul (Lanes a, Lanes b) { return (Lanes) { _mm256_mul_ps (a.lo, b.lo), _mm256_mul_ps (a.hi, b.hi) }; }
static inline Lanes lanes_div (Lanes a, Lanes b) { return (Lanes) { _mm256_div_ps (a.lo, b.lo), _mm256_div_ps (a.hi, b.hi) }; }
static inline Lanes lanes_max (Lanes a, Lanes b) { return (Lanes) { _mm256_max_ps (a.lo, b.lo), _mm256_max_ps (a.hi, b.hi) }; }
static inline Lanes lanes_min (Lanes a, Lanes b) { return (Lanes) { _mm256_min_ps (a.lo, b.lo), _mm256_min_ps (a.hi, b.hi) }; }
static inline Lanes lanes_fma (Lanes a, Lanes b, Lanes c) { return (Lanes) { LANES_FMA (a.lo, b.lo, c.lo), LANES_FMA (a.hi, b.hi, c.hi) }; }

static inline Lanes
lanes_abs (Lanes a)
{
  __m256 sign = _mm256_set1_ps (-0.0f);

  return (Lanes) { _mm256_andnot_ps (sign, a.lo), _mm256_andnot_ps (sign, a.hi) };
}

static inline Lanes
lanes_round (Lanes a)
{
  return (Lanes) { _mm256_round_ps (a.lo, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
                   _mm256_round_ps (a.hi, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC) };
}

static inline Lanes
lanes_keep_from (Lanes a, Lanes x, Lanes limit)
{
  return (Lanes) { _mm256_and_ps (a.lo, _mm256_cmp_ps (x.lo, limit.lo, _CMP_GE_OQ)),
                   _mm256_and_ps (a.hi, _mm256_cmp_ps (x.hi, limit.hi, _CMP_GE_OQ)) };
}

static inline Lanes
lanes_window (Lanes a, int begin, int end)
{
  __m256 nothing = _mm256_set1_ps (-INFINITY);
  __m256i lo = _mm256_andnot_si256 (first_lanes (begin), first_lanes (end));
  __m256i hi = _mm256_andnot_si256 (first_lanes (begin - 8), first_lanes (end - 8));

  return (Lanes) { _mm256_blendv_ps (nothing, a.lo, _mm256_castsi256_ps (lo)), _mm256_blendv_ps (nothing, a.hi, _mm256_castsi256_ps (hi)) };
}

static inline Lanes
lanes_load_n (const float *p, int n)
{
  if (n >= 16)
    return lanes_load (p);
  return (Lanes) { _mm256_maskload_ps (p, first_lanes (n)), n > 8 ? _mm256_maskload_ps (p + 8, first_lanes (n - 8)) : _mm256_setzero_ps () };
}

static inline void
lanes_store_n (float *p, Lanes a, int n)
{
  if (n >= 16) {
    lanes_store (p, a);
    return;
  }
  _mm256_maskstore_ps (p, first_lanes (n), a.lo);
  if (n > 8)
    _mm256_maskstore_ps (p + 8, first_lanes (n - 8), a.hi);
}

static inline __m256i widen_u16 (const uint16_t *p) { return _mm256_cvtepu16_epi32 (_mm_loadu_si128 ((const __m128i *) p)); }
static inline __m256 float_u8 (const uint8_t *p) { return _mm256_cvtepi32_ps (_mm256_cvtepu8_epi32 (_mm_loadl_epi64 ((const __m128i *) p))); }
static inline __m256 float_i8 (const int8_t *p) { return _mm256_cvtepi32_ps (_mm256_cvtepi8_epi32 (_mm_loadl_epi64 ((const __m128i *) p))); }
static inline __m256 float_f16 (const uint16_t *p) { return _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) p)); }
static inline __m256 float_bf16 (const uint16_t *p) { return _mm256_castsi256_ps (_mm256_slli_epi32 (widen_u16 (p), 16)); }

static inline Lanes
float_halves (__m128i bytes)
{
  bytes = _mm_sub_epi8 (_mm_and_si128 (bytes, _mm_set1_epi8 (15)), _mm_set1_epi8 (8));
  return (Lanes) { _mm256_cvtepi32_ps (_mm256_cvtepi8_epi32 (bytes)), _mm256_cvtepi32_ps (_mm256_cvtepi8_epi32 (_mm_unpackhi_epi64 (bytes, bytes))) };
}

static inline Lanes lanes_load_lower (const uint8_t *p) { return float_halves (_mm_loadu_si128 ((const __m128i *) p)); }
static inline Lanes lanes_load_upper (const uint8_t *p) { return float_halves (_mm_srli_epi16 (_mm_loadu_si128 ((const __m128i *) p), 4)); }

static inline Lanes lanes_load_f16 (const uint16_t *p) { return (Lanes) { float_f16 (p), float_f16 (p + 8) }; }

static inline void
lanes_store_f16 (uint16_t *p, Lanes a)
{
  _mm_storeu_si128 ((__m128i *)p, _mm256_cvtps_ph (a.lo, _MM_FROUND_TO_NEAREST_INT));
  _mm_storeu_si128 ((__m128i *)(p + 8), _mm256_cvtps_ph (a.hi, _MM_FROUND_TO_NEAREST_INT));
}

static inline Lanes lanes_load_bf16 (const uint16_t *p) { return (Lanes) { float_bf16 (p), float_bf16 (p + 8) }; }
static inline Lanes lanes_load_u8 (const uint8_t *p) { return (Lanes) { float_u8 (p), float_u8 (p + 8) }; }
static inline Lanes lanes_load_i8 (const int8_t *p) { return (Lanes) { float_i8 (p), float_i8 (p + 8) }; }
static inline Lanes lanes_from_ints (Ints a) { return (Lanes) { _mm256_cvtepi32_ps (a.lo), _mm256_cvtepi32_ps (a.hi) }; }

static inline void
lanes_store_i8 (int8_t *p, Lanes a)
{
  __m256i shorts = _mm256_packs_epi32 (_mm256_cvtps_epi32 (a.lo), _mm256_cvtps_epi32 (a.hi)); /* 0-3 8-11 4-7 12-15 */

  shorts = _mm256_permute4x64_epi64 (shorts, 0xd8);
  _mm_storeu_si128 ((__m128i *) p, _mm_packs_epi16 (_mm256_castsi256_si128 (shorts), _mm256_extracti128_si256 (shorts, 1)));
}

static inline float lanes_first (Lanes a) { return _mm256_cvtss_f32 (a.lo); }

static inline float
lanes_sum (Lanes a)
{
  __m256 eight = _mm256_add_ps (a.lo, a.hi);
  __m128 four = _mm_add_ps (_mm256_castps256_ps128 (eight), _mm256_extractf128_ps (eight, 1));
  __m128 two = _mm_add_ps (four, _mm_movehl_ps (four, four));

  return _mm_cvtss_f32 (_mm_add_ss (two, _mm_shuffle_ps (two, two, 1)));
}

static inline float
lanes_largest (Lanes a)
{
  __m256 eight = _mm256_max_ps (a.lo, a.hi);
  __m128 four = _mm_max_ps (_mm256_castps256_ps128 (eight), _mm256_extractf128_ps (eight, 1));
  __m128 two = _mm_max_ps (four, _mm_movehl_ps (four, four));

  return _mm_cvtss_f32 (_mm_max_ss (two, _mm_shuffle_ps (two, two, 1)));
}

static inline __m256
power_of_two (__m256 n)
{
  return _mm256_castsi256_ps (_mm256_slli_epi32 (_mm256_add_epi32 (_mm256_cvtps_epi32 (n), _mm256_set1_epi32 (127)), 23));
}

static inline Lanes lanes_power_of_two (Lanes n) { return (Lanes) { power_of_two (n.lo), power_of_two (n.hi) }; }

/* Sixteen vectors, halves to halves: those of two become one vector in each of three rounds. In the last one every second vector stands side by side, so they begin in that order. */
#define LANES_SUMS
#define TREE(name, operation)                                                                                                       \
  static inline __m256                                                                                                              \
    name##_of_8 (const Lanes *a)                                                                                                    \
  {                                                                                                                                 \
    __m256 four[4], two[2];                                                                                                         \
                                                                                                                                    \
    _Pragma ("GCC unroll 4") for (int i = 0; i < 4; i++)                                                                            \
    {                                                                                                                               \
      __m256 p = operation (a[i].lo, a[i].hi), q = operation (a[4 + i].lo, a[4 + i].hi);                                            \
                                                                                                                                    \
      four[i] = operation (_mm256_permute2f128_ps (p, q, 0x20), _mm256_permute2f128_ps (p, q, 0x31));                               \
    }                                                                                                                               \
    _Pragma ("GCC unroll 2") for (int i = 0; i < 2; i++)                                                                            \
      two[i]                                                                                                                        \
      = operation (_mm256_shuffle_ps (four[2 * i], four[2 * i + 1], 0x44), _mm256_shuffle_ps (four[2 * i], four[2 * i + 1], 0xee)); \
    return operation (_mm256_shuffle_ps (two[0], two[1], 0x88), _mm256_shuffle_ps (two[0], two[1], 0xdd));                          \
  }                                                                                                                                 \
                                                                                                                                    \
  static inline Lanes name (const Lanes *a) { return (Lanes){ name##_of_8 (a), name##_of_8 (a + 8) }; }

TREE (lanes_sums, _mm256_add_ps)
TREE (lanes_largests, _mm256_max_ps)

/* ---- codes --------------------------------------------------------------- */

static inline Codes codes_load (const uint8_t *p) { return (Codes) { _mm256_loadu_si256 ((const __m256i *) p), _mm256_loadu_si256 ((const __m256i *) (p + 32)) }; }

static inline Codes
codes_low (Codes a)
{
  __m256i mask = _mm256_set1_epi8 (15);

  return (Codes) { _mm256_and_si256 (a.lo, mask), _mm256_and_si256 (a.hi, mask) };
}

static inline Codes
codes_high (Codes a)
{
  return codes_low ((Codes) { _mm256_srli_epi16 (a.lo, 4), _mm256_srli_epi16 (a.hi, 4) });
}

static inline __attribute__ ((always_inline)) Codes
codes_bits (Codes a, int bit, int width)
{
  __m256i mask = _mm256_set1_epi8 ((char) ((1 << width) - 1));

  return (Codes) { _mm256_and_si256 (_mm256_srli_epi16 (a.lo, bit), mask), _mm256_and_si256 (_mm256_srli_epi16 (a.hi, bit), mask) };
}

static inline __attribute__ ((always_inline)) __m256i
join (__m256i a, __m256i b, int up, __m256i mask)
{
  b = up > 0 ? _mm256_slli_epi16 (b, up) : _mm256_srli_epi16 (b, -up);
  return _mm256_or_si256 (a, _mm256_and_si256 (b, mask));
}

static inline __attribute__ ((always_inline)) Codes
codes_join (Codes a, Codes b, int bit, int width, int to)
{
  __m256i mask = _mm256_set1_epi8 ((char) (((1 << width) - 1) << to));

  return (Codes) { join (a.lo, b.lo, to - bit, mask), join (a.hi, b.hi, to - bit, mask) };
}

static inline Codes
codes_table (const uint8_t *numbers)
{
  __m256i both = _mm256_broadcastsi128_si256 (_mm_loadu_si128 ((const __m128i *) numbers));

  return (Codes) { both, both };
}

static inline Codes codes_lookup (Codes table, Codes a) { return (Codes) { _mm256_shuffle_epi8 (table.lo, a.lo), _mm256_shuffle_epi8 (table.hi, a.hi) }; }

static inline Ints ints_zero (void) { return (Ints) { _mm256_setzero_si256 (), _mm256_setzero_si256 () }; }
static inline Ints ints_add (Ints a, Ints b) { return (Ints) { _mm256_add_epi32 (a.lo, b.lo), _mm256_add_epi32 (a.hi, b.hi) }; }

static inline __attribute__ ((always_inline)) void
pairs_dot (Ints *sum, Codes codes, const int16_t *x)
{
  __m256i both;
  int32_t pair;

  memcpy (&pair, x, sizeof pair);
  both = _mm256_set1_epi32 (pair);
#ifdef LANES_DPWSSD
  sum->lo = LANES_DPWSSD (sum->lo, codes.lo, both);
  sum->hi = LANES_DPWSSD (sum->hi, codes.hi, both);
#else
  /* Added in place by hand: GCC copies sums from register to register otherwise, at a third of the speed. */
  __asm__ ("vpaddd %1, %0, %0" : "+x" (sum->lo) : "x" (_mm256_madd_epi16 (codes.lo, both)));
  __asm__ ("vpaddd %1, %0, %0" : "+x" (sum->hi) : "x" (_mm256_madd_epi16 (codes.hi, both)));
#endif
}

#ifndef LANES_DPBUSD
#define LANES_PAIRS

/* Codes of whole bytes, less their offset, as pairs of 16 bits: 2 · j and 2 · j + 1 of four columns go to the vectors j. */
static inline __attribute__ ((always_inline)) void
pairs_of (Codes codes, int offset, int16_t *pairs)
{
  /* Bytes in the upper halves of 16 bits, so that a shift brings their sign along. */
  const __m256i first = _mm256_setr_epi8 (-1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13, -1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13);
  const __m256i second = _mm256_add_epi8 (first, _mm256_set1_epi16 (0x0200));
  __m256i away = _mm256_set1_epi8 ((char) offset), lo = _mm256_sub_epi8 (codes.lo, away), hi = _mm256_sub_epi8 (codes.hi, away);

  _mm256_store_si256 ((__m256i *) pairs, _mm256_srai_epi16 (_mm256_shuffle_epi8 (lo, first), 8));
  _mm256_store_si256 ((__m256i *) (pairs + 16), _mm256_srai_epi16 (_mm256_shuffle_epi8 (hi, first), 8));
  _mm256_store_si256 ((__m256i *) (pairs + 32), _mm256_srai_epi16 (_mm256_shuffle_epi8 (lo, second), 8));
  _mm256_store_si256 ((__m256i *) (pairs + 48), _mm256_srai_epi16 (_mm256_shuffle_epi8 (hi, second), 8));
}

/* 32 bytes as 16 bits each; `out` is aligned. */
static inline void
pairs_widen (const int8_t *x, int16_t *out)
{
  _mm256_store_si256 ((__m256i *) out, _mm256_cvtepi8_epi16 (_mm_loadu_si128 ((const __m128i *) x)));
  _mm256_store_si256 ((__m256i *) (out + 16), _mm256_cvtepi8_epi16 (_mm_loadu_si128 ((const __m128i *) (x + 16))));
}
#endif

#ifdef LANES_DPBUSD
#define LANES_STEPS 4

static inline __attribute__ ((always_inline)) Ints
codes_begin (int offset, int32_t neg_sum)
{
  __m256i begin = _mm256_set1_epi32 (offset * neg_sum);

  return (Ints) { begin, begin };
}

static inline __attribute__ ((always_inline)) Ints
codes_step (Ints sum, Codes codes, const int8_t *x)
{
  __m256i four;
  int32_t bytes;

  memcpy (&bytes, x, sizeof bytes);
  four = _mm256_set1_epi32 (bytes);
  return (Ints) { LANES_DPBUSD (sum.lo, codes.lo, four), LANES_DPBUSD (sum.hi, codes.hi, four) };
}

#else

/* Sums of two products in 16 bits. Codes below 128 leave room; bytes are made signed again, and
 * their sign moved to x: |w| ≤ 128 and |x| ≤ 127 fit too, where 255 would saturate. */
static inline __attribute__ ((always_inline)) __m256i
pair_products (__m256i codes, __m256i x, int bits)
{
  if (bits == 8) {
    codes = _mm256_xor_si256 (codes, _mm256_set1_epi8 ((char) 0x80));
    x = _mm256_sign_epi8 (x, codes);
    codes = _mm256_abs_epi8 (codes);
  }
  return _mm256_maddubs_epi16 (codes, x);
}

static inline __attribute__ ((always_inline)) Ints
codes_dot (const Codes *codes, const int8_t *x, int n_steps, int bits, int offset, int32_t neg_sum)
{
  /* So many pairs of products can be added up in 16 bits: 2 · 15 · 127 · 8, 2 · 31 · 127 · 4 … < 2¹⁵ */
  int together = bits <= 4 ? 8 : bits == 5 ? 4 : bits == 6 ? 2 : 1;
  __m256i ones = _mm256_set1_epi16 (1), begin = _mm256_set1_epi32 (bits == 8 ? 0 : offset * neg_sum);
  Ints sum = { begin, begin };

  together = ENGINE_MIN (together, n_steps);
  for (int j = 0; j < n_steps; j += together) {
    __m256i lo = _mm256_setzero_si256 (), hi = lo;

    for (int i = j; i < j + together; i++) {
      __m256i four;
      int32_t bytes;

      memcpy (&bytes, x + 4 * i, sizeof bytes);
      four = _mm256_set1_epi32 (bytes);
      lo = _mm256_add_epi16 (lo, pair_products (codes[i].lo, four, bits));
      hi = _mm256_add_epi16 (hi, pair_products (codes[i].hi, four, bits));
    }
    sum.lo = _mm256_add_epi32 (sum.lo, _mm256_madd_epi16 (lo, ones));
    sum.hi = _mm256_add_epi32 (sum.hi, _mm256_madd_epi16 (hi, ones));
  }
  return sum;
}

#endif
