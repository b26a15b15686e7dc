/* SPDX-License-Identifier: MIT */
#include "kv.h"

#include <assert.h>
#include <string.h>

#define PAGE ENGINE_PAGE_TOKENS
#define KINDS ENGINE_N_CACHE_KINDS

/* Invariants: n_cells == PAGE where there are children; a pinned node's ancestors are
 * pinned in the full kind; pins[k] > 0 implies page[k] is there if the kind is used. */
typedef struct Node {
  struct Node *parent, *child, *sibling;
  uint64_t     salt;           /* compared below the root only */
  int32_t      n_cells;
  uint32_t     index;          /* in EngineKv.nodes */
  uint32_t     page[KINDS];    /* ENGINE_NO_PAGE: lost, or a kind that is not used */
  uint32_t     pins[KINDS];
  uint64_t     used[KINDS];    /* the clock when the page was needed last */
  bool         rests;          /* a window's way back to a resting place */
  uint64_t     cells[PAGE];
} Node;

typedef struct {
  uint32_t *free;              /* stack of free page numbers */
  uint32_t  n_free, n_pages;
  uint64_t  evicted;
} Pool;

struct EngineKv {
  EngineBackend    *backend;
  EngineCacheStore *store;
  int32_t           window;
  Pool              pools[KINDS];
  Node              root;
  Node            **nodes;     /* all but the root */
  uint32_t          n_nodes, nodes_capacity;
  uint32_t          n_sequences;
  uint64_t          clock;
};

/* Pages 0 … n_path - 1 belong to the nodes of the path, the rest to the sequence. Of kind k
 * the pages before first[k] are ENGINE_NO_PAGE and not pinned. */
struct EngineKvSequence {
  EngineKv  *kv;
  uint64_t   salt;
  uint64_t  *cells;
  int32_t    n_cells, cells_capacity;
  int32_t    n;                /* evaluated */
  Node     **path;
  int32_t    n_path;
  uint32_t  *pages[KINDS];
  int32_t    n_pages, pages_capacity;
  int32_t    first[KINDS];
  int32_t    rest_first, rest_end; /* pages before the last resting place, for nodes to come */
};

static inline bool
kind_used (const EngineKv *kv, int kind)
{
  return kv->pools[kind].n_pages > 0;
}

/* ---- what is particular to a kind ---------------------------------------- */

/* `reads`: the first position that a token at `position` reads.
 * `resume`: the deepest position up to `position` at which a sequence along `path` can go on. */
typedef struct {
  int32_t (*reads) (const EngineKv *kv, int32_t position);
  int32_t (*resume) (const EngineKv *kv, Node *const *path, int32_t position);
} Kind;

static int32_t
full_reads (const EngineKv *kv, int32_t position)
{
  return 0;
}

static int32_t
full_resume (const EngineKv *kv, Node *const *path, int32_t position)
{
  for (int32_t i = 0; i * PAGE < position; i++)
    if (path[i]->page[ENGINE_CACHE_FULL] == ENGINE_NO_PAGE)
      return i * PAGE;
  return position;
}

static int32_t
window_reads (const EngineKv *kv, int32_t position)
{
  return ENGINE_MAX (0, position - kv->window + 1);
}

/* A missing page that the window still sees moves the answer before that page. */
static int32_t
window_resume (const EngineKv *kv, Node *const *path, int32_t position)
{
  for (int32_t i = (position - 1) / PAGE; position > 0 && i >= window_reads (kv, position) / PAGE; i--)
    if (path[i]->page[ENGINE_CACHE_WINDOW] == ENGINE_NO_PAGE)
      position = i * PAGE;
  return position;
}

static const Kind kinds[KINDS] = {
  [ENGINE_CACHE_FULL] = { full_reads, full_resume },
  [ENGINE_CACHE_WINDOW] = { window_reads, window_resume },
};

/* ---- nodes and pages ------------------------------------------------------ */

static void
node_link (EngineKv *kv, Node *parent, Node *node)
{
  node->parent = parent;
  node->sibling = parent->child;
  parent->child = node;
  node->index = kv->n_nodes;
  kv->nodes[kv->n_nodes++] = node;
}

static void
page_free (EngineKv *kv, int kind, uint32_t page)
{
  Pool *pool = &kv->pools[kind];

  if (page != ENGINE_NO_PAGE)
    pool->free[pool->n_free++] = page;
}

static void
node_remove (EngineKv *kv, Node *node)
{
  Node **link = &node->parent->child;

  while (*link != node)
    link = &(*link)->sibling;
  *link = node->sibling;
  kv->nodes[node->index] = kv->nodes[--kv->n_nodes];
  kv->nodes[node->index]->index = node->index;
  for (int k = 0; k < KINDS; k++)
    page_free (kv, k, node->page[k]);
  free (node);
}

static bool
node_pinned (const Node *node)
{
  for (int k = 0; k < KINDS; k++)
    if (node->pins[k])
      return true;
  return false;
}

/* Removes a leaf that holds nothing, and its parents likewise. */
static void
node_prune (EngineKv *kv, Node *node)
{
  while (node != &kv->root && !node->child && !node_pinned (node)) {
    Node *parent = node->parent;

    for (int k = 0; k < KINDS; k++)
      if (node->page[k] != ENGINE_NO_PAGE)
        return;
    node_remove (kv, node);
    node = parent;
  }
}

/* A page of the full kind goes with its node, leaves first. */
static bool
evict_leaf (EngineKv *kv)
{
  Node *oldest = NULL, *parent;
  uint64_t oldest_use = 0;

  for (uint32_t i = 0; i < kv->n_nodes; i++) {
    Node *node = kv->nodes[i];
    uint64_t use = 0;

    if (node->child || node_pinned (node))
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
  node_remove (kv, oldest);
  node_prune (kv, parent);
  return true;
}

static bool
evict_window_page (EngineKv *kv)
{
  const int k = ENGINE_CACHE_WINDOW;
  Node *oldest = NULL;

  for (uint32_t i = 0; i < kv->n_nodes; i++) {
    Node *node = kv->nodes[i];

    if (node->page[k] == ENGINE_NO_PAGE || node->pins[k])
      continue;
    if (!oldest || node->rests < oldest->rests ||
        (node->rests == oldest->rests && node->used[k] < oldest->used[k]))
      oldest = node;
  }
  if (!oldest)
    return false;
  page_free (kv, k, oldest->page[k]);
  oldest->page[k] = ENGINE_NO_PAGE;
  oldest->rests = false;
  kv->pools[k].evicted++;
  node_prune (kv, oldest);
  return true;
}

/* ENGINE_NO_PAGE when all pages of the kind are pinned or being written. */
static uint32_t
page_take (EngineKv *kv, int kind)
{
  Pool *pool = &kv->pools[kind];

  while (!pool->n_free)
    if (!(kind == ENGINE_CACHE_WINDOW ? evict_window_page (kv) : evict_leaf (kv)))
      return ENGINE_NO_PAGE;
  return pool->free[--pool->n_free];
}

static int32_t
common_cells (const Node *node, const uint64_t *cells, int32_t n)
{
  int32_t i = 0;

  n = ENGINE_MIN (n, node->n_cells);
  while (i < n && node->cells[i] == cells[i])
    i++;
  return i;
}

static bool
node_complete (const EngineKv *kv, const Node *node)
{
  for (int k = 0; k < KINDS; k++)
    if (kind_used (kv, k) && node->page[k] == ENGINE_NO_PAGE)
      return false;
  return true;
}

/* The child that agrees longest with the cells; of equals one that has lost nothing. */
static Node *
child_find (const EngineKv *kv, const Node *parent, uint64_t salt, const uint64_t *cells, int32_t n, int32_t *n_common)
{
  Node *best = NULL;

  *n_common = 0;
  for (Node *child = parent->child; child; child = child->sibling) {
    int32_t common = child->salt == salt ? common_cells (child, cells, n) : 0;

    if (common > *n_common || (best && common == *n_common && !node_complete (kv, best) && node_complete (kv, child))) {
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
    Pool *pool = &kv->pools[k];

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

/* ---- sequences ------------------------------------------------------------ */

EngineKvSequence *
engine_kv_sequence_new (EngineKv *kv, uint64_t salt, EngineError *error)
{
  EngineKvSequence *sequence = engine_calloc (1, sizeof *sequence, error);

  if (!sequence)
    return NULL;
  sequence->kv = kv;
  sequence->salt = salt;
  kv->n_sequences++;
  return sequence;
}

int32_t
engine_kv_evaluated (const EngineKvSequence *sequence)
{
  return sequence->n;
}

EngineBatchSequence
engine_kv_pages (const EngineKvSequence *sequence)
{
  EngineBatchSequence batch = { .n_pages = sequence->n_pages };

  for (int k = 0; k < KINDS; k++)
    batch.pages[k] = sequence->pages[k];
  return batch;
}

bool
engine_kv_append (EngineKvSequence *sequence, const uint64_t *cells, size_t n_cells, EngineError *error)
{
  size_t n = (size_t) sequence->n_cells + n_cells;

  if (n > INT32_MAX / 4)
    return engine_fail (error, ENGINE_NO_MEMORY, "A sequence of %zu tokens is too long.", n);
  if (n > (size_t) sequence->cells_capacity) {
    size_t capacity = ENGINE_MAX (n, (size_t) sequence->cells_capacity * 2);
    size_t n_pages = capacity / PAGE + 1;
    void *memory;

    /* Everything that grows with the cells grows here, so that nothing later can fail:
     * the path, the page lists, and a place for every node of this sequence. */
    if (!(memory = realloc (sequence->cells, capacity * sizeof *sequence->cells)))
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a sequence of %zu tokens.", n);
    sequence->cells = memory;
    if (!(memory = realloc (sequence->path, n_pages * sizeof *sequence->path)))
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a sequence of %zu tokens.", n);
    sequence->path = memory;
    for (int k = 0; k < KINDS; k++) {
      if (!(memory = realloc (sequence->pages[k], n_pages * sizeof *sequence->pages[k])))
        return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a sequence of %zu tokens.", n);
      sequence->pages[k] = memory;
    }
    sequence->cells_capacity = (int32_t) capacity;
    sequence->pages_capacity = (int32_t) n_pages;
  }
  memcpy (sequence->cells + sequence->n_cells, cells, n_cells * sizeof *cells);
  sequence->n_cells = (int32_t) n;
  return true;
}

/* Gives back the pages that the sequence owns from page `from` on. */
static void
pages_drop (EngineKvSequence *sequence, int32_t from)
{
  while (sequence->n_pages > from) {
    sequence->n_pages--;
    for (int k = 0; k < KINDS; k++)
      page_free (sequence->kv, k, sequence->pages[k][sequence->n_pages]);
  }
}

/* One more page of each used kind at the end of the sequence. */
static bool
pages_add (EngineKvSequence *sequence)
{
  EngineKv *kv = sequence->kv;
  uint32_t page[KINDS];

  for (int k = 0; k < KINDS; k++) {
    page[k] = ENGINE_NO_PAGE;
    if (kind_used (kv, k) && (page[k] = page_take (kv, k)) == ENGINE_NO_PAGE) {
      while (k-- > 0)
        page_free (kv, k, page[k]);
      return false;
    }
  }
  assert (sequence->n_pages < sequence->pages_capacity);
  for (int k = 0; k < KINDS; k++)
    sequence->pages[k][sequence->n_pages] = page[k];
  sequence->n_pages++;
  return true;
}

/* Lets go of the pages that no later position reads. */
static void
leave_behind (EngineKvSequence *sequence)
{
  for (int k = 0; k < KINDS; k++) {
    int32_t first = ENGINE_MIN (kinds[k].reads (sequence->kv, sequence->n) / PAGE, sequence->n_path);

    for (; sequence->first[k] < first; sequence->first[k]++) {
      sequence->path[sequence->first[k]]->pins[k]--;
      sequence->pages[k][sequence->first[k]] = ENGINE_NO_PAGE;
    }
  }
}

/* The node becomes page n_path of the sequence, and pinned. */
static void
path_push (EngineKvSequence *sequence, Node *node)
{
  int32_t i = sequence->n_path++;

  sequence->path[i] = node;
  for (int k = 0; k < KINDS; k++) {
    node->pins[k]++;
    sequence->pages[k][i] = node->page[k];
  }
  if (i >= sequence->rest_first && i < sequence->rest_end)
    node->rests = true;
}

/* The deepest position up to `position` at which every kind can go on along `path`. */
static int32_t
deepest_resume (const EngineKv *kv, Node *const *path, int32_t position)
{
  int32_t previous;

  do {
    previous = position;
    for (int k = 0; k < KINDS; k++)
      if (kind_used (kv, k))
        position = kinds[k].resume (kv, path, position);
  } while (position < previous);
  return position;
}

/* Gives the sequence, at a page boundary, a page with the first cells of `node`. */
static bool
copy_part (EngineKvSequence *sequence, Node *node, int32_t n_cells)
{
  EngineKv *kv = sequence->kv;
  int32_t i = sequence->n_pages;

  if (!pages_add (sequence))
    return false;
  for (int k = 0; k < KINDS; k++)
    if (kind_used (kv, k)) {
      node->used[k] = kv->clock;
      kv->backend->klass->cache_copy (kv->backend, kv->store, k, node->page[k], sequence->pages[k][i], n_cells);
    }
  return true;
}

int32_t
engine_kv_resume (EngineKvSequence *sequence, int32_t limit)
{
  EngineKv *kv = sequence->kv;
  int32_t start = sequence->n, n_before = sequence->n_path, depth = n_before;
  int32_t position = start, common = PAGE, n_found, reads[KINDS];
  Node *parent = depth ? sequence->path[depth - 1] : &kv->root;

  limit = ENGINE_MIN (limit, sequence->n_cells);
  if (start != n_before * PAGE || start >= limit)
    return 0;
  kv->clock++;
  pages_drop (sequence, n_before);

  /* The path beyond n_path is a scratch list until it is pushed; its last node may agree
   * in part only. */
  while (position < limit && common == PAGE) {
    Node *node = child_find (kv, parent, sequence->salt, sequence->cells + position, limit - position, &common);

    if (!node)
      break;
    sequence->path[depth++] = parent = node;
    position += common;
  }
  n_found = depth;
  position = deepest_resume (kv, sequence->path, position);

  /* Making room for a copy must not take away what was found and is still read. */
  for (int k = 0; k < KINDS; k++) {
    reads[k] = ENGINE_MAX (n_before, kinds[k].reads (kv, position) / PAGE);
    for (int32_t i = reads[k]; i < n_found; i++)
      sequence->path[i]->pins[k]++;
  }
  sequence->n_pages = depth = position / PAGE;
  if (position > start && position % PAGE && !copy_part (sequence, sequence->path[depth], position % PAGE)) {
    position = deepest_resume (kv, sequence->path, depth * PAGE);
    depth = position / PAGE;
  }
  for (int k = 0; k < KINDS; k++)
    for (int32_t i = reads[k]; i < n_found; i++)
      sequence->path[i]->pins[k]--;

  if (position <= start) {
    sequence->n_pages = n_before;
    return 0;
  }
  sequence->n_pages = depth + (position % PAGE != 0);
  while (sequence->n_path < depth)
    path_push (sequence, sequence->path[sequence->n_path]);
  sequence->n = position;
  leave_behind (sequence);
  for (int k = 0; k < KINDS; k++)
    for (int32_t i = ENGINE_MAX (n_before, sequence->first[k]); i < depth; i++)
      sequence->path[i]->used[k] = kv->clock;
  return position - start;
}

bool
engine_kv_reserve (EngineKvSequence *sequence, int32_t n_tokens)
{
  int32_t had = sequence->n_pages;

  assert (sequence->n + n_tokens <= sequence->n_cells);
  while (sequence->n_pages * PAGE < sequence->n + n_tokens)
    if (!pages_add (sequence)) {
      pages_drop (sequence, had);
      return false;
    }
  return true;
}

/* Puts the first page that the sequence owns, with `n_cells` cells, into the tree. Where the
 * tree holds the same already, ours is given back, but for a page that the other has lost.
 * A node that says more and has lost a page cannot take ours; then both stay. */
static Node *
insert_page (EngineKvSequence *sequence, int32_t n_cells)
{
  EngineKv *kv = sequence->kv;
  int32_t i = sequence->n_path, common;
  Node *parent = i ? sequence->path[i - 1] : &kv->root;
  const uint64_t *cells = sequence->cells + i * PAGE;
  Node *node = child_find (kv, parent, sequence->salt, cells, n_cells, &common);

  if (node && common == n_cells && (node->n_cells == n_cells || node_complete (kv, node))) {
    for (int k = 0; k < KINDS; k++) {
      if (node->page[k] == ENGINE_NO_PAGE)
        node->page[k] = sequence->pages[k][i];
      else
        page_free (kv, k, sequence->pages[k][i]);
    }
    return node;
  }

  if (kv->n_nodes == kv->nodes_capacity) {
    uint32_t capacity = kv->nodes_capacity ? kv->nodes_capacity * 2 : 64;
    Node **nodes = realloc (kv->nodes, capacity * sizeof *nodes);

    if (!nodes)
      return NULL;
    kv->nodes = nodes;
    kv->nodes_capacity = capacity;
  }
  node = calloc (1, sizeof *node);
  if (!node)
    return NULL;
  node->salt = sequence->salt;
  node->n_cells = n_cells;
  memcpy (node->cells, cells, n_cells * sizeof *cells);
  for (int k = 0; k < KINDS; k++)
    node->page[k] = sequence->pages[k][i];

  /* Leaves that say only the beginning of what the new node says are of no more use. */
  for (Node *child = parent->child, *next; child; child = next) {
    next = child->sibling;
    if (child->salt == node->salt && child->n_cells < n_cells && !node_pinned (child) &&
        common_cells (child, cells, n_cells) == child->n_cells) {
      node->rests |= child->rests;
      node_remove (kv, child);
    }
  }
  node_link (kv, parent, node);
  return node;
}

void
engine_kv_commit (EngineKvSequence *sequence, int32_t n_tokens)
{
  EngineKv *kv = sequence->kv;

  sequence->n += n_tokens;
  assert (sequence->n <= sequence->n_cells && sequence->n <= sequence->n_pages * PAGE);
  kv->clock++;
  while ((sequence->n_path + 1) * PAGE <= sequence->n) {
    Node *node = insert_page (sequence, PAGE);

    /* Without memory for a node the page stays the sequence's own; later ones too. */
    if (!node)
      break;
    path_push (sequence, node);
    for (int k = 0; k < KINDS; k++)
      node->used[k] = kv->clock;
  }
  leave_behind (sequence);
}

void
engine_kv_rest (EngineKvSequence *sequence)
{
  EngineKv *kv = sequence->kv;

  if (!kind_used (kv, ENGINE_CACHE_WINDOW) || !sequence->n)
    return;
  sequence->rest_first = window_reads (kv, sequence->n) / PAGE;
  sequence->rest_end = (sequence->n - 1) / PAGE + 1;
  for (int32_t i = sequence->rest_first; i < ENGINE_MIN (sequence->rest_end, sequence->n_path); i++)
    sequence->path[i]->rests = true;
}

void
engine_kv_sequence_free (EngineKvSequence *sequence)
{
  EngineKv *kv;

  if (!sequence)
    return;
  kv = sequence->kv;
  kv->clock++;
  engine_kv_rest (sequence);

  /* The unfinished page becomes a leaf. */
  if (sequence->n > sequence->n_path * PAGE && sequence->n - sequence->n_path * PAGE < PAGE) {
    Node *leaf;

    pages_drop (sequence, sequence->n_path + 1);
    leaf = insert_page (sequence, sequence->n - sequence->n_path * PAGE);
    if (leaf) {
      sequence->n_pages--;
      leaf->rests = true;
      for (int k = 0; k < KINDS; k++)
        leaf->used[k] = kv->clock;
    }
  }
  pages_drop (sequence, sequence->n_path);
  for (int32_t i = 0; i < sequence->n_path; i++)
    for (int k = 0; k < KINDS; k++)
      if (i >= sequence->first[k]) {
        sequence->path[i]->pins[k]--;
        sequence->path[i]->used[k] = kv->clock;
      }

  for (int k = 0; k < KINDS; k++)
    free (sequence->pages[k]);
  free (sequence->path);
  free (sequence->cells);
  free (sequence);
  kv->n_sequences--;
}
