/* SPDX-License-Identifier: MIT */
#include "block.h"

/* The three float types have no blocks to take apart. */
#define engine_f32_take_apart NULL
#define engine_f16_take_apart NULL
#define engine_bf16_take_apart NULL

const EngineTypeTraits engine_types[ENGINE_N_TYPES] = {
#define TYPE(NAME, symbol, id, elements, bytes, bits, offset)                                            \
  [ENGINE_TYPE_##NAME] = { #NAME, id, elements, bytes, engine_##symbol##_to_float,                       \
                           engine_##symbol##_from_float, engine_##symbol##_take_apart, bits, offset },
#include "types.def"
#undef TYPE
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
