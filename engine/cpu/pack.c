/* SPDX-License-Identifier: MIT */
/* The layout of repacked weights: see EngineCpuWeight. */
#include "cpu.h"

#include <string.h>

#define ROWS ENGINE_CPU_ROWS
#define BLOCK ENGINE_QUANT_BLOCK

static const EngineCpuScales scales_of[ENGINE_N_TYPES] = {
  [ENGINE_TYPE_Q4_0] = ENGINE_CPU_SCALES_STEP,
  [ENGINE_TYPE_Q4_1] = ENGINE_CPU_SCALES_STEP_MIN,
  [ENGINE_TYPE_Q5_0] = ENGINE_CPU_SCALES_STEP,
  [ENGINE_TYPE_Q5_1] = ENGINE_CPU_SCALES_STEP_MIN,
  [ENGINE_TYPE_Q8_0] = ENGINE_CPU_SCALES_STEP,
  [ENGINE_TYPE_Q4_K] = ENGINE_CPU_SCALES_K,
  [ENGINE_TYPE_Q5_K] = ENGINE_CPU_SCALES_K,
  [ENGINE_TYPE_Q6_K] = ENGINE_CPU_SCALES_HALVES,
};

/* Each kind of scales repeats after `blocks` blocks and takes `bytes` for them. */
static const struct {
  int blocks, bytes;
} scale_unit[] = {
  [ENGINE_CPU_SCALES_NONE] = { 1, 0 },
  [ENGINE_CPU_SCALES_STEP] = { 1, 2 * ROWS },
  [ENGINE_CPU_SCALES_STEP_MIN] = { 1, 4 * ROWS },
  [ENGINE_CPU_SCALES_K] = { 8, 4 * ROWS + 8 * 2 * ROWS },
  [ENGINE_CPU_SCALES_HALVES] = { 8, 2 * ROWS + 8 * 2 * ROWS },
};

bool
engine_cpu_weight_layout (const EngineTensor *tensor, bool reference, EngineCpuWeight *weight)
{
  int64_t n_rows = engine_tensor_rows (tensor);
  const EngineTypeTraits *traits;
  size_t row_bytes, code_bytes;

  memset (weight, 0, sizeof *weight);
  weight->n_in = tensor->ne[0];
  weight->n_out = n_rows;
  weight->type = tensor->n_dims == 1 || reference ? ENGINE_TYPE_F32 : tensor->type;
  if (tensor->n_dims == 1)
    return engine_mul ((size_t) weight->n_in, sizeof (float), &weight->bytes);
  weight->n_groups = n_rows / ROWS + (n_rows % ROWS != 0);
  traits = &engine_types[weight->type];
  if (traits->code_bits == 0) {
    if (!engine_type_bytes (weight->type, (uint64_t) weight->n_in, &row_bytes) || !engine_mul (row_bytes, ROWS, &weight->group_bytes))
      return false;
  } else {
    size_t n_blocks = (size_t) weight->n_in / BLOCK;
    EngineCpuScales kind = scales_of[weight->type];

    if (!engine_mul (n_blocks / (size_t) scale_unit[kind].blocks, (size_t) scale_unit[kind].bytes, &weight->scale_bytes) ||
        !engine_align (weight->scale_bytes, 64, &weight->scale_bytes) ||
        !engine_mul (n_blocks, (size_t) traits->code_bits * (ROWS * BLOCK / 8), &code_bytes) ||
        !engine_sum (weight->scale_bytes, code_bytes, &weight->group_bytes))
      return false;
  }
  return engine_align (weight->group_bytes, 64, &weight->group_bytes) &&
         engine_mul (weight->group_bytes, (size_t) weight->n_groups, &weight->bytes);
}

static uint32_t
load_word (const uint8_t *at)
{
  uint32_t word;

  memcpy (&word, at, sizeof word);
  return word;
}

static void
store_word (uint8_t *at, uint32_t word)
{
  memcpy (at, &word, sizeof word);
}

/* Puts one row's 32 codes of a block in their places, four neighbours at a time: see EngineCpuWeight. */
static void
put_codes (uint8_t *block, int bits, int row, const uint8_t *codes)
{
  uint32_t upper[2] = { 0, 0 };

  block += 4 * row;
  if (bits == 8) {
    for (int step = 0; step < 8; step++)
      store_word (block + 64 * step, load_word (codes + 4 * step));
    return;
  }
  for (int step = 0; step < 4; step++)
    store_word (block + 64 * step, (load_word (codes + 4 * step) & 0x0f0f0f0f) | (load_word (codes + 16 + 4 * step) & 0x0f0f0f0f) << 4);
  if (bits == 5) {
    for (int step = 0; step < 8; step++)
      upper[0] |= (load_word (codes + 4 * step) >> 4 & 0x01010101) << step;
    store_word (block + 256, upper[0]);
  } else if (bits == 6) {
    for (int step = 0; step < 8; step++)
      upper[step / 4] |= (load_word (codes + 4 * step) >> 4 & 0x03030303) << 2 * (step % 4);
    store_word (block + 256, upper[0]);
    store_word (block + 320, upper[1]);
  }
}

static inline uint8_t
take_code (const uint8_t *block, int bits, int row, int k)
{
  int step = k / 4, at = 4 * row + k % 4;
  int code;

  if (bits == 8)
    return block[64 * step + at];
  code = block[64 * (step % 4) + at] >> 4 * (step / 4) & 15;
  if (bits == 5)
    code |= (block[256 + at] >> step & 1) << 4;
  else if (bits == 6)
    code |= (block[256 + 64 * (step / 4) + at] >> 2 * (step % 4) & 3) << 4;
  return (uint8_t) code;
}

static void
put_half (uint8_t *at, int row, uint16_t half)
{
  memcpy (at + 2 * row, &half, sizeof half);
}

static float
take_half (const uint8_t *at, int row)
{
  uint16_t half;

  memcpy (&half, at + 2 * row, sizeof half);
  return engine_f16_to_f32 (half);
}

static void
put_scales (uint8_t *scales, EngineCpuScales kind, size_t b, int row, const EngineQuantParts *parts)
{
  uint8_t *unit = scales + b / (size_t) scale_unit[kind].blocks * (size_t) scale_unit[kind].bytes;
  uint8_t *sub;

  put_half (unit, row, parts->d);
  if (kind == ENGINE_CPU_SCALES_STEP_MIN || kind == ENGINE_CPU_SCALES_K)
    put_half (unit + 2 * ROWS, row, parts->m);
  if (kind == ENGINE_CPU_SCALES_K) {
    sub = unit + 4 * ROWS + b % 8 * 2 * ROWS;
    sub[row] = (uint8_t) parts->scale[0];
    sub[ROWS + row] = parts->min;
  } else if (kind == ENGINE_CPU_SCALES_HALVES) {
    sub = unit + 2 * ROWS + b % 8 * 2 * ROWS;
    sub[row] = (uint8_t) parts->scale[0];
    sub[ROWS + row] = (uint8_t) parts->scale[1];
  }
}

/* The scale of either half and the minimum of one row's block. */
static void
take_scales (const uint8_t *scales, EngineCpuScales kind, size_t b, int row, float *scale, float *min)
{
  const uint8_t *unit = scales + b / (size_t) scale_unit[kind].blocks * (size_t) scale_unit[kind].bytes;
  const uint8_t *sub;

  scale[0] = scale[1] = take_half (unit, row);
  *min = 0.0f;
  if (kind == ENGINE_CPU_SCALES_STEP_MIN)
    *min = take_half (unit + 2 * ROWS, row);
  else if (kind == ENGINE_CPU_SCALES_K) {
    sub = unit + 4 * ROWS + b % 8 * 2 * ROWS;
    scale[0] = scale[1] = scale[0] * sub[row];
    *min = take_half (unit + 2 * ROWS, row) * sub[ROWS + row];
  } else if (kind == ENGINE_CPU_SCALES_HALVES) {
    sub = unit + 2 * ROWS + b % 8 * 2 * ROWS;
    scale[0] *= (int8_t) sub[row];
    scale[1] *= (int8_t) sub[ROWS + row];
  }
}

void
engine_cpu_pack_group (const EngineCpuWeight *weight, EngineType file_type, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group)
{
  const EngineTypeTraits *traits = &engine_types[weight->type];
  size_t n_in = (size_t) weight->n_in;
  size_t block_bytes = (size_t) traits->code_bits * (ROWS * BLOCK / 8);

  for (int row = 0; row < n_rows; row++) {
    const uint8_t *in = rows + (size_t) row * row_bytes;

    if (traits->code_bits) {
      for (size_t b = 0; b < n_in / BLOCK; b++) {
        uint8_t *block = group + weight->scale_bytes + b * block_bytes;
        EngineQuantParts parts;

        traits->take_apart (in, b, &parts);
        put_scales (group, scales_of[weight->type], b, row, &parts);
        put_codes (block, traits->code_bits, row, parts.codes);
      }
    } else if (weight->type == file_type) {
      size_t size = (size_t) traits->block_bytes;

      for (size_t k = 0; k < n_in; k++)
        memcpy (group + (k * ROWS + (size_t) row) * size, in + k * size, size);
    } else { /* reference: to floats, a stretch at a time */
      const EngineTypeTraits *file = &engine_types[file_type];
      float values[256];

      for (size_t k = 0; k < n_in; k += ENGINE_LENGTH (values)) {
        size_t n = ENGINE_MIN (ENGINE_LENGTH (values), n_in - k);

        engine_type_to_float (file_type, in + k / (size_t) file->block_elements * (size_t) file->block_bytes, values, n);
        for (size_t i = 0; i < n; i++)
          memcpy (group + ((k + i) * ROWS + (size_t) row) * sizeof (float), &values[i], sizeof (float));
      }
    }
  }
}

void
engine_cpu_weight_row (const EngineCpuWeight *weight, int64_t row, float *out)
{
  const EngineTypeTraits *traits = &engine_types[weight->type];
  const uint8_t *group = weight->data + (size_t) (row / ROWS) * weight->group_bytes;
  int lane = (int) (row % ROWS);
  size_t n_in = (size_t) weight->n_in;

  if (traits->code_bits == 0) {
    for (size_t k = 0; k < n_in; k++)
      traits->to_float (group + (k * ROWS + (size_t) lane) * (size_t) traits->block_bytes, out + k, 1);
    return;
  }
  for (size_t b = 0; b < n_in / BLOCK; b++) {
    const uint8_t *block = group + weight->scale_bytes + b * (size_t) traits->code_bits * (ROWS * BLOCK / 8);
    float scale[2], min;

    take_scales (group, scales_of[weight->type], b, lane, scale, &min);
    for (int k = 0; k < BLOCK; k++) {
      float product = scale[k / 16] * (take_code (block, traits->code_bits, lane, k) - traits->code_offset);

      out[b * BLOCK + (size_t) k] = min != 0.0f ? product + min : product;
    }
  }
}
