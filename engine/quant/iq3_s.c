/* SPDX-License-Identifier: MIT */
/* IQ3_S: blocks of 256 in eight parts of 32, each of eight rows of a code book, with a sign for every number and a
 * scale of 4 bits; element = d · (2 · scale + 1) · number, d binary16 for all 256. */
#include "block.h"
#include "grids.h"

typedef struct {
  uint16_t d;
  uint8_t  low[64];   /* of a row's nine bits */
  uint8_t  high[8];   /* the ninth of each of eight rows */
  uint8_t  signs[32];
  uint8_t  scales[4]; /* two to a byte, the first in the low nibble */
} Block;

void
engine_iq3_s_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);

  for (int row = 0; row < 8; row++)
    grid_codes_3 (engine_grid_iq3_s[block->low[8 * part + row] | (block->high[part] >> row & 1) << 8],
                  block->signs[4 * part + row / 2] >> 4 * (row % 2), parts->codes + 4 * row);
  block_steps (parts, block->d, block->d, 0);
  parts->scale[0] = parts->scale[1] = (int8_t) (2 * (block->scales[part / 2] >> 4 * (part % 2) & 15) + 1);
}
