/* SPDX-License-Identifier: MIT */
/* Hash maps of a vocabulary: text to id, and a pair of ids to a merge.
 *
 * Internal. The keys come from model files that nobody vouches for; so each map hashes with a
 * key of its own that is drawn when it is made, and no file can be built to collide. Open
 * addressing, at most half full, no removal. Filled by one thread, then read by any. */
#pragma once

#include "base.h"

typedef struct {
  const char *text; /* not owned; NULL: an empty slot */
  uint32_t    n_bytes;
  int32_t     id;
} EngineTextSlot;

typedef struct {
  EngineTextSlot *slots;
  size_t          mask;
  size_t          n;
  uint64_t        key[2];
} EngineTextMap;

/* Room for `n` keys; it grows when more come. */
bool    engine_text_map_init (EngineTextMap *map, size_t n, EngineError *error);
void    engine_text_map_clear (EngineTextMap *map);
/* The text must outlive the map. A key that is there already gets the new id. */
bool    engine_text_map_put (EngineTextMap *map, const char *text, uint32_t n_bytes, int32_t id, EngineError *error);
/* -1 when absent. */
int32_t engine_text_map_get (const EngineTextMap *map, const char *text, size_t n_bytes);

typedef struct {
  int32_t left, right; /* left -1: an empty slot */
  int32_t rank;
  int32_t result;
} EngineMerge;

typedef struct {
  EngineMerge *slots;
  size_t       mask;
  uint64_t     key[2];
} EngineMergeMap;

/* Room for `n` pairs and no more. */
bool engine_merge_map_init (EngineMergeMap *map, size_t n, EngineError *error);
void engine_merge_map_clear (EngineMergeMap *map);
/* The first of equal pairs stays. */
void engine_merge_map_put (EngineMergeMap *map, EngineMerge merge);
/* NULL when absent. */
const EngineMerge *engine_merge_map_get (const EngineMergeMap *map, int32_t left, int32_t right);
