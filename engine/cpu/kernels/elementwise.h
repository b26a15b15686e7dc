/* SPDX-License-Identifier: MIT */
/* Quantising, norms, gates and sums: what runs over one column after the other. */

/* eˣ to one unit in the last place; 0 below -87, where the result leaves the normal numbers.
 * x = n · ln 2 + r with |r| ≤ ln 2 / 2 (ln 2 in two parts, the first of 16 bits, so that n times
 * it is exact), and eʳ = 1 + r + r² · p with p = (eʳ - 1 - r) / r², interpolated at the five
 * Chebyshev points of that range. */
static inline Lanes
lanes_exp (Lanes x)
{
  Lanes limit = lanes_set (-87.0f);
  Lanes clamped = lanes_min (lanes_max (x, limit), lanes_set (88.0f));
  Lanes n = lanes_round (lanes_mul (clamped, lanes_set (0x1.715476p0f)));
  Lanes r = lanes_fma (n, lanes_set (-0x1.62e4p-1f), clamped);
  Lanes p = lanes_set (0x1.6d10fcp-10f);

  r = lanes_fma (n, lanes_set (-0x1.7f7d1cp-20f), r);
  p = lanes_fma (p, r, lanes_set (0x1.120b62p-7f));
  p = lanes_fma (p, r, lanes_set (0x1.55551ap-5f));
  p = lanes_fma (p, r, lanes_set (0x1.5554dep-3f));
  p = lanes_fma (p, r, lanes_set (0.5f));
  p = lanes_fma (lanes_mul (r, r), p, lanes_add (r, lanes_set (1.0f)));
  return lanes_keep_from (lanes_mul (p, lanes_power_of_two (n)), x, limit);
}

/* x / (1 + e⁻ᵗ) */
static inline Lanes
lanes_sigmoid_times (Lanes x, Lanes t)
{
  Lanes one = lanes_set (1.0f);

  return lanes_div (x, lanes_add (one, lanes_exp (lanes_sub (lanes_set (0.0f), t))));
}

/* Within -limit … limit; NaN becomes -limit, so that it converts to an integer. */
static inline Lanes
lanes_clamp (Lanes x, float limit)
{
  return lanes_min (lanes_max (x, lanes_set (-limit)), lanes_set (limit));
}

/* Steps that are tried for a block: the largest number is a whole multiple of each, so that it is kept exactly. Large numbers count most in a
 * product, and a step that does not divide them (max |x| / 127.49, which is smaller) loses more of them than it gains of the others. */
static const float quantised_levels[] = { 127.0f, 126.0f };

#define LEVELS ENGINE_LENGTH (quantised_levels)

#ifndef LANES_SUMS
/* Of sixteen vectors lane i is lanes_sum (a[i]), and lanes_largest (a[i]). */
static inline Lanes
lanes_sums (const Lanes *a)
{
  float sums[16];

  for (int i = 0; i < 16; i++)
    sums[i] = lanes_sum (a[i]);
  return lanes_load (sums);
}

static inline Lanes
lanes_largests (const Lanes *a)
{
  float largests[16];

  for (int i = 0; i < 16; i++)
    largests[i] = lanes_largest (a[i]);
  return lanes_load (largests);
}
#endif

/* The limit is for numbers that are not finite; others are within their level. */
static inline Lanes
quantise_half (const float *x, float inverse)
{
  return lanes_round (lanes_clamp (lanes_mul (lanes_load (x), lanes_set (inverse)), quantised_levels[0]));
}

/* The sums of the squares of what is lost, in units of the step. Numbers that are not finite make them NaN. */
static inline __attribute__ ((always_inline)) Lanes
quantise_errors (const float *x, int n, const float *inverse)
{
  Lanes squares[16];

  for (int b = 0; b < n; b++, x += ENGINE_QUANT_BLOCK) {
    Lanes first = lanes_mul (lanes_load (x), lanes_set (inverse[b])), second = lanes_mul (lanes_load (x + 16), lanes_set (inverse[b]));

    first = lanes_sub (first, lanes_round (first));
    second = lanes_sub (second, lanes_round (second));
    squares[b] = lanes_fma (first, first, lanes_mul (second, second));
  }
  for (int b = n; b < 16; b++)
    squares[b] = lanes_set (0.0f);
  return lanes_sums (squares);
}

/* a where `better` is 1, b where it is 0. */
static inline Lanes
pick (Lanes better, Lanes a, Lanes b)
{
  Lanes half = lanes_set (0.5f);

  return lanes_add (lanes_keep_from (a, better, half), lanes_keep_from (b, half, better));
}

/* Up to 16 blocks, a lane for each where there is one number for a block. */
static inline __attribute__ ((always_inline)) void
quantise_blocks (const float *x, int n, EngineCpuColumnBlock *out, int64_t stride)
{
  float inverse[16], steps[16], step_sums[16], halves[2][16];
  Lanes v[16], second[16], largest, level = lanes_set (quantised_levels[0]), best_inverse = lanes_set (0.0f), best_errors = best_inverse, step;
  int32_t neg[2][16];

  for (int b = 0; b < n; b++) {
    __builtin_prefetch (out + b * stride, 1);
    v[b] = lanes_max (lanes_abs (lanes_load (x + b * ENGINE_QUANT_BLOCK)), lanes_abs (lanes_load (x + b * ENGINE_QUANT_BLOCK + 16)));
  }
  for (int b = n; b < 16; b++)
    v[b] = lanes_set (0.0f);
  largest = lanes_largests (v);
  for (size_t i = 0; i < LEVELS; i++) {
    float l = quantised_levels[i];
    Lanes inverses = lanes_keep_from (lanes_div (lanes_set (l), largest), largest, lanes_set (0x1p-149f)), errors; /* 0 where all are 0 */

    lanes_store (inverse, inverses);
    errors = lanes_div (quantise_errors (x, n, inverse), lanes_set (l * l));
    if (i == 0) {
      best_inverse = inverses;
      best_errors = errors;
    } else { /* NaN is not better */
      Lanes better = lanes_keep_from (lanes_set (1.0f), lanes_sub (best_errors, errors), lanes_set (0x1p-149f));

      best_inverse = pick (better, inverses, best_inverse);
      best_errors = pick (better, errors, best_errors);
      level = pick (better, lanes_set (l), level);
    }
  }
  lanes_store (inverse, best_inverse);
  for (int b = n; b < 16; b++)
    v[b] = second[b] = lanes_set (0.0f);
  for (int b = 0; b < n; b++) {
    v[b] = quantise_half (x + b * ENGINE_QUANT_BLOCK, inverse[b]);
    second[b] = quantise_half (x + b * ENGINE_QUANT_BLOCK + 16, inverse[b]);
    lanes_store_i8 (out[b * stride].q, v[b]);
    lanes_store_i8 (out[b * stride].q + 16, second[b]);
  }
  /* Each half's sum stays far below 2²⁴: adding up floats is exact. */
  v[0] = lanes_sums (v);
  second[0] = lanes_sums (second);
  lanes_store (halves[0], v[0]);
  lanes_store (halves[1], second[0]);
  step = lanes_div (largest, level);
  lanes_store (steps, step);
  lanes_store (step_sums, lanes_mul (step, lanes_add (lanes_add (v[0], second[0]), lanes_set (0.0f)))); /* never -0 */
  for (int b = 0; b < 16; b++) {
    neg[0][b] = (int32_t) -halves[0][b];
    neg[1][b] = (int32_t) -halves[1][b];
  }
  for (int b = 0; b < n; b++, out += stride) {
    out->d = steps[b];
    out->d_sum = step_sums[b];
    out->neg_sum = neg[0][b] + neg[1][b];
    out->neg_half[0] = neg[0][b];
    out->neg_half[1] = neg[1][b];
  }
}

/* q = round (x / d), to nearest even, with that d of those tried that leaves the least error. */
static void
quantise (const float *x, int64_t n_blocks, EngineCpuColumnBlock *out, int64_t stride)
{
  for (; n_blocks >= 16; n_blocks -= 16, x += 16 * ENGINE_QUANT_BLOCK, out += 16 * stride)
    quantise_blocks (x, 16, out, stride);
  if (n_blocks)
    quantise_blocks (x, (int)n_blocks, out, stride);
}

static void
quantise_wide (const float *x, int64_t n, EngineCpuWideBlock *out, int64_t stride)
{
  for (int64_t at = 0; at < n; at += ENGINE_QUANT_BLOCK, out += stride) {
    int left = (int) ENGINE_MIN (ENGINE_QUANT_BLOCK, n - at);
    Lanes first = lanes_load_n (x + at, left), second = left > 16 ? lanes_load_n (x + at + 16, left - 16) : lanes_set (0.0f);
    float largest = lanes_largest (lanes_max (lanes_abs (first), lanes_abs (second))), values[ENGINE_QUANT_BLOCK];
    Lanes inverse = lanes_set (largest > 0.0f ? (float) ENGINE_CPU_WIDE_MOST / largest : 0.0f);

    lanes_store (values, lanes_round (lanes_clamp (lanes_mul (first, inverse), (float) ENGINE_CPU_WIDE_MOST)));
    lanes_store (values + 16, lanes_round (lanes_clamp (lanes_mul (second, inverse), (float) ENGINE_CPU_WIDE_MOST)));
    for (int i = 0; i < ENGINE_QUANT_BLOCK; i++)
      out->q[i] = (int16_t) values[i];
    out->d = largest / (float) ENGINE_CPU_WIDE_MOST;
  }
}

/* The mean square has 16 partial sums, one for each lane. */
static void
rms_norm (const float *x, const float *weight, float *out, int64_t n, float eps)
{
  Lanes squares = lanes_set (0.0f), factor;

  for (int64_t i = 0; i < n; i += 16) {
    Lanes v = lanes_load_n (x + i, (int) ENGINE_MIN (16, n - i));

    squares = lanes_fma (v, v, squares);
  }
  factor = lanes_set (1.0f / sqrtf (lanes_sum (squares) / (float) n + eps));
  for (int64_t i = 0; i < n; i += 16) {
    int m = (int) ENGINE_MIN (16, n - i);
    Lanes v = lanes_mul (lanes_load_n (x + i, m), factor);

    if (weight)
      v = lanes_mul (v, lanes_load_n (weight + i, m));
    lanes_store_n (out + i, v, m);
  }
}

/* Sums have 16 parts, one for each lane; the variance is that of the differences to the mean. */
static void
layer_norm (const float *x, const float *weight, const float *bias, float *out, int64_t n, float eps)
{
  Lanes sum = lanes_set (0.0f), squares = lanes_set (0.0f), mean, factor;

  for (int64_t i = 0; i < n; i += 16)
    sum = lanes_add (sum, lanes_load_n (x + i, (int) ENGINE_MIN (16, n - i)));
  mean = lanes_set (lanes_sum (sum) / (float) n);
  for (int64_t i = 0; i < n; i += 16) {
    int m = (int) ENGINE_MIN (16, n - i);
    float difference[16] = { 0 };
    Lanes d;

    lanes_store_n (difference, lanes_sub (lanes_load_n (x + i, m), mean), m); /* lanes past the end count as 0 */
    d = lanes_load (difference);
    squares = lanes_fma (d, d, squares);
  }
  factor = lanes_set (1.0f / sqrtf (lanes_sum (squares) / (float) n + eps));
  for (int64_t i = 0; i < n; i += 16) {
    int m = (int) ENGINE_MIN (16, n - i);
    Lanes v = lanes_mul (lanes_mul (lanes_sub (lanes_load_n (x + i, m), mean), factor), lanes_load_n (weight + i, m));

    lanes_store_n (out + i, bias ? lanes_add (v, lanes_load_n (bias + i, m)) : v, m);
  }
}

#define GATED(symbol, activation)                                                   \
  static void gated_##symbol (const float *gate, const float *up, float *out, int64_t n) \
  {                                                                                 \
    for (int64_t i = 0; i < n; i += 16) {                                           \
      int m = (int) ENGINE_MIN (16, n - i);                                         \
      Lanes g = lanes_load_n (gate + i, m);                                         \
                                                                                    \
      lanes_store_n (out + i, up ? lanes_mul (activation (g), lanes_load_n (up + i, m)) : activation (g), m); \
    }                                                                               \
  }

static inline Lanes
silu (Lanes x)
{
  return lanes_sigmoid_times (x, x);
}

/* x/2 · (1 + tanh u) = x / (1 + e⁻²ᵘ) with u = √(2/π) · (x + 0.044715 · x³) */
static inline Lanes
gelu_tanh (Lanes x)
{
  Lanes cubic = lanes_fma (lanes_mul (x, x), lanes_set (0.044715f), lanes_set (1.0f));

  return lanes_sigmoid_times (x, lanes_mul (lanes_mul (x, cubic), lanes_set (1.5957691216f)));
}

/* x/2 · (1 + erf (x / √2)) = max (x, 0) - h, with h = |x|/2 · erfc (z) and z = |x| / √2. erfc (z) = t · e^(p (t) - z²) with t = 1 / (1 + z/2): p is ln (erfc (z) / t) + z²
 * at ten Chebyshev points of 1/5.8 … 1, off by 5e-8 at most, where z > 9.6 h is 0. */
static inline Lanes
gelu_erf (Lanes x)
{
  static const float coefficients[] = { 0x1.21abe4p-3f, -0x1.52cf8cp-1f, 0x1.1c9174p+0f, -0x1.458e1p-1f, -0x1.0b54eep-3f, 0x1.cd0474p-6f, 0x1.a0235ap-6f, 0x1.8de83ap-2f, 0x1.ff2eecp-1f, -0x1.43f3a8p+0f };
  Lanes size = lanes_abs (x), z = lanes_mul (size, lanes_set (0.70710678f)), one = lanes_set (1.0f), zero = lanes_set (0.0f);
  Lanes t = lanes_div (one, lanes_fma (z, lanes_set (0.5f), one)), p = lanes_set (coefficients[0]), e;

  for (size_t i = 1; i < ENGINE_LENGTH (coefficients); i++)
    p = lanes_fma (p, t, lanes_set (coefficients[i]));
  e = lanes_exp (lanes_sub (p, lanes_mul (z, z)));
  return lanes_sub (lanes_max (x, zero), lanes_mul (lanes_mul (size, lanes_set (0.5f)), lanes_mul (t, e)));
}

static inline Lanes
sigmoid (Lanes x)
{
  return lanes_sigmoid_times (lanes_set (1.0f), x);
}

static inline Lanes
linear (Lanes x)
{
  return x;
}

/* g · sigmoid (1.702 · g) · (u + 1), with g ≤ 7 and |u| ≤ 7 */
static void
gated_limited (const float *gate, const float *up, float *out, int64_t n)
{
  for (int64_t i = 0; i < n; i += 16) {
    int m = (int) ENGINE_MIN (16, n - i);
    Lanes g = lanes_min (lanes_load_n (gate + i, m), lanes_set (7.0f)), u = lanes_set (0.0f);

    if (up)
      u = lanes_min (lanes_max (lanes_load_n (up + i, m), lanes_set (-7.0f)), lanes_set (7.0f));
    g = lanes_sigmoid_times (g, lanes_mul (g, lanes_set (1.702f)));
    lanes_store_n (out + i, lanes_mul (g, lanes_add (u, lanes_set (1.0f))), m);
  }
}

GATED (silu, silu)
GATED (gelu_tanh, gelu_tanh)
GATED (gelu_erf, gelu_erf)
GATED (linear, linear)
GATED (sigmoid, sigmoid)

static void
add (const float *a, const float *b, float *out, int64_t n)
{
  for (int64_t i = 0; i < n; i += 16) {
    int m = (int) ENGINE_MIN (16, n - i);

    lanes_store_n (out + i, lanes_add (lanes_load_n (a + i, m), lanes_load_n (b + i, m)), m);
  }
}

static void
add_scaled (const float *a, const float *b, const float *scale, float *out, int64_t n)
{
  for (int64_t i = 0; i < n; i += 16) {
    int m = (int) ENGINE_MIN (16, n - i);

    lanes_store_n (out + i, lanes_fma (lanes_load_n (scale + i, m), lanes_load_n (b + i, m), lanes_load_n (a + i, m)), m);
  }
}

static void
scale (const float *x, float factor, float *out, int64_t n)
{
  for (int64_t i = 0; i < n; i += 16) {
    int m = (int) ENGINE_MIN (16, n - i);

    lanes_store_n (out + i, lanes_mul (lanes_load_n (x + i, m), lanes_set (factor)), m);
  }
}

/* softcap · tanh (s / softcap), tanh x = 1 - 2 / (1 + e²ˣ) */
static inline Lanes
soften (Lanes score, float softcap)
{
  Lanes one = lanes_set (1.0f);
  Lanes e = lanes_exp (lanes_mul (score, lanes_set (2.0f / softcap)));

  return lanes_mul (lanes_set (softcap), lanes_sub (one, lanes_div (lanes_set (2.0f), lanes_add (one, e))));
}

static void
softcap (const float *x, float cap, float *out, int64_t n)
{
  for (int64_t i = 0; i < n; i += 16) {
    int m = (int) ENGINE_MIN (16, n - i);

    lanes_store_n (out + i, soften (lanes_load_n (x + i, m), cap), m);
  }
}

/* Pair i is (x[i], x[i + n_rot/2]). */
static void
rope_halves (const float *x, const float *cosine, const float *sine, int n_rot, int head_dim, float *out)
{
  int half = n_rot / 2;

  for (int i = 0; i < half; i += 16) {
    int m = ENGINE_MIN (16, half - i);
    Lanes a = lanes_load_n (x + i, m), b = lanes_load_n (x + half + i, m);
    Lanes c = lanes_load_n (cosine + i, m), s = lanes_load_n (sine + i, m);

    lanes_store_n (out + i, lanes_sub (lanes_mul (a, c), lanes_mul (b, s)), m);
    lanes_store_n (out + half + i, lanes_add (lanes_mul (a, s), lanes_mul (b, c)), m);
  }
  memcpy (out + n_rot, x + n_rot, (size_t) (head_dim - n_rot) * sizeof *out);
}

/* Pair i is (x[2i], x[2i + 1]); the same arithmetic, left to the compiler. */
static void
rope_adjacent (const float *x, const float *cosine, const float *sine, int n_rot, int head_dim, float *out)
{
  for (int i = 0; i < n_rot / 2; i++) {
    float a = x[2 * i], b = x[2 * i + 1];

    out[2 * i] = a * cosine[i] - b * sine[i];
    out[2 * i + 1] = a * sine[i] + b * cosine[i];
  }
  memcpy (out + n_rot, x + n_rot, (size_t) (head_dim - n_rot) * sizeof *out);
}
