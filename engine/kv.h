/* SPDX-License-Identifier: MIT */
/* The key/value cache: pages, and a prefix tree that every request shares.
 *
 * Internal; one thread, the runner's. The backend owns the memory; this file only decides
 * which page holds what.
 *
 * Data structures. A *cell* names what stands at one position: a token id, or for media the
 * hash of the content and the place in it (engine_kv_token (), engine_kv_media ()). Two
 * prompts share cache as far as their cells agree. Positions are grouped into pages of
 * ENGINE_PAGE_TOKENS; each cache kind has its own pool of page numbers.
 *
 * The *tree* has one node for each page of cells: a node with all its cells may have
 * children, one with fewer is a leaf. Siblings may begin alike. A node owns one page of
 * every kind that the model uses; a kind may have lost it again. A *sequence* is a request's
 * way through the tree: a path of nodes, which it pins, then the pages that it is still
 * writing, which are its own. A page becomes a node when it is full or when the sequence
 * ends, so what was evaluated once is found by whoever comes next. A new sequence that
 * agrees with a node only in part copies that part into a page of its own.
 *
 * A pin counts per kind: a sequence needs all earlier pages of the full kind, but only those
 * that its window still sees of the window kind. What nobody pins is taken away, least
 * recently used first, when a pool runs dry: of the full kind whole leaves; of the other
 * kinds single pages, first those that lie before no resting place (the end of a prompt or
 * of an answer, where the next request is likely to go on).
 *
 * A page of the state kind holds what all positions up to the node's last cell have become; so a sequence
 * resumes only where a node ends that has one. Not every node has: states are large, and a sequence takes pages for
 * those at the end of what it evaluates and at the end of the page before. While it is in the middle of a page its latest
 * state is its own; the next is written to another page, and takes its place when it is committed. What a cancelled batch
 * has left is thus never read.
 *
 * What is particular to a kind stands in one table in kv-tree.c: which earlier positions a token
 * reads, at which positions a sequence can resume, and what is taken away first. */
#pragma once

#include "backend.h"

typedef struct EngineKv EngineKv;
typedef struct EngineKvSequence EngineKvSequence;

typedef struct {
  EngineBackend    *backend; /* for cache_copy */
  EngineCacheStore *store;
  uint32_t          n_pages[ENGINE_N_CACHE_KINDS]; /* 0: the model has no layer of the kind */
  int32_t           window;  /* of the window kind: a token sees itself and the window - 1 before it */
} EngineKvOptions;

typedef struct {
  uint32_t n_nodes;
  uint32_t free_pages[ENGINE_N_CACHE_KINDS];
  uint32_t tree_pages[ENGINE_N_CACHE_KINDS];
  uint64_t evicted[ENGINE_N_CACHE_KINDS];   /* pages taken away since the beginning */
} EngineKvStats;

static inline uint64_t
engine_kv_token (int32_t id)
{
  return (uint32_t) id;
}

/* Place `index` of the media block with that content hash; never equals a token's. */
static inline uint64_t
engine_kv_media (uint64_t hash, uint32_t index)
{
  uint64_t mixed = (hash ^ ((uint64_t) index * 0x9e3779b97f4a7c15u)) * 0xd6e8feb86659fd93u;

  return (mixed ^ mixed >> 32) | UINT64_C (1) << 63;
}

/* Errors: NO_MEMORY. The options' backend and store must outlive the result. */
EngineKv *engine_kv_new (const EngineKvOptions *options, EngineError *error);
/* No sequence may be left. */
void      engine_kv_free (EngineKv *kv);
void      engine_kv_stats (const EngineKv *kv, EngineKvStats *stats);

/* A sequence without cells. Sequences of different `salt` (adapters, towers) never share. */
EngineKvSequence *engine_kv_sequence_new (EngineKv *kv, uint64_t salt, EngineError *error);
/* Another sequence with all that `of` has evaluated, without evaluating it again: it shares whole pages, and has a copy of the one that `of` is writing. NULL: there is no memory or no page. */
EngineKvSequence *engine_kv_fork (const EngineKvSequence *of);
/* Leaves everything that was evaluated in the tree. */
void              engine_kv_sequence_free (EngineKvSequence *sequence);
/* Leaves nothing there of the page that it was writing: for what nobody will ask for again. */
void              engine_kv_sequence_discard (EngineKvSequence *sequence);

/* Cells that are to be evaluated after those already known. Errors: NO_MEMORY. */
bool    engine_kv_append (EngineKvSequence *sequence, const uint64_t *cells, size_t n_cells, EngineError *error);
/* Forgets cells that are not evaluated yet; n_cells are left. */
void    engine_kv_forget (EngineKvSequence *sequence, int32_t n_cells);
/* Positions evaluated: the next token's position. */
int32_t engine_kv_evaluated (const EngineKvSequence *sequence);

/* Goes on as far as the tree already holds the known cells, at most to position `limit`;
 * works at page boundaries, so call it at the beginning and again before a slice: meanwhile
 * another request may have evaluated the same. Returns the positions gained. */
int32_t engine_kv_resume (EngineKvSequence *sequence, int32_t limit);

/* Makes room for the next `n_tokens` positions. False when the pools are exhausted by
 * pinned pages; nothing is lost then, try fewer or later. */
bool    engine_kv_reserve (EngineKvSequence *sequence, int32_t n_tokens);
/* The next `n_tokens` reserved positions hold the results of their cells now. What a batch wrote to positions behind them is written again
 * before anyone reads it; where the model has states, all of the batch must be committed, or nothing. */
void    engine_kv_commit (EngineKvSequence *sequence, int32_t n_tokens);
/* A resting place: keep what a window or a state needs to go on from here, or soon before. */
void    engine_kv_rest (EngineKvSequence *sequence);

/* The pages for a batch; valid until the sequence changes. */
EngineBatchSequence engine_kv_pages (const EngineKvSequence *sequence);
