/* SPDX-License-Identifier: MIT */
/* Q4_K as the file has it, straight into groups: a shortcut past EngineQuantParts, with the same result. Experts that are read as they are chosen
 * are packed each time, so that this, and not the product, takes most of the processor's time. */
#include "pack.h"

#include <string.h>

#define ROWS ENGINE_CPU_ROWS
#define SUPER_BYTES 144                                          /* d, dmin, 12 of scales and minima, 128 of codes: see quant/q4_k.c */
#define SCALES_BYTES ((size_t) (ROWS * (2 * 2 + 8 * 2)))         /* of a super-block in a group: d, dmin, then 8 × (scale, minimum) */
#define CODES_BYTES ((size_t) (4 * ROWS * ENGINE_QUANT_BLOCK / 8)) /* of a block */
#define NIBBLES 0x0f0f0f0f0f0f0f0full

static uint64_t
load_two (const uint8_t *at)
{
  uint64_t two;

  memcpy (&two, at, sizeof two);
  return two;
}

/* Two vectors' words of a row. */
static void
store_two (uint8_t *at, uint64_t two)
{
  memcpy (at, &two, 4);
  memcpy (at + 64, (const uint8_t *) &two + 4, 4);
}

/* 12 bytes have 8 scales and 8 minima of 6 bits: the first four of each in the low bits of the first and the second four bytes; the others have their low
 * halves in the last four, and their upper bits above those of the first. */
static void
put_scales (uint8_t *to, const uint8_t *from, int row)
{
  uint32_t a = engine_cpu_load_word (from), b = engine_cpu_load_word (from + 4), c = engine_cpu_load_word (from + 8);
  uint32_t words[4] = { a & 0x3f3f3f3f, (c & 0x0f0f0f0f) | (a >> 2 & 0x30303030), b & 0x3f3f3f3f, (c >> 4 & 0x0f0f0f0f) | (b >> 2 & 0x30303030) };
  uint8_t bytes[16];

  memcpy (bytes, words, sizeof bytes);
  for (int b8 = 0; b8 < 8; b8++) {
    to[b8 * 2 * ROWS + row] = bytes[b8];
    to[b8 * 2 * ROWS + ROWS + row] = bytes[8 + b8];
  }
}

void
engine_cpu_pack_q4_k (const EngineCpuWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group)
{
  for (size_t super = 0; super < (size_t) weight->n_in / 256; super++)
    for (int row = 0; row < n_rows; row++) {
      const uint8_t *in = rows + (size_t) row * row_bytes + super * SUPER_BYTES, *codes = in + 16;
      uint8_t *scales = group + super * SCALES_BYTES, *out = group + weight->scale_bytes + super * 8 * CODES_BYTES + 4 * row;

      memcpy (scales + 2 * row, in, 2);
      memcpy (scales + 2 * ROWS + 2 * row, in + 2, 2);
      scales[2 * ROWS + 2 * row + 1] ^= 0x80; /* minima are subtracted in the file, and added here */
      put_scales (scales + 4 * ROWS, in + 4, row);
      /* Two blocks share 32 bytes; of each block, columns that are 16 apart are to share one. */
      for (int pair = 0; pair < 4; pair++, codes += 32, out += 2 * CODES_BYTES)
        for (int half = 0; half < 2; half++) {
          uint64_t first = load_two (codes + 8 * half), second = load_two (codes + 16 + 8 * half);

          store_two (out + 128 * half, (first & NIBBLES) | (second & NIBBLES) << 4);
          store_two (out + CODES_BYTES + 128 * half, (first >> 4 & NIBBLES) | (second & ~NIBBLES));
        }
    }
}
