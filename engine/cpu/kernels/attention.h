/* SPDX-License-Identifier: MIT */
/* Attention of some query vectors over one page of keys and values: see EngineCpuPage.
 *
 * A score is the sum over ascending elements of the head, one lane for each position; the
 * softmax runs on page by page. Query vectors are taken six at a time so that a key
 * or value is loaded once for all of them; each one's arithmetic is the same as alone. */

#define POSITIONS ENGINE_PAGE_TOKENS
#define QUERIES 6 /* at most, at once: twelve sums, what they are multiplied by and a product fill AVX2's registers */

static inline size_t
padded (int head_dim)
{
  return ((size_t) head_dim + 15) & ~(size_t) 15;
}

/* Query vectors q times the keys of a page, one row of p for each. */
typedef struct {
  const uint8_t      *keys;
  int                 head_dim;
  const float *const *q;
  float             (*p)[POSITIONS];
} Scores;

/* The values of the positions begin … end - 1 and their weights p, one row for each query vector.
 * What was weighted before is multiplied by `factor`. */
typedef struct {
  const uint8_t *values;
  int            head_dim, begin, end;
  const float  (*p)[POSITIONS];
  const float   *factor;   /* [n] */
  float         *weighted; /* [n], `stride` floats apart */
  size_t         stride;
} Weighted;

static inline void
round_half (float value, uint16_t *half)
{
  *half = engine_f32_to_f16 (value);
}

/* Of quantised keys the differences to the *base* are kept, the first key of the page in binary16. Some models' keys have
 * a few elements that are a hundred times the others and change slowly from position to position, the same for whatever is
 * said (Qwen2's biases, in the pairs that turn slowest): without the base they would set the steps of the others.
 * The first key of a page is the only one that is always there when a later one is written, so what is kept depends on
 * the page's tokens alone. */

/* Elements d … d + n - 1 of a key less the base, which slot 0 writes, up to a multiple of 16. `first` as for cache_write. */
static inline void
less_base (const float *k, int d, int n, int slot, const float *first, uint16_t *base, float *x)
{
  for (int i = d; i < d + n; i++) {
    uint16_t half = base[i];

    if (first)
      round_half (first[i], &half);
    if (slot == 0)
      base[i] = half;
    x[i - d] = k[i] - engine_f16_to_f32 (half);
  }
  for (int i = d + n; slot == 0 && i % 16; i++)
    base[i] = 0;
}

/* A query vector times the base: what all scores of a page begin with. */
static inline float
base_score (const float *q, const uint16_t *base, int head_dim)
{
  Lanes sum = lanes_set (0.0f);

  for (int d = 0; d < head_dim; d += 16)
    sum = lanes_fma (lanes_load_n (q + d, head_dim - d), lanes_load_f16 (base + d), sum);
  return lanes_sum (sum);
}

#include "cpu/kernels/attention-q4.h"

/* Element d of the keys of positions 16 · j … 16 · j + 15. */
static inline __attribute__ ((always_inline)) Lanes
load_key (const uint8_t *keys, int head_dim, int d, int j, EngineCpuCache cache)
{
  size_t at = (size_t) POSITIONS * (size_t) d + 16 * (size_t) j;

  if (cache == ENGINE_CPU_CACHE_F32)
    return lanes_load ((const float *) keys + at);
  if (cache == ENGINE_CPU_CACHE_F16)
    return lanes_load_f16 ((const uint16_t *) keys + at);
  const uint16_t *steps = (const uint16_t *) (keys + (size_t) POSITIONS * (size_t) head_dim);
  return lanes_mul (lanes_load_i8 ((const int8_t *) keys + at), lanes_load_f16 (steps + POSITIONS * (d / 32) + 16 * j));
}

/* Elements d … d + 15 of the value of one position; d is a multiple of 16. */
static inline __attribute__ ((always_inline)) Lanes
load_value (const uint8_t *values, int head_dim, int position, size_t d, EngineCpuCache cache)
{
  size_t at = (size_t) position * padded (head_dim) + d;

  if (cache == ENGINE_CPU_CACHE_F32)
    return lanes_load ((const float *) values + at);
  if (cache == ENGINE_CPU_CACHE_F16)
    return lanes_load_f16 ((const uint16_t *) values + at);
  const uint16_t *steps = (const uint16_t *) (values + POSITIONS * padded (head_dim));
  return lanes_mul (lanes_load_i8 ((const int8_t *) values + at),
                    lanes_set (engine_f16_to_f32 (steps[(size_t) position * ((size_t) (head_dim + 31) / 32) + d / 32])));
}

/* The elements d … d + 16 · n_lanes - 1. */
static inline __attribute__ ((always_inline)) void
add_elements (const Weighted *w, size_t d, int n, int n_lanes, EngineCpuCache cache)
{
  Lanes sum[QUERIES][ATTEND_LANES];

  for (int q = 0; q < n; q++)
    for (int j = 0; j < n_lanes; j++)
      sum[q][j] = lanes_mul (lanes_load (w->weighted + (size_t) q * w->stride + d + 16 * (size_t) j), lanes_set (w->factor[q]));
  for (int position = w->begin; position < w->end; position++) {
    Lanes v[ATTEND_LANES];

    for (int j = 0; j < n_lanes; j++)
      v[j] = load_value (w->values, w->head_dim, position, d + 16 * (size_t) j, cache);
    for (int q = 0; q < n; q++) {
      Lanes weight = lanes_set (w->p[q][position]);

      for (int j = 0; j < n_lanes; j++)
        sum[q][j] = lanes_fma (weight, v[j], sum[q][j]);
    }
  }
  for (int q = 0; q < n; q++)
    for (int j = 0; j < n_lanes; j++)
      lanes_store (w->weighted + (size_t) q * w->stride + d + 16 * (size_t) j, sum[q][j]);
}

static inline __attribute__ ((always_inline)) void
add_values (const Weighted *w, int n, EngineCpuCache cache)
{
  size_t d = 0;

  if (cache == ENGINE_CPU_CACHE_Q4) {
    add_values_of_q4 (w, n);
    return;
  }
  for (; d + 16 * ATTEND_LANES <= padded (w->head_dim); d += 16 * ATTEND_LANES)
    add_elements (w, d, n, ATTEND_LANES, cache);
  for (; d < padded (w->head_dim); d += 16)
    add_elements (w, d, n, 1, cache);
}

/* Behind the steps. */
static inline const uint16_t *
q8_0_base (const uint8_t *keys, int head_dim)
{
  return (const uint16_t *) (keys + POSITIONS * (size_t) head_dim) + POSITIONS * ((size_t) (head_dim + 31) / 32);
}

static inline __attribute__ ((always_inline)) void
find_scores (const Scores *s, int n, EngineCpuCache cache)
{
  float start[QUERIES] = { 0 };

  if (cache == ENGINE_CPU_CACHE_Q4) {
    find_scores_of_q4 (s, n);
    return;
  }
  if (cache == ENGINE_CPU_CACHE_Q8_0)
    for (int q = 0; q < n; q++)
      start[q] = base_score (s->q[q], q8_0_base (s->keys, s->head_dim), s->head_dim);
  for (int j = 0; j < POSITIONS / 16; j += ATTEND_LANES) {
    Lanes score[QUERIES][ATTEND_LANES];
    const float *query[QUERIES];

    for (int q = 0; q < n; q++) {
      query[q] = s->q[q];
      for (int i = 0; i < ATTEND_LANES; i++)
        score[q][i] = lanes_set (start[q]);
    }
    for (int e = 0; e < s->head_dim; e++) {
      Lanes k[ATTEND_LANES];

      for (int i = 0; i < ATTEND_LANES; i++)
        k[i] = load_key (s->keys, s->head_dim, e, j + i, cache);
      for (int q = 0; q < n; q++) {
        Lanes element = lanes_set (query[q][e]);

        for (int i = 0; i < ATTEND_LANES; i++)
          score[q][i] = lanes_fma (element, k[i], score[q][i]);
      }
    }
    for (int q = 0; q < n; q++)
      for (int i = 0; i < ATTEND_LANES; i++)
        lanes_store (s->p[q] + 16 * (j + i), score[q][i]);
  }
}

/* Functions of their own, so that nothing else competes for registers. */
#define FIND_SCORES(symbol, cache)                                                                                                      \
  static __attribute__ ((noinline)) void find_scores_##symbol##_1 (const Scores *s) { find_scores (s, 1, cache); }                      \
  static __attribute__ ((noinline)) void find_scores_##symbol##_2 (const Scores *s) { find_scores (s, 2, cache); }                      \
  static __attribute__ ((noinline)) void find_scores_##symbol##_3 (const Scores *s) { find_scores (s, 3, cache); }                      \
  static __attribute__ ((noinline)) void find_scores_##symbol##_4 (const Scores *s) { find_scores (s, 4, cache); }                      \
  static __attribute__ ((noinline)) void find_scores_##symbol##_6 (const Scores *s) { find_scores (s, 6, cache); }
#define ADD_VALUES(symbol, cache)                                                                                                       \
  static __attribute__ ((noinline)) void add_values_##symbol##_1 (const Weighted *w) { add_values (w, 1, cache); }                      \
  static __attribute__ ((noinline)) void add_values_##symbol##_2 (const Weighted *w) { add_values (w, 2, cache); }                      \
  static __attribute__ ((noinline)) void add_values_##symbol##_3 (const Weighted *w) { add_values (w, 3, cache); }                      \
  static __attribute__ ((noinline)) void add_values_##symbol##_4 (const Weighted *w) { add_values (w, 4, cache); }                      \
  static __attribute__ ((noinline)) void add_values_##symbol##_6 (const Weighted *w) { add_values (w, 6, cache); }

/* Query vectors first_query … first_query + n - 1; n is a constant. */
static inline __attribute__ ((always_inline)) void
attend_some (const EngineCpuQueries *queries, int first_query, int n, EngineCpuPage page, int32_t first, EngineCpuSoftmax *softmax,
             void (*find) (const Scores *s), void (*add_weighted) (const Weighted *w))
{
  int head_dim = queries->head_dim, begin = POSITIONS, end = 0;
  float p[QUERIES][POSITIONS] __attribute__ ((aligned (64)));
  int from[QUERIES], to[QUERIES];
  float change[16] __attribute__ ((aligned (64))) = { 0 }, factor[16] __attribute__ ((aligned (64))), shift[QUERIES];
  bool all = true; /* every one sees the whole page */
  Weighted w;

  for (int q = 0; q < n; q++) {
    from[q] = ENGINE_MAX (0, queries->begin[first_query + q] - first);
    to[q] = ENGINE_MIN (POSITIONS, queries->end[first_query + q] - first);
    all = all && from[q] == 0 && to[q] == POSITIONS;
    if (from[q] < to[q]) {
      begin = ENGINE_MIN (begin, from[q]);
      end = ENGINE_MAX (end, to[q]);
    }
  }
  if (begin >= end)
    return;

  find (&(Scores) { page.keys, head_dim, queries->q + first_query, p });
  for (int q = 0; q < n; q++) {
    float *largest = &softmax->largest[first_query + q], new_largest;
    Lanes s[POSITIONS / 16];

    for (int i = 0; i < POSITIONS / 16; i++) {
      s[i] = lanes_mul (lanes_load (p[q] + 16 * i), lanes_set (queries->scale));
      if (queries->softcap != 0.0f)
        s[i] = soften (s[i], queries->softcap);
      if (!all)
        s[i] = lanes_window (s[i], from[q] - 16 * i, to[q] - 16 * i);
      lanes_store (p[q] + 16 * i, s[i]);
    }
    new_largest = lanes_largest (lanes_max (lanes_max (s[0], s[1]), lanes_max (s[2], s[3])));
    shift[q] = 0.0f; /* where it sees nothing here all weights come out as 0, and e⁰ leaves what was before */
    if (from[q] < to[q]) {
      shift[q] = ENGINE_MAX (new_largest, *largest);
      change[q] = *largest - shift[q];
      *largest = shift[q];
    }
  }
  lanes_store (factor, lanes_exp (lanes_load (change)));
  for (int q = 0; q < n; q++) {
    float *sum = &softmax->sum[first_query + q];
    Lanes s[POSITIONS / 16];

    for (int i = 0; i < POSITIONS / 16; i++) {
      s[i] = lanes_exp (lanes_sub (lanes_load (p[q] + 16 * i), lanes_set (shift[q])));
      lanes_store (p[q] + 16 * i, s[i]);
    }
    *sum = *sum * factor[q] + lanes_sum (lanes_add (lanes_add (s[0], s[1]), lanes_add (s[2], s[3])));
  }

  w = (Weighted) { page.values, head_dim, begin, end, (const float (*)[POSITIONS]) p, factor,
                   softmax->weighted + (size_t) first_query * softmax->stride, softmax->stride };
  add_weighted (&w);
}

/* Q8_0: 32 elements of a head share a step of binary16; q = round (x / step). */
static inline float
quantise_step (const float *x, int n, uint16_t *step)
{
  float largest = 0.0f, value;

  for (int i = 0; i < n; i++)
    largest = ENGINE_MAX (largest, fabsf (x[i]));
  round_half (largest / 127.0f, step);
  value = engine_f16_to_f32 (*step);
  return value > 0.0f ? 1.0f / value : 0.0f;
}

static inline int8_t
quantise_element (float x, float inverse)
{
  float q = nearbyintf (x * inverse);

  return (int8_t) (q > 127.0f ? 127.0f : q > -127.0f ? q : -127.0f);
}

static void
cache_write_q8_0 (const float *k, const float *v, int head_dim, int slot, const float *first, uint8_t *keys, uint8_t *values)
{
  size_t n_steps = (size_t) (head_dim + 31) / 32;
  uint16_t *key_steps = (uint16_t *) (keys + POSITIONS * (size_t) head_dim), *base = key_steps + POSITIONS * n_steps;
  uint16_t *value_steps = (uint16_t *) (values + POSITIONS * padded (head_dim));

  for (int d = 0; d < head_dim; d += 32) {
    int n = ENGINE_MIN (32, head_dim - d);
    float x[32], k_inverse, v_inverse;

    less_base (k, d, n, slot, first, base, x);
    k_inverse = quantise_step (x, n, &key_steps[POSITIONS * (d / 32) + slot]);
    v_inverse = quantise_step (v + d, n, &value_steps[(size_t) slot * n_steps + (size_t) d / 32]);

    for (int i = d; i < d + n; i++) {
      keys[POSITIONS * i + slot] = (uint8_t) quantise_element (x[i - d], k_inverse);
      values[(size_t) slot * padded (head_dim) + (size_t) i] = (uint8_t) quantise_element (v[i], v_inverse);
    }
  }
}

static void
cache_write_f16 (const float *k, const float *v, int head_dim, int slot, const float *first, uint8_t *keys, uint8_t *values)
{
  uint16_t *key = (uint16_t *) keys + slot, *value = (uint16_t *) values + (size_t) slot * padded (head_dim);

  for (int d = 0; d < head_dim; d += 16) {
    int n = ENGINE_MIN (16, head_dim - d);
    uint16_t halves[16];

    lanes_store_f16 (halves, lanes_load_n (k + d, n));
    for (int i = 0; i < n; i++)
      key[POSITIONS * (d + i)] = halves[i];
    lanes_store_f16 (halves, lanes_load_n (v + d, n));
    memcpy (value + d, halves, (size_t)n * sizeof *halves);
  }
}

static void
cache_write_f32 (const float *k, const float *v, int head_dim, int slot, const float *first, uint8_t *keys, uint8_t *values)
{
  float *key = (float *) keys + slot, *value = (float *) values + (size_t) slot * padded (head_dim);

  for (int d = 0; d < head_dim; d++) {
    key[POSITIONS * d] = k[d];
    value[d] = v[d];
  }
}

/* Each number of query vectors is a constant where it is used, so that their sums stay in registers. */
#define ATTEND(symbol, cache)                                                                                                           \
  FIND_SCORES (symbol, cache)                                                                                                           \
  ADD_VALUES (symbol, cache)                                                                                                            \
  static void attend_##symbol (const EngineCpuQueries *queries, EngineCpuPage page, int32_t first, EngineCpuSoftmax *softmax)           \
  {                                                                                                                                     \
    int q = 0, left = queries->n_queries;                                                                                               \
                                                                                                                                        \
    for (; left == 6 || left >= 10; left -= 6, q += 6)                                                                                  \
      attend_some (queries, q, 6, page, first, softmax, find_scores_##symbol##_6, add_values_##symbol##_6);                             \
    for (; left >= 4; left -= 4, q += 4)                                                                                                \
      attend_some (queries, q, 4, page, first, softmax, find_scores_##symbol##_4, add_values_##symbol##_4);                             \
    if (left == 3)                                                                                                                      \
      attend_some (queries, q, 3, page, first, softmax, find_scores_##symbol##_3, add_values_##symbol##_3);                             \
    else if (left == 2)                                                                                                                 \
      attend_some (queries, q, 2, page, first, softmax, find_scores_##symbol##_2, add_values_##symbol##_2);                             \
    else if (left == 1)                                                                                                                 \
      attend_some (queries, q, 1, page, first, softmax, find_scores_##symbol##_1, add_values_##symbol##_1);                             \
  }

ATTEND (f32, ENGINE_CPU_CACHE_F32)
ATTEND (f16, ENGINE_CPU_CACHE_F16)
ATTEND (q8_0, ENGINE_CPU_CACHE_Q8_0)
ATTEND (q4, ENGINE_CPU_CACHE_Q4)

static void
combine (const EngineCpuQueries *queries, const EngineCpuSoftmax *from, EngineCpuSoftmax *into)
{
  for (int q = 0; q < queries->n_queries; q++) {
    float largest = ENGINE_MAX (from->largest[q], into->largest[q]);
    Lanes kept, taken;

    if (from->largest[q] == -INFINITY)
      continue;
    kept = lanes_exp (lanes_set (into->largest[q] - largest));
    taken = lanes_exp (lanes_set (from->largest[q] - largest));
    into->largest[q] = largest;
    into->sum[q] = into->sum[q] * lanes_first (kept) + from->sum[q] * lanes_first (taken);
    for (size_t d = 0; d < padded (queries->head_dim); d += 16) {
      float *w = into->weighted + (size_t) q * into->stride + d;

      lanes_store (w, lanes_add (lanes_mul (lanes_load (w), kept), lanes_mul (lanes_load (from->weighted + (size_t) q * from->stride + d), taken)));
    }
  }
}
