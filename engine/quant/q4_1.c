/* SPDX-License-Identifier: MIT */
/* Q4_1: blocks of 32, each a binary16 step d, minimum m and 32 nibbles; element = d · nibble + m. */
#include "search.h"

typedef struct {
  uint16_t d, m;
  uint8_t  low[16];
} Block;

void
engine_q4_1_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index;

  block_nibbles (block->low, parts->codes);
  block_steps (parts, block->d, block->d, block->m);
}

void
engine_q4_1_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    uint8_t codes[32];
    float low, high, d, m;

    block_range (values + i, 32, false, &low, &high);
    block->d = engine_f32_to_f16 ((high - low) / 15);
    block->m = engine_f32_to_f16 (low);
    d = engine_f16_to_f32 (block->d);
    m = engine_f16_to_f32 (block->m);
    for (int k = 0; k < 32; k++)
      codes[k] = block_code (values[i + k] - m, d, 0.0f, 15);
    block_put_nibbles (codes, block->low);
  }
}

void
engine_q4_1_encode (const float *values, const float *importance, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    uint8_t codes[32];
    EngineSearch search;

    memset (block, 0, sizeof *block);
    if (!engine_search_begin (&search, values + i, importance ? importance + i : NULL, 32))
      continue;
    engine_search_step_min (&search, 15, &block->d, &block->m, codes);
    block_put_nibbles (codes, block->low);
  }
}
