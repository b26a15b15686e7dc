/* SPDX-License-Identifier: MIT */
/* A group of 16 rows of a wide weight times some columns, both whole numbers of 14 bits: see EngineCpuWeight.
 *
 * For each block of 32 columns of the matrix, ascending: sum = fma (Σ value · q, step · d, sum). The inner sum is exact, for 32 · 8191² < 2³¹; as a float it is rounded once. Two products for each
 * row are one lane, so that a vector multiplies twice as many of them at once as it would multiply floats. */

/* All columns share the loads of the codes; n is a constant, of which six are as many as sums of two registers each and what they are made of fill AVX2's sixteen. */
static inline __attribute__ ((always_inline)) void
add_wide_block (Lanes *sum, const uint8_t *block, const EngineCpuWideBlock *x, int n)
{
  Lanes step = lanes_load ((const float *) block);
  const uint8_t *codes = block + ENGINE_CPU_ROWS * sizeof (float);
  Ints dots[6];

#pragma GCC unroll 6
  for (int c = 0; c < n; c++)
    dots[c] = ints_zero ();
#pragma GCC unroll 2
  for (int pair = 0; pair < ENGINE_QUANT_BLOCK / 2; pair++) {
    Codes w = codes_load (codes + 64 * pair);

#pragma GCC unroll 6
    for (int c = 0; c < n; c++)
      pairs_dot (&dots[c], w, x[c].q + 2 * pair);
  }
#pragma GCC unroll 6
  for (int c = 0; c < n; c++)
    sum[c] = lanes_fma (lanes_from_ints (dots[c]), lanes_mul (step, lanes_set (x[c].d)), sum[c]);
}

/* Functions of their own, so that nothing else competes for registers. */
static __attribute__ ((noinline)) void add_wide_block_6 (Lanes *sum, const uint8_t *block, const EngineCpuWideBlock *x) { add_wide_block (sum, block, x, 6); }
static __attribute__ ((noinline)) void add_wide_block_4 (Lanes *sum, const uint8_t *block, const EngineCpuWideBlock *x) { add_wide_block (sum, block, x, 4); }

static void
matmul_wide (const EngineCpuMatmul *job, int64_t group, int64_t column, int n)
{
  const EngineCpuWeight *weight = job->weight;
  const uint8_t *block = weight->data + (size_t) group * weight->group_bytes;
  int64_t n_blocks = engine_cpu_wide_blocks (weight->n_in), tile = column / ENGINE_CPU_TILE;
  int64_t width = ENGINE_MIN (ENGINE_CPU_TILE, job->n - tile * ENGINE_CPU_TILE);
  const EngineCpuWideBlock *x = engine_cpu_wide_tile (job->wide, n_blocks, tile) + column % ENGINE_CPU_TILE;
  Lanes sum[ENGINE_CPU_TILE];

  for (int c = 0; c < n; c++)
    sum[c] = lanes_set (0.0f);
  for (int64_t b = 0; b < n_blocks; b++, block += ENGINE_CPU_WIDE_BYTES, x += width) {
    int c = 0;

    for (; n - c == 6 || n - c >= 10; c += 6)
      add_wide_block_6 (sum + c, block, x + c);
    for (; n - c >= 4; c += 4)
      add_wide_block_4 (sum + c, block, x + c);
    for (; c < n; c++)
      add_wide_block (sum + c, block, x + c, 1);
  }
  for (int c = 0; c < n; c++)
    finish (job, group, column + c, sum[c]);
}
