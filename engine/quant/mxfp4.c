/* SPDX-License-Identifier: MIT */
/* MXFP4: blocks of 32 numbers in E2M1 (0, 1/2, 1, 3/2, 2, 3, 4, 6 and a sign) times a power of two; OCP Microscaling
 * Formats, version 1.0. The table holds the numbers doubled, so that the step is half of that power. */
#include "block.h"

typedef struct {
  uint8_t exponent; /* of two, and 127 */
  uint8_t low[16];
} Block;

/* 2^(exponent - 128) in bfloat16: the smallest two are subnormal. */
static uint16_t
step_of (uint8_t exponent)
{
  return (uint16_t) (exponent < 2 ? 0x20 << exponent : (exponent - 1) << 7);
}

void
engine_mxfp4_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index;

  block_nibbles (block->low, parts->codes);
  block_steps (parts, step_of (block->exponent), step_of (block->exponent), 0);
}

void
engine_mxfp4_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    float largest = fabsf (block_extreme (values + i, 32));
    uint8_t codes[32];

    block->exponent = (uint8_t) (largest > 0 ? fminf (fmaxf (floorf (log2f (largest)) - 2 + 127, 0), 254) : 0);
    block_nearest (values + i, 32, engine_bf16_to_f32 (step_of (block->exponent)), ENGINE_CODES_E2M1, codes);
    block_put_nibbles (codes, block->low);
  }
}
