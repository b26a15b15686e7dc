/* SPDX-License-Identifier: MIT */
/* TQ2_0: blocks of 256 numbers -1, 0 and 1 in two bits each, times a binary16 step. */
#include "block.h"

typedef struct {
  uint8_t  codes[64]; /* for each half of 128 elements 32 bytes with the codes of four parts */
  uint16_t d;
} Block;

void
engine_tq2_0_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);

  for (int k = 0; k < 32; k++)
    parts->codes[k] = block->codes[part / 4 * 32 + k] >> 2 * (part % 4) & 3;
  block_steps (parts, block->d, block->d, 0);
}

void
engine_tq2_0_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    float d;

    memset (block, 0, sizeof *block);
    block->d = engine_f32_to_f16 (fabsf (block_extreme (values + i, SUPER)));
    d = engine_f16_to_f32 (block->d);
    for (int k = 0; k < SUPER; k++)
      block->codes[k / 128 * 32 + k % 32] |= (uint8_t) (block_code (values[i + k], d, 1, 2) << 2 * (k / 32 % 4));
  }
}
