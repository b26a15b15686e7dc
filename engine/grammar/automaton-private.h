/* SPDX-License-Identifier: MIT */
/* Inside an automaton: what going on and masks share.
 *
 * Internal to engine/grammar/. */
#pragma once

#include "grammar/automaton.h"

#include <pthread.h>

#define ENGINE_STACK_EMPTY 0  /* the whole text ends with its rule */
#define ENGINE_STACK_BOTTOM 1 /* nobody knows */

#define ENGINE_ROW_UNKNOWN (-1)

typedef struct {
  int32_t  node, parent; /* where it goes on, and the stack then */
  int32_t  depth;
  uint32_t least;        /* bytes to the end of the text */
} EngineStack;

/* Not looked at yet; it differs from character to character; nowhere: no plain character may follow. */
#define ENGINE_PLAIN_UNKNOWN (-3)
#define ENGINE_PLAIN_MIXED (-2)
#define ENGINE_PLAIN_NONE (-1)

typedef struct { int32_t node, stack; } EnginePlaceInNet;

typedef struct {
  uint32_t first, n;  /* places, sorted */
  int32_t  row;       /* of rows; -1: none yet */
  int32_t  mask;      /* of masks; -1: none yet */
  int32_t  local;     /* of locals; -1: none yet */
  int32_t  plain;     /* behind any plain character: a state, or one of the numbers below */
  bool     ends;      /* the text may end here */
  bool     escapes;   /* the rule may end here, and what is below BOTTOM goes on */
} EngineAutomatonState;

/* Tokens as a list when they are few, else as bits. */
typedef struct {
  int32_t  *ids;
  int32_t   n_ids;
  uint64_t *bits;
} EngineMask;

/* What a state allows whatever stands below BOTTOM, and the nodes of the tree at which it goes on below. */
typedef struct {
  uint64_t *bits;
  const EngineTrieTree *tree;
  struct { uint32_t node; int32_t state; } *exits;
  int32_t   n_exits, capacity;
} EngineLocalMask;

/* Hash tables of numbers + 1; a size is a power of two. */
typedef struct {
  int32_t *slots;
  size_t   size, n;
} EngineNumbers;

typedef struct { uint64_t key; uint32_t stamp; } EngineSeen;

typedef struct {
  uint8_t bytes[128];
  int     n;
} EngineSampleBytes;

/* On the way down the tree: the children that are still to be looked at, and where the row of the state of their parent begins. */
typedef struct {
  const EngineTrieNode *at, *end;
  size_t row;
} EngineTrail;

#define ENGINE_PLAIN_KINDS 9 /* of first bytes of plain characters */

struct EngineAutomaton {
  int              ref_count; /* atomic */
  const EngineNet *net;
  EngineTrie      *trie;
  pthread_mutex_t  lock;

  EngineStack          *stacks;
  EngineAutomatonState *states;
  EnginePlaceInNet     *places;
  int32_t              *rows;   /* [n_classes] each */
  int32_t              *owners; /* [n_rows] the state of each row */
  EngineMask           *masks;
  EngineLocalMask      *locals;
  size_t n_stacks, stacks_capacity, n_states, states_capacity, n_places, places_capacity, n_rows, rows_capacity, owners_capacity, n_masks, masks_capacity, n_locals, locals_capacity;
  size_t mask_bytes;
  EngineNumbers stack_numbers, state_numbers;

  /* One byte of each class among those that plain characters begin with, go on with next, and then. */
  EngineSampleBytes firsts[ENGINE_PLAIN_KINDS], seconds[ENGINE_PLAIN_KINDS], others;

  /* Scratch of one step. */
  EnginePlaceInNet *work, *found;
  size_t            work_capacity, n_found, found_capacity;
  EngineSeen       *seen;
  size_t            seen_size, n_seen;
  uint32_t          stamp;
  EngineTrail      *trail; /* [deepest + 1] */
};

/* With the lock held. */

/* Room for one more. */
bool engine_automaton_room (void *array_pointer, size_t n, size_t *capacity, size_t size, EngineError *error);
/* A row for a state that has none yet. */
bool engine_automaton_make_row (EngineAutomaton *a, int32_t state, EngineError *error);
/* What follows the byte of that class. */
int32_t engine_automaton_compute (EngineAutomaton *a, int32_t state, int class_, EngineError *error);
/* The state whose places have `to` for BOTTOM: with what follows there, where the state escapes. */
int32_t engine_automaton_replace (EngineAutomaton *a, int32_t state, int32_t to, EngineError *error);
/* The state of these places alone, with BOTTOM for `base`, which all their stacks go back to. */
int32_t engine_automaton_alone (EngineAutomaton *a, int32_t state, int32_t base, EngineError *error);

static inline int32_t
engine_automaton_step (EngineAutomaton *a, int32_t state, uint8_t byte, EngineError *error)
{
  int class_ = a->net->classes[byte];
  int32_t row = a->states[state].row, next;

  if (row >= 0) {
    next = a->rows[(size_t) row * (size_t) a->net->n_classes + (size_t) class_];
    if (next != ENGINE_ROW_UNKNOWN)
      return next;
  }
  return engine_automaton_compute (a, state, class_, error);
}

void engine_automaton_find_samples (EngineAutomaton *a);
void engine_automaton_clear_masks (EngineAutomaton *a);
