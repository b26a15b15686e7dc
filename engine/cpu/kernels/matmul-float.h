/* SPDX-License-Identifier: MIT */
/* A group of 16 rows of a float type times some columns: one fma for each element of a row,
 * ascending. Several columns share the loads of the weights. */

static inline __attribute__ ((always_inline)) Lanes
load_weights (const uint8_t *group, EngineType type, int64_t k)
{
  if (type == ENGINE_TYPE_F16)
    return lanes_load_f16 ((const uint16_t *) group + 16 * k);
  if (type == ENGINE_TYPE_BF16)
    return lanes_load_bf16 ((const uint16_t *) group + 16 * k);
  return lanes_load ((const float *) group + 16 * k);
}

static inline __attribute__ ((always_inline)) void
matmul_float_columns (const EngineCpuMatmul *job, int64_t group, int64_t column, int n, EngineType type)
{
  const EngineCpuWeight *weight = job->weight;
  const uint8_t *rows = weight->data + (size_t) group * weight->group_bytes;
  int64_t n_in = weight->n_in;
  const float *x = job->x + column * n_in;
  Lanes sum[4];

  for (int c = 0; c < n; c++)
    sum[c] = lanes_set (0.0f);
  for (int64_t k = 0; k < n_in; k++) {
    Lanes w = load_weights (rows, type, k);

    for (int c = 0; c < n; c++)
      sum[c] = lanes_fma (w, lanes_set (x[c * n_in + k]), sum[c]);
  }
  for (int c = 0; c < n; c++)
    finish (job, group, column + c, sum[c]);
}

#define MATMUL_FLOAT(symbol, type)                                                                \
  static void matmul_##symbol (const EngineCpuMatmul *job, int64_t group, int64_t column, int n)  \
  {                                                                                               \
    for (; n >= 4; n -= 4, column += 4)                                                           \
      matmul_float_columns (job, group, column, 4, type);                                         \
    for (; n; n--, column++)                                                                      \
      matmul_float_columns (job, group, column, 1, type);                                         \
  }

MATMUL_FLOAT (f32, ENGINE_TYPE_F32)
MATMUL_FLOAT (f16, ENGINE_TYPE_F16)
MATMUL_FLOAT (bf16, ENGINE_TYPE_BF16)
