/* SPDX-License-Identifier: MIT */
/* Q3_K: blocks of 256 in sixteen sub-blocks of 16 codes of 3 bits, each with a scale of 6 bits;
 * element = d · (scale - 32) · (code - 4), d binary16 for all 256. */
#include "search.h"

typedef struct {
  uint8_t  high[32]; /* bit p of byte k: the third bit of element k of part p */
  uint8_t  low[64];  /* two bits, as Q2_K has them */
  uint8_t  scales[12];
  uint16_t d;
} Block;

static void
part_codes (const Block *block, int part, uint8_t *codes)
{
  for (int k = 0; k < 32; k++)
    codes[k] = (uint8_t) ((block->low[part / 4 * 32 + k] >> 2 * (part % 4) & 3) | (block->high[k] >> part & 1) << 2);
}

/* Scale s of sixteen has its low nibble in byte s % 8, and its upper two bits in byte 8 + s % 4. */
static int
scale_of (const Block *block, int s)
{
  return ((block->scales[s % 8] >> 4 * (s / 8) & 15) | (block->scales[8 + s % 4] >> 2 * (s / 4) & 3) << 4) - 32;
}

void
engine_q3_k_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);

  part_codes (block, part, parts->codes);
  block_steps (parts, block->d, block->d, 0);
  for (int half = 0; half < 2; half++)
    parts->scale[half] = (int8_t) scale_of (block, 2 * part + half);
}

static void
put_scale (Block *block, int s, uint8_t scale)
{
  block->scales[s % 8] |= (uint8_t) ((scale & 15) << 4 * (s / 8));
  block->scales[8 + s % 4] |= (uint8_t) (scale >> 4 << 2 * (s / 4));
}

static void
put_code (Block *block, int k, uint8_t code)
{
  block->low[k / 128 * 32 + k % 32] |= (uint8_t) ((code & 3) << 2 * (k / 32 % 4));
  block->high[k % 32] |= (uint8_t) (code >> 2 << k / 32);
}

void
engine_q3_k_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    float extreme[16], d;

    memset (block, 0, sizeof *block);
    for (int sub = 0; sub < 16; sub++)
      extreme[sub] = block_extreme (values + i + 16 * sub, 16);
    /* The extreme value of a sub-block takes the code 0: -4 times its scale. */
    block->d = engine_f32_to_f16 (fabsf (block_extreme (extreme, 16)) / 4 / 31);
    d = engine_f16_to_f32 (block->d);
    for (int sub = 0; sub < 16; sub++)
      put_scale (block, sub, block_code (extreme[sub] / -4, d, 32, 63));
    for (int k = 0; k < SUPER; k++)
      put_code (block, k, block_code (values[i + k], d * (float) scale_of (block, k / 16), 4, 7));
  }
}

void
engine_q3_k_encode (const float *values, const float *importance, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    uint8_t codes[SUPER];
    int8_t scales[16];
    EngineSearch search;

    memset (block, 0, sizeof *block);
    if (!engine_search_begin (&search, values + i, importance ? importance + i : NULL, SUPER))
      continue;
    engine_search_scales (&search, -4, 3, -32, 31, &block->d, scales, codes);
    for (int sub = 0; sub < 16; sub++)
      put_scale (block, sub, (uint8_t) (scales[sub] + 32));
    for (int k = 0; k < SUPER; k++)
      put_code (block, k, codes[k]);
  }
}
