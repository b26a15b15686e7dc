/* SPDX-License-Identifier: MIT */
#include "circles.h"

#define LEAST_RUN 40 /* tokens: short ones repeat in sound texts, as lines do under headings */
#define GRAM 6
#define STALE_COUNT 4 /* occurrences, with this one */
#define STALE_MOST 56 /* of 64 */

static bool
is_stale (EngineCircles *circles, const int32_t *last)
{
  uint64_t hash = 0xcbf29ce484222325u;
  uint32_t slot, tag;

  for (int i = 0; i < GRAM; i++)
    hash = (hash ^ (uint32_t) last[i]) * 0x100000001b3u;
  hash ^= hash >> 29;
  slot = (uint32_t) hash % ENGINE_CIRCLES_SLOTS;
  tag = (uint32_t) (hash >> 32);
  if (circles->tags[slot] != tag) {
    circles->tags[slot] = tag;
    circles->counts[slot] = 0;
  }
  circles->counts[slot] += circles->counts[slot] < UINT8_MAX;
  return circles->counts[slot] >= STALE_COUNT;
}

bool
engine_circles_turn (EngineCircles *circles, const int32_t *tokens, int32_t n)
{
  bool turns = false;

  for (int32_t p = 1; p <= ENGINE_CIRCLES_PERIODS && p < n; p++) {
    circles->runs[p] = tokens[n - 1] == tokens[n - 1 - p] ? circles->runs[p] + 1 : 0;
    turns |= circles->runs[p] >= ENGINE_MAX (2 * p, LEAST_RUN);
  }
  circles->stale = circles->stale << 1 | (n >= GRAM && is_stale (circles, tokens + n - GRAM));
  return turns || __builtin_popcountll (circles->stale) >= STALE_MOST;
}
