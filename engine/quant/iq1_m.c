/* SPDX-License-Identifier: MIT */
/* IQ1_M: blocks of 256 in sixteen sub-blocks of 16, each of two rows of a code book of -1, 0 and 1, every row with the
 * sign of a shift, and with a scale of 3 bits; element = d · (2 · scale + 1) · (number ± 1/8), d binary16 for all 256. */
#include "block.h"
#include "grids.h"

typedef struct {
  uint8_t  low[32];   /* of a row's eleven bits */
  uint8_t  high[16];  /* for each of two rows a nibble: three bits, and the shift's sign */
  uint16_t scales[4]; /* four times three bits, and a nibble of d, the lowest first */
} Block;

void
engine_iq1_m_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  int part = (int) (index % 8);
  uint16_t d = 0;

  for (int k = 0; k < 4; k++)
    d |= (uint16_t) (block->scales[k] >> 12 << 4 * k);
  for (int row = 0; row < 4; row++) {
    int nibble = block->high[2 * part + row / 2] >> 4 * (row % 2) & 15;

    grid_codes_2 (engine_grid_iq1[block->low[4 * part + row] | (nibble & 7) << 8], nibble >> 3 ? 255 : 0, parts->codes + 8 * row);
  }
  block_steps (parts, d, d, 0);
  for (int half = 0; half < 2; half++)
    parts->scale[half] = (int8_t) (2 * (block->scales[part / 2] >> (6 * (part % 2) + 3 * half) & 7) + 1);
}
