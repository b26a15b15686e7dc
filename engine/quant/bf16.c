/* SPDX-License-Identifier: MIT */
/* BF16: the upper half of IEEE binary32. */
#include "block.h"

float
engine_bf16_to_f32 (uint16_t half)
{
  uint32_t bits = (uint32_t) half << 16;
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

uint16_t
engine_f32_to_bf16 (float value)
{
  uint32_t bits;

  memcpy (&bits, &value, sizeof bits);
  if ((bits & 0x7fffffff) > 0x7f800000) /* NaN stays NaN */
    return (uint16_t) (bits >> 16 | 0x40);
  return (uint16_t) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void
engine_bf16_to_float (const void *blocks, float *out, size_t n)
{
  const uint16_t *halves = blocks;

  for (size_t i = 0; i < n; i++)
    out[i] = engine_bf16_to_f32 (halves[i]);
}

void
engine_bf16_from_float (const float *values, void *blocks, size_t n)
{
  uint16_t *halves = blocks;

  for (size_t i = 0; i < n; i++)
    halves[i] = engine_f32_to_bf16 (values[i]);
}
