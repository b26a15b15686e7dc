/* SPDX-License-Identifier: MIT */
/* IQ2_XXS: blocks of 256 in eight parts of 32; a part is four rows of a code book with the signs of their
 * numbers and a scale of 4 bits; element = d · (scale + 1/2) / 4 · number, d binary16 for all 256. */
#include "block.h"
#include "grids.h"

typedef struct {
  uint16_t d;
  uint16_t parts[8][4]; /* four bytes: rows; 32 bits: four times seven signs, the scale on top */
} Block;

void
engine_iq2_xxs_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  const uint16_t *part = block->parts[index % 8];
  uint32_t signs = part[2] | (uint32_t) part[3] << 16;

  for (int row = 0; row < 4; row++)
    grid_codes_2 (engine_grid_iq2_xxs[part[row / 2] >> 8 * (row % 2) & 255], grid_signs (signs >> 7 * row), parts->codes + 8 * row);
  block_steps (parts, block->d, block->d, 0);
  parts->scale[0] = parts->scale[1] = (int8_t) (2 * (signs >> 28) + 1);
}
