/* SPDX-License-Identifier: MIT */
/* IQ4_XS: blocks of 256 in eight parts of 32 nibbles, each with a scale of 6 bits; element = d · (scale - 32) · number,
 * of the table of IQ4_NL, d binary16 for all 256. */
#include "block.h"

typedef struct {
  uint16_t d;
  uint16_t scales_high;   /* two bits of each */
  uint8_t  scales_low[4]; /* two to a byte, the first in the low nibble */
  uint8_t  low[8][16];
} Block;

static int
scale_of (const Block *block, int part)
{
  return ((block->scales_low[part / 2] >> 4 * (part % 2) & 15) | (block->scales_high >> 2 * part & 3) << 4) - 32;
}

void
engine_iq4_xs_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);

  block_nibbles (block->low[part], parts->codes);
  block_steps (parts, block->d, block->d, 0);
  parts->scale[0] = parts->scale[1] = (int8_t) scale_of (block, part);
}

void
engine_iq4_xs_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    const int8_t *table = engine_code_values[ENGINE_CODES_IQ4];
    float extreme[8], d;

    memset (block, 0, sizeof *block);
    for (int part = 0; part < 8; part++)
      extreme[part] = block_extreme (values + i + 32 * part, 32) / table[0];
    block->d = engine_f32_to_f16 (fabsf (block_extreme (extreme, 8)) / 31);
    d = engine_f16_to_f32 (block->d);
    for (int part = 0; part < 8; part++) {
      uint8_t scale = block_code (extreme[part], d, 32, 63), codes[32];

      block->scales_low[part / 2] |= (uint8_t) ((scale & 15) << 4 * (part % 2));
      block->scales_high |= (uint16_t) (scale >> 4 << 2 * part);
      block_nearest (values + i + 32 * part, 32, d * (float) scale_of (block, part), ENGINE_CODES_IQ4, codes);
      block_put_nibbles (codes, block->low[part]);
    }
  }
}
