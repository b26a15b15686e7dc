/* SPDX-License-Identifier: MIT */
/* The layout of repacked weights: see EngineCpuWeight. */
#include "pack.h"

#include <math.h>
#include <string.h>

#define ROWS ENGINE_CPU_ROWS
#define BLOCK ENGINE_QUANT_BLOCK

/* What is kept of EngineQuantParts for 16 rows: the steps and the minimum of two bytes once for 1 << `shift` blocks, then for
 * each block the scales and minima of one byte. A shift, since packing would divide by it for each block. */
static const struct {
  int shift, n_d, n_m, n_scale, n_min;
} layouts[ENGINE_N_SCALES] = {
  [ENGINE_SCALES_NONE] = { 0, 0, 0, 0, 0 },
  [ENGINE_SCALES_STEP] = { 0, 1, 0, 0, 0 },
  [ENGINE_SCALES_STEP_BF16] = { 0, 1, 0, 0, 0 },
  [ENGINE_SCALES_STEPS] = { 0, 2, 0, 0, 0 },
  [ENGINE_SCALES_STEP_MIN] = { 0, 1, 1, 0, 0 },
  [ENGINE_SCALES_SUPER] = { 3, 1, 0, 1, 0 },
  [ENGINE_SCALES_SUPER_MIN] = { 3, 1, 1, 1, 1 },
  [ENGINE_SCALES_SUPER_HALVES] = { 3, 1, 0, 2, 0 },
  [ENGINE_SCALES_SUPER_HALVES_MIN] = { 3, 1, 1, 2, 2 },
};

/* Where the halves and the single bytes of block b begin. */
static size_t
halves_at (EngineScales kind, size_t b)
{
  int halves = layouts[kind].n_d + layouts[kind].n_m, bytes = layouts[kind].n_scale + layouts[kind].n_min;

  return (b >> layouts[kind].shift) * (size_t) (ROWS * (2 * halves + (bytes << layouts[kind].shift)));
}

static size_t
bytes_at (EngineScales kind, size_t b)
{
  int halves = layouts[kind].n_d + layouts[kind].n_m, bytes = layouts[kind].n_scale + layouts[kind].n_min;

  return halves_at (kind, b) + (size_t) (ROWS * 2 * halves) + (b & ((1u << layouts[kind].shift) - 1)) * (size_t) (ROWS * bytes);
}

bool
engine_cpu_weight_layout (const EngineTensor *tensor, EngineCpuKeeping keeping, EngineCpuWeight *weight)
{
  int64_t n_rows = engine_tensor_rows (tensor);
  const EngineTypeTraits *traits;
  size_t row_bytes, code_bytes;

  memset (weight, 0, sizeof *weight);
  weight->n_in = tensor->ne[0];
  weight->n_out = n_rows;
  weight->type = tensor->n_dims == 1 || keeping == ENGINE_CPU_KEEP_FLOATS ? ENGINE_TYPE_F32 : tensor->type;
  weight->wide = tensor->n_dims == 2 && keeping == ENGINE_CPU_KEEP_WIDE && (weight->type == ENGINE_TYPE_F16 || weight->type == ENGINE_TYPE_BF16);
  if (tensor->n_dims == 1)
    return engine_mul ((size_t) weight->n_in, sizeof (float), &weight->bytes);
  weight->n_groups = n_rows / ROWS + (n_rows % ROWS != 0);
  traits = &engine_types[weight->type];
  if (weight->wide) {
    if (!engine_mul ((size_t) engine_cpu_wide_blocks (weight->n_in), ENGINE_CPU_WIDE_BYTES, &weight->group_bytes))
      return false;
  } else if (traits->code_bits == 0) {
    if (!engine_type_bytes (weight->type, (uint64_t) weight->n_in, &row_bytes) || !engine_mul (row_bytes, ROWS, &weight->group_bytes))
      return false;
  } else {
    size_t n_blocks = (size_t) weight->n_in / BLOCK;

    if (!engine_mul (n_blocks >> layouts[traits->scales].shift, halves_at (traits->scales, (size_t) 1 << layouts[traits->scales].shift), &weight->scale_bytes) ||
        !engine_align (weight->scale_bytes, 64, &weight->scale_bytes) ||
        !engine_mul (n_blocks, (size_t) traits->code_bits * (ROWS * BLOCK / 8), &code_bytes) ||
        !engine_sum (weight->scale_bytes, code_bytes, &weight->group_bytes))
      return false;
  }
  return engine_align (weight->group_bytes, 64, &weight->group_bytes) &&
         engine_mul (weight->group_bytes, (size_t) weight->n_groups, &weight->bytes);
}

/* `width` bits of each of 32 codes, from bit `from` on, in vectors with room for 8 / width of them in a byte. */
static void
put_bits (uint8_t *vectors, int row, const uint8_t *codes, int from, int width)
{
  int each = 8 / width; /* steps of four columns in a vector */

  for (int first = 0; first < 8; first += each) {
    uint32_t word = 0;

    for (int step = first; step < first + each; step++)
      word |= (engine_cpu_load_word (codes + 4 * step) >> from & 0x01010101 * ((1u << width) - 1)) << width * (step - first);
    engine_cpu_store_word (vectors + 64 * (first / each) + 4 * row, word);
  }
}

/* Puts one row's 32 codes of a block in their places: see EngineCpuWeight. */
static void
put_codes (uint8_t *block, int bits, int row, const uint8_t *codes)
{
  if (bits == 8)
    put_bits (block, row, codes, 0, 8);
  else if (bits < 4) {
    put_bits (block, row, codes, 0, 2);
    if (bits == 3)
      put_bits (block + 128, row, codes, 2, 1);
  } else {
    for (int step = 0; step < 4; step++)
      engine_cpu_store_word (block + 64 * step + 4 * row, (engine_cpu_load_word (codes + 4 * step) & 0x0f0f0f0f) | (engine_cpu_load_word (codes + 16 + 4 * step) & 0x0f0f0f0f) << 4);
    if (bits > 4)
      put_bits (block + 256, row, codes, 4, bits - 4);
  }
}

static int
take_bits (const uint8_t *vectors, int row, int k, int width)
{
  int each = 8 / width, step = k / 4;

  return vectors[64 * (step / each) + 4 * row + k % 4] >> width * (step % each) & ((1 << width) - 1);
}

static inline uint8_t
take_code (const uint8_t *block, int bits, int row, int k)
{
  int step = k / 4, code;

  if (bits == 8)
    return (uint8_t) take_bits (block, row, k, 8);
  if (bits < 4)
    code = take_bits (block, row, k, 2) | (bits == 3 ? take_bits (block + 128, row, k, 1) << 2 : 0);
  else
    code = (block[64 * (step % 4) + 4 * row + k % 4] >> 4 * (step / 4) & 15) | (bits > 4 ? take_bits (block + 256, row, k, bits - 4) << 4 : 0);
  return (uint8_t) code;
}

static void
put_scales (uint8_t *scales, EngineScales kind, size_t b, int row, const EngineQuantParts *parts)
{
  uint8_t *halves = scales + halves_at (kind, b) + 2 * row, *bytes = scales + bytes_at (kind, b) + row;
  bool is_first = (b & ((1u << layouts[kind].shift) - 1)) == 0;

  for (int i = 0; is_first && i < layouts[kind].n_d; i++, halves += 2 * ROWS)
    memcpy (halves, &parts->d[i], sizeof parts->d[i]);
  if (is_first && layouts[kind].n_m)
    memcpy (halves, &parts->m, sizeof parts->m);
  for (int i = 0; i < layouts[kind].n_scale; i++, bytes += ROWS)
    *bytes = (uint8_t) parts->scale[i];
  for (int i = 0; i < layouts[kind].n_min; i++, bytes += ROWS)
    *bytes = parts->min[i];
}

/* What is kept once counts for both. */
static void
take_scales (const uint8_t *scales, EngineScales kind, size_t b, int row, EngineQuantParts *parts)
{
  const uint8_t *halves = scales + halves_at (kind, b) + 2 * row, *bytes = scales + bytes_at (kind, b) + row;

  *parts = (EngineQuantParts) { .scale = { 1, 1 }, .min = { 1, 1 } };
  for (int i = 0; i < 2; i++)
    memcpy (&parts->d[i], halves + 2 * ROWS * ENGINE_MIN (i, layouts[kind].n_d - 1), sizeof parts->d[i]);
  if (layouts[kind].n_m)
    memcpy (&parts->m, halves + 2 * ROWS * layouts[kind].n_d, sizeof parts->m);
  for (int i = 0; layouts[kind].n_scale && i < 2; i++)
    parts->scale[i] = (int8_t) bytes[ROWS * ENGINE_MIN (i, layouts[kind].n_scale - 1)];
  for (int i = 0; layouts[kind].n_min && i < 2; i++)
    parts->min[i] = bytes[ROWS * (layouts[kind].n_scale + ENGINE_MIN (i, layouts[kind].n_min - 1))];
}

/* Where the codes of one row of a block are: each pair of columns in a vector of its own. */
static uint8_t *
wide_pair (uint8_t *block, int row, int k)
{
  return block + ROWS * sizeof (float) + (size_t) (64 * (k / 2) + 4 * row + 2 * (k % 2));
}

/* Up to 32 elements of a row, in a block that was zero before. */
static void
put_wide (uint8_t *block, int row, EngineType type, const uint8_t *in, size_t n)
{
  float values[BLOCK], largest = 0.0f, step, inverse;

  engine_type_to_float (type, in, values, n);
  for (size_t i = 0; i < n; i++)
    largest = ENGINE_MAX (largest, fabsf (values[i]));
  step = largest / (float) ENGINE_CPU_WIDE_MOST;
  inverse = step > 0.0f ? 1.0f / step : 0.0f;
  memcpy (block + (size_t) row * sizeof step, &step, sizeof step);
  for (size_t i = 0; i < n; i++) {
    float q = nearbyintf (values[i] * inverse);
    int16_t code = (int16_t) (q > ENGINE_CPU_WIDE_MOST ? ENGINE_CPU_WIDE_MOST : q > -ENGINE_CPU_WIDE_MOST ? q : -ENGINE_CPU_WIDE_MOST);

    memcpy (wide_pair (block, row, (int) i), &code, sizeof code);
  }
}

static void
take_wide (const EngineCpuWeight *weight, const uint8_t *group, int row, float *out)
{
  for (size_t k = 0; k < (size_t) weight->n_in; k++) {
    const uint8_t *block = group + k / BLOCK * ENGINE_CPU_WIDE_BYTES;
    int16_t code;
    float step;

    memcpy (&step, block + (size_t) row * sizeof step, sizeof step);
    memcpy (&code, wide_pair ((uint8_t *) block, row, (int) (k % BLOCK)), sizeof code);
    out[k] = step * (float) code;
  }
}

/* Shortcuts; NULL: by the parts that all types come apart into. */
static const EngineCpuPackFunc packers[ENGINE_N_TYPES] = {
  [ENGINE_TYPE_Q4_K] = engine_cpu_pack_q4_k,
  [ENGINE_TYPE_Q6_K] = engine_cpu_pack_q6_k,
};

void
engine_cpu_pack_group (const EngineCpuWeight *weight, EngineType file_type, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group)
{
  const EngineTypeTraits *traits = &engine_types[weight->type];
  size_t n_in = (size_t) weight->n_in;
  size_t block_bytes = (size_t) traits->code_bits * (ROWS * BLOCK / 8);

  if (packers[weight->type] && !weight->wide) {
    packers[weight->type](weight, rows, row_bytes, n_rows, group);
    return;
  }
  for (int row = 0; row < n_rows; row++) {
    const uint8_t *in = rows + (size_t) row * row_bytes;

    if (weight->wide) {
      size_t size = (size_t) traits->block_bytes;

      for (size_t k = 0; k < n_in; k += BLOCK)
        put_wide (group + k / BLOCK * ENGINE_CPU_WIDE_BYTES, row, file_type, in + k * size, ENGINE_MIN (BLOCK, n_in - k));
    } else if (traits->code_bits) {
      for (size_t b = 0; b < n_in / BLOCK; b++) {
        uint8_t *block = group + weight->scale_bytes + b * block_bytes;
        EngineQuantParts parts;

        traits->take_apart (in, b, &parts);
        put_scales (group, traits->scales, b, row, &parts);
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

  if (weight->wide) {
    take_wide (weight, group, lane, out);
    return;
  }
  if (traits->code_bits == 0) {
    for (size_t k = 0; k < n_in; k++)
      traits->to_float (group + (k * ROWS + (size_t) lane) * (size_t) traits->block_bytes, out + k, 1);
    return;
  }
  for (size_t b = 0; b < n_in / BLOCK; b++) {
    const uint8_t *block = group + weight->scale_bytes + b * (size_t) traits->code_bits * (ROWS * BLOCK / 8);
    EngineQuantParts parts;

    take_scales (group, traits->scales, b, lane, &parts);
    for (int k = 0; k < BLOCK; k++)
      parts.codes[k] = take_code (block, traits->code_bits, lane, k);
    engine_quant_parts_to_float (traits, &parts, out + b * BLOCK);
  }
}
