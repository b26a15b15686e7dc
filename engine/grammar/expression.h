/* SPDX-License-Identifier: MIT */
/* What a rule or a pattern says, as a tree.
 *
 * Internal to engine/grammar/. */
#pragma once

#include "grammar/network.h"

typedef enum {
  ENGINE_EXPRESSION_CHARS,  /* one of the ranges */
  ENGINE_EXPRESSION_ALL,    /* the parts, one after the other; none: nothing */
  ENGINE_EXPRESSION_ANY,    /* one of the parts */
  ENGINE_EXPRESSION_REPEAT, /* parts[0] again and again */
  ENGINE_EXPRESSION_RULE,   /* of a grammar alone */
  ENGINE_EXPRESSION_BEGIN,  /* of a pattern alone: nothing stands before it */
  ENGINE_EXPRESSION_END,    /* likewise behind it */
} EngineExpressionKind;

typedef struct EngineExpression EngineExpression;
struct EngineExpression {
  EngineExpressionKind kind;
  EngineCharRange   *ranges; /* sorted, without overlaps */
  size_t             n_ranges;
  EngineExpression **parts;
  size_t             n_parts, capacity;
  int32_t            least, most; /* of REPEAT; most < 0: without end */
  int32_t            rule;
};

EngineExpression *engine_expression_new (EngineBuild *build, EngineExpressionKind kind);
void              engine_expression_add (EngineBuild *build, EngineExpression *expression, EngineExpression *part);
/* Sorts ranges and joins those that touch; returns how many are left. */
size_t            engine_ranges_tidy (EngineCharRange *ranges, size_t n);
/* All other characters, in memory of the build. */
EngineCharRange  *engine_ranges_invert (EngineBuild *build, const EngineCharRange *ranges, size_t n, size_t *n_out);

/* The piece of a network for an expression of a grammar. */
int32_t engine_expression_emit (EngineNetBuilder *b, const EngineExpression *expression, int32_t next);

/* A grammar as text (gbnf.c): the network, finished. */
void engine_gbnf_read (EngineBuild *build, const char *text, size_t n_bytes, EngineNet *net);
