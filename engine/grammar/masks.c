/* SPDX-License-Identifier: MIT */
/* Which tokens may come next: see automaton.h. */
#include "grammar/automaton-private.h"

#include <assert.h>
#include <string.h>

#define LIST_MOST 1024 /* tokens; a list of more is not shorter than bits */
#define BYTES_MOST ((size_t) 64 << 20)

static size_t
n_words (const EngineAutomaton *a)
{
  return (size_t) (a->trie->n_vocab + 63) / 64;
}

static void
allow (const EngineTrie *trie, int32_t token, uint64_t *bits)
{
  for (; token >= 0; token = trie->same[token])
    bits[token / 64] |= UINT64_C (1) << token % 64;
}

static bool
add_exit (EngineLocalMask *local, uint32_t node, int32_t state, EngineError *error)
{
  if (local->n_exits == local->capacity) {
    int32_t capacity = ENGINE_MAX (64, 2 * local->capacity);
    void *larger = realloc (local->exits, (size_t) capacity * sizeof *local->exits);

    if (!larger)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to follow the grammar.");
    local->exits = larger;
    local->capacity = capacity;
  }
  local->exits[local->n_exits].node = node;
  local->exits[local->n_exits++].state = state;
  return true;
}

/* Where the row of the state begins, which is made when there is none; SIZE_MAX on error. */
static inline size_t
row_of (EngineAutomaton *a, int32_t state, EngineError *error)
{
  if (a->states[state].row < 0 && !engine_automaton_make_row (a, state, error))
    return SIZE_MAX;
  return (size_t) a->states[state].row * (size_t) a->net->n_classes;
}

/* What is below a node of the tree, to which `state` belongs. Allows what fits. With `local`, a state that goes on below BOTTOM is noted there, with its
 * node, and not followed. */
static bool
walk (EngineAutomaton *a, const EngineTrieTree *tree, uint32_t below, int32_t state, uint64_t *bits, EngineLocalMask *local, EngineError *error)
{
  const EngineTrieNode *nodes = tree->nodes;
  const uint8_t *classes = a->net->classes;
  EngineTrail *trail = a->trail;
  int depth = 0;

  trail[0] = (EngineTrail) { nodes + nodes[below].first, nodes + nodes[below].first + nodes[below].n, row_of (a, state, error) };
  if (trail[0].row == SIZE_MAX)
    return false;
  while (depth >= 0) {
    const EngineTrieNode *node = trail[depth].at;
    const int32_t *row = a->rows + trail[depth].row;
    int32_t next = ENGINE_STATE_DEAD;

    while (node < trail[depth].end && (next = row[classes[node->byte]]) == ENGINE_STATE_DEAD)
      node++;
    if (node == trail[depth].end) {
      depth--;
      continue;
    }
    trail[depth].at = node;
    if (next == ENGINE_ROW_UNKNOWN) {
      next = engine_automaton_compute (a, a->owners[trail[depth].row / (size_t) a->net->n_classes], classes[node->byte], error);
      if (next == ENGINE_STATE_FAILED)
        return false;
      continue;
    }
    trail[depth].at++;
    if (node->token >= 0)
      allow (a->trie, node->token, bits);
    if (node->n == 0)
      continue;
    if (local && a->states[next].escapes) {
      if (!add_exit (local, (uint32_t) (node - nodes), next, error))
        return false;
      continue;
    }
    trail[++depth] = (EngineTrail) { nodes + node->first, nodes + node->first + node->n, row_of (a, next, error) };
    if (trail[depth].row == SIZE_MAX)
      return false;
  }
  return true;
}

/* ---- plain characters ---------------------------------------------------------------------- */

/* First bytes, and how UTF-8 goes on behind them: the range of the next byte, and how many come then. The first line is ASCII without what is not plain. */
static const struct { uint8_t first, last, from, to; int n_more; } utf8[] = {
  { 0x20, 0x7E, 0, 0, 0 },       { 0xC2, 0xDF, 0x80, 0xBF, 0 }, { 0xE0, 0xE0, 0xA0, 0xBF, 1 }, { 0xE1, 0xEC, 0x80, 0xBF, 1 }, { 0xED, 0xED, 0x80, 0x9F, 1 },
  { 0xEE, 0xEF, 0x80, 0xBF, 1 }, { 0xF0, 0xF0, 0x90, 0xBF, 2 }, { 0xF1, 0xF3, 0x80, 0xBF, 2 }, { 0xF4, 0xF4, 0x80, 0x8F, 2 },
};
static_assert (ENGINE_LENGTH (utf8) == ENGINE_PLAIN_KINDS, "a line for each");

/* One byte of each class in the range. */
static EngineSampleBytes
samples_of (const EngineNet *net, uint8_t from, uint8_t to)
{
  EngineSampleBytes samples = { .n = 0 };
  bool seen[256] = { 0 };

  for (int byte = from; byte <= to && from; byte++) {
    if (seen[net->classes[byte]] || (byte < 0x80 && !engine_trie_is_plain ((uint32_t) byte)))
      continue;
    seen[net->classes[byte]] = true;
    samples.bytes[samples.n++] = (uint8_t) byte;
  }
  return samples;
}

void
engine_automaton_find_samples (EngineAutomaton *a)
{
  for (size_t i = 0; i < ENGINE_LENGTH (utf8); i++) {
    a->firsts[i] = samples_of (a->net, utf8[i].first, utf8[i].last);
    a->seconds[i] = samples_of (a->net, utf8[i].from, utf8[i].to);
  }
  a->others = samples_of (a->net, 0x80, 0xBF);
}

/* Goes on by each of the bytes, and then by `n_more` others. `*found`: where all of them lead. */
static bool
try_bytes (EngineAutomaton *a, int32_t state, const EngineSampleBytes *samples, int n_more, int32_t *found, EngineError *error)
{
  for (int i = 0; i < samples->n && *found != ENGINE_PLAIN_MIXED; i++) {
    int32_t next = engine_automaton_step (a, state, samples->bytes[i], error);

    if (next == ENGINE_STATE_FAILED)
      return false;
    next = next == ENGINE_STATE_DEAD ? ENGINE_PLAIN_NONE : next;
    if (n_more > 0 && next >= 0) {
      if (!try_bytes (a, next, &a->others, n_more - 1, found, error))
        return false;
    } else {
      *found = *found == ENGINE_PLAIN_UNKNOWN || *found == next ? next : ENGINE_PLAIN_MIXED;
    }
  }
  return true;
}

static bool
find_plain (EngineAutomaton *a, int32_t state, EngineError *error)
{
  int32_t found = ENGINE_PLAIN_UNKNOWN;

  if (a->states[state].plain != ENGINE_PLAIN_UNKNOWN)
    return true;
  if (!try_bytes (a, state, &a->firsts[0], 0, &found, error))
    return false;
  for (size_t i = 1; i < ENGINE_LENGTH (utf8); i++)
    for (int k = 0; k < a->firsts[i].n && found != ENGINE_PLAIN_MIXED; k++) {
      int32_t next = engine_automaton_step (a, state, a->firsts[i].bytes[k], error);

      if (next == ENGINE_STATE_FAILED)
        return false;
      if (next == ENGINE_STATE_DEAD)
        found = found == ENGINE_PLAIN_NONE ? ENGINE_PLAIN_NONE : ENGINE_PLAIN_MIXED;
      else if (!try_bytes (a, next, &a->seconds[i], utf8[i].n_more, &found, error))
        return false;
    }
  a->states[state].plain = found;
  return true;
}

/* How many plain characters may follow, whichever they are: ENGINE_TRIE_PLAIN stands for more, too. `*known` false: it depends on them, or, with `local`,
 * on what stands below. */
static bool
count_plain (EngineAutomaton *a, int32_t state, bool local, int *count, bool *known, EngineError *error)
{
  bool escapes = false;

  *known = true;
  for (*count = 0; *count < ENGINE_TRIE_PLAIN; (*count)++) {
    int32_t next;

    if (!find_plain (a, state, error))
      return false;
    next = a->states[state].plain;
    if (next == ENGINE_PLAIN_NONE || next == ENGINE_PLAIN_MIXED) {
      *known = next == ENGINE_PLAIN_NONE && !(local && escapes);
      return true;
    }
    if (next == state) {
      *count = ENGINE_TRIE_PLAIN;
      return true;
    }
    escapes |= a->states[next].escapes;
    state = next;
  }
  return true;
}

/* All tokens that fit; the tree whose nodes were looked at. */
static bool
walk_all (EngineAutomaton *a, int32_t state, uint64_t *bits, EngineLocalMask *local, EngineError *error)
{
  const EngineTrieTree *tree = &a->trie->all;
  int count;
  bool known;

  if (!count_plain (a, state, local != NULL, &count, &known, error))
    return false;
  memset (bits, 0, n_words (a) * sizeof *bits);
  if (known && count > 0) {
    memcpy (bits, a->trie->plain + (size_t) count * n_words (a), n_words (a) * sizeof *bits);
    tree = &a->trie->others;
  }
  if (local)
    local->tree = tree;
  return walk (a, tree, 0, state, bits, local, error);
}

/* ---- whatever stands below --------------------------------------------------------------- */

/* The highest stack that those of all places go back to; -1: nothing is known of them. */
static int32_t
common_stack (const EngineAutomaton *a, int32_t state)
{
  const EngineAutomatonState *s = &a->states[state];
  int32_t common = s->n ? a->places[s->first].stack : -1;

  for (uint32_t i = 1; i < s->n; i++) {
    int32_t other = a->places[s->first + i].stack;

    while (common != other)
      if (a->stacks[common].depth == 0 && a->stacks[other].depth == 0)
        return -1;
      else if (a->stacks[common].depth >= a->stacks[other].depth)
        common = a->stacks[common].parent;
      else
        other = a->stacks[other].parent;
  }
  return common == ENGINE_STACK_BOTTOM ? -1 : common;
}

/* The number of the local mask of a state whose stack is BOTTOM; -1 on error. */
static int32_t
local_mask (EngineAutomaton *a, int32_t state, EngineError *error)
{
  EngineLocalMask local = { 0 };

  if (a->states[state].local >= 0)
    return a->states[state].local;
  if (!engine_automaton_room (&a->locals, a->n_locals, &a->locals_capacity, sizeof *a->locals, error))
    return -1;
  local.bits = engine_calloc (n_words (a), sizeof *local.bits, error);
  if (!local.bits || !walk_all (a, state, local.bits, &local, error)) {
    free (local.bits);
    free (local.exits);
    return -1;
  }
  a->mask_bytes += n_words (a) * sizeof *local.bits + (size_t) local.capacity * sizeof *local.exits;
  a->locals[a->n_locals] = local;
  a->states[state].local = (int32_t) a->n_locals;
  return (int32_t) a->n_locals++;
}

#define KNOWN 8

/* The state at an exit is another one for each stack, but few different ones occur at all exits of one mask. */
static bool
walk_exits (EngineAutomaton *a, int32_t number, int32_t stack, uint64_t *bits, EngineError *error)
{
  struct { int32_t from, to; } known[KNOWN];
  int n_known = 0;

  for (int32_t i = 0; i < a->locals[number].n_exits; i++) {
    uint32_t at = a->locals[number].exits[i].node;
    int32_t from = a->locals[number].exits[i].state, to = -1;

    for (int k = 0; k < n_known; k++)
      if (known[k].from == from)
        to = known[k].to;
    if (to < 0) {
      to = engine_automaton_replace (a, from, stack, error);
      if (to < 0)
        return false;
      known[n_known % KNOWN].from = from;
      known[n_known % KNOWN].to = to;
      n_known = ENGINE_MIN (n_known + 1, KNOWN);
    }
    if (!walk (a, a->locals[number].tree, at, to, bits, NULL, error))
      return false;
  }
  return true;
}

#define BASES_MOST 3

/* Finds what of the state does not depend on its context: the places without the stack `*base`, below which nothing is looked at. Where any plain character may follow it is best to
 * have all that follow with it: in a rule for one character, a step further down. */
static bool
find_base (EngineAutomaton *a, int32_t state, int32_t *base, int32_t *alone, EngineError *error)
{
  int32_t stack = common_stack (a, state), count;
  bool known = false;

  *base = stack;
  *alone = -1;
  for (int i = 0; i < BASES_MOST && stack >= 0 && !known; i++) {
    int32_t one = engine_automaton_alone (a, state, stack, error);

    if (one < 0 || !count_plain (a, one, true, &count, &known, error))
      return false;
    if (i == 0 || known) {
      *base = stack;
      *alone = one;
    }
    stack = stack == ENGINE_STACK_EMPTY ? -1 : a->stacks[stack].parent;
  }
  return true;
}

static bool
fill (EngineAutomaton *a, int32_t state, uint64_t *bits, EngineError *error)
{
  int32_t base, alone, number;

  if (!find_base (a, state, &base, &alone, error))
    return false;
  if (alone < 0)
    return walk_all (a, state, bits, NULL, error);
  number = local_mask (a, alone, error);
  if (number < 0)
    return false;
  memcpy (bits, a->locals[number].bits, n_words (a) * sizeof *bits);
  return walk_exits (a, number, base, bits, error);
}

/* ---- kept ---------------------------------------------------------------------------------- */

void
engine_automaton_clear_masks (EngineAutomaton *a)
{
  for (size_t i = 0; i < a->n_masks; i++) {
    free (a->masks[i].ids);
    free (a->masks[i].bits);
  }
  for (size_t i = 0; i < a->n_locals; i++) {
    free (a->locals[i].bits);
    free (a->locals[i].exits);
  }
  for (size_t i = 0; i < a->n_states; i++)
    a->states[i].mask = a->states[i].local = -1;
  a->n_masks = a->n_locals = 0;
  a->mask_bytes = 0;
}

/* Without memory it is found anew the next time. */
static void
keep (EngineAutomaton *a, int32_t state, const uint64_t *bits)
{
  size_t n = 0, bytes = n_words (a) * sizeof *bits;
  EngineMask mask = { 0 };

  for (size_t i = 0; i < n_words (a) && n <= LIST_MOST; i++)
    n += (size_t) __builtin_popcountll (bits[i]);
  if (a->mask_bytes > BYTES_MOST)
    engine_automaton_clear_masks (a);
  if (!engine_automaton_room (&a->masks, a->n_masks, &a->masks_capacity, sizeof *a->masks, NULL))
    return;
  if (n <= LIST_MOST) {
    bytes = n * sizeof *mask.ids;
    mask.ids = malloc (bytes + 1);
    if (!mask.ids)
      return;
    for (size_t i = 0; i < n_words (a); i++)
      for (uint64_t word = bits[i]; word; word &= word - 1)
        mask.ids[mask.n_ids++] = (int32_t) (64 * i) + __builtin_ctzll (word);
  } else {
    mask.bits = malloc (bytes);
    if (!mask.bits)
      return;
    memcpy (mask.bits, bits, bytes);
  }
  a->mask_bytes += bytes;
  a->masks[a->n_masks] = mask;
  a->states[state].mask = (int32_t) a->n_masks++;
}

bool
engine_automaton_mask (EngineAutomaton *a, int32_t state, uint64_t *bits, EngineError *error)
{
  bool ok = true;

  pthread_mutex_lock (&a->lock);
  if (a->states[state].mask < 0) {
    ok = fill (a, state, bits, error);
    if (ok)
      keep (a, state, bits);
  } else {
    const EngineMask *mask = &a->masks[a->states[state].mask];

    if (mask->bits) {
      memcpy (bits, mask->bits, n_words (a) * sizeof *bits);
    } else {
      memset (bits, 0, n_words (a) * sizeof *bits);
      for (int32_t i = 0; i < mask->n_ids; i++)
        bits[mask->ids[i] / 64] |= UINT64_C (1) << mask->ids[i] % 64;
    }
  }
  if (ok && a->states[state].ends)
    for (int32_t i = 0; i < a->trie->n_ends; i++)
      bits[a->trie->ends[i] / 64] |= UINT64_C (1) << a->trie->ends[i] % 64;
  pthread_mutex_unlock (&a->lock);
  return ok;
}
