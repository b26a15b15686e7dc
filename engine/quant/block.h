/* SPDX-License-Identifier: MIT */
/* What the files of the types share.
 *
 * Internal to quant/. Each type defines from_float, and to_float or take_apart; and encode, if files of it are made. */
#pragma once

#include "quant.h"

#include <math.h>
#include <string.h>

#define FLOAT_TYPE(NAME, symbol, id, bytes)                                       \
  void engine_##symbol##_to_float (const void *elements, float *out, size_t n);   \
  void engine_##symbol##_from_float (const float *values, void *elements, size_t n);
#define BLOCK_TYPE(NAME, symbol, id, elements, bytes, bits, table, offset, scales, unit)         \
  void engine_##symbol##_take_apart (const void *blocks, size_t index, EngineQuantParts *parts); \
  void engine_##symbol##_from_float (const float *values, void *blocks, size_t n);               \
  void engine_##symbol##_encode (const float *values, const float *importance, void *blocks, size_t n);
#include "types.def"

#define SUPER 256 /* elements of a K block */

/* The nearest code of value / step within 0 … max. */
static inline uint8_t
block_code (float value, float step, float offset, int max)
{
  float code = step != 0.0f ? nearbyintf (value / step + offset) : offset;

  return (uint8_t) fminf (fmaxf (code, 0.0f), (float) max);
}

/* The value of largest magnitude, with its sign. */
static inline float
block_extreme (const float *values, int n)
{
  float extreme = 0.0f;

  for (int i = 0; i < n; i++)
    if (fabsf (values[i]) > fabsf (extreme))
      extreme = values[i];
  return extreme;
}

/* The range of the values, widened to contain 0 when `with_zero`. */
static inline void
block_range (const float *values, int n, bool with_zero, float *low, float *high)
{
  *low = with_zero ? 0.0f : values[0];
  *high = with_zero ? 0.0f : values[0];
  for (int i = 0; i < n; i++) {
    *low = fminf (*low, values[i]);
    *high = fmaxf (*high, values[i]);
  }
}

/* Steps alone; a type that has scales and minima puts them in place of the ones. */
static inline void
block_steps (EngineQuantParts *parts, uint16_t first, uint16_t second, uint16_t m)
{
  parts->d[0] = first;
  parts->d[1] = second;
  parts->m = m;
  parts->scale[0] = parts->scale[1] = 1;
  parts->min[0] = parts->min[1] = 1;
}

/* The codes of the table's numbers that come closest to value / step. */
static inline void
block_nearest (const float *values, int n, float step, EngineCodeTable table, uint8_t *codes)
{
  for (int i = 0; i < n; i++) {
    float closest = INFINITY;

    codes[i] = 0;
    for (int code = 0; code < 16; code++) {
      float difference = fabsf (values[i] - step * engine_code_values[table][code]);

      if (difference < closest) {
        closest = difference;
        codes[i] = (uint8_t) code;
      }
    }
  }
}

/* 32 nibbles of 16 bytes: element i in the low half of byte i, element i + 16 in the high. */
static inline void
block_nibbles (const uint8_t *bytes, uint8_t *codes)
{
  for (int i = 0; i < 16; i++) {
    codes[i] = bytes[i] & 15;
    codes[i + 16] = bytes[i] >> 4;
  }
}

static inline void
block_put_nibbles (const uint8_t *codes, uint8_t *bytes)
{
  for (int i = 0; i < 16; i++)
    bytes[i] = (uint8_t) ((codes[i] & 15) | (codes[i + 16] & 15) << 4);
}

/* A fifth bit for each of 32 codes, element i in bit i of a little-endian word. */
static inline void
block_fifth_bits (const uint8_t *bytes, uint8_t *codes)
{
  for (int i = 0; i < 32; i++)
    codes[i] |= (uint8_t) ((bytes[i / 8] >> i % 8 & 1) << 4);
}

static inline void
block_put_fifth_bits (const uint8_t *codes, uint8_t *bytes)
{
  memset (bytes, 0, 4);
  for (int i = 0; i < 32; i++)
    bytes[i / 8] |= (uint8_t) ((codes[i] >> 4 & 1) << i % 8);
}

/* The eight 6-bit scales and minima that Q4_K and Q5_K keep in twelve bytes: the first four
 * of each in the low six bits of bytes 0 … 7; of the last four, the low halves in bytes
 * 8 … 11 and the upper two bits on top of bytes 0 … 7. */
static inline void
block_k_scale (const uint8_t *bytes, int index, uint8_t *scale, uint8_t *min)
{
  if (index < 4) {
    *scale = bytes[index] & 63;
    *min = bytes[index + 4] & 63;
  } else {
    *scale = (uint8_t) ((bytes[index + 4] & 15) | (bytes[index - 4] >> 6) << 4);
    *min = (uint8_t) ((bytes[index + 4] >> 4) | (bytes[index] >> 6) << 4);
  }
}

/* Everything of sub-block `index` but its codes. */
static inline void
block_k_steps (uint16_t d, uint16_t dmin, const uint8_t *scales, int index, EngineQuantParts *parts)
{
  uint8_t scale, min;

  block_k_scale (scales, index, &scale, &min);
  block_steps (parts, d, d, dmin ^ 0x8000);
  parts->scale[0] = parts->scale[1] = (int8_t) scale;
  parts->min[0] = parts->min[1] = min;
}

static inline void
block_put_k_scale (uint8_t *bytes, int index, uint8_t scale, uint8_t min)
{
  if (index < 4) {
    bytes[index] = (uint8_t) ((bytes[index] & 0xc0) | scale);
    bytes[index + 4] = (uint8_t) ((bytes[index + 4] & 0xc0) | min);
  } else {
    bytes[index + 4] = (uint8_t) ((scale & 15) | (min & 15) << 4);
    bytes[index - 4] = (uint8_t) ((bytes[index - 4] & 63) | (scale >> 4) << 6);
    bytes[index] = (uint8_t) ((bytes[index] & 63) | (min >> 4) << 6);
  }
}

/* Chooses d, dmin and the 6-bit scales and minima of one K block of `levels` + 1 codes and
 * rounds the values to codes. */
void engine_block_k_choose (const float *values, int levels, uint16_t *d, uint16_t *dmin, uint8_t *scale_bytes, uint8_t *codes);
