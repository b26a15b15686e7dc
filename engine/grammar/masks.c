/* SPDX-License-Identifier: MIT */
/* Which tokens may come next: see automaton.h. */
#include "grammar/automaton-private.h"

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

/* Nodes [begin, end) of the tree, which lie below a node of depth `depth` to which `state` belongs. Allows what fits. With `local`, a state
 * that goes on below BOTTOM is noted there, with its node, and not followed. */
static bool
walk (EngineAutomaton *a, uint32_t begin, uint32_t end, int depth, int32_t state, uint64_t *bits, EngineLocalMask *local, EngineError *error)
{
  const EngineTrie *trie = a->trie;

  a->trail[depth] = state;
  for (uint32_t i = begin; i < end;) {
    const EngineTrieNode *node = &trie->nodes[i];

    state = engine_automaton_step (a, a->trail[node->depth - 1], node->byte, error);
    if (state == ENGINE_STATE_DEAD) {
      i = node->end;
      continue;
    }
    if (state == ENGINE_STATE_FAILED)
      return false;
    if (node->token >= 0)
      allow (trie, node->token, bits);
    a->trail[node->depth] = state;
    if (local && a->states[state].escapes) {
      if (node->end > i + 1) {
        if (local->n_exits == local->capacity) {
          int32_t capacity = ENGINE_MAX (64, 2 * local->capacity);
          void *larger = realloc (local->exits, (size_t) capacity * sizeof *local->exits);

          if (!larger)
            return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to follow the grammar.");
          local->exits = larger;
          local->capacity = capacity;
        }
        local->exits[local->n_exits].node = i;
        local->exits[local->n_exits++].state = state;
      }
      i = node->end;
      continue;
    }
    i++;
  }
  return true;
}

/* ---- whatever stands below --------------------------------------------------------------- */

/* The stack of all places of the state; -1 where they differ or nothing would be gained. */
static int32_t
common_stack (const EngineAutomaton *a, int32_t state)
{
  const EngineAutomatonState *s = &a->states[state];
  int32_t stack = s->n ? a->places[s->first].stack : -1;

  for (uint32_t i = 1; i < s->n; i++)
    if (a->places[s->first + i].stack != stack)
      return -1;
  return stack == ENGINE_STACK_BOTTOM ? -1 : stack;
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
  if (!local.bits || !walk (a, 0, a->trie->n_nodes, 0, state, local.bits, &local, error)) {
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
    if (!walk (a, at + 1, a->trie->nodes[at].end, a->trie->nodes[at].depth, to, bits, NULL, error))
      return false;
  }
  return true;
}

static bool
fill (EngineAutomaton *a, int32_t state, uint64_t *bits, EngineError *error)
{
  int32_t stack = common_stack (a, state), alone, number;

  memset (bits, 0, n_words (a) * sizeof *bits);
  if (stack < 0)
    return walk (a, 0, a->trie->n_nodes, 0, state, bits, NULL, error);
  alone = engine_automaton_alone (a, state, error);
  number = alone < 0 ? -1 : local_mask (a, alone, error);
  if (number < 0)
    return false;
  memcpy (bits, a->locals[number].bits, n_words (a) * sizeof *bits);
  return walk_exits (a, number, stack, bits, error);
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

  for (size_t i = 0; i < n_words (a); i++)
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
