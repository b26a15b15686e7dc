/* SPDX-License-Identifier: MIT */
/* The code books of the IQ types, which store a group of numbers as the index of a row here.
 *
 * Internal to quant/. IQ1 and IQ2: eight numbers a row, two bits each from the lowest on; IQ3: four, of three
 * bits. The bits choose a magnitude: 8, 25 or 43 (IQ2), 4, 12, 20, 28, 36, 44, 52 or 62 (IQ3_XXS), 1, 3 … 15
 * (IQ3_S); for IQ1 they choose -1, 0 or 1. Signs are stored apart. */
#pragma once

#include <stdint.h>

extern const uint16_t engine_grid_iq2_xxs[256], engine_grid_iq2_xs[512], engine_grid_iq2_s[1024];
extern const uint16_t engine_grid_iq1[2048];
extern const uint16_t engine_grid_iq3_xxs[256], engine_grid_iq3_s[512];

/* Eight signs out of seven stored ones: the eighth makes their number even. */
static inline uint8_t
grid_signs (uint32_t seven)
{
  seven &= 127;
  return (uint8_t) (seven | (uint32_t) (__builtin_popcount (seven) & 1) << 7);
}

/* Codes of IQ2's table: the magnitude, and 4 for a minus. */
static inline void
grid_codes_2 (uint16_t row, uint8_t signs, uint8_t *codes)
{
  for (int k = 0; k < 8; k++)
    codes[k] = (uint8_t) ((row >> 2 * k & 3) | (signs >> k & 1) << 2);
}

/* Codes of IQ3's tables: the magnitude, and 8 for a minus. */
static inline void
grid_codes_3 (uint16_t row, uint8_t signs, uint8_t *codes)
{
  for (int k = 0; k < 4; k++)
    codes[k] = (uint8_t) ((row >> 3 * k & 7) | (signs >> k & 1) << 3);
}
