/* SPDX-License-Identifier: MIT */
/* Q2_K: blocks of 256 in sixteen sub-blocks of 16 codes of 2 bits, each with a scale and a minimum of 4 bits;
 * element = d · scale · code - dmin · minimum, d and dmin binary16 for all 256. */
#include "search.h"

typedef struct {
  uint8_t  scales[16]; /* the scale in the low nibble */
  uint8_t  codes[64];
  uint16_t d, dmin;
} Block;

/* Each half of 128 elements has 32 bytes with the codes of four parts. */
static void
part_codes (const Block *block, int part, uint8_t *codes)
{
  for (int k = 0; k < 32; k++)
    codes[k] = block->codes[part / 4 * 32 + k] >> 2 * (part % 4) & 3;
}

void
engine_q2_k_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);

  part_codes (block, part, parts->codes);
  block_steps (parts, block->d, block->d, block->dmin ^ 0x8000);
  for (int half = 0; half < 2; half++) {
    parts->scale[half] = (int8_t) (block->scales[2 * part + half] & 15);
    parts->min[half] = block->scales[2 * part + half] >> 4;
  }
}

static void
put_code (Block *block, int k, uint8_t code)
{
  block->codes[k / 128 * 32 + k % 32] |= (uint8_t) (code << 2 * (k / 32 % 4));
}

void
engine_q2_k_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    float step[16], low[16], largest_step = 0.0f, largest_low = 0.0f, d, dmin;

    memset (block, 0, sizeof *block);
    for (int sub = 0; sub < 16; sub++) {
      float high;

      block_range (values + i + 16 * sub, 16, true, &low[sub], &high);
      step[sub] = (high - low[sub]) / 3;
      largest_step = fmaxf (largest_step, step[sub]);
      largest_low = fmaxf (largest_low, -low[sub]);
    }
    block->d = engine_f32_to_f16 (largest_step / 15);
    block->dmin = engine_f32_to_f16 (largest_low / 15);
    d = engine_f16_to_f32 (block->d);
    dmin = engine_f16_to_f32 (block->dmin);
    for (int sub = 0; sub < 16; sub++)
      block->scales[sub] = (uint8_t) (block_code (step[sub], d, 0, 15) | block_code (-low[sub], dmin, 0, 15) << 4);
    for (int k = 0; k < SUPER; k++) {
      uint8_t scale = block->scales[k / 16];

      put_code (block, k, block_code (values[i + k] + dmin * (scale >> 4), d * (scale & 15), 0, 3));
    }
  }
}

void
engine_q2_k_encode (const float *values, const float *importance, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    uint8_t codes[SUPER], scales[16], mins[16];
    EngineSearch search;

    memset (block, 0, sizeof *block);
    if (!engine_search_begin (&search, values + i, importance ? importance + i : NULL, SUPER))
      continue;
    engine_search_scales_mins (&search, 16, 3, 15, &block->d, &block->dmin, scales, mins, codes);
    for (int sub = 0; sub < 16; sub++)
      block->scales[sub] = (uint8_t) (scales[sub] | mins[sub] << 4);
    for (int k = 0; k < SUPER; k++)
      put_code (block, k, codes[k]);
  }
}
