/* SPDX-License-Identifier: MIT */
/* Inside the cache: the tree, which kv-tree.c keeps, as kv.c's sequences see it.
 *
 * Internal to kv.c and kv-tree.c; the thread of kv.h. */
#pragma once

#include "kv.h"

#define PAGE ENGINE_PAGE_TOKENS
#define KINDS ENGINE_N_CACHE_KINDS

/* Invariants: n_cells == PAGE where there are children; a pinned node's ancestors are
 * pinned in the full kind; pins[k] > 0 implies page[k] is there if the kind is used. */
typedef struct EngineKvNode {
  struct EngineKvNode *parent, *child, *sibling;
  uint64_t     salt;           /* compared below the root only */
  int32_t      n_cells;
  uint32_t     index;          /* in EngineKv.nodes */
  uint32_t     page[KINDS];    /* ENGINE_NO_PAGE: lost, or a kind that is not used */
  uint32_t     pins[KINDS];
  uint64_t     used[KINDS];    /* the clock when the page was needed last */
  bool         rests;          /* a window's or a state's way back to a resting place */
  uint64_t     cells[PAGE];
} EngineKvNode;

typedef struct {
  uint32_t *free;              /* stack of free page numbers */
  uint32_t  n_free, n_pages;
  uint64_t  evicted;
} EngineKvPool;

struct EngineKv {
  EngineBackend    *backend;
  EngineCacheStore *store;
  int32_t           window;
  EngineKvPool      pools[KINDS];
  EngineKvNode      root;
  EngineKvNode    **nodes;     /* all but the root */
  uint32_t          n_nodes, nodes_capacity;
  uint32_t          n_sequences;
  uint64_t          clock;
};

static inline bool
engine_kv_kind_used (const EngineKv *kv, int kind)
{
  return kv->pools[kind].n_pages > 0;
}

/* ---- what is particular to a kind ---------------------------------------- */

/* `reads`: the first position that a token at `position` reads.
 * `resume`: the deepest position up to `position` at which a sequence along `path` can go on.
 * `rests`: the first position whose page helps a sequence to go on at `position`, or soon before.
 * `evict`: takes a page of the kind away from who needs it least; false when there is none to take.
 * `sparse`: not every page of positions has one. */
typedef struct {
  int32_t (*reads) (const EngineKv *kv, int32_t position);
  int32_t (*resume) (const EngineKv *kv, EngineKvNode *const *path, int32_t position);
  int32_t (*rests) (const EngineKv *kv, int32_t position);
  bool    (*evict) (EngineKv *kv, int kind);
  bool      sparse;
} EngineKvKind;

extern const EngineKvKind engine_kv_kinds[KINDS];

/* ---- nodes and pages ------------------------------------------------------ */

/* The parent takes the node as a child; there is room in `nodes`. */
void          engine_kv_node_link (EngineKv *kv, EngineKvNode *parent, EngineKvNode *node);
/* Frees an unpinned leaf with its pages. */
void          engine_kv_node_remove (EngineKv *kv, EngineKvNode *node);
bool          engine_kv_node_pinned (const EngineKvNode *node);
/* True when the node has a page of every kind that the model uses. */
bool          engine_kv_node_complete (const EngineKv *kv, const EngineKvNode *node);

/* How many of the first `n` cells the node begins with. */
int32_t       engine_kv_common_cells (const EngineKvNode *node, const uint64_t *cells, int32_t n);
/* The child that agrees longest with the cells; of equals one that has lost nothing. */
EngineKvNode *engine_kv_child_find (const EngineKv *kv, const EngineKvNode *parent, uint64_t salt, const uint64_t *cells, int32_t n,
                                    int32_t *n_common);

/* A free page, taken from whoever needs it least; ENGINE_NO_PAGE when all pages of the kind are
 * pinned or being written. */
uint32_t      engine_kv_page_take (EngineKv *kv, int kind);
void          engine_kv_page_free (EngineKv *kv, int kind, uint32_t page);
