/* SPDX-License-Identifier: MIT */
/* Q8_0: blocks of 32, each a binary16 step d and 32 signed bytes; element = d · byte. */
#include "search.h"

typedef struct {
  uint16_t d;
  int8_t   values[32];
} Block;

/* As unsigned codes with the offset 128: the same bytes with their top bit turned. */
void
engine_q8_0_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index;

  for (int k = 0; k < 32; k++)
    parts->codes[k] = (uint8_t) (block->values[k] ^ 0x80);
  block_steps (parts, block->d, block->d, 0);
}

void
engine_q8_0_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    float d;

    block->d = engine_f32_to_f16 (fabsf (block_extreme (values + i, 32)) / 127.0f);
    d = engine_f16_to_f32 (block->d);
    for (int k = 0; k < 32; k++)
      block->values[k] = (int8_t) (block_code (values[i + k], d, 128.0f, 255) - 128);
  }
}

void
engine_q8_0_encode (const float *values, const float *importance, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += 32, block++) {
    uint8_t codes[32];
    EngineSearch search;

    memset (block, 0, sizeof *block);
    if (!engine_search_begin (&search, values + i, importance ? importance + i : NULL, 32))
      continue;
    block->d = engine_search_step (&search, -127, 127, codes);
    for (int k = 0; k < 32; k++)
      block->values[k] = (int8_t) (codes[k] - 127);
  }
}
