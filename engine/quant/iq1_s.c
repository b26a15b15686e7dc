/* SPDX-License-Identifier: MIT */
/* IQ1_S: blocks of 256 in eight parts of 32, each of four rows of a code book of -1, 0 and 1, with a scale of 3 bits
 * and the sign of a shift; element = d · (2 · scale + 1) · (number ± 1/8), d binary16 for all 256. */
#include "block.h"
#include "grids.h"

typedef struct {
  uint16_t d;
  uint8_t  low[32];  /* of a row's eleven bits */
  uint16_t high[8];  /* three bits of each of four rows, the scale, the shift's sign */
} Block;

void
engine_iq1_s_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);
  uint16_t high = block->high[part];

  for (int row = 0; row < 4; row++)
    grid_codes_2 (engine_grid_iq1[block->low[4 * part + row] | (high >> 3 * row & 7) << 8], high >> 15 ? 255 : 0, parts->codes + 8 * row);
  block_steps (parts, block->d, block->d, 0);
  parts->scale[0] = parts->scale[1] = (int8_t) (2 * (high >> 12 & 7) + 1);
}
