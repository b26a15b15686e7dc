/* SPDX-License-Identifier: MIT */
#include "block.h"

const int8_t engine_code_values[ENGINE_N_CODE_TABLES][16] = {
  /* Number and shift of IQ1, times 8: -1, 0, 1, first with +1/8, then with -1/8. */
  [ENGINE_CODES_IQ1] = { -7, 1, 9, 0, -9, -1, 7, 0 },
  [ENGINE_CODES_IQ2] = { 8, 25, 43, 0, -8, -25, -43, 0 },
  [ENGINE_CODES_IQ3_S] = { 1, 3, 5, 7, 9, 11, 13, 15, -1, -3, -5, -7, -9, -11, -13, -15 },
  [ENGINE_CODES_IQ3_XXS] = { 4, 12, 20, 28, 36, 44, 52, 62, -4, -12, -20, -28, -36, -44, -52, -62 },
  [ENGINE_CODES_IQ4] = { -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113 },
  [ENGINE_CODES_E2M1] = { 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12 },
};

/* To quantise to a code book is a search, which nothing here needs. */
#define engine_iq1_m_from_float NULL
#define engine_iq1_s_from_float NULL
#define engine_iq2_s_from_float NULL
#define engine_iq2_xs_from_float NULL
#define engine_iq2_xxs_from_float NULL
#define engine_iq3_s_from_float NULL
#define engine_iq3_xxs_from_float NULL

/* Nobody makes files of these here. */
#define engine_iq1_m_encode NULL
#define engine_iq1_s_encode NULL
#define engine_iq2_s_encode NULL
#define engine_iq2_xs_encode NULL
#define engine_iq2_xxs_encode NULL
#define engine_iq3_s_encode NULL
#define engine_iq3_xxs_encode NULL
#define engine_iq4_xs_encode NULL
#define engine_mxfp4_encode NULL
#define engine_nvfp4_encode NULL
#define engine_tq1_0_encode NULL
#define engine_tq2_0_encode NULL

const EngineTypeTraits engine_types[ENGINE_N_TYPES] = {
#define FLOAT_TYPE(NAME, symbol, id, bytes)                                             \
  [ENGINE_TYPE_##NAME] = { .name = #NAME, .gguf_id = id, .block_elements = 1, .block_bytes = bytes, \
                           .from_float = engine_##symbol##_from_float, .to_float = engine_##symbol##_to_float },
#define BLOCK_TYPE(NAME, symbol, id, elements, bytes, bits, table, offset, kind, unit_)                             \
  [ENGINE_TYPE_##NAME] = { .name = #NAME, .gguf_id = id, .block_elements = elements, .block_bytes = bytes,         \
                           .from_float = engine_##symbol##_from_float, .encode = engine_##symbol##_encode, .take_apart = engine_##symbol##_take_apart, \
                           .code_bits = bits, .code_offset = offset, .code_table = ENGINE_CODES_##table,           \
                           .scales = ENGINE_SCALES_##kind, .unit = unit_ },
#include "types.def"
};

bool
engine_type_from_gguf (uint32_t gguf_id, EngineType *type)
{
  for (int i = 0; i < ENGINE_N_TYPES; i++)
    if (engine_types[i].gguf_id == gguf_id) {
      *type = (EngineType) i;
      return true;
    }
  return false;
}

void
engine_quant_parts_to_float (const EngineTypeTraits *traits, const EngineQuantParts *parts, float *out)
{
  float step[2], min[2];

  for (int half = 0; half < 2; half++) {
    step[half] = traits->scales == ENGINE_SCALES_STEP_BF16 ? engine_bf16_to_f32 (parts->d[half]) : engine_f16_to_f32 (parts->d[half]);
    step[half] = step[half] * traits->unit * parts->scale[half];
    min[half] = engine_f16_to_f32 (parts->m) * parts->min[half];
  }
  for (int k = 0; k < ENGINE_QUANT_BLOCK; k++) {
    float product = step[k / 16] * (float) engine_code_value (traits, parts->codes[k]);

    out[k] = min[k / 16] != 0.0f ? product + min[k / 16] : product; /* -0 stays -0 */
  }
}

void
engine_type_to_float (EngineType type, const void *blocks, float *out, size_t n)
{
  const EngineTypeTraits *traits = &engine_types[type];

  if (traits->to_float) {
    traits->to_float (blocks, out, n);
    return;
  }
  for (size_t b = 0; b < n / ENGINE_QUANT_BLOCK; b++) {
    EngineQuantParts parts;

    traits->take_apart (blocks, b, &parts);
    engine_quant_parts_to_float (traits, &parts, out + b * ENGINE_QUANT_BLOCK);
  }
}

bool
engine_type_encodes (EngineType type)
{
  return engine_types[type].encode || engine_types[type].to_float;
}

void
engine_type_encode (EngineType type, const float *values, const float *importance, void *blocks, size_t n)
{
  if (engine_types[type].encode)
    engine_types[type].encode (values, importance, blocks, n);
  else
    engine_types[type].from_float (values, blocks, n);
}

bool
engine_type_bytes (EngineType type, uint64_t n, size_t *bytes)
{
  const EngineTypeTraits *traits = &engine_types[type];

  return n % (uint64_t) traits->block_elements == 0 &&
         engine_mul (n / (uint64_t) traits->block_elements, (size_t) traits->block_bytes, bytes);
}

void
engine_block_k_choose (const float *values, int levels, uint16_t *d, uint16_t *dmin, uint8_t *scale_bytes, uint8_t *codes)
{
  float step[8], low[8], largest_step = 0.0f, largest_low = 0.0f, d_value, dmin_value;

  for (int sub = 0; sub < 8; sub++) {
    float high;

    block_range (values + 32 * sub, 32, true, &low[sub], &high);
    step[sub] = (high - low[sub]) / (float) levels;
    largest_step = fmaxf (largest_step, step[sub]);
    largest_low = fmaxf (largest_low, -low[sub]);
  }
  *d = engine_f32_to_f16 (largest_step / 63.0f);
  *dmin = engine_f32_to_f16 (largest_low / 63.0f);
  d_value = engine_f16_to_f32 (*d);
  dmin_value = engine_f16_to_f32 (*dmin);
  for (int sub = 0; sub < 8; sub++) {
    uint8_t scale = block_code (step[sub], d_value, 0.0f, 63);
    uint8_t min = block_code (-low[sub], dmin_value, 0.0f, 63);

    block_put_k_scale (scale_bytes, sub, scale, min);
    for (int k = 32 * sub; k < 32 * sub + 32; k++)
      codes[k] = block_code (values[k] + dmin_value * min, d_value * scale, 0.0f, levels);
  }
}
