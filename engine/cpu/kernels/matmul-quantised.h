/* SPDX-License-Identifier: MIT */
/* A group of 16 rows of a block type times some quantised columns.
 *
 * For each block of 32 columns of the matrix, ascending:
 *   sum = fma (Σ (code - offset) · q, step · d, sum)         the inner sum is exact
 *   sum = fma (minimum, d · Σ q, sum)                        types with a minimum
 * and where either half has a scale of its own (Q6_K), the first line's inner sum is
 * scale₀ · Σ₀ + scale₁ · Σ₁: below 2²⁴, so exact too. Unpacking is shared by all columns. */

static inline __attribute__ ((always_inline)) void
unpack (const uint8_t *block, int bits, Codes *codes)
{
  if (bits == 8) {
    for (int j = 0; j < 8; j++)
      codes[j] = codes_load (block + 64 * j);
    return;
  }
  for (int j = 0; j < 4; j++) {
    Codes both = codes_load (block + 64 * j);

    codes[j] = codes_low (both);
    codes[j + 4] = codes_high (both);
  }
  if (bits == 5) {
    Codes fifth = codes_load (block + 256);

    for (int j = 0; j < 8; j++)
      codes[j] = codes_join (codes[j], fifth, j, 1);
  } else if (bits == 6) {
    Codes upper[2] = { codes_load (block + 256), codes_load (block + 320) };

    for (int j = 0; j < 8; j++)
      codes[j] = codes_join (codes[j], upper[j / 4], 2 * (j % 4), 2);
  }
}

/* The steps and minima of 16 rows in one block. */
typedef struct {
  Lanes step, min, half[2];
} BlockScales;

static inline __attribute__ ((always_inline)) BlockScales
load_scales (const uint8_t *scales, EngineCpuScales kind, int64_t b)
{
  BlockScales s;

  if (kind == ENGINE_CPU_SCALES_STEP)
    s.step = lanes_load_f16 ((const uint16_t *) (scales + 32 * b));
  else if (kind == ENGINE_CPU_SCALES_STEP_MIN) {
    s.step = lanes_load_f16 ((const uint16_t *) (scales + 64 * b));
    s.min = lanes_load_f16 ((const uint16_t *) (scales + 64 * b + 32));
  } else if (kind == ENGINE_CPU_SCALES_K) {
    const uint8_t *unit = scales + b / 8 * 320, *sub = unit + 64 + b % 8 * 32;

    s.step = lanes_mul (lanes_load_f16 ((const uint16_t *) unit), lanes_load_u8 (sub));
    s.min = lanes_mul (lanes_load_f16 ((const uint16_t *) (unit + 32)), lanes_load_u8 (sub + 16));
  } else {
    const uint8_t *unit = scales + b / 8 * 288, *sub = unit + 32 + b % 8 * 32;

    s.step = lanes_load_f16 ((const uint16_t *) unit);
    s.half[0] = lanes_load_i8 ((const int8_t *) sub);
    s.half[1] = lanes_load_i8 ((const int8_t *) sub + 16);
  }
  return s;
}

static inline __attribute__ ((always_inline)) Lanes
add_block (Lanes sum, const Codes *codes, const BlockScales *s, const EngineCpuColumnBlock *x, int bits, int offset, EngineCpuScales kind)
{
  Lanes products;

  if (kind == ENGINE_CPU_SCALES_HALVES) {
    Lanes first = lanes_from_ints (codes_dot (codes, x->q, 4, bits, offset, x->neg_half[0]));
    Lanes second = lanes_from_ints (codes_dot (codes + 4, x->q + 16, 4, bits, offset, x->neg_half[1]));

    products = lanes_fma (first, s->half[0], lanes_mul (second, s->half[1]));
  } else
    products = lanes_from_ints (codes_dot (codes, x->q, 8, bits, offset, x->neg_sum));
  sum = lanes_fma (products, lanes_mul (s->step, lanes_set (x->d)), sum);
  if (kind == ENGINE_CPU_SCALES_STEP_MIN || kind == ENGINE_CPU_SCALES_K)
    sum = lanes_fma (s->min, lanes_set (x->d_sum), sum);
  return sum;
}

static inline __attribute__ ((always_inline)) void
finish (const EngineCpuMatmul *job, int64_t group, int64_t column, Lanes sum)
{
  int64_t row = group * ENGINE_CPU_ROWS;
  int n = (int) ENGINE_MIN (ENGINE_CPU_ROWS, job->weight->n_out - row);

  if (job->bias)
    sum = lanes_add (sum, lanes_load_n (job->bias + row, n));
  if (job->residual)
    sum = lanes_add (sum, lanes_load_n (job->residual + column * job->weight->n_out + row, n));
  lanes_store_n (job->out + column * job->weight->n_out + row, sum, n);
}

/* How far ahead of the codes in work memory is asked for: with one column the speed is the memory's. */
#define PREFETCH 4096

/* `n` is 1 or the variable number of columns: one column keeps its sum in a register. */
static inline __attribute__ ((always_inline)) void
matmul_columns (const EngineCpuMatmul *job, int64_t group, int64_t column, int n, int bits, int offset, EngineCpuScales kind)
{
  const EngineCpuWeight *weight = job->weight;
  const uint8_t *scales = weight->data + (size_t) group * weight->group_bytes;
  const uint8_t *block = scales + weight->scale_bytes;
  int64_t n_blocks = weight->n_in / ENGINE_QUANT_BLOCK, tile = column / ENGINE_CPU_TILE;
  int64_t width = ENGINE_MIN (ENGINE_CPU_TILE, job->n - tile * ENGINE_CPU_TILE);
  const EngineCpuColumnBlock *x = engine_cpu_panel_tile (job->panel, n_blocks, tile) + column % ENGINE_CPU_TILE;
  Lanes sum[ENGINE_CPU_TILE];

  for (int c = 0; c < n; c++)
    sum[c] = lanes_set (0.0f);
  for (size_t line = 0; line < weight->scale_bytes; line += 64) /* as far as the group before did not reach */
    __builtin_prefetch (scales + PREFETCH + line);
  for (int64_t b = 0; b < n_blocks; b++, block += 64 * bits, x += width) {
    BlockScales s = load_scales (scales, kind, b);
    Codes codes[8];

    for (int line = 0; line < bits; line++)
      __builtin_prefetch (block + PREFETCH + 64 * line);
    unpack (block, bits, codes);
    for (int c = 0; c < n; c++)
      sum[c] = add_block (sum[c], codes, &s, x + c, bits, offset, kind);
  }
  for (int c = 0; c < n; c++)
    finish (job, group, column + c, sum[c]);
}

#define MATMUL_QUANTISED(symbol, bits, offset, kind)                                              \
  static void matmul_##symbol (const EngineCpuMatmul *job, int64_t group, int64_t column, int n)  \
  {                                                                                               \
    if (n == 1)                                                                                   \
      matmul_columns (job, group, column, 1, bits, offset, kind);                                 \
    else                                                                                          \
      matmul_columns (job, group, column, n, bits, offset, kind);                                 \
  }

MATMUL_QUANTISED (q4_0, 4, 8, ENGINE_CPU_SCALES_STEP)
MATMUL_QUANTISED (q4_1, 4, 0, ENGINE_CPU_SCALES_STEP_MIN)
MATMUL_QUANTISED (q5_0, 5, 16, ENGINE_CPU_SCALES_STEP)
MATMUL_QUANTISED (q5_1, 5, 0, ENGINE_CPU_SCALES_STEP_MIN)
MATMUL_QUANTISED (q8_0, 8, 128, ENGINE_CPU_SCALES_STEP)
MATMUL_QUANTISED (q4_k, 4, 0, ENGINE_CPU_SCALES_K)
MATMUL_QUANTISED (q5_k, 5, 0, ENGINE_CPU_SCALES_K)
MATMUL_QUANTISED (q6_k, 6, 32, ENGINE_CPU_SCALES_HALVES)
