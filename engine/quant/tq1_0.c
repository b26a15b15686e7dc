/* SPDX-License-Identifier: MIT */
/* TQ1_0: blocks of 256 numbers -1, 0 and 1 times a binary16 step; five of them are a byte, a fraction in base 3. */
#include "block.h"

typedef struct {
  uint8_t  fives[48]; /* 32 bytes: element k of five rows of 32; 16 bytes: of five rows of 16 */
  uint8_t  fours[4];  /* element k of four rows of 4 */
  uint16_t d;
} Block;

#define N_FIRST 160  /* elements in the first 32 bytes */
#define N_SECOND 240 /* and in the first 48 */

/* Which byte has element k, and which of its digits it is. */
static int
byte_of (int k, int *digit)
{
  if (k < N_FIRST) {
    *digit = k / 32;
    return k % 32;
  }
  if (k < N_SECOND) {
    *digit = (k - N_FIRST) / 16;
    return 32 + k % 16;
  }
  *digit = (k - N_SECOND) / 4;
  return 48 + k % 4;
}

static const uint8_t power[5] = { 1, 3, 9, 27, 81 };

void
engine_tq1_0_take_apart (const void *blocks, size_t index, EngineQuantParts *parts)
{
  const Block *block = (const Block *) blocks + index / 8;
  const uint8_t *bytes = (const uint8_t *) block;

  for (int k = 0; k < 32; k++) {
    int digit, at = byte_of ((int) (index % 8) * 32 + k, &digit);

    parts->codes[k] = (uint8_t) ((uint8_t) (bytes[at] * power[digit]) * 3 >> 8);
  }
  block_steps (parts, block->d, block->d, 0);
}

void
engine_tq1_0_from_float (const float *values, void *blocks, size_t n)
{
  Block *block = blocks;

  for (size_t i = 0; i < n; i += SUPER, block++) {
    int digits[52] = { 0 };
    float d;

    block->d = engine_f32_to_f16 (fabsf (block_extreme (values + i, SUPER)));
    d = engine_f16_to_f32 (block->d);
    for (int k = 0; k < SUPER; k++) {
      int digit, at = byte_of (k, &digit);

      digits[at] += block_code (values[i + k], d, 1, 2) * power[(at < 48 ? 4 : 3) - digit];
    }
    /* The fraction, rounded up so that cutting off gives each digit back; the fours lack their last digit. */
    for (int at = 0; at < 52; at++)
      ((uint8_t *) block)[at] = (uint8_t) ((digits[at] * (at < 48 ? 1 : 3) * 256 + 242) / 243);
  }
}
