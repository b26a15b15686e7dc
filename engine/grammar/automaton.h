/* SPDX-License-Identifier: MIT */
/* Follows a text through a network, and says which tokens may come next.
 *
 * Internal. A *place* is a node that takes a byte together with a *stack*: where the calls that are open go on. All places
 * in which a text may be are a *state*. Stacks and states are made when they are first met, are kept, and have numbers, so
 * that two texts after which the same may follow have the same state, and going on by a byte is looking up a number in the
 * state's row. A row has a column for each class of bytes. A matcher is a number of a state: copying it is all that a
 * rollback takes.
 *
 * The *mask* of a state, a bit for each token that may come next, is found by walking through the tree of the vocabulary
 * (tokenizer/trie.h) and through the states side by side. Most of that work does not depend on the stack: in a string all
 * letters are allowed, wherever the string stands. So when all places of a state have the same stack, the walk is done once
 * with a stack of which nothing is known (BOTTOM), and notes the tokens that would go on below it; for each stack only these
 * are looked at.
 *
 * What was found out is kept with a lock, so that all requests of a grammar share it. It only grows, up to a limit; then
 * requests take their state along to a fresh one. */
#pragma once

#include "grammar/network.h"
#include "tokenizer/trie.h"

typedef struct EngineAutomaton EngineAutomaton;

#define ENGINE_STATE_DEAD 0
#define ENGINE_STATE_FAILED (-1) /* memory, or the limit; the error says which */

/* `net` must outlive it. `trie`: a reference is kept; NULL: no masks. */
EngineAutomaton *engine_automaton_new (const EngineNet *net, EngineTrie *trie, EngineError *error);
EngineAutomaton *engine_automaton_ref (EngineAutomaton *automaton);
void             engine_automaton_unref (EngineAutomaton *automaton);
EngineTrie      *engine_automaton_trie (EngineAutomaton *automaton);
/* Whether it is so large that one should move to a new one. */
bool             engine_automaton_full (EngineAutomaton *automaton);
/* What the state is called in another automaton of the same network, which nobody else moves from meanwhile. */
int32_t          engine_automaton_move (EngineAutomaton *from, int32_t state, EngineAutomaton *to, EngineError *error);

int32_t engine_automaton_start (EngineAutomaton *automaton, EngineError *error);
/* DEAD when the bytes do not fit; `*n_taken`, which may be NULL, is how many of them do. */
int32_t engine_automaton_go (EngineAutomaton *automaton, int32_t state, const char *bytes, size_t n, size_t *n_taken, EngineError *error);
/* Whether the text may end here; whether it must, since nothing can follow. */
bool    engine_automaton_may_end (EngineAutomaton *automaton, int32_t state);
bool    engine_automaton_must_end (EngineAutomaton *automaton, int32_t state);
/* The fewest bytes to an end. */
uint32_t engine_automaton_least (EngineAutomaton *automaton, int32_t state);
/* The bytes that must follow, as far as there is no choice, at most `n`. `*after`: the state behind them. */
size_t  engine_automaton_forced (EngineAutomaton *automaton, int32_t state, char *out, size_t n, int32_t *after, EngineError *error);
/* The set of the bytes that may follow. */
EngineByteSet engine_automaton_bytes (EngineAutomaton *automaton, int32_t state);
/* `bits` [(n_vocab + 63) / 64]: the tokens that may follow, those that end an answer among them where it may end. */
bool    engine_automaton_mask (EngineAutomaton *automaton, int32_t state, uint64_t *bits, EngineError *error);
