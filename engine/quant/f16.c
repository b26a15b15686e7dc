/* SPDX-License-Identifier: MIT */
/* F16: IEEE binary16. */
#include "block.h"

float
engine_f16_to_f32 (uint16_t half)
{
  uint32_t sign = (uint32_t) (half & 0x8000) << 16;
  uint32_t magnitude = half & 0x7fff, bits;
  float value;

  if (magnitude >= 0x7c00) /* infinity, or NaN made quiet */
    bits = 0x7f800000 | (magnitude & 0x3ff) << 13 | (magnitude > 0x7c00 ? 0x400000 : 0);
  else if (magnitude >= 0x400)
    bits = (magnitude << 13) + ((127 - 15) << 23);
  else { /* subnormal: a multiple of 2⁻²⁴ */
    value = (float) magnitude * 0x1p-24f;
    memcpy (&bits, &value, sizeof bits);
  }
  bits |= sign;
  memcpy (&value, &bits, sizeof value);
  return value;
}

uint16_t
engine_f32_to_f16 (float value)
{
  uint32_t bits, sign, half;

  memcpy (&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000;
  bits &= 0x7fffffff;
  if (bits > 0x7f800000) /* NaN, quiet, with the upper bits that it had */
    return (uint16_t) (sign | 0x7e00 | (bits >> 13 & 0x3ff));
  if (bits >= 0x477ff000) /* rounds to infinity */
    return (uint16_t) (sign | 0x7c00);
  if (bits < 0x38800000) { /* below 2⁻¹⁴: the addition rounds to a multiple of 2⁻²⁴ */
    float rounded;

    memcpy (&rounded, &bits, sizeof rounded);
    rounded += 0.5f;
    memcpy (&half, &rounded, sizeof half);
    return (uint16_t) (sign | (half - 0x3f000000));
  }
  half = bits - ((127 - 15) << 23);
  half = (half + 0xfff + (half >> 13 & 1)) >> 13; /* to nearest, ties to even */
  return (uint16_t) (sign | half);
}

void
engine_f16_to_float (const void *blocks, float *out, size_t n)
{
  const uint16_t *halves = blocks;

  for (size_t i = 0; i < n; i++)
    out[i] = engine_f16_to_f32 (halves[i]);
}

void
engine_f16_from_float (const float *values, void *blocks, size_t n)
{
  uint16_t *halves = blocks;

  for (size_t i = 0; i < n; i++)
    halves[i] = engine_f32_to_f16 (values[i]);
}
