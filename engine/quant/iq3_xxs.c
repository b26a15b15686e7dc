/* SPDX-License-Identifier: MIT */
/* IQ3_XXS: blocks of 256 in eight parts of 32; a part is eight rows of a code book with the signs of their
 * numbers and a scale of 4 bits; element = d · (scale + 1/2) / 2 · number, d binary16 for all 256. */
#include "block.h"
#include "grids.h"

typedef struct {
  uint16_t d;
  uint8_t  rows[64];
  uint16_t signs[8][2]; /* 32 bits: four times seven signs, the scale on top */
} Block;

void
engine_iq3_xxs_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);
  uint32_t signs = block->signs[part][0] | (uint32_t) block->signs[part][1] << 16;

  for (int row = 0; row < 8; row++)
    grid_codes_3 (engine_grid_iq3_xxs[block->rows[8 * part + row]], grid_signs (signs >> 7 * (row / 2)) >> 4 * (row % 2), parts->codes + 4 * row);
  block_steps (parts, block->d, block->d, 0);
  parts->scale[0] = parts->scale[1] = (int8_t) (2 * (signs >> 28) + 1);
}
