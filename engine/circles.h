/* SPDX-License-Identifier: MIT */
/* Notices that a text goes round in circles.
 *
 * Internal. Two signs, both of which are looked at with each token, for little time. *Periods*: for each distance up to ENGINE_CIRCLES_PERIODS, how many of the latest tokens
 * were those that stand so far before them; two rounds more of the same, and many tokens of it, are a circle. *Staleness*: of the last 64 tokens nearly all end
 * six tokens in a row that stood there three times before, as where a text says the same with a number changed. */
#pragma once

#include "base.h"

#define ENGINE_CIRCLES_PERIODS 96
#define ENGINE_CIRCLES_SLOTS 2048

/* Zero-initialise it. */
typedef struct {
  int32_t  runs[ENGINE_CIRCLES_PERIODS + 1];
  uint32_t tags[ENGINE_CIRCLES_SLOTS];   /* of the six tokens that the slot counts; the latest where two share one */
  uint8_t  counts[ENGINE_CIRCLES_SLOTS];
  uint64_t stale;                        /* a bit for each of the last 64 tokens, the latest lowest */
} EngineCircles;

/* Tells of the last of the n tokens; true: they go round. */
bool engine_circles_turn (EngineCircles *circles, const int32_t *tokens, int32_t n);
