/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <float.h>

/* Four numbers at once, which is what every machine has. The order of additions is fixed, so the bytes that come out depend on nothing else. */
typedef float Lanes __attribute__ ((vector_size (16)));
typedef int32_t Mask __attribute__ ((vector_size (16)));

#define WIDTH 4
#define NOTHING 1e-15f /* beside a block's largest number, which is at least 0.5 */
#define HALF_MOST 65504.0f
#define LEAST_EXPONENT -60 /* binary16 ends long before */
#define ROUNDS 4 /* in which codes and steps correct each other */

/* What values a code has: whole numbers, or those of the table of IQ4. */
typedef struct {
  float low, high;
  bool  table;
} Codes;

/* Sums over a stretch of numbers, of their codes c and of what is left, r = number / step - c: small numbers, so that nothing cancels. */
typedef struct {
  float rr, rc, cc, r, c, w;
} Sums;

static inline Lanes
load (const float *from)
{
  Lanes lanes;

  memcpy (&lanes, from, sizeof lanes);
  return lanes;
}

static inline Lanes
splat (float value)
{
  return (Lanes) { value, value, value, value };
}

static inline Lanes
choose (Mask mask, Lanes yes, Lanes no)
{
  return (Lanes) ((mask & (Mask) yes) | (~mask & (Mask) no));
}

static inline float
add_lanes (Lanes lanes)
{
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/* The nearest values of codes, of numbers in steps. */
static inline Lanes
nearest (Lanes x, const Codes *codes)
{
  if (codes->table) {
    const int8_t *table = engine_code_values[ENGINE_CODES_IQ4];
    Lanes value = splat (table[0]);

    for (int i = 0; i < 15; i++) {
      Lanes gap = splat ((float) (table[i + 1] - table[i]));

      value += (Lanes) ((x > splat ((float) (table[i] + table[i + 1]) / 2)) & (Mask) gap);
    }
    return value;
  }
  x = choose (x < splat (codes->low), splat (codes->low), x);
  x = choose (x > splat (codes->high), splat (codes->high), x);
  /* Beyond 1.5 · 2²³ a float has no places behind the point. */
  return (x + splat (12582912.0f)) - splat (12582912.0f);
}

/* Of (values - min) · inverse. */
static inline Sums
sum_up (const float *values, const float *weights, int n, float min, float inverse, const Codes *codes)
{
  Lanes rr = { 0 }, rc = { 0 }, cc = { 0 }, r1 = { 0 }, c1 = { 0 }, w1 = { 0 };

  for (int i = 0; i < n; i += WIDTH) {
    Lanes w = load (weights + i), x = (load (values + i) - splat (min)) * splat (inverse), c = nearest (x, codes), r = x - c, wc = w * c, wr = w * r;

    rr += wr * r;
    rc += wr * c;
    cc += wc * c;
    r1 += wr;
    c1 += wc;
    w1 += w;
  }
  return (Sums) { add_lanes (rr), add_lanes (rc), add_lanes (cc), add_lanes (r1), add_lanes (c1), add_lanes (w1) };
}

/* Without correction: the error of exactly this step and minimum. */
static float
error_of (const float *values, const float *weights, int n, float min, float step, const Codes *codes)
{
  return step != 0.0f ? sum_up (values, weights, n, min, 1.0f / step, codes).rr * step * step
                      : sum_up (values, weights, n, min, 1.0f, &(Codes) { 0 }).rr;
}

static void
put_codes (const float *values, int n, float min, float step, const Codes *codes, uint8_t *out)
{
  for (int i = 0; i < n; i += WIDTH) {
    Lanes c = step != 0.0f ? nearest ((load (values + i) - splat (min)) * splat (1.0f / step), codes) : splat (0.0f);

    for (int k = 0; k < WIDTH; k++)
      out[i + k] = (uint8_t) (int) (c[k] - codes->low);
  }
}

/* A step as binary16 that is neither infinite nor, unless it is, zero. */
static uint16_t
half_of (float step, int exponent)
{
  float value = ldexpf (step, exponent);
  uint16_t half = engine_f32_to_f16 (fmaxf (fminf (value, HALF_MOST), -HALF_MOST));

  return step != 0.0f && (half & 0x7fff) == 0 ? half | 1 : half;
}

static float
float_of (uint16_t half, int exponent)
{
  return ldexpf (engine_f16_to_f32 (half), -exponent);
}

bool
engine_search_begin (EngineSearch *search, const float *values, const float *importance, int n)
{
  float largest = fabsf (block_extreme (values, n)), most = 0.0f, factor;

  search->n = n;
  if (largest == 0.0f)
    return false;
  frexpf (largest, &search->exponent);
  search->exponent = ENGINE_MAX (search->exponent, LEAST_EXPONENT);
  factor = ldexpf (1.0f, -search->exponent);
  for (int i = 0; i < n; i++) {
    search->values[i] = values[i] * factor;
    most = importance ? fmaxf (most, importance[i]) : most;
  }
  for (int i = 0; i < n; i++)
    search->weights[i] = most > 0.0f ? importance[i] / most : 1.0f;
  return true;
}

/* ---- one step ------------------------------------------------------------------------ */

typedef struct {
  float step, error, curvature; /* an error in the step costs its square times the curvature */
} Step;

static void
try_step (const float *values, const float *weights, int n, float inverse, const Codes *codes, Step *best)
{
  Sums s = sum_up (values, weights, n, 0.0f, inverse, codes);
  float correction, error;

  if (s.cc <= 0.0f)
    return;
  correction = s.rc / s.cc;
  error = fmaxf (s.rr - correction * s.rc, 0.0f) / inverse / inverse;
  if (error < best->error)
    *best = (Step) { (1.0f + correction) / inverse, error, s.cc };
}

/* The extreme number may get the lowest code or the highest one, or lie up to `over` codes beyond it; or up to 1 before. */
static Step
find_step (const float *values, const float *weights, int n, const Codes *codes, float over, float stride)
{
  float extreme = block_extreme (values, n), before;
  Step best = { 0.0f, FLT_MAX, 0.0f };

  if (fabsf (extreme) < NOTHING)
    return (Step) { 0.0f, 0.0f, 0.0f };
  for (int side = 0; side < 2; side++) {
    float end = side ? codes->high : codes->low;

    for (float beyond = -1.0f; end != 0.0f && beyond <= over; beyond += stride)
      try_step (values, weights, n, (end + (side ? beyond : -beyond)) / extreme, codes, &best);
  }
  for (int round = 0; round < ROUNDS && best.step != 0.0f; round++) {
    before = best.error;
    try_step (values, weights, n, 1.0f / best.step, codes, &best);
    if (best.error >= before)
      break;
  }
  return best;
}

/* As far beyond the end as pays: of few codes the outer ones are worth much. */
static Step
find_step_of (const float *values, const float *weights, int n, const Codes *codes)
{
  if (codes->table)
    return find_step (values, weights, n, codes, 24.0f, 2.0f);
  if (codes->high > 100.0f)
    return find_step (values, weights, n, codes, 1.0f, 0.25f);
  return find_step (values, weights, n, codes, codes->high > 20.0f ? 1.5f : 2.0f, 0.125f);
}

static uint16_t
search_one (const EngineSearch *search, const Codes *codes, float *step)
{
  uint16_t half = half_of (find_step_of (search->values, search->weights, search->n, codes).step, search->exponent);

  *step = float_of (half, search->exponent);
  return half;
}

uint16_t
engine_search_step (const EngineSearch *search, int low, int high, uint8_t *codes)
{
  Codes of = { (float) low, (float) high, false };
  float step;
  uint16_t half = search_one (search, &of, &step);

  put_codes (search->values, search->n, 0.0f, step, &of, codes);
  return half;
}

uint16_t
engine_search_iq4 (const EngineSearch *search, uint8_t *codes)
{
  float step;
  uint16_t half = search_one (search, &(Codes) { .low = engine_code_values[ENGINE_CODES_IQ4][0], .high = engine_code_values[ENGINE_CODES_IQ4][15], .table = true }, &step);

  block_nearest (search->values, search->n, step, ENGINE_CODES_IQ4, codes);
  return half;
}

/* ---- a step and a minimum ------------------------------------------------------------- */

typedef struct {
  float step, min, error;
  float curvature, curvature_min;
} StepMin;

/* `below`: the minimum may not be above 0. */
static void
try_step_min (const float *values, const float *weights, int n, float min, float inverse, bool below, const Codes *codes, StepMin *best)
{
  Sums s = sum_up (values, weights, n, min, inverse, codes);
  float determinant = s.cc * s.w - s.c * s.c, slope, shift, error;

  if (s.cc <= 0.0f)
    return;
  if (determinant > 1e-6f * s.cc * s.w) {
    slope = (s.rc * s.w - s.r * s.c) / determinant;
    shift = (s.r * s.cc - s.rc * s.c) / determinant;
  } else { /* all codes are equal: the step has no say */
    slope = 0.0f;
    shift = s.r / s.w;
  }
  if (below && min + shift / inverse > 0.0f) {
    shift = -min * inverse;
    slope = (s.rc - shift * s.c) / s.cc;
  }
  error = s.rr + slope * (slope * s.cc - 2.0f * s.rc + 2.0f * shift * s.c) + shift * (shift * s.w - 2.0f * s.r);
  error = fmaxf (error, 0.0f) / inverse / inverse;
  if (slope > -1.0f && error < best->error)
    *best = (StepMin) { (1.0f + slope) / inverse, min + shift / inverse, error, s.cc, s.w };
}

static StepMin
find_step_min (const float *values, const float *weights, int n, bool below, const Codes *codes)
{
  StepMin best = { .error = FLT_MAX };
  float low, high, before;

  block_range (values, n, below, &low, &high);
  if (below && high < NOTHING)
    high = 0.0f;
  if (high - low < NOTHING)
    return (StepMin) { 0.0f, low, 0.0f, 0.0f, (float) n };
  for (float beyond = -1.0f; beyond <= 1.0f; beyond += 0.125f)
    for (float shift = 0.0f; shift <= (codes->high < 4.0f ? 0.5f : 0.25f); shift += 0.25f) {
      StepMin one = { .error = FLT_MAX };
      float inverse = (codes->high + beyond) / (high - low);

      try_step_min (values, weights, n, low + shift / inverse, inverse, below, codes, &one);
      if (one.step > 0.0f && codes->high < 4.0f)
        try_step_min (values, weights, n, one.min, 1.0f / one.step, below, codes, &one);
      if (one.error < best.error)
        best = one;
    }
  for (int round = 0; round < ROUNDS && best.step > 0.0f; round++) {
    before = best.error;
    try_step_min (values, weights, n, best.min, 1.0f / best.step, below, codes, &best);
    if (best.error >= before)
      break;
  }
  return best;
}

void
engine_search_step_min (const EngineSearch *search, int levels, uint16_t *d, uint16_t *m, uint8_t *codes)
{
  Codes of = { 0.0f, (float) levels, false };
  StepMin found = find_step_min (search->values, search->weights, search->n, false, &of);

  *d = half_of (found.step, search->exponent);
  *m = half_of (found.min, search->exponent);
  put_codes (search->values, search->n, float_of (*m, search->exponent), float_of (*d, search->exponent), &of, codes);
}

/* ---- scales --------------------------------------------------------------------------- */

typedef struct {
  const EngineSearch *search;
  int   n_sub;              /* numbers that share a scale */
  Codes codes, scales;
  float d, dmin;            /* as binary16 has them */
  float scale[16], min[16]; /* the whole numbers, for each part */
} Super;

static const float *
values_of (const Super *s, int part)
{
  return s->search->values + part * s->n_sub;
}

static const float *
weights_of (const Super *s, int part)
{
  return s->search->weights + part * s->n_sub;
}

static float
whole (float value, float low, float high)
{
  return fmaxf (low, fminf (high, nearbyintf (value)));
}

/* The scales beside the nearest may do better: the codes change with them. */
static float
choose_scale (Super *s, int part, float wanted)
{
  float middle = s->d != 0.0f ? whole (wanted / s->d, s->scales.low, s->scales.high) : 0.0f, least = FLT_MAX;

  for (float scale = fmaxf (middle - 1.0f, s->scales.low); scale <= fminf (middle + 1.0f, s->scales.high); scale += 1.0f) {
    float error = error_of (values_of (s, part), weights_of (s, part), s->n_sub, 0.0f, s->d * scale, &s->codes);

    if (error < least) {
      least = error;
      s->scale[part] = scale;
    }
  }
  return least;
}

/* The same, and the minimum that goes with each. */
static float
choose_scale_min (Super *s, int part, float wanted, float wanted_min)
{
  const float *values = values_of (s, part), *weights = weights_of (s, part);
  float middle = s->d != 0.0f ? whole (wanted / s->d, 0.0f, s->scales.high) : 0.0f, least = FLT_MAX;
  float first_min = s->dmin != 0.0f ? whole (-wanted_min / s->dmin, 0.0f, s->scales.high) : 0.0f;

  for (float scale = fmaxf (middle - 1.0f, 0.0f); scale <= fminf (middle + 1.0f, s->scales.high); scale += 1.0f)
    for (float min = fmaxf (first_min - 1.0f, 0.0f); min <= fminf (first_min + 1.0f, s->scales.high); min += 1.0f) {
      float error = error_of (values, weights, s->n_sub, -s->dmin * min, s->d * scale, &s->codes);

      if (error < least) {
        least = error;
        s->scale[part] = scale;
        s->min[part] = min;
      }
      if (s->dmin == 0.0f)
        break;
    }
  return least;
}

/* Given all whole numbers, d and dmin by least squares. */
static void
correct (const Super *s, float *d, float *dmin)
{
  double dd = 0, dm = 0, mm = 0, dv = 0, mv = 0, determinant;

  for (int part = 0; part < SUPER / s->n_sub; part++) {
    uint8_t codes[32];

    put_codes (values_of (s, part), s->n_sub, -s->dmin * s->min[part], s->d * s->scale[part], &s->codes, codes);
    for (int i = 0; i < s->n_sub; i++) {
      float v = values_of (s, part)[i], w = weights_of (s, part)[i], a = s->scale[part] * ((float) codes[i] + s->codes.low), b = -s->min[part];

      dd += (double) (w * a * a);
      dm += (double) (w * a * b);
      mm += (double) (w * b * b);
      dv += (double) (w * a * v);
      mv += (double) (w * b * v);
    }
  }
  determinant = dd * mm - dm * dm;
  if (mm > 0 && determinant > 1e-9 * dd * mm) {
    *d = (float) ((dv * mm - mv * dm) / determinant);
    *dmin = (float) ((mv * dd - dv * dm) / determinant);
  } else if (dd > 0) {
    *d = (float) ((dv - dm * (double) *dmin) / dd);
  }
}

/* Whole numbers for all parts, with `d` and `dmin`; keeps what is better than *least. */
static void
choose_all (Super *s, const StepMin *wanted, bool mins, float d, float dmin, float *least, uint16_t *d_half, uint16_t *dmin_half)
{
  Super other = *s;
  uint16_t half = half_of (d, s->search->exponent), half_min = half_of (fmaxf (dmin, 0.0f), s->search->exponent);
  float error = 0.0f;

  other.d = float_of (half, s->search->exponent);
  other.dmin = float_of (half_min, s->search->exponent);
  for (int part = 0; part < SUPER / s->n_sub; part++)
    error += mins ? choose_scale_min (&other, part, wanted[part].step, wanted[part].min) : choose_scale (&other, part, wanted[part].step);
  if (error >= *least)
    return;
  *least = error;
  *s = other;
  *d_half = half;
  *dmin_half = half_min;
}

static void
search_super (Super *s, bool mins, uint16_t *d_half, uint16_t *dmin_half, uint8_t *codes)
{
  int n_parts = SUPER / s->n_sub;
  StepMin wanted[16];
  float steps[16], lows[16], curvature[16], curvature_min[16], least = FLT_MAX, d, dmin = 0.0f;
  Codes scales = s->scales;

  for (int part = 0; part < n_parts; part++) {
    if (mins)
      wanted[part] = find_step_min (values_of (s, part), weights_of (s, part), s->n_sub, true, &s->codes);
    else {
      Step one = find_step_of (values_of (s, part), weights_of (s, part), s->n_sub, &s->codes);

      wanted[part] = (StepMin) { .step = one.step, .curvature = one.curvature };
    }
    steps[part] = wanted[part].step;
    lows[part] = -wanted[part].min;
    curvature[part] = wanted[part].curvature;
    curvature_min[part] = wanted[part].curvature_min;
  }
  d = find_step (steps, curvature, n_parts, &scales, 1.0f, 0.25f).step;
  if (mins)
    dmin = find_step (lows, curvature_min, n_parts, &scales, 1.0f, 0.25f).step;
  for (int round = 0; round < 3; round++) {
    float before = least;

    choose_all (s, wanted, mins, d, dmin, &least, d_half, dmin_half);
    if (least >= before)
      break;
    dmin = s->dmin;
    d = s->d;
    correct (s, &d, &dmin);
  }
  for (int part = 0; part < n_parts; part++)
    put_codes (values_of (s, part), s->n_sub, -s->dmin * s->min[part], s->d * s->scale[part], &s->codes, codes + part * s->n_sub);
}

void
engine_search_scales (const EngineSearch *search, int low, int high, int scale_low, int scale_high, uint16_t *d, int8_t *scales, uint8_t *codes)
{
  Super s = { .search = search, .n_sub = 16, .codes = { (float) low, (float) high, false }, .scales = { (float) scale_low, (float) scale_high, false } };
  uint16_t none = 0;

  *d = 0;
  search_super (&s, false, d, &none, codes);
  for (int part = 0; part < SUPER / 16; part++)
    scales[part] = (int8_t) s.scale[part];
}

void
engine_search_scales_mins (const EngineSearch *search, int n_sub, int levels, int scale_high, uint16_t *d, uint16_t *dmin, uint8_t *scales, uint8_t *mins, uint8_t *codes)
{
  Super s = { .search = search, .n_sub = n_sub, .codes = { 0.0f, (float) levels, false }, .scales = { 0.0f, (float) scale_high, false } };

  *d = *dmin = 0;
  search_super (&s, true, d, dmin, codes);
  for (int part = 0; part < SUPER / n_sub; part++) {
    scales[part] = (uint8_t) s.scale[part];
    mins[part] = (uint8_t) s.min[part];
  }
}

bool
engine_search_k_block (const float *values, const float *importance, int levels, uint16_t *d, uint16_t *dmin, uint8_t *scale_bytes, uint8_t *codes)
{
  uint8_t scales[8], mins[8];
  EngineSearch search;

  if (!engine_search_begin (&search, values, importance, SUPER))
    return false;
  engine_search_scales_mins (&search, 32, levels, 63, d, dmin, scales, mins, codes);
  for (int sub = 0; sub < 8; sub++)
    block_put_k_scale (scale_bytes, sub, scales[sub], mins[sub]);
  return true;
}
