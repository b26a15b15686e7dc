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

typedef struct {
  Lanes first, second; /* whole numbers */
  float error;         /* the sum of squares, in units of the largest number */
} Quantised;

static inline Quantised
quantise_block (Lanes first, Lanes second, float largest, float level)
{
  Lanes inverse = lanes_set (largest > 0.0f ? level / largest : 0.0f), scaled_first = lanes_mul (first, inverse), scaled_second = lanes_mul (second, inverse);
  Quantised q = { lanes_round (lanes_clamp (scaled_first, level)), lanes_round (lanes_clamp (scaled_second, level)), 0 };
  Lanes error_first = lanes_sub (scaled_first, q.first), error_second = lanes_sub (scaled_second, q.second);

  q.error = lanes_sum (lanes_fma (error_first, error_first, lanes_mul (error_second, error_second))) / (level * level);
  return q;
}

/* q = round (x / d), to nearest even, with that d of those tried that leaves the least error. */
static void
quantise (const float *x, int64_t n_blocks, EngineCpuColumnBlock *out, int64_t stride)
{
  for (int64_t b = 0; b < n_blocks; b++, x += ENGINE_QUANT_BLOCK, out += stride) {
    Lanes first = lanes_load (x), second = lanes_load (x + 16);
    float largest = lanes_largest (lanes_max (lanes_abs (first), lanes_abs (second))), level = quantised_levels[0];
    Quantised best = quantise_block (first, second, largest, level);

    for (size_t i = 1; i < ENGINE_LENGTH (quantised_levels); i++) {
      Quantised other = quantise_block (first, second, largest, quantised_levels[i]);

      if (other.error < best.error) {
        best = other;
        level = quantised_levels[i];
      }
    }
    /* Each half's sum stays far below 2²⁴: adding up floats is exact. */
    lanes_store_i8 (out->q, best.first);
    lanes_store_i8 (out->q + 16, best.second);
    out->neg_half[0] = (int32_t) -lanes_sum (best.first);
    out->neg_half[1] = (int32_t) -lanes_sum (best.second);
    out->neg_sum = out->neg_half[0] + out->neg_half[1];
    out->d = largest / level;
    out->d_sum = out->d * (float) -out->neg_sum;
  }
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
