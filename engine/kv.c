/* SPDX-License-Identifier: MIT */
/* Sequences: how a request finds its way in the tree, and what it leaves there. */
#include "kv-private.h"

#include <assert.h>
#include <string.h>

/* Pages 0 … n_path - 1 belong to the nodes of the path, the rest to the sequence. Of kind k
 * the pages before first[k] are ENGINE_NO_PAGE and not pinned. `state` is the page with the state after
 * position n - 1; in the middle of a page it is in no list, for the one that is there will take the next state. */
struct EngineKvSequence {
  EngineKv  *kv;
  uint64_t   salt;
  uint64_t  *cells;
  int32_t    n_cells, cells_capacity;
  int32_t    n;                /* evaluated */
  EngineKvNode     **path;
  int32_t    n_path;
  uint32_t  *pages[KINDS];
  int32_t    n_pages, pages_capacity;
  int32_t    first[KINDS];
  int32_t    rest_first, rest_end; /* pages before the last resting place, for nodes to come */
  uint32_t   state;
};

EngineKvSequence *
engine_kv_sequence_new (EngineKv *kv, uint64_t salt, EngineError *error)
{
  EngineKvSequence *sequence = engine_calloc (1, sizeof *sequence, error);

  if (!sequence)
    return NULL;
  sequence->kv = kv;
  sequence->salt = salt;
  sequence->state = ENGINE_NO_PAGE;
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
  EngineBatchSequence batch = { .n_pages = sequence->n_pages, .state = sequence->state };

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

void
engine_kv_forget (EngineKvSequence *sequence, int32_t n_cells)
{
  assert (n_cells >= sequence->n && n_cells <= sequence->n_cells);
  sequence->n_cells = n_cells;
}

/* Gives back the pages that the sequence owns from page `from` on. */
static void
pages_drop (EngineKvSequence *sequence, int32_t from)
{
  while (sequence->n_pages > from) {
    sequence->n_pages--;
    for (int k = 0; k < KINDS; k++)
      engine_kv_page_free (sequence->kv, k, sequence->pages[k][sequence->n_pages]);
  }
}

/* One more page of each used kind, but for sparse ones, at the end of the sequence. */
static bool
pages_add (EngineKvSequence *sequence)
{
  EngineKv *kv = sequence->kv;
  uint32_t page[KINDS];

  for (int k = 0; k < KINDS; k++) {
    page[k] = ENGINE_NO_PAGE;
    if (engine_kv_kind_used (kv, k) && !engine_kv_kinds[k].sparse && (page[k] = engine_kv_page_take (kv, k)) == ENGINE_NO_PAGE) {
      while (k-- > 0)
        engine_kv_page_free (kv, k, page[k]);
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
    int32_t first = ENGINE_MIN (engine_kv_kinds[k].reads (sequence->kv, sequence->n) / PAGE, sequence->n_path);

    for (; sequence->first[k] < first; sequence->first[k]++) {
      sequence->path[sequence->first[k]]->pins[k]--;
      sequence->pages[k][sequence->first[k]] = ENGINE_NO_PAGE;
    }
  }
}

/* The node becomes page n_path of the sequence, and pinned. */
static void
path_push (EngineKvSequence *sequence, EngineKvNode *node)
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
deepest_resume (const EngineKv *kv, EngineKvNode *const *path, int32_t position)
{
  int32_t previous;

  do {
    previous = position;
    for (int k = 0; k < KINDS; k++)
      if (engine_kv_kind_used (kv, k))
        position = engine_kv_kinds[k].resume (kv, path, position);
  } while (position < previous);
  return position;
}

/* Gives the sequence, at a page boundary, pages with the first cells of those of each kind. */
static bool
copy_pages (EngineKvSequence *sequence, const uint32_t *pages, int32_t n_cells)
{
  EngineKv *kv = sequence->kv;
  int32_t i = sequence->n_pages;
  uint32_t state = ENGINE_NO_PAGE;

  if (!pages_add (sequence))
    return false;
  if (engine_kv_kind_used (kv, ENGINE_CACHE_STATE) && (state = engine_kv_page_take (kv, ENGINE_CACHE_STATE)) == ENGINE_NO_PAGE) {
    pages_drop (sequence, i);
    return false;
  }
  for (int k = 0; k < KINDS; k++)
    if (engine_kv_kind_used (kv, k))
      kv->backend->klass->cache_copy (kv->backend, kv->store, k, pages[k], engine_kv_kinds[k].sparse ? state : sequence->pages[k][i], n_cells);
  sequence->state = state;
  return true;
}

static bool
copy_part (EngineKvSequence *sequence, EngineKvNode *node, int32_t n_cells)
{
  for (int k = 0; k < KINDS; k++)
    if (engine_kv_kind_used (sequence->kv, k))
      node->used[k] = sequence->kv->clock;
  return copy_pages (sequence, node->page, n_cells);
}

/* The state after a whole page is where that page's node keeps it. */
static void
find_state (EngineKvSequence *sequence)
{
  if (sequence->n > 0 && sequence->n % PAGE == 0)
    sequence->state = sequence->pages[ENGINE_CACHE_STATE][sequence->n / PAGE - 1];
}

int32_t
engine_kv_resume (EngineKvSequence *sequence, int32_t limit)
{
  EngineKv *kv = sequence->kv;
  int32_t start = sequence->n, n_before = sequence->n_path, depth = n_before;
  int32_t position = start, common = PAGE, n_found, reads[KINDS];
  EngineKvNode *parent = depth ? sequence->path[depth - 1] : &kv->root;

  limit = ENGINE_MIN (limit, sequence->n_cells);
  if (start != n_before * PAGE || start >= limit)
    return 0;
  kv->clock++;
  pages_drop (sequence, n_before);

  /* The path beyond n_path is a scratch list until it is pushed; its last node may agree
   * in part only. */
  while (position < limit && common == PAGE) {
    EngineKvNode *node = engine_kv_child_find (kv, parent, sequence->salt, sequence->cells + position, limit - position, &common);

    if (!node)
      break;
    sequence->path[depth++] = parent = node;
    position += common;
  }
  n_found = depth;
  position = deepest_resume (kv, sequence->path, position);

  /* Making room for a copy must not take away what was found and is still read. */
  for (int k = 0; k < KINDS; k++) {
    reads[k] = ENGINE_MAX (n_before, engine_kv_kinds[k].reads (kv, position) / PAGE);
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
  find_state (sequence);
  for (int k = 0; k < KINDS; k++)
    for (int32_t i = ENGINE_MAX (n_before, sequence->first[k]); i < depth; i++)
      sequence->path[i]->used[k] = kv->clock;
  return position - start;
}

EngineKvSequence *
engine_kv_fork (const EngineKvSequence *of)
{
  EngineKv *kv = of->kv;
  EngineKvSequence *sequence;
  int32_t n_cells = of->n - of->n_path * PAGE;
  uint32_t pages[KINDS];

  /* Whole pages for which there was no memory in the tree cannot be shared. */
  if (of->n == 0 || n_cells >= PAGE)
    return NULL;
  sequence = engine_kv_sequence_new (kv, of->salt, NULL);
  if (!sequence || !engine_kv_append (sequence, of->cells, (size_t) of->n, NULL)) {
    engine_kv_sequence_free (sequence);
    return NULL;
  }
  for (int32_t i = 0; i < of->n_path; i++) {
    sequence->path[i] = of->path[i];
    for (int k = 0; k < KINDS; k++) {
      bool read = i >= of->first[k];

      sequence->path[i]->pins[k] += read;
      sequence->pages[k][i] = read ? of->path[i]->page[k] : ENGINE_NO_PAGE;
    }
  }
  memcpy (sequence->first, of->first, sizeof of->first);
  sequence->n_path = sequence->n_pages = of->n_path;
  sequence->n = of->n_path * PAGE;
  for (int k = 0; k < KINDS; k++)
    pages[k] = n_cells == 0 ? ENGINE_NO_PAGE : engine_kv_kinds[k].sparse ? of->state : of->pages[k][of->n_path];
  if (n_cells > 0 && !copy_pages (sequence, pages, n_cells)) {
    engine_kv_sequence_free (sequence);
    return NULL;
  }
  sequence->n = of->n;
  find_state (sequence);
  return sequence;
}

/* Pages for the states after the next `n_tokens` positions and, if there is one to be had, after the page before. */
static bool
states_add (EngineKvSequence *sequence, int32_t n_tokens)
{
  EngineKv *kv = sequence->kv;
  uint32_t *pages = sequence->pages[ENGINE_CACHE_STATE];
  int32_t last = (sequence->n + n_tokens - 1) / PAGE;

  if (!engine_kv_kind_used (kv, ENGINE_CACHE_STATE))
    return true;
  for (int32_t i = last; i >= ENGINE_MAX (last - 1, sequence->n / PAGE); i--)
    if (pages[i] == ENGINE_NO_PAGE)
      pages[i] = engine_kv_page_take (kv, ENGINE_CACHE_STATE);
  return pages[last] != ENGINE_NO_PAGE;
}

bool
engine_kv_reserve (EngineKvSequence *sequence, int32_t n_tokens)
{
  int32_t had = sequence->n_pages;

  assert (n_tokens > 0 && sequence->n + n_tokens <= sequence->n_cells);
  while (sequence->n_pages * PAGE < sequence->n + n_tokens)
    if (!pages_add (sequence)) {
      pages_drop (sequence, had);
      return false;
    }
  if (states_add (sequence, n_tokens))
    return true;
  pages_drop (sequence, had);
  return false;
}

/* Puts the first page that the sequence owns, with `n_cells` cells, into the tree. Where the
 * tree holds the same already, ours is given back, but for a page that the other has lost.
 * A node that says more and has lost a page cannot take ours; then both stay. */
static EngineKvNode *
insert_page (EngineKvSequence *sequence, int32_t n_cells)
{
  EngineKv *kv = sequence->kv;
  int32_t i = sequence->n_path, common;
  EngineKvNode *parent = i ? sequence->path[i - 1] : &kv->root;
  const uint64_t *cells = sequence->cells + i * PAGE;
  EngineKvNode *node = engine_kv_child_find (kv, parent, sequence->salt, cells, n_cells, &common);

  if (node && common == n_cells && (node->n_cells == n_cells || engine_kv_node_complete (kv, node))) {
    for (int k = 0; k < KINDS; k++) {
      if (node->page[k] == ENGINE_NO_PAGE)
        node->page[k] = sequence->pages[k][i];
      else
        engine_kv_page_free (kv, k, sequence->pages[k][i]);
    }
    return node;
  }

  if (kv->n_nodes == kv->nodes_capacity) {
    uint32_t capacity = kv->nodes_capacity ? kv->nodes_capacity * 2 : 64;
    EngineKvNode **nodes = realloc (kv->nodes, capacity * sizeof *nodes);

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
  for (EngineKvNode *child = parent->child, *next; child; child = next) {
    next = child->sibling;
    if (child->salt == node->salt && child->n_cells < n_cells && !engine_kv_node_pinned (child) &&
        engine_kv_common_cells (child, cells, n_cells) == child->n_cells) {
      node->rests |= child->rests;
      engine_kv_node_remove (kv, child);
    }
  }
  engine_kv_node_link (kv, parent, node);
  return node;
}

void
engine_kv_commit (EngineKvSequence *sequence, int32_t n_tokens)
{
  EngineKv *kv = sequence->kv;

  if (sequence->n % PAGE)
    engine_kv_page_free (kv, ENGINE_CACHE_STATE, sequence->state);
  sequence->n += n_tokens;
  assert (sequence->n <= sequence->n_cells && sequence->n <= sequence->n_pages * PAGE);
  if (sequence->n % PAGE) {
    sequence->state = sequence->pages[ENGINE_CACHE_STATE][sequence->n / PAGE];
    sequence->pages[ENGINE_CACHE_STATE][sequence->n / PAGE] = ENGINE_NO_PAGE;
  }
  kv->clock++;
  while ((sequence->n_path + 1) * PAGE <= sequence->n) {
    EngineKvNode *node = insert_page (sequence, PAGE);

    /* Without memory for a node the page stays the sequence's own; later ones too. */
    if (!node)
      break;
    path_push (sequence, node);
    for (int k = 0; k < KINDS; k++)
      node->used[k] = kv->clock;
  }
  leave_behind (sequence);
  find_state (sequence);
}

void
engine_kv_rest (EngineKvSequence *sequence)
{
  EngineKv *kv = sequence->kv;

  if (!sequence->n)
    return;
  sequence->rest_end = sequence->rest_first = (sequence->n - 1) / PAGE + 1;
  for (int k = 0; k < KINDS; k++)
    if (engine_kv_kind_used (kv, k))
      sequence->rest_first = ENGINE_MIN (sequence->rest_first, engine_kv_kinds[k].rests (kv, sequence->n) / PAGE);
  for (int32_t i = sequence->rest_first; i < ENGINE_MIN (sequence->rest_end, sequence->n_path); i++)
    sequence->path[i]->rests = true;
}

static void
sequence_free (EngineKvSequence *sequence, bool leaves)
{
  EngineKv *kv = sequence->kv;

  kv->clock++;
  if (leaves)
    engine_kv_rest (sequence);
  if (sequence->n % PAGE) {
    uint32_t *page = &sequence->pages[ENGINE_CACHE_STATE][sequence->n / PAGE];

    engine_kv_page_free (kv, ENGINE_CACHE_STATE, *page);
    *page = sequence->state;
  }

  /* The unfinished page becomes a leaf. */
  if (leaves && sequence->n > sequence->n_path * PAGE && sequence->n - sequence->n_path * PAGE < PAGE) {
    EngineKvNode *leaf;

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

void
engine_kv_sequence_free (EngineKvSequence *sequence)
{
  if (sequence)
    sequence_free (sequence, true);
}

void
engine_kv_sequence_discard (EngineKvSequence *sequence)
{
  if (sequence)
    sequence_free (sequence, false);
}
