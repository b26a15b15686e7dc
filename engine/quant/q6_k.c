/* SPDX-License-Identifier: MIT */
/* Q6_K: blocks of 256 in sixteen sub-blocks of 16 codes of 6 bits, each with a signed 8-bit
 * scale; element = d · scale · (code - 32), d binary16 for all 256. */
#include "search.h"

typedef struct {
  uint8_t  low[128];
  uint8_t  high[64];
  int8_t   scales[16];
  uint16_t d;
} Block;

/* The 32 codes from 32 · part on. Each half of 128 elements has 64 bytes of low nibbles (its
 * first 64 elements in the low halves) and 32 bytes with the upper two bits of four parts. */
static void
part_codes (const Block *block, int part, uint8_t *codes)
{
  const uint8_t *low = block->low + part / 4 * 64 + part % 2 * 32;
  const uint8_t *high = block->high + part / 4 * 32;
  int low_shift = part % 4 / 2 * 4, high_shift = part % 4 * 2;

  for (int k = 0; k < 32; k++)
    codes[k] = (uint8_t) ((low[k] >> low_shift & 15) | (high[k] >> high_shift & 3) << 4);
}

void
engine_q6_k_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);

  part_codes (block, part, parts->codes);
  block_steps (parts, block->d, block->d, 0);
  parts->scale[0] = block->scales[2 * part];
  parts->scale[1] = block->scales[2 * part + 1];
}

static void
put_code (Block *block, int k, uint8_t code)
{
  int part = k / 32;

  block->low[part / 4 * 64 + part % 2 * 32 + k % 32] |= (uint8_t) ((code & 15) << part % 4 / 2 * 4);
  block->high[part / 4 * 32 + k % 32] |= (uint8_t) ((code >> 4) << part % 4 * 2);
}

void
engine_q6_k_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    float extreme[16], largest, d;

    memset (block, 0, sizeof *block);
    for (int sub = 0; sub < 16; sub++)
      extreme[sub] = block_extreme (values + i + 16 * sub, 16);
    largest = fabsf (block_extreme (extreme, 16)) / 32.0f;
    block->d = engine_f32_to_f16 (largest / 127.0f);
    d = engine_f16_to_f32 (block->d);
    for (int sub = 0; sub < 16; sub++)
      block->scales[sub] = (int8_t) (block_code (extreme[sub] / -32.0f, d, 128.0f, 255) - 128);
    for (int k = 0; k < SUPER; k++)
      put_code (block, k, block_code (values[i + k], d * block->scales[k / 16], 32.0f, 63));
  }
}

void
engine_q6_k_encode (const float *values, const float *importance, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    uint8_t codes[SUPER];
    EngineSearch search;

    memset (block, 0, sizeof *block);
    if (!engine_search_begin (&search, values + i, importance ? importance + i : NULL, SUPER))
      continue;
    engine_search_scales (&search, -32, 31, -128, 127, &block->d, block->scales, codes);
    for (int k = 0; k < SUPER; k++)
      put_code (block, k, codes[k]);
  }
}
