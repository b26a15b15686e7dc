/* SPDX-License-Identifier: MIT */
/* The tree of cached pages: nodes, the pools, and who is evicted. */
#include "kv-private.h"

#include <assert.h>

/* ---- what is particular to a kind ---------------------------------------- */

static int32_t
full_reads (const EngineKv *kv, int32_t position)
{
  return 0;
}

static int32_t
full_resume (const EngineKv *kv, EngineKvNode *const *path, int32_t position)
{
  for (int32_t i = 0; i * PAGE < position; i++)
    if (path[i]->page[ENGINE_CACHE_FULL] == ENGINE_NO_PAGE)
      return i * PAGE;
  return position;
}

/* Leaves go last in any case. */
static int32_t
full_rests (const EngineKv *kv, int32_t position)
{
  return position;
}

static int32_t
window_reads (const EngineKv *kv, int32_t position)
{
  return ENGINE_MAX (0, position - kv->window + 1);
}

/* A missing page that the window still sees moves the answer before that page. */
static int32_t
window_resume (const EngineKv *kv, EngineKvNode *const *path, int32_t position)
{
  for (int32_t i = (position - 1) / PAGE; position > 0 && i >= window_reads (kv, position) / PAGE; i--)
    if (path[i]->page[ENGINE_CACHE_WINDOW] == ENGINE_NO_PAGE)
      position = i * PAGE;
  return position;
}

/* A state stands for all positions before, but only the latest is read. */
static int32_t
state_reads (const EngineKv *kv, int32_t position)
{
  return ENGINE_MAX (0, position - 1);
}

static int32_t
state_resume (const EngineKv *kv, EngineKvNode *const *path, int32_t position)
{
  for (; position > 0; position = (position - 1) / PAGE * PAGE) {
    const EngineKvNode *node = path[(position - 1) / PAGE];

    if (node->page[ENGINE_CACHE_STATE] != ENGINE_NO_PAGE && node->n_cells == (position - 1) % PAGE + 1)
      break;
  }
  return position;
}

/* The state at the end of the page before: where the same prompt, whose last token must be evaluated, goes on. */
static int32_t
state_rests (const EngineKv *kv, int32_t position)
{
  return ENGINE_MAX (0, (position - 1) / PAGE - 1) * PAGE;
}

/* ---- nodes and pages ------------------------------------------------------ */

void
engine_kv_node_link (EngineKv *kv, EngineKvNode *parent, EngineKvNode *node)
{
  node->parent = parent;
  node->sibling = parent->child;
  parent->child = node;
  node->index = kv->n_nodes;
  kv->nodes[kv->n_nodes++] = node;
}

void
engine_kv_page_free (EngineKv *kv, int kind, uint32_t page)
{
  EngineKvPool *pool = &kv->pools[kind];

  if (page != ENGINE_NO_PAGE)
    pool->free[pool->n_free++] = page;
}

void
engine_kv_node_remove (EngineKv *kv, EngineKvNode *node)
{
  EngineKvNode **link = &node->parent->child;

  while (*link != node)
    link = &(*link)->sibling;
  *link = node->sibling;
  kv->nodes[node->index] = kv->nodes[--kv->n_nodes];
  kv->nodes[node->index]->index = node->index;
  for (int k = 0; k < KINDS; k++)
    engine_kv_page_free (kv, k, node->page[k]);
  free (node);
}

bool
engine_kv_node_pinned (const EngineKvNode *node)
{
  for (int k = 0; k < KINDS; k++)
    if (node->pins[k])
      return true;
  return false;
}

/* Removes a leaf that holds nothing, and its parents likewise. */
static void
node_prune (EngineKv *kv, EngineKvNode *node)
{
  while (node != &kv->root && !node->child && !engine_kv_node_pinned (node)) {
    EngineKvNode *parent = node->parent;

    for (int k = 0; k < KINDS; k++)
      if (node->page[k] != ENGINE_NO_PAGE)
        return;
    engine_kv_node_remove (kv, node);
    node = parent;
  }
}

/* A page of the full kind goes with its node, leaves first. */
static bool
evict_leaf (EngineKv *kv, int kind)
{
  EngineKvNode *oldest = NULL, *parent;
  uint64_t oldest_use = 0;

  for (uint32_t i = 0; i < kv->n_nodes; i++) {
    EngineKvNode *node = kv->nodes[i];
    uint64_t use = 0;

    if (node->child || engine_kv_node_pinned (node))
      continue;
    for (int k = 0; k < KINDS; k++)
      use = ENGINE_MAX (use, node->used[k]);
    if (!oldest || use < oldest_use) {
      oldest = node;
      oldest_use = use;
    }
  }
  if (!oldest)
    return false;
  for (int k = 0; k < KINDS; k++)
    kv->pools[k].evicted += oldest->page[k] != ENGINE_NO_PAGE;
  parent = oldest->parent;
  engine_kv_node_remove (kv, oldest);
  node_prune (kv, parent);
  return true;
}

static bool
evict_page (EngineKv *kv, int k)
{
  EngineKvNode *oldest = NULL;

  for (uint32_t i = 0; i < kv->n_nodes; i++) {
    EngineKvNode *node = kv->nodes[i];

    if (node->page[k] == ENGINE_NO_PAGE || node->pins[k])
      continue;
    if (!oldest || node->rests < oldest->rests ||
        (node->rests == oldest->rests && node->used[k] < oldest->used[k]))
      oldest = node;
  }
  if (!oldest)
    return false;
  engine_kv_page_free (kv, k, oldest->page[k]);
  oldest->page[k] = ENGINE_NO_PAGE;
  oldest->rests = false;
  kv->pools[k].evicted++;
  node_prune (kv, oldest);
  return true;
}

const EngineKvKind engine_kv_kinds[KINDS] = {
  [ENGINE_CACHE_FULL] = { full_reads, full_resume, full_rests, evict_leaf, false },
  [ENGINE_CACHE_WINDOW] = { window_reads, window_resume, window_reads, evict_page, false },
  [ENGINE_CACHE_STATE] = { state_reads, state_resume, state_rests, evict_page, true },
};

uint32_t
engine_kv_page_take (EngineKv *kv, int kind)
{
  EngineKvPool *pool = &kv->pools[kind];

  while (!pool->n_free)
    if (!engine_kv_kinds[kind].evict (kv, kind))
      return ENGINE_NO_PAGE;
  return pool->free[--pool->n_free];
}

int32_t
engine_kv_common_cells (const EngineKvNode *node, const uint64_t *cells, int32_t n)
{
  int32_t i = 0;

  n = ENGINE_MIN (n, node->n_cells);
  while (i < n && node->cells[i] == cells[i])
    i++;
  return i;
}

bool
engine_kv_node_complete (const EngineKv *kv, const EngineKvNode *node)
{
  for (int k = 0; k < KINDS; k++)
    if (engine_kv_kind_used (kv, k) && node->page[k] == ENGINE_NO_PAGE)
      return false;
  return true;
}

EngineKvNode *
engine_kv_child_find (const EngineKv *kv, const EngineKvNode *parent, uint64_t salt, const uint64_t *cells, int32_t n, int32_t *n_common)
{
  EngineKvNode *best = NULL;

  *n_common = 0;
  for (EngineKvNode *child = parent->child; child; child = child->sibling) {
    int32_t common = child->salt == salt ? engine_kv_common_cells (child, cells, n) : 0;

    if (common > *n_common || (best && common == *n_common && !engine_kv_node_complete (kv, best) && engine_kv_node_complete (kv, child))) {
      best = child;
      *n_common = common;
    }
  }
  return best;
}

/* ---- the cache ------------------------------------------------------------ */

EngineKv *
engine_kv_new (const EngineKvOptions *options, EngineError *error)
{
  EngineKv *kv = engine_calloc (1, sizeof *kv, error);

  if (!kv)
    return NULL;
  kv->backend = options->backend;
  kv->store = options->store;
  kv->window = ENGINE_MAX (1, options->window);
  kv->root.n_cells = PAGE;
  for (int k = 0; k < KINDS; k++) {
    EngineKvPool *pool = &kv->pools[k];

    kv->root.page[k] = ENGINE_NO_PAGE;
    pool->n_pages = options->n_pages[k];
    pool->free = engine_calloc (pool->n_pages, sizeof *pool->free, error);
    if (!pool->free) {
      engine_kv_free (kv);
      return NULL;
    }
    while (pool->n_free < pool->n_pages) {
      pool->free[pool->n_free] = pool->n_pages - 1 - pool->n_free;
      pool->n_free++;
    }
  }
  return kv;
}

void
engine_kv_free (EngineKv *kv)
{
  if (!kv)
    return;
  assert (kv->n_sequences == 0);
  for (uint32_t i = 0; i < kv->n_nodes; i++)
    free (kv->nodes[i]);
  for (int k = 0; k < KINDS; k++)
    free (kv->pools[k].free);
  free (kv->nodes);
  free (kv);
}

void
engine_kv_stats (const EngineKv *kv, EngineKvStats *stats)
{
  *stats = (EngineKvStats) { .n_nodes = kv->n_nodes };
  for (int k = 0; k < KINDS; k++) {
    stats->free_pages[k] = kv->pools[k].n_free;
    stats->evicted[k] = kv->pools[k].evicted;
  }
  for (uint32_t i = 0; i < kv->n_nodes; i++)
    for (int k = 0; k < KINDS; k++)
      stats->tree_pages[k] += kv->nodes[i]->page[k] != ENGINE_NO_PAGE;
}
