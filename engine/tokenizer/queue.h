/* SPDX-License-Identifier: MIT */
/* A queue of possible merges, the best first: what byte-pair encoding and SentencePiece work through.
 *
 * Internal. A binary heap. An entry says which part it starts at and something by which its tokenizer
 * sees whether it still holds; an entry that no longer holds is passed over when it comes out. */
#pragma once

#include "base.h"

typedef struct {
  double  cost;  /* the least comes first: a merge's rank, a score turned round */
  int32_t left;  /* the index of the left part; of equal costs the leftmost comes first */
  int32_t right;
  int64_t check;
} EngineMergeEntry;

/* Zero-initialise it. */
typedef struct {
  EngineMergeEntry *entries; /* [n]; the first to come out is entries[0] */
  size_t            n, capacity;
} EngineMergeQueue;

bool             engine_merge_queue_push (EngineMergeQueue *queue, EngineMergeEntry entry, EngineError *error);
/* The queue must not be empty. */
EngineMergeEntry engine_merge_queue_pop (EngineMergeQueue *queue);
void             engine_merge_queue_clear (EngineMergeQueue *queue);
