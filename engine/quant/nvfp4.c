/* SPDX-License-Identifier: MIT */
/* NVFP4: blocks of 64 numbers in E2M1 (see mxfp4.c), each 16 times a step in unsigned E4M3: four bits of exponent
 * with the bias 7, three of mantissa; 0x7f stands for 0. */
#include "block.h"

typedef struct {
  uint8_t steps[4];
  uint8_t low[4][8]; /* of 16 numbers: the first eight in the low nibbles */
} Block;

/* Half of the step, for the doubled table: a binary16 holds it exactly. */
static uint16_t
half_step (uint8_t step)
{
  int exponent = step >> 3 & 15, mantissa = step & 7;

  if (step == 0x7f)
    return 0;
  return engine_f32_to_f16 (exponent ? ldexpf (1 + (float) mantissa / 8, exponent - 8) : ldexpf ((float) mantissa, -10));
}

void
engine_nvfp4_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 2;
  int first = (int) (index % 2) * 2;

  for (int k = 0; k < 32; k++)
    parts->codes[k] = block->low[first + k / 16][k % 8] >> 4 * (k / 8 % 2) & 15;
  block_steps (parts, half_step (block->steps[first]), half_step (block->steps[first + 1]), 0);
}

void
engine_nvfp4_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 64, block++)
    for (int sub = 0; sub < 4; sub++) {
      const float *v = values + i + 16 * sub;
      float wanted = fabsf (block_extreme (v, 16)) / 6, closest = INFINITY;
      uint8_t codes[16];

      for (int step = 0; step < 0x7f; step++) {
        float difference = fabsf (2 * engine_f16_to_f32 (half_step ((uint8_t) step)) - wanted);

        if (difference < closest) {
          closest = difference;
          block->steps[sub] = (uint8_t) step;
        }
      }
      block_nearest (v, 16, engine_f16_to_f32 (half_step (block->steps[sub])), ENGINE_CODES_E2M1, codes);
      for (int k = 0; k < 8; k++)
        block->low[sub][k] = (uint8_t) (codes[k] | codes[k + 8] << 4);
    }
}
