/* SPDX-License-Identifier: MIT */
/* Looks for the steps, scales and minima with which a block's codes come nearest to its numbers.
 *
 * Internal to quant/. What is made small is Σ w · (number - decoded)², the weights w being the importances of the columns. All functions are
 * pure, and the numbers that they get are finite.
 *
 * For given codes the best step is a division (least squares), and for a given step the best codes are the nearest. So a search tries a
 * number of steps around the one that just reaches the extreme number, corrects each by least squares, and then lets codes and
 * step correct each other as long as it helps. */
#pragma once

#include "block.h"

/* A block's numbers times a power of two, such that the largest is in [0.5, 1), and weights of at most 1: no square of them is too large. */
typedef struct {
  int   n;        /* 32 or SUPER */
  int   exponent; /* a number is values[i] · 2^exponent */
  float values[SUPER], weights[SUPER];
} EngineSearch;

/* `importance` NULL: all columns are equal. False: there is nothing but zeros. */
bool engine_search_begin (EngineSearch *search, const float *values, const float *importance, int n);

/* For 32 numbers that share one step. The codes stand for low … high, the first being 0. Returns the step as binary16. */
uint16_t engine_search_step (const EngineSearch *search, int low, int high, uint8_t *codes);
/* The same with the numbers of IQ4 instead. */
uint16_t engine_search_iq4 (const EngineSearch *search, uint8_t *codes);
/* For 32 numbers with a step and a minimum; the codes are 0 … levels. */
void engine_search_step_min (const EngineSearch *search, int levels, uint16_t *d, uint16_t *m, uint8_t *codes);

/* For SUPER numbers: a step d for all and a whole number for each 16, scale_low … scale_high; codes as above. */
void engine_search_scales (const EngineSearch *search, int low, int high, int scale_low, int scale_high, uint16_t *d, int8_t *scales, uint8_t *codes);
/* For SUPER numbers: d · scale · code - dmin · min, with scales and minima of 0 … scale_high, [SUPER / n_sub] of each for every n_sub numbers. */
void engine_search_scales_mins (const EngineSearch *search, int n_sub, int levels, int scale_high, uint16_t *d, uint16_t *dmin, uint8_t *scales, uint8_t *mins, uint8_t *codes);
/* The same for one K block of `levels` + 1 codes with 6-bit scales and minima, which it packs. False: there is nothing but zeros, and nothing was written. */
bool engine_search_k_block (const float *values, const float *importance, int levels, uint16_t *d, uint16_t *dmin, uint8_t *scale_bytes, uint8_t *codes);
