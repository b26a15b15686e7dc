/* SPDX-License-Identifier: MIT */
/* Q6_K as the file has it, straight into groups: see pack-q4_k.c. */
#include "pack.h"

#include <string.h>

#define ROWS ENGINE_CPU_ROWS
#define SUPER_BYTES 210                                          /* 128 of low nibbles, 64 of upper bits, 16 scales, d: see quant/q6_k.c */
#define LOW_BYTES 128
#define HIGH_BYTES 64
#define SCALES_BYTES ((size_t) (ROWS * (2 + 8 * 2)))             /* of a super-block in a group: d, then 8 × two scales */
#define CODES_BYTES ((size_t) (6 * ROWS * ENGINE_QUANT_BLOCK / 8)) /* of a block: four vectors of low nibbles, two of upper bits */

/* One row's 32 codes of a block, whose low nibbles and upper bits are shifted by so much in the file. */
static void
put_codes (uint8_t *out, const uint8_t *low, int low_shift, const uint8_t *high, int high_shift)
{
  uint32_t upper[2] = { 0, 0 };

  for (int step = 0; step < 4; step++)
    engine_cpu_store_word (out + 64 * step, (engine_cpu_load_word (low + 4 * step) >> low_shift & 0x0f0f0f0f) | (engine_cpu_load_word (low + 16 + 4 * step) >> low_shift & 0x0f0f0f0f) << 4);
  for (int step = 0; step < 8; step++)
    upper[step / 4] |= (engine_cpu_load_word (high + 4 * step) >> high_shift & 0x03030303) << 2 * (step % 4);
  engine_cpu_store_word (out + 256, upper[0]);
  engine_cpu_store_word (out + 320, upper[1]);
}

void
engine_cpu_pack_q6_k (const EngineCpuWeight *weight, const uint8_t *rows, size_t row_bytes, int n_rows, uint8_t *group)
{
  for (size_t super = 0; super < (size_t) weight->n_in / 256; super++)
    for (int row = 0; row < n_rows; row++) {
      const uint8_t *low = rows + (size_t) row * row_bytes + super * SUPER_BYTES, *high = low + LOW_BYTES, *from = high + HIGH_BYTES;
      uint8_t *scales = group + super * SCALES_BYTES, *out = group + weight->scale_bytes + super * 8 * CODES_BYTES + 4 * row;

      memcpy (scales + 2 * row, from + 16, 2);
      for (int i = 0; i < 16; i++)
        scales[2 * ROWS + i * ROWS + row] = from[i];
      for (int part = 0; part < 8; part++)
        put_codes (out + (size_t) part * CODES_BYTES, low + part / 4 * 64 + part % 2 * 32, part % 4 / 2 * 4, high + part / 4 * 32, part % 4 * 2);
    }
}
