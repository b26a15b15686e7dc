/* SPDX-License-Identifier: MIT */
/* IQ2_S: blocks of 256 in sixteen sub-blocks of 16, each of two rows of a code book, with a sign for every number and a
 * scale of 4 bits; element = d · (scale + 1/2) / 4 · number, d binary16 for all 256. */
#include "block.h"
#include "grids.h"

typedef struct {
  uint16_t d;
  uint8_t  low[32];   /* of a row's ten bits */
  uint8_t  signs[32];
  uint8_t  high[8];   /* two bits of each of four rows */
  uint8_t  scales[8]; /* two to a byte, the first in the low nibble */
} Block;

void
engine_iq2_s_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);

  for (int row = 0; row < 4; row++) {
    int at = 4 * part + row;

    grid_codes_2 (engine_grid_iq2_s[block->low[at] | (block->high[part] >> 2 * row & 3) << 8], block->signs[at], parts->codes + 8 * row);
  }
  block_steps (parts, block->d, block->d, 0);
  for (int half = 0; half < 2; half++)
    parts->scale[half] = (int8_t) (2 * (block->scales[part] >> 4 * half & 15) + 1);
}
