/* SPDX-License-Identifier: MIT */
/* IQ2_XS: blocks of 256 in sixteen sub-blocks of 16, each of two rows of a code book with seven of their eight signs,
 * and with a scale of 4 bits; element = d · (scale + 1/2) / 4 · number, d binary16 for all 256. */
#include "block.h"
#include "grids.h"

typedef struct {
  uint16_t d;
  uint16_t rows[32];  /* nine bits, and seven signs above */
  uint8_t  scales[8]; /* two to a byte, the first in the low nibble */
} Block;

void
engine_iq2_xs_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);

  for (int row = 0; row < 4; row++) {
    uint16_t word = block->rows[4 * part + row];

    grid_codes_2 (engine_grid_iq2_xs[word & 511], grid_signs (word >> 9), parts->codes + 8 * row);
  }
  block_steps (parts, block->d, block->d, 0);
  for (int half = 0; half < 2; half++)
    parts->scale[half] = (int8_t) (2 * (block->scales[part] >> 4 * half & 15) + 1);
}
