/* SPDX-License-Identifier: MIT */
#include "grammar/automaton-private.h"

#include <string.h>

#define STATES_FULL 20000
#define STATES_MOST (2 * STATES_FULL)
#define PLACES_MOST ((size_t) 4 << 20)
#define STACKS_MOST ((size_t) 1 << 20)
#define SEEN_MOST ((size_t) 1 << 16) /* in one step: of a grammar in which so much is possible at once */

/* ---- memory ------------------------------------------------------------------------- */

bool
engine_automaton_room (void *array_pointer, size_t n, size_t *capacity, size_t size, EngineError *error)
{
  void **array = array_pointer, *larger;
  size_t wanted = ENGINE_MAX (2 * *capacity, 16);

  if (n < *capacity)
    return true;
  larger = realloc (*array, wanted * size);
  if (!larger)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to follow the grammar.");
  *array = larger;
  *capacity = wanted;
  return true;
}

static uint64_t
mix (uint64_t hash, uint64_t value)
{
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

/* Makes the table twice as large, without its entries, when it is half full: the caller puts them back. */
static bool
numbers_grow (EngineNumbers *numbers, bool *grew, EngineError *error)
{
  size_t size = ENGINE_MAX (2 * numbers->size, 256);
  int32_t *slots;

  *grew = false;
  if (2 * (numbers->n + 1) <= numbers->size)
    return true;
  slots = engine_calloc (size, sizeof *slots, error);
  if (!slots)
    return false;
  free (numbers->slots);
  numbers->slots = slots;
  numbers->size = size;
  *grew = true;
  return true;
}

static void
numbers_put (EngineNumbers *numbers, uint64_t hash, int32_t number)
{
  size_t i = hash & (numbers->size - 1);

  while (numbers->slots[i])
    i = (i + 1) & (numbers->size - 1);
  numbers->slots[i] = number + 1;
}

/* ---- stacks ------------------------------------------------------------------------- */

static uint64_t
hash_stack (int32_t node, int32_t parent)
{
  return mix (mix (1, (uint32_t) node), (uint32_t) parent);
}

/* The number of a stack; -1 on error. */
static int32_t
push (EngineAutomaton *a, int32_t node, int32_t parent, EngineError *error)
{
  uint64_t hash = hash_stack (node, parent);
  uint32_t least = a->net->nodes[node].least;
  bool grew;

  for (size_t i = hash & (a->stack_numbers.size - 1); a->stack_numbers.size && a->stack_numbers.slots[i]; i = (i + 1) & (a->stack_numbers.size - 1)) {
    int32_t number = a->stack_numbers.slots[i] - 1;

    if (a->stacks[number].node == node && a->stacks[number].parent == parent)
      return number;
  }
  if (a->n_stacks >= STACKS_MOST) {
    engine_fail (error, ENGINE_BAD_INPUT, "The text is nested too deeply for its grammar.");
    return -1;
  }
  if (!engine_automaton_room (&a->stacks, a->n_stacks, &a->stacks_capacity, sizeof *a->stacks, error) || !numbers_grow (&a->stack_numbers, &grew, error))
    return -1;
  for (size_t i = 2; grew && i < a->n_stacks; i++)
    numbers_put (&a->stack_numbers, hash_stack (a->stacks[i].node, a->stacks[i].parent), (int32_t) i);
  least = least > ENGINE_NET_FAR - a->stacks[parent].least ? ENGINE_NET_FAR : least + a->stacks[parent].least;
  a->stacks[a->n_stacks] = (EngineStack) { node, parent, a->stacks[parent].depth + 1, least };
  numbers_put (&a->stack_numbers, hash, (int32_t) a->n_stacks);
  a->stack_numbers.n++;
  return (int32_t) a->n_stacks++;
}

/* ---- from a place to all that it leads to without a byte ------------------------------- */

static void
begin_places (EngineAutomaton *a)
{
  a->n_found = 0;
  a->n_seen = 0;
  if (++a->stamp == 0) {
    memset (a->seen, 0, a->seen_size * sizeof *a->seen);
    a->stamp = 1;
  }
}

/* True when it is new. `*ok` false: an error. */
static bool
note_seen (EngineAutomaton *a, EnginePlaceInNet place, bool *ok, EngineError *error)
{
  uint64_t key = (uint64_t) (uint32_t) place.node << 32 | (uint32_t) place.stack;
  size_t i;

  if (2 * (a->n_seen + 1) > a->seen_size) {
    size_t size = ENGINE_MAX (2 * a->seen_size, 256);
    EngineSeen *seen = a->n_seen < SEEN_MOST ? engine_calloc (size, sizeof *seen, error) : NULL, *old = a->seen;
    size_t old_size = a->seen_size;

    if (!seen) {
      engine_fail (error, ENGINE_BAD_INPUT, "The grammar allows too much at once: its alternatives begin alike in too many ways.");
      *ok = false;
      return false;
    }
    a->seen = seen;
    a->seen_size = size;
    for (size_t k = 0; k < old_size; k++) {
      if (old[k].stamp != a->stamp)
        continue;
      i = mix (7, old[k].key) & (size - 1);
      while (a->seen[i].stamp == a->stamp)
        i = (i + 1) & (size - 1);
      a->seen[i].key = old[k].key;
      a->seen[i].stamp = a->stamp;
    }
    free (old);
  }
  i = mix (7, key) & (a->seen_size - 1);
  for (; a->seen[i].stamp == a->stamp; i = (i + 1) & (a->seen_size - 1))
    if (a->seen[i].key == key)
      return false;
  a->seen[i].key = key;
  a->seen[i].stamp = a->stamp;
  a->n_seen++;
  return true;
}

typedef struct { bool ends, escapes; } Reached;

/* Adds the places at and behind this one to those found. */
static bool
add_places (EngineAutomaton *a, EnginePlaceInNet from, Reached *reached, EngineError *error)
{
  size_t n = 0;
  bool ok = true;

  if (!engine_automaton_room (&a->work, n, &a->work_capacity, sizeof *a->work, error))
    return false;
  a->work[n++] = from;
  while (n > 0) {
    EnginePlaceInNet place = a->work[--n];
    const EngineNetNode *node = &a->net->nodes[place.node];

    if (node->kind == ENGINE_NET_NONE || !note_seen (a, place, &ok, error)) {
      if (!ok)
        return false;
      continue;
    }
    if (!engine_automaton_room (&a->work, n + 1, &a->work_capacity, sizeof *a->work, error))
      return false;
    switch (node->kind) {
    case ENGINE_NET_END:
      if (place.stack == ENGINE_STACK_EMPTY)
        reached->ends = true;
      else if (place.stack == ENGINE_STACK_BOTTOM)
        reached->escapes = true;
      else
        a->work[n++] = (EnginePlaceInNet) { a->stacks[place.stack].node, a->stacks[place.stack].parent };
      break;
    case ENGINE_NET_FORK:
      a->work[n++] = (EnginePlaceInNet) { node->what, place.stack };
      a->work[n++] = (EnginePlaceInNet) { node->next, place.stack };
      break;
    case ENGINE_NET_CALL:
      /* Whose last act is a call leaves nothing to come back to. */
      if (node->next != ENGINE_NET_NODE_END)
        place.stack = push (a, node->next, place.stack, error);
      if (place.stack < 0)
        return false;
      a->work[n++] = (EnginePlaceInNet) { a->net->starts[node->what], place.stack };
      break;
    default:
      if (!engine_automaton_room (&a->found, a->n_found, &a->found_capacity, sizeof *a->found, error))
        return false;
      a->found[a->n_found++] = place;
    }
  }
  return true;
}

/* ---- states ---------------------------------------------------------------------------- */

static int
compare_places (const void *a, const void *b)
{
  const EnginePlaceInNet *left = a, *right = b;

  if (left->node != right->node)
    return left->node < right->node ? -1 : 1;
  return left->stack < right->stack ? -1 : left->stack > right->stack;
}

static uint64_t
hash_state (const EnginePlaceInNet *places, size_t n, bool ends, bool escapes)
{
  uint64_t hash = mix (3, (uint64_t) ends << 1 | escapes);

  for (size_t i = 0; i < n; i++)
    hash = mix (hash, (uint64_t) (uint32_t) places[i].node << 32 | (uint32_t) places[i].stack);
  return hash;
}

/* The state of the places found. */
static int32_t
number_of_found (EngineAutomaton *a, Reached reached, EngineError *error)
{
  EngineNumbers *numbers = &a->state_numbers;
  uint64_t hash;
  bool grew;

  if (a->n_found == 0 && !reached.ends && !reached.escapes)
    return ENGINE_STATE_DEAD;
  if (a->n_found)
    qsort (a->found, a->n_found, sizeof *a->found, compare_places);
  hash = hash_state (a->found, a->n_found, reached.ends, reached.escapes);
  for (size_t i = hash & (numbers->size - 1); numbers->size && numbers->slots[i]; i = (i + 1) & (numbers->size - 1)) {
    const EngineAutomatonState *state = &a->states[numbers->slots[i] - 1];

    if (state->n == a->n_found && state->ends == reached.ends && state->escapes == reached.escapes &&
        (a->n_found == 0 || memcmp (a->places + state->first, a->found, a->n_found * sizeof *a->found) == 0))
      return numbers->slots[i] - 1;
  }
  if (a->n_states >= STATES_MOST || a->n_places + a->n_found > PLACES_MOST) {
    engine_fail (error, ENGINE_BAD_INPUT, "The text has become too varied for its grammar: after %zu different states nothing more is remembered. Make the grammar simpler.", a->n_states);
    return ENGINE_STATE_FAILED;
  }
  while (a->n_places + a->n_found > a->places_capacity)
    if (!engine_automaton_room (&a->places, a->places_capacity, &a->places_capacity, sizeof *a->places, error))
      return ENGINE_STATE_FAILED;
  if (!engine_automaton_room (&a->states, a->n_states, &a->states_capacity, sizeof *a->states, error) || !numbers_grow (numbers, &grew, error))
    return ENGINE_STATE_FAILED;
  for (size_t i = 1; grew && i < a->n_states; i++) {
    const EngineAutomatonState *state = &a->states[i];

    numbers_put (numbers, hash_state (a->places + state->first, state->n, state->ends, state->escapes), (int32_t) i);
  }
  if (a->n_found)
    memcpy (a->places + a->n_places, a->found, a->n_found * sizeof *a->found);
  a->states[a->n_states] = (EngineAutomatonState) { (uint32_t) a->n_places, (uint32_t) a->n_found, -1, -1, -1, ENGINE_PLAIN_UNKNOWN, reached.ends, reached.escapes };
  a->n_places += a->n_found;
  numbers_put (numbers, hash, (int32_t) a->n_states);
  numbers->n++;
  return (int32_t) a->n_states++;
}

bool
engine_automaton_make_row (EngineAutomaton *a, int32_t state, EngineError *error)
{
  size_t n_classes = (size_t) a->net->n_classes;

  if (!engine_automaton_room (&a->rows, a->n_rows, &a->rows_capacity, n_classes * sizeof *a->rows, error) ||
      !engine_automaton_room (&a->owners, a->n_rows, &a->owners_capacity, sizeof *a->owners, error))
    return false;
  a->owners[a->n_rows] = state;
  for (size_t i = 0; i < n_classes; i++)
    a->rows[a->n_rows * n_classes + i] = ENGINE_ROW_UNKNOWN;
  a->states[state].row = (int32_t) a->n_rows++;
  return true;
}

/* What was found for a byte holds for all that lie in the same sets of the state's places. */
static void
set_next (EngineAutomaton *a, int32_t state, uint8_t byte, int32_t next)
{
  const EngineAutomatonState *s = &a->states[state];
  int32_t *row = a->rows + (size_t) s->row * (size_t) a->net->n_classes;

  for (int32_t other = 0; other < a->net->n_classes; other++) {
    bool same = row[other] == ENGINE_ROW_UNKNOWN;

    for (uint32_t i = 0; same && i < s->n; i++) {
      const EngineByteSet *set = &a->net->sets[a->net->nodes[a->places[s->first + i].node].what];

      same = engine_byte_set_has (set, a->net->samples[other]) == engine_byte_set_has (set, byte);
    }
    if (same)
      row[other] = next;
  }
}

int32_t
engine_automaton_compute (EngineAutomaton *a, int32_t state, int class_, EngineError *error)
{
  uint8_t byte = a->net->samples[class_];
  Reached reached = { 0 };
  int32_t next;

  if (state == ENGINE_STATE_DEAD)
    return state;
  if (a->states[state].row < 0 && !engine_automaton_make_row (a, state, error))
    return ENGINE_STATE_FAILED;
  begin_places (a);
  for (uint32_t i = 0; i < a->states[state].n; i++) {
    EnginePlaceInNet place = a->places[a->states[state].first + i];
    const EngineNetNode *node = &a->net->nodes[place.node];

    if (engine_byte_set_has (&a->net->sets[node->what], byte) && !add_places (a, (EnginePlaceInNet) { node->next, place.stack }, &reached, error))
      return ENGINE_STATE_FAILED;
  }
  next = number_of_found (a, reached, error);
  if (next >= 0)
    set_next (a, state, byte, next);
  return next;
}

/* `stack` with `to` for `from`, which is somewhere in it; as it is, where it is not. */
static int32_t
rebase (EngineAutomaton *a, int32_t stack, int32_t from, int32_t to, EngineError *error)
{
  int32_t nodes[1024], n = 0;

  for (; stack != from && stack != ENGINE_STACK_BOTTOM && stack != ENGINE_STACK_EMPTY; stack = a->stacks[stack].parent) {
    if (n == (int32_t) ENGINE_LENGTH (nodes)) {
      engine_fail (error, ENGINE_BAD_INPUT, "A token goes too deeply into the grammar at once.");
      return -1;
    }
    nodes[n++] = a->stacks[stack].node;
  }
  stack = stack == from ? to : stack;
  while (n > 0 && stack >= 0)
    stack = push (a, nodes[--n], stack, error);
  return stack;
}

int32_t
engine_automaton_replace (EngineAutomaton *a, int32_t state, int32_t to, EngineError *error)
{
  Reached reached = { .ends = a->states[state].ends };

  begin_places (a);
  for (uint32_t i = 0; i < a->states[state].n; i++) {
    EnginePlaceInNet place = a->places[a->states[state].first + i];

    place.stack = rebase (a, place.stack, ENGINE_STACK_BOTTOM, to, error);
    if (place.stack < 0 || !add_places (a, place, &reached, error))
      return ENGINE_STATE_FAILED;
  }
  if (a->states[state].escapes && !add_places (a, (EnginePlaceInNet) { ENGINE_NET_NODE_END, to }, &reached, error))
    return ENGINE_STATE_FAILED;
  return number_of_found (a, reached, error);
}

int32_t
engine_automaton_alone (EngineAutomaton *a, int32_t state, int32_t base, EngineError *error)
{
  Reached reached = { 0 };

  begin_places (a);
  for (uint32_t i = 0; i < a->states[state].n; i++) {
    EnginePlaceInNet place = a->places[a->states[state].first + i];

    place.stack = rebase (a, place.stack, base, ENGINE_STACK_BOTTOM, error);
    if (place.stack < 0 || !add_places (a, place, &reached, error))
      return ENGINE_STATE_FAILED;
  }
  return number_of_found (a, reached, error);
}

int32_t
engine_automaton_move (EngineAutomaton *from, int32_t state, EngineAutomaton *a, EngineError *error)
{
  Reached reached = { 0 };
  int32_t *nodes = NULL, moved = ENGINE_STATE_FAILED;
  size_t capacity = 0;
  bool ok = true;

  pthread_mutex_lock (&from->lock);
  pthread_mutex_lock (&a->lock);
  begin_places (a);
  reached.ends = from->states[state].ends;
  for (uint32_t i = 0; ok && i < from->states[state].n; i++) {
    EnginePlaceInNet place = from->places[from->states[state].first + i];
    int32_t stack = ENGINE_STACK_EMPTY;
    size_t n = 0;

    for (int32_t at = place.stack; ok && at != ENGINE_STACK_EMPTY; at = from->stacks[at].parent) {
      ok = engine_automaton_room (&nodes, n, &capacity, sizeof *nodes, error);
      if (ok)
        nodes[n++] = from->stacks[at].node;
    }
    while (ok && n > 0) {
      stack = push (a, nodes[--n], stack, error);
      ok = stack >= 0;
    }
    ok = ok && add_places (a, (EnginePlaceInNet) { place.node, stack }, &reached, error);
  }
  if (ok)
    moved = number_of_found (a, reached, error);
  pthread_mutex_unlock (&a->lock);
  pthread_mutex_unlock (&from->lock);
  free (nodes);
  return moved;
}

/* ---- making ----------------------------------------------------------------------------- */

EngineAutomaton *
engine_automaton_new (const EngineNet *net, EngineTrie *trie, EngineError *error)
{
  EngineAutomaton *a = engine_calloc (1, sizeof *a, error);
  bool ok;

  if (!a)
    return NULL;
  a->ref_count = 1;
  a->net = net;
  a->trie = trie ? engine_trie_ref (trie) : NULL;
  pthread_mutex_init (&a->lock, NULL);
  ok = engine_automaton_room (&a->states, 0, &a->states_capacity, sizeof *a->states, error) && engine_automaton_room (&a->stacks, 1, &a->stacks_capacity, sizeof *a->stacks, error);
  if (ok && trie) {
    a->trail = engine_calloc ((size_t) trie->deepest + 1, sizeof *a->trail, error);
    ok = a->trail != NULL;
  }
  if (!ok) {
    engine_automaton_unref (a);
    return NULL;
  }
  engine_automaton_find_samples (a);
  a->states[ENGINE_STATE_DEAD] = (EngineAutomatonState) { .row = -1, .mask = -1, .local = -1, .plain = ENGINE_PLAIN_NONE };
  a->n_states = 1;
  a->stacks[ENGINE_STACK_EMPTY] = a->stacks[ENGINE_STACK_BOTTOM] = (EngineStack) { ENGINE_NET_NODE_END, 0, 0, 0 };
  a->n_stacks = 2;
  return a;
}

EngineAutomaton *
engine_automaton_ref (EngineAutomaton *a)
{
  __atomic_add_fetch (&a->ref_count, 1, __ATOMIC_RELAXED);
  return a;
}

void
engine_automaton_unref (EngineAutomaton *a)
{
  if (!a || __atomic_sub_fetch (&a->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  engine_automaton_clear_masks (a);
  engine_trie_unref (a->trie);
  pthread_mutex_destroy (&a->lock);
  free (a->stacks);
  free (a->states);
  free (a->places);
  free (a->rows);
  free (a->owners);
  free (a->masks);
  free (a->locals);
  free (a->stack_numbers.slots);
  free (a->state_numbers.slots);
  free (a->work);
  free (a->found);
  free (a->seen);
  free (a->trail);
  free (a);
}

EngineTrie *
engine_automaton_trie (EngineAutomaton *a)
{
  return a->trie;
}

bool
engine_automaton_full (EngineAutomaton *a)
{
  bool full;

  pthread_mutex_lock (&a->lock);
  full = a->n_states > STATES_FULL || a->n_places > PLACES_MOST / 2 || a->n_stacks > STACKS_MOST / 2;
  pthread_mutex_unlock (&a->lock);
  return full;
}

/* ---- questions ---------------------------------------------------------------------------- */

int32_t
engine_automaton_start (EngineAutomaton *a, EngineError *error)
{
  Reached reached = { 0 };
  int32_t state = ENGINE_STATE_FAILED;

  pthread_mutex_lock (&a->lock);
  begin_places (a);
  if (add_places (a, (EnginePlaceInNet) { a->net->starts[0], ENGINE_STACK_EMPTY }, &reached, error))
    state = number_of_found (a, reached, error);
  pthread_mutex_unlock (&a->lock);
  return state;
}

int32_t
engine_automaton_go (EngineAutomaton *a, int32_t state, const char *bytes, size_t n, size_t *n_taken, EngineError *error)
{
  size_t i = 0;

  pthread_mutex_lock (&a->lock);
  for (; i < n && state > ENGINE_STATE_DEAD; i++)
    state = engine_automaton_step (a, state, (uint8_t) bytes[i], error);
  pthread_mutex_unlock (&a->lock);
  if (n_taken)
    *n_taken = state > ENGINE_STATE_DEAD ? i : i - (i > 0);
  return state;
}

bool
engine_automaton_may_end (EngineAutomaton *a, int32_t state)
{
  bool ends;

  pthread_mutex_lock (&a->lock);
  ends = a->states[state].ends;
  pthread_mutex_unlock (&a->lock);
  return ends;
}

bool
engine_automaton_must_end (EngineAutomaton *a, int32_t state)
{
  bool ends;

  pthread_mutex_lock (&a->lock);
  ends = a->states[state].ends && a->states[state].n == 0;
  pthread_mutex_unlock (&a->lock);
  return ends;
}

uint32_t
engine_automaton_least (EngineAutomaton *a, int32_t state)
{
  uint32_t least;

  pthread_mutex_lock (&a->lock);
  least = a->states[state].ends ? 0 : ENGINE_NET_FAR;
  for (uint32_t i = 0; i < a->states[state].n; i++) {
    EnginePlaceInNet place = a->places[a->states[state].first + i];
    uint32_t here = a->net->nodes[place.node].least, rest = a->stacks[place.stack].least;

    least = ENGINE_MIN (least, here > ENGINE_NET_FAR - rest ? ENGINE_NET_FAR : here + rest);
  }
  pthread_mutex_unlock (&a->lock);
  return least;
}

static EngineByteSet
bytes_of (const EngineAutomaton *a, int32_t state)
{
  EngineByteSet all = { { 0 } };

  for (uint32_t i = 0; i < a->states[state].n; i++) {
    const EngineByteSet *set = &a->net->sets[a->net->nodes[a->places[a->states[state].first + i].node].what];

    for (int k = 0; k < 4; k++)
      all.bits[k] |= set->bits[k];
  }
  return all;
}

EngineByteSet
engine_automaton_bytes (EngineAutomaton *a, int32_t state)
{
  EngineByteSet all;

  pthread_mutex_lock (&a->lock);
  all = bytes_of (a, state);
  pthread_mutex_unlock (&a->lock);
  return all;
}

/* The one byte of the set, or -1. */
static int
only_byte (EngineByteSet set)
{
  int found = -1;

  for (int k = 0; k < 4; k++) {
    if (!set.bits[k])
      continue;
    if (found >= 0 || set.bits[k] & (set.bits[k] - 1))
      return -1;
    found = 64 * k + __builtin_ctzll (set.bits[k]);
  }
  return found;
}

size_t
engine_automaton_forced (EngineAutomaton *a, int32_t state, char *out, size_t n, int32_t *after, EngineError *error)
{
  size_t length = 0;

  pthread_mutex_lock (&a->lock);
  while (length < n && state > ENGINE_STATE_DEAD && !a->states[state].ends) {
    int byte = only_byte (bytes_of (a, state));

    if (byte < 0)
      break;
    out[length++] = (char) byte;
    state = engine_automaton_step (a, state, (uint8_t) byte, error);
  }
  pthread_mutex_unlock (&a->lock);
  *after = state;
  return length;
}
