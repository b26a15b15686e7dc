/* SPDX-License-Identifier: MIT */
/* A group of 16 rows of a block type times some quantised columns.
 *
 * For each block of 32 columns of the matrix, ascending, with code values less their offset or from a table:
 *   sum = fma (Σ value · q, step · d, sum)                   the inner sum is exact
 *   sum = fma (minimum, d · Σ q, sum)                        types with a minimum
 * Where either half has a scale of its own, the first line's inner sum is scale₀ · Σ₀ + scale₁ · Σ₁: of whole
 * numbers below 2²⁴, so exact too; and so is, of minima, min₀ · Σ₀ q + min₁ · Σ₁ q. Unpacking is shared by all columns.
 *
 * What a type is like comes as constants (KIND below), so that for each only its own code is left. */

typedef struct {
  int             bits, offset;
  EngineCodeTable table;
  EngineScales    scales;
  float           unit;
} Kind;

/* Bits of the codes when they are multiplied: those of a table are below twice its offset. */
static inline __attribute__ ((always_inline)) int
dot_bits (Kind kind)
{
  return kind.table == ENGINE_CODES_NONE ? kind.bits : kind.offset == 16 ? 5 : kind.offset == 64 ? 7 : 8;
}

static inline __attribute__ ((always_inline)) bool
has_halves (Kind kind)
{
  return kind.scales == ENGINE_SCALES_SUPER_HALVES || kind.scales == ENGINE_SCALES_SUPER_HALVES_MIN || kind.scales == ENGINE_SCALES_STEPS;
}

/* The vectors of one block as eight of codes, 4 columns of 16 rows each: see EngineCpuWeight. */
static inline __attribute__ ((always_inline)) void
unpack (const uint8_t *block, int bits, Codes *codes)
{
  if (bits == 8) {
    for (int j = 0; j < 8; j++)
      codes[j] = codes_load (block + 64 * j);
    return;
  }
  if (bits < 4) {
    for (int j = 0; j < 8; j++)
      codes[j] = codes_bits (codes_load (block + 64 * (j / 4)), 2 * (j % 4), 2);
    for (int j = 0; bits == 3 && j < 8; j++)
      codes[j] = codes_join (codes[j], codes_load (block + 128), j, 1, 2);
    return;
  }
  for (int j = 0; j < 4; j++) {
    Codes both = codes_load (block + 64 * j);

    codes[j] = codes_low (both);
    codes[j + 4] = codes_high (both);
  }
  if (bits == 5)
    for (int j = 0; j < 8; j++)
      codes[j] = codes_join (codes[j], codes_load (block + 256), j, 1, 4);
  else if (bits == 6)
    for (int j = 0; j < 8; j++)
      codes[j] = codes_join (codes[j], codes_load (block + 256 + 64 * (j / 4)), 2 * (j % 4), 2, 4);
}

/* The numbers of a table as codes, for codes_lookup (). */
static inline __attribute__ ((always_inline)) void
load_table (Kind kind, uint8_t *table)
{
  for (int i = 0; i < 16; i++)
    table[i] = (uint8_t) (engine_code_values[kind.table][i] + kind.offset);
}

/* The steps and minima of 16 rows in one block; of each half where it has its own. */
typedef struct {
  Lanes step, min, half[2], half_min[2];
} BlockScales;

static inline __attribute__ ((always_inline)) BlockScales
load_scales (const uint8_t *scales, Kind kind, int64_t b)
{
  const uint8_t *halves, *bytes;
  BlockScales s;

  switch (kind.scales) {
  case ENGINE_SCALES_STEP:
    s.step = lanes_load_f16 ((const uint16_t *) (scales + 32 * b));
    break;
  case ENGINE_SCALES_STEP_BF16:
    s.step = lanes_load_bf16 ((const uint16_t *) (scales + 32 * b));
    break;
  case ENGINE_SCALES_STEPS:
    s.step = lanes_set (1.0f);
    s.half[0] = lanes_load_f16 ((const uint16_t *) (scales + 64 * b));
    s.half[1] = lanes_load_f16 ((const uint16_t *) (scales + 64 * b + 32));
    break;
  case ENGINE_SCALES_STEP_MIN:
    s.step = lanes_load_f16 ((const uint16_t *) (scales + 64 * b));
    s.min = lanes_load_f16 ((const uint16_t *) (scales + 64 * b + 32));
    break;
  case ENGINE_SCALES_SUPER:
    halves = scales + b / 8 * (32 + 8 * 16);
    s.step = lanes_mul (lanes_load_f16 ((const uint16_t *) halves), lanes_load_i8 ((const int8_t *) halves + 32 + b % 8 * 16));
    break;
  case ENGINE_SCALES_SUPER_MIN:
    halves = scales + b / 8 * (64 + 8 * 32);
    bytes = halves + 64 + b % 8 * 32;
    s.step = lanes_mul (lanes_load_f16 ((const uint16_t *) halves), lanes_load_u8 (bytes));
    s.min = lanes_mul (lanes_load_f16 ((const uint16_t *) (halves + 32)), lanes_load_u8 (bytes + 16));
    break;
  case ENGINE_SCALES_SUPER_HALVES:
    halves = scales + b / 8 * (32 + 8 * 32);
    bytes = halves + 32 + b % 8 * 32;
    s.step = lanes_load_f16 ((const uint16_t *) halves);
    s.half[0] = lanes_load_i8 ((const int8_t *) bytes);
    s.half[1] = lanes_load_i8 ((const int8_t *) bytes + 16);
    break;
  case ENGINE_SCALES_SUPER_HALVES_MIN:
    halves = scales + b / 8 * (64 + 8 * 64);
    bytes = halves + 64 + b % 8 * 64;
    s.step = lanes_load_f16 ((const uint16_t *) halves);
    s.min = lanes_load_f16 ((const uint16_t *) (halves + 32));
    s.half[0] = lanes_load_u8 (bytes);
    s.half[1] = lanes_load_u8 (bytes + 16);
    s.half_min[0] = lanes_load_u8 (bytes + 32);
    s.half_min[1] = lanes_load_u8 (bytes + 48);
    break;
  default:
    __builtin_unreachable ();
  }
  if (kind.unit != 1.0f)
    s.step = lanes_mul (s.step, lanes_set (kind.unit));
  return s;
}

/* Columns that are multiplied together, where a set has dot products step by step: each step waits for the one before, so that one column alone would leave the multiplier idle. Under sanitizers so much code takes compilers minutes. */
#if defined (LANES_STEPS) && !defined (KERNELS_SMALL)
#define TOGETHER LANES_STEPS
#else
#define TOGETHER 1
#endif

/* For each of n columns of x, a constant, Σ (code - offset) · x over n_steps · 4 columns of the matrix, which x has from `from` on. */
static inline __attribute__ ((always_inline)) void
dot_columns (Ints *dots, const Codes *codes, const EngineCpuColumnBlock *x, int from, int n_steps, int n, Kind kind)
{
#ifdef LANES_STEPS
#pragma GCC unroll 8
  for (int c = 0; c < n; c++)
    dots[c] = codes_begin (kind.offset, n_steps == 8 ? x[c].neg_sum : x[c].neg_half[from / 16]);
#pragma GCC unroll 8
  for (int j = 0; j < n_steps; j++)
#pragma GCC unroll 8
    for (int c = 0; c < n; c++)
      dots[c] = codes_step (dots[c], codes[j], x[c].q + from + 4 * j);
#else
  for (int c = 0; c < n; c++)
    dots[c] = codes_dot (codes, x[c].q + from, n_steps, dot_bits (kind), kind.offset, n_steps == 8 ? x[c].neg_sum : x[c].neg_half[from / 16]);
#endif
}

/* n is a constant. */
static inline __attribute__ ((always_inline)) void
add_blocks (Lanes *sum, const Codes *codes, const BlockScales *s, const EngineCpuColumnBlock *x, int n, Kind kind)
{
  Ints dots[8];
  Lanes products[8];

  if (has_halves (kind)) {
    dot_columns (dots, codes, x, 0, 4, n, kind);
#pragma GCC unroll 8
    for (int c = 0; c < n; c++)
      products[c] = lanes_from_ints (dots[c]);
    dot_columns (dots, codes + 4, x, 16, 4, n, kind);
#pragma GCC unroll 8
    for (int c = 0; c < n; c++)
      products[c] = lanes_fma (products[c], s->half[0], lanes_mul (lanes_from_ints (dots[c]), s->half[1]));
  } else {
    dot_columns (dots, codes, x, 0, 8, n, kind);
#pragma GCC unroll 8
    for (int c = 0; c < n; c++)
      products[c] = lanes_from_ints (dots[c]);
  }
#pragma GCC unroll 8
  for (int c = 0; c < n; c++) {
    sum[c] = lanes_fma (products[c], lanes_mul (s->step, lanes_set (x[c].d)), sum[c]);
    if (kind.scales == ENGINE_SCALES_STEP_MIN || kind.scales == ENGINE_SCALES_SUPER_MIN)
      sum[c] = lanes_fma (s->min, lanes_set (x[c].d_sum), sum[c]);
    if (kind.scales == ENGINE_SCALES_SUPER_HALVES_MIN) {
      Lanes mins = lanes_fma (s->half_min[0], lanes_set ((float) -x[c].neg_half[0]), lanes_mul (s->half_min[1], lanes_set ((float) -x[c].neg_half[1])));

      sum[c] = lanes_fma (mins, lanes_mul (s->min, lanes_set (x[c].d)), sum[c]);
    }
  }
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

/* Memory is asked for so far ahead of the codes in work, for the second level cache: with few columns the speed is the memory's, and the first level cache can wait for
 * fewer lines at once than that takes. From the second to the first the processor reads ahead by itself. */
#define PREFETCH(p) __builtin_prefetch ((p) + 8192, 0, 2)

#ifdef LANES_PAIRS

/* The same for several columns of a type whose codes are whole bytes, where a set has no products of bytes that take all of them: as pairs of 16 bits (pairs_dot ()) they take two steps where
 * bytes take four. */
static inline __attribute__ ((always_inline)) void
add_pairs (Lanes *sum, const BlockScales *s, const int16_t *pairs, const EngineCpuColumnBlock *x, int n)
{
  int16_t q[6][ENGINE_QUANT_BLOCK] __attribute__ ((aligned (64)));
  Ints dots[6];

#pragma GCC unroll 6
  for (int c = 0; c < n; c++) {
    pairs_widen (x[c].q, q[c]);
    dots[c] = ints_zero ();
  }
#pragma GCC unroll 2
  for (int pair = 0; pair < ENGINE_QUANT_BLOCK / 2; pair++) {
    Codes w = codes_load ((const uint8_t *) pairs + 64 * pair);

#pragma GCC unroll 6
    for (int c = 0; c < n; c++)
      pairs_dot (&dots[c], w, q[c] + 2 * pair);
  }
#pragma GCC unroll 6
  for (int c = 0; c < n; c++)
    sum[c] = lanes_fma (lanes_from_ints (dots[c]), lanes_mul (s->step, lanes_set (x[c].d)), sum[c]);
}

/* Functions of their own, so that nothing else competes for registers. */
static __attribute__ ((noinline)) void add_pairs_6 (Lanes *sum, const BlockScales *s, const int16_t *pairs, const EngineCpuColumnBlock *x) { add_pairs (sum, s, pairs, x, 6); }
static __attribute__ ((noinline)) void add_pairs_4 (Lanes *sum, const BlockScales *s, const int16_t *pairs, const EngineCpuColumnBlock *x) { add_pairs (sum, s, pairs, x, 4); }
static __attribute__ ((noinline)) void add_pairs_1 (Lanes *sum, const BlockScales *s, const int16_t *pairs, const EngineCpuColumnBlock *x) { add_pairs (sum, s, pairs, x, 1); }

static inline __attribute__ ((always_inline)) void
add_block_columns (Lanes *sum, const Codes *codes, const BlockScales *s, const EngineCpuColumnBlock *x, int n, Kind kind)
{
  int16_t pairs[ENGINE_CPU_ROWS * ENGINE_QUANT_BLOCK] __attribute__ ((aligned (64)));
  int c = 0;

  for (int j = 0; j < 8; j++)
    pairs_of (codes[j], kind.offset, pairs + 64 * j);
  for (; n - c == 6 || n - c >= 10; c += 6)
    add_pairs_6 (sum + c, s, pairs, x + c);
  for (; n - c >= 4; c += 4)
    add_pairs_4 (sum + c, s, pairs, x + c);
  for (; c < n; c++)
    add_pairs_1 (sum + c, s, pairs, x + c);
}

static inline __attribute__ ((always_inline)) bool
takes_pairs (Kind kind)
{
  return dot_bits (kind) == 8 && !has_halves (kind) && kind.scales != ENGINE_SCALES_STEP_MIN && kind.scales != ENGINE_SCALES_SUPER_MIN;
}

#endif

/* Columns of which so many take turns, and are asked for ahead, with the places of the results. The speed of fewer is the memory's, which then loads weights and nothing else. */
#define MANY 16

/* `n` is 1 or the variable number of columns: one column keeps its sum in a register. */
static inline __attribute__ ((always_inline)) void
matmul_columns (const EngineCpuMatmul *job, int64_t group, int64_t column, int n, Kind kind)
{
  const EngineCpuWeight *weight = job->weight;
  const uint8_t *scales = weight->data + (size_t) group * weight->group_bytes;
  const uint8_t *block = scales + weight->scale_bytes;
  int64_t n_blocks = weight->n_in / ENGINE_QUANT_BLOCK, tile = column / ENGINE_CPU_TILE;
  int64_t width = ENGINE_MIN (ENGINE_CPU_TILE, job->n - tile * ENGINE_CPU_TILE);
  const EngineCpuColumnBlock *x = engine_cpu_panel_tile (job->panel, n_blocks, tile) + column % ENGINE_CPU_TILE;
  uint8_t numbers[16];
  Codes table;
  Lanes sum[ENGINE_CPU_TILE];
  bool many = n >= MANY;

  if (kind.table != ENGINE_CODES_NONE) {
    load_table (kind, numbers);
    table = codes_table (numbers);
  }
  for (int c = 0; c < n; c++)
    sum[c] = lanes_set (0.0f);
  for (int c = 0; many && c < n; c++)
    __builtin_prefetch (job->out + (column + c) * weight->n_out + group * ENGINE_CPU_ROWS, 1);
  for (size_t line = 0; line < weight->scale_bytes; line += 64) /* as far as the group before did not reach */
    PREFETCH (scales + line);
  for (int64_t b = 0; b < n_blocks; b++, block += 64 * kind.bits, x += width) {
    BlockScales s = load_scales (scales, kind, b);
    Codes codes[8];

    for (int line = 0; line < kind.bits; line++)
      PREFETCH (block + 64 * line);
    unpack (block, kind.bits, codes);
    for (int j = 0; kind.table != ENGINE_CODES_NONE && j < 8; j++)
      codes[j] = codes_lookup (table, codes[j]);
#ifdef LANES_PAIRS
    if (n > 3 && takes_pairs (kind)) {
      add_block_columns (sum, codes, &s, x, n, kind);
      continue;
    }
#endif
    int c = 0;

    for (; TOGETHER > 1 && many && n - c >= TOGETHER; c += TOGETHER) {
#pragma GCC unroll 8
      for (int i = c; i < c + TOGETHER; i++) /* the next block's: a tile of columns is larger than the first level cache */
        __builtin_prefetch (x + width + i);
      add_blocks (sum + c, codes, &s, x + c, TOGETHER, kind);
    }
    for (; c < n; c++)
      add_blocks (sum + c, codes, &s, x + c, 1, kind);
  }
  for (int c = 0; c < n; c++)
    finish (job, group, column + c, sum[c]);
}

#define FLOAT_TYPE(NAME, symbol, id, bytes)
#define BLOCK_TYPE(NAME, symbol, id, elements, bytes, bits, table, offset, scales, unit)              \
  static void matmul_##symbol (const EngineCpuMatmul *job, int64_t group, int64_t column, int n)      \
  {                                                                                                   \
    const Kind kind = { bits, offset, ENGINE_CODES_##table, ENGINE_SCALES_##scales, unit };           \
                                                                                                      \
    if (n == 1)                                                                                       \
      matmul_columns (job, group, column, 1, kind);                                                   \
    else                                                                                              \
      matmul_columns (job, group, column, n, kind);                                                   \
  }
#include "types.def"
