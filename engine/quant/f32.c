/* SPDX-License-Identifier: MIT */
/* F32: IEEE binary32, little-endian. */
#include "block.h"

void
engine_f32_to_float (const void *blocks, float *out, size_t n)
{
  memcpy (out, blocks, n * sizeof *out);
}

void
engine_f32_from_float (const float *values, void *blocks, size_t n)
{
  memcpy (blocks, values, n * sizeof *values);
}
