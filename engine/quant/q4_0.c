/* SPDX-License-Identifier: MIT */
/* Q4_0: blocks of 32, each a binary16 step d and 32 nibbles; element = d · (nibble - 8). */
#include "search.h"

typedef struct {
  uint16_t d;
  uint8_t  low[16];
} Block;

void
engine_q4_0_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index;

  block_nibbles (block->low, parts->codes);
  block_steps (parts, block->d, block->d, 0);
}

void
engine_q4_0_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    uint8_t codes[32];
    float d;

    /* The extreme value takes the code 0, the only one of its magnitude. */
    block->d = engine_f32_to_f16 (block_extreme (values + i, 32) / -8);
    d = engine_f16_to_f32 (block->d);
    for (int k = 0; k < 32; k++)
      codes[k] = block_code (values[i + k], d, 8, 15);
    block_put_nibbles (codes, block->low);
  }
}

void
engine_q4_0_encode (const float *values, const float *importance, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    uint8_t codes[32] = { 0 };
    EngineSearch search;

    memset (block, 0, sizeof *block);
    if (!engine_search_begin (&search, values + i, importance ? importance + i : NULL, 32))
      continue;
    block->d = engine_search_step (&search, -8, 7, codes);
    block_put_nibbles (codes, block->low);
  }
}
