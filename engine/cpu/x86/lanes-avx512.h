/* SPDX-License-Identifier: MIT */
/* Sixteen lanes in one AVX-512 register; see lanes-scalar.h for what each function means. */
#pragma once

#include "quant/quant.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#define LANES_NAME "avx512"
#define ATTEND_LANES 4

typedef __m512 Lanes;
typedef __m512i Ints;
typedef __m512i Codes;

static inline __mmask16 first_lanes (int n) { return n >= 16 ? 0xffff : n <= 0 ? 0 : (__mmask16) ((1u << n) - 1); }

static inline Lanes lanes_set (float x) { return _mm512_set1_ps (x); }
static inline Lanes lanes_load (const float *p) { return _mm512_loadu_ps (p); }
static inline void lanes_store (float *p, Lanes a) { _mm512_storeu_ps (p, a); }
static inline Lanes lanes_add (Lanes a, Lanes b) { return _mm512_add_ps (a, b); }
static inline Lanes lanes_sub (Lanes a, Lanes b) { return _mm512_sub_ps (a, b); }
static inline Lanes lanes_mul (Lanes a, Lanes b) { return _mm512_mul_ps (a, b); }
static inline Lanes lanes_div (Lanes a, Lanes b) { return _mm512_div_ps (a, b); }
static inline Lanes lanes_max (Lanes a, Lanes b) { return _mm512_max_ps (a, b); }
static inline Lanes lanes_min (Lanes a, Lanes b) { return _mm512_min_ps (a, b); }
static inline Lanes lanes_abs (Lanes a) { return _mm512_abs_ps (a); }
static inline Lanes lanes_round (Lanes a) { return _mm512_roundscale_ps (a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
static inline Lanes lanes_fma (Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps (a, b, c); }
static inline Lanes lanes_keep_from (Lanes a, Lanes x, Lanes limit) { return _mm512_maskz_mov_ps (_mm512_cmp_ps_mask (x, limit, _CMP_GE_OQ), a); }
static inline Lanes lanes_window (Lanes a, int begin, int end) { return _mm512_mask_mov_ps (_mm512_set1_ps (-INFINITY), first_lanes (end) & (__mmask16) ~first_lanes (begin), a); }

static inline Lanes lanes_load_n (const float *p, int n) { return _mm512_maskz_loadu_ps (first_lanes (n), p); }
static inline void lanes_store_n (float *p, Lanes a, int n) { _mm512_mask_storeu_ps (p, first_lanes (n), a); }

static inline Lanes lanes_load_f16 (const uint16_t *p) { return _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) p)); }
static inline void
lanes_store_f16 (uint16_t *p, Lanes a)
{
  _mm256_storeu_si256 ((__m256i *)p, _mm512_cvtps_ph (a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
static inline Lanes lanes_load_bf16 (const uint16_t *p) { return _mm512_castsi512_ps (_mm512_slli_epi32 (_mm512_cvtepu16_epi32 (_mm256_loadu_si256 ((const __m256i *) p)), 16)); }
static inline Lanes lanes_load_u8 (const uint8_t *p) { return _mm512_cvtepi32_ps (_mm512_cvtepu8_epi32 (_mm_loadu_si128 ((const __m128i *) p))); }
static inline Lanes lanes_load_i8 (const int8_t *p) { return _mm512_cvtepi32_ps (_mm512_cvtepi8_epi32 (_mm_loadu_si128 ((const __m128i *) p))); }
static inline Lanes float_halves (__m128i bytes) { return _mm512_cvtepi32_ps (_mm512_cvtepi8_epi32 (_mm_sub_epi8 (_mm_and_si128 (bytes, _mm_set1_epi8 (15)), _mm_set1_epi8 (8)))); }
static inline Lanes lanes_load_lower (const uint8_t *p) { return float_halves (_mm_loadu_si128 ((const __m128i *) p)); }
static inline Lanes lanes_load_upper (const uint8_t *p) { return float_halves (_mm_srli_epi16 (_mm_loadu_si128 ((const __m128i *) p), 4)); }
static inline Lanes lanes_from_ints (Ints a) { return _mm512_cvtepi32_ps (a); }
static inline void lanes_store_i8 (int8_t *p, Lanes a) { _mm_storeu_si128 ((__m128i *) p, _mm512_cvtepi32_epi8 (_mm512_cvtps_epi32 (a))); }
static inline float lanes_first (Lanes a) { return _mm512_cvtss_f32 (a); }
static inline float lanes_largest (Lanes a) { return _mm512_reduce_max_ps (a); }
static inline Lanes lanes_power_of_two (Lanes n) { return _mm512_castsi512_ps (_mm512_slli_epi32 (_mm512_add_epi32 (_mm512_cvtps_epi32 (n), _mm512_set1_epi32 (127)), 23)); }

static inline float
lanes_sum (Lanes a)
{
  __m256 eight = _mm256_add_ps (_mm512_castps512_ps256 (a), _mm512_extractf32x8_ps (a, 1));
  __m128 four = _mm_add_ps (_mm256_castps256_ps128 (eight), _mm256_extractf128_ps (eight, 1));
  __m128 two = _mm_add_ps (four, _mm_movehl_ps (four, four));

  return _mm_cvtss_f32 (_mm_add_ss (two, _mm_shuffle_ps (two, two, 1)));
}

/* Sixteen vectors, halves to halves: those of two become one vector in each of four rounds. In the last one every fourth vector stands side by side, so they begin in that order. */
#define LANES_SUMS
#define TREE(name, operation)                                                                                                                 \
  static inline Lanes                                                                                                                         \
  name (const Lanes *a)                                                                                                                       \
  {                                                                                                                                           \
    Lanes eight[8], four[4], two[2];                                                                                                          \
                                                                                                                                              \
    _Pragma ("GCC unroll 8") for (int i = 0; i < 8; i++)                                                                                      \
    {                                                                                                                                         \
      Lanes p = a[8 * (i % 2) + i / 2], q = a[8 * (i % 2) + 4 + i / 2];                                                                       \
                                                                                                                                              \
      eight[i] = operation (_mm512_shuffle_f32x4 (p, q, 0x44), _mm512_shuffle_f32x4 (p, q, 0xee));                                            \
    }                                                                                                                                         \
    _Pragma ("GCC unroll 4") for (int i = 0; i < 4; i++)                                                                                      \
      four[i]                                                                                                                                 \
      = operation (_mm512_shuffle_f32x4 (eight[2 * i], eight[2 * i + 1], 0x88), _mm512_shuffle_f32x4 (eight[2 * i], eight[2 * i + 1], 0xdd)); \
    _Pragma ("GCC unroll 2") for (int i = 0; i < 2; i++)                                                                                      \
      two[i]                                                                                                                                  \
      = operation (_mm512_shuffle_ps (four[2 * i], four[2 * i + 1], 0x44), _mm512_shuffle_ps (four[2 * i], four[2 * i + 1], 0xee));           \
    return operation (_mm512_shuffle_ps (two[0], two[1], 0x88), _mm512_shuffle_ps (two[0], two[1], 0xdd));                                    \
  }

TREE (lanes_sums, _mm512_add_ps)
TREE (lanes_largests, _mm512_max_ps)

/* ---- codes --------------------------------------------------------------- */

static inline Codes codes_load (const uint8_t *p) { return _mm512_loadu_si512 (p); }
static inline Codes codes_low (Codes a) { return _mm512_and_si512 (a, _mm512_set1_epi8 (15)); }
static inline Codes codes_high (Codes a) { return _mm512_and_si512 (_mm512_srli_epi16 (a, 4), _mm512_set1_epi8 (15)); }

static inline __attribute__ ((always_inline)) Codes
codes_bits (Codes a, int bit, int width)
{
  return _mm512_and_si512 (_mm512_srli_epi16 (a, (unsigned) bit), _mm512_set1_epi8 ((char) ((1 << width) - 1)));
}

static inline Codes codes_table (const uint8_t *numbers) { return _mm512_broadcast_i32x4 (_mm_loadu_si128 ((const __m128i *) numbers)); }
static inline Codes codes_lookup (Codes table, Codes a) { return _mm512_shuffle_epi8 (table, a); }

static inline __attribute__ ((always_inline)) Codes
codes_join (Codes a, Codes b, int bit, int width, int to)
{
  __m512i mask = _mm512_set1_epi8 ((char) (((1 << width) - 1) << to));

  b = bit < to ? _mm512_slli_epi16 (b, (unsigned) (to - bit)) : _mm512_srli_epi16 (b, (unsigned) (bit - to));
  return _mm512_ternarylogic_epi32 (a, b, mask, 0xf8); /* a | (b & mask) */
}

static inline Ints ints_zero (void) { return _mm512_setzero_si512 (); }
static inline Ints ints_add (Ints a, Ints b) { return _mm512_add_epi32 (a, b); }

static inline __attribute__ ((always_inline)) void
pairs_dot (Ints *sum, Codes codes, const int16_t *x)
{
  int32_t pair;

  memcpy (&pair, x, sizeof pair);
  *sum = _mm512_dpwssd_epi32 (*sum, codes, _mm512_set1_epi32 (pair));
}

#define LANES_STEPS 8

static inline __attribute__ ((always_inline)) Ints
codes_begin (int offset, int32_t neg_sum)
{
  return offset ? _mm512_slli_epi32 (_mm512_set1_epi32 (neg_sum), (unsigned) __builtin_ctz ((unsigned) offset)) : _mm512_setzero_si512 ();
}

static inline __attribute__ ((always_inline)) Ints
codes_step (Ints sum, Codes codes, const int8_t *x)
{
  int32_t four;

  memcpy (&four, x, sizeof four);
  return _mm512_dpbusd_epi32 (sum, codes, _mm512_set1_epi32 (four));
}
