/* SPDX-License-Identifier: MIT */
/* Sets of texts that a machine with finitely many states knows: patterns, lengths, lists of names, and what several of them
 * have in common.
 *
 * Internal to engine/grammar/. The machine reads characters, not bytes, and is deterministic: from a state at most one edge takes a
 * character. State 0 is the beginning. All memory is the build's. */
#pragma once

#include "grammar/expression.h"

typedef struct { uint32_t from, to; int32_t next; } EngineRegularEdge;

typedef struct {
  EngineRegularEdge *edges; /* sorted, without overlaps */
  int32_t            n;
  bool               accepts;
} EngineRegularState;

typedef struct {
  EngineRegularState *states;
  size_t              n, capacity;
} EngineRegular;

/* All texts in which the expression is found: everywhere, but for its anchors. */
EngineRegular *engine_regular_find (EngineBuild *build, const EngineExpression *expression);
/* All of `least` to `most` characters; most < 0: without end. */
EngineRegular *engine_regular_length (EngineBuild *build, int32_t least, int32_t most);
EngineRegular *engine_regular_both (EngineBuild *build, const EngineRegular *a, const EngineRegular *b);
/* All others. */
EngineRegular *engine_regular_not (EngineBuild *build, const EngineRegular *a);
/* The texts alone. */
EngineRegular *engine_regular_texts (EngineBuild *build, const char *const *texts, const size_t *lengths, size_t n);
bool           engine_regular_is_empty (EngineBuild *build, const EngineRegular *a);
bool           engine_regular_has (const EngineRegular *a, const char *text, size_t n);

/* A regular expression as JSON Schema has it (ECMA-262, without what looks around); pattern.c. `path` says where it stands, for sentences. */
EngineExpression *engine_pattern_read (EngineBuild *build, const char *pattern, size_t n, const char *path);
