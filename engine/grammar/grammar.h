/* SPDX-License-Identifier: MIT */
/* A grammar, and who follows a text by it.
 *
 * Internal; engine.h has what the rest of Melete sees. A grammar is a network that nobody changes, and, with a lock, the
 * automaton in which was found out what it allows. A matcher is one text on its way: copying it with engine_matcher_copy ()
 * is all that a way back takes. One thread at a time for a matcher. */
#pragma once

#include "grammar/automaton.h"

typedef struct {
  EngineGrammar   *grammar;
  EngineAutomaton *automaton;
  int32_t          state;
} EngineMatcher;

/* Takes over a network that is finished. */
EngineGrammar *engine_grammar_new (const EngineNet *net, EngineError *error);

/* `trie`: of the vocabulary that masks are for; NULL: only bytes are asked for. */
bool engine_matcher_init (EngineMatcher *matcher, EngineGrammar *grammar, EngineTrie *trie, EngineError *error);
void engine_matcher_copy (EngineMatcher *matcher, const EngineMatcher *from);
void engine_matcher_clear (EngineMatcher *matcher);

/* False, and where it was before, when the bytes do not fit (no error) or on error. */
bool engine_matcher_take (EngineMatcher *matcher, const char *bytes, size_t n, size_t *n_taken, EngineError *error);
bool engine_matcher_may_end (const EngineMatcher *matcher);
bool engine_matcher_must_end (const EngineMatcher *matcher);
uint32_t engine_matcher_least (const EngineMatcher *matcher);
EngineByteSet engine_matcher_bytes (const EngineMatcher *matcher);
size_t engine_matcher_forced (const EngineMatcher *matcher, char *out, size_t n, EngineError *error);
bool engine_matcher_mask (EngineMatcher *matcher, uint64_t *bits, EngineError *error);

/* A JSON Schema: the network, finished; schema.c. */
void engine_schema_read (EngineBuild *build, const char *text, size_t n_bytes, const EngineSchemaOptions *options, EngineNet *net);
