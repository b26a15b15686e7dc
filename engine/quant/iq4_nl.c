/* SPDX-License-Identifier: MIT */
/* IQ4_NL: blocks of 32, each a binary16 step d and 32 nibbles; element = d · number, of a table of 16 that lie
 * closer together near 0. */
#include "search.h"

typedef struct {
  uint16_t d;
  uint8_t  low[16];
} Block;

void
engine_iq4_nl_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index;

  block_nibbles (block->low, parts->codes);
  block_steps (parts, block->d, block->d, 0);
}

void
engine_iq4_nl_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    uint8_t codes[32];

    block->d = engine_f32_to_f16 (block_extreme (values + i, 32) / engine_code_values[ENGINE_CODES_IQ4][0]);
    block_nearest (values + i, 32, engine_f16_to_f32 (block->d), ENGINE_CODES_IQ4, codes);
    block_put_nibbles (codes, block->low);
  }
}

void
engine_iq4_nl_encode (const float *values, const float *importance, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    uint8_t codes[32];
    EngineSearch search;

    memset (block, 0, sizeof *block);
    if (!engine_search_begin (&search, values + i, importance ? importance + i : NULL, 32))
      continue;
    block->d = engine_search_iq4 (&search, codes);
    block_put_nibbles (codes, block->low);
  }
}
