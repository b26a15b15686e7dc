/* SPDX-License-Identifier: MIT */
/* What the parsers of statements and of expressions share.
 *
 * Internal to engine/chat/. */
#pragma once

#include "chat/lexer.h"

typedef struct {
  JinjaRun         *run;
  JinjaNames       *names;
  const JinjaToken *token; /* the current one; never moves past JINJA_TOKEN_END */
  int               nesting;
  int               n_loops; /* around the current statement, within its macro */
  int               n_varargs, n_kwargs; /* times that these names were read */
} JinjaParser;

JinjaNode *jinja_node (JinjaParser *parser, JinjaNodeKind kind);
JinjaNode *jinja_constant (JinjaParser *parser, JinjaValue value);
/* Nesting of a node whose parts are set; fails when it is too deep. Returns the node. */
JinjaNode *jinja_finish_node (JinjaParser *parser, JinjaNode *node);
/* Adds to a list that grows by doubling. */
void       jinja_add (JinjaParser *parser, JinjaNode ***list, size_t *n, JinjaNode *node);

void jinja_next (JinjaParser *parser);
bool jinja_at_operator (const JinjaParser *parser, const char *text);
bool jinja_at_name (const JinjaParser *parser, const char *text);
bool jinja_skip_operator (JinjaParser *parser, const char *text);
bool jinja_skip_name (JinjaParser *parser, const char *text);
void jinja_expect_operator (JinjaParser *parser, const char *text);
JinjaName *jinja_expect_name (JinjaParser *parser);
/* Fails with what was expected and what stands there. */
_Noreturn void jinja_unexpected (JinjaParser *parser, const char *expected);

/* Every way of nesting goes through here, and leaves with nesting--; fails when it is too deep. */
void jinja_nest (JinjaParser *parser);

JinjaNode *jinja_parse_expression (JinjaParser *parser);
/* A name, a constant, a list, a dict, or something in parentheses. */
JinjaNode *jinja_parse_primary (JinjaParser *parser);
/* Several with commas between them are a tuple. `conditions`: "a if b" may stand in it. */
JinjaNode *jinja_parse_tuple (JinjaParser *parser, bool conditions);
/* A name, a tuple of names, or, with `attributes`, namespace.name. */
JinjaNode *jinja_parse_target (JinjaParser *parser, bool attributes);
/* "| name (…) | …" after `subject` (NULL: for a block). */
JinjaNode *jinja_parse_filters (JinjaParser *parser, JinjaNode *subject);
/* Filter names without the first "|". */
JinjaNode *jinja_parse_filter_name (JinjaParser *parser, JinjaNode *subject);
