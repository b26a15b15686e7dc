/* SPDX-License-Identifier: MIT */
/* Q4_K: blocks of 256 in eight sub-blocks of 32 nibbles, each with a 6-bit scale and minimum;
 * element = d · scale · nibble - dmin · minimum, d and dmin binary16 for all 256. */
#include "search.h"

typedef struct {
  uint16_t d, dmin;
  uint8_t  scales[12];
  uint8_t  low[128];
} Block;

/* The codes of one sub-block: two neighbours share 32 bytes, the even one in the low nibbles. */
static void
sub_codes (const Block *block, int sub, uint8_t *codes)
{
  const uint8_t *low = block->low + 32 * (sub / 2);

  for (int k = 0; k < 32; k++)
    codes[k] = (uint8_t) (low[k] >> 4 * (sub % 2) & 15);
}

void
engine_q4_k_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;

  sub_codes (block, (int) (index % 8), parts->codes);
  block_k_steps (block->d, block->dmin, block->scales, (int) (index % 8), parts);
}

static void
put_codes (Block *block, const uint8_t *codes)
{
  for (int k = 0; k < SUPER; k++)
    block->low[k / 64 * 32 + k % 32] |= (uint8_t) ((codes[k] & 15) << 4 * (k / 32 % 2));
}

void
engine_q4_k_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    uint8_t codes[SUPER];

    memset (block, 0, sizeof *block);
    engine_block_k_choose (values + i, 15, &block->d, &block->dmin, block->scales, codes);
    put_codes (block, codes);
  }
}

void
engine_q4_k_encode (const float *values, const float *importance, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    uint8_t codes[SUPER];

    memset (block, 0, sizeof *block);
    if (engine_search_k_block (values + i, importance ? importance + i : NULL, 15, &block->d, &block->dmin, block->scales, codes))
      put_codes (block, codes);
  }
}
