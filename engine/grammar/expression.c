/* SPDX-License-Identifier: MIT */
#include "grammar/expression.h"

/* A repetition of more pieces than this goes through a rule of its own, so that each piece is one node. */
#define FEW 4

EngineExpression *
engine_expression_new (EngineBuild *build, EngineExpressionKind kind)
{
  EngineExpression *expression = engine_build_alloc (build, 1, sizeof *expression);

  expression->kind = kind;
  return expression;
}

void
engine_expression_add (EngineBuild *build, EngineExpression *expression, EngineExpression *part)
{
  expression->parts = engine_build_grow (build, expression->parts, expression->n_parts, &expression->capacity, sizeof (EngineExpression *));
  expression->parts[expression->n_parts++] = part;
}

static int
compare (const void *a, const void *b)
{
  const EngineCharRange *left = a, *right = b;

  return left->from < right->from ? -1 : left->from > right->from;
}

size_t
engine_ranges_tidy (EngineCharRange *ranges, size_t n)
{
  size_t kept = 0;

  if (n)
    qsort (ranges, n, sizeof *ranges, compare);
  for (size_t i = 0; i < n; i++) {
    if (kept && ranges[i].from <= ranges[kept - 1].to + 1)
      ranges[kept - 1].to = ENGINE_MAX (ranges[kept - 1].to, ranges[i].to);
    else
      ranges[kept++] = ranges[i];
  }
  return kept;
}

EngineCharRange *
engine_ranges_invert (EngineBuild *build, const EngineCharRange *ranges, size_t n, size_t *n_out)
{
  EngineCharRange *out = engine_build_alloc (build, n + 1, sizeof *out);
  uint32_t from = 0;

  *n_out = 0;
  for (size_t i = 0; i < n; i++) {
    if (ranges[i].from > from)
      out[(*n_out)++] = (EngineCharRange) { from, ranges[i].from - 1 };
    from = ranges[i].to + 1;
  }
  if (from <= ENGINE_CHAR_MOST)
    out[(*n_out)++] = (EngineCharRange) { from, ENGINE_CHAR_MOST };
  return out;
}

static int32_t
emit_part (EngineNetBuilder *b, void *user, int32_t next)
{
  return engine_expression_emit (b, user, next);
}

static int32_t
emit_call (EngineNetBuilder *b, void *user, int32_t next)
{
  return engine_net_call (b, *(const int32_t *) user, next);
}

static int32_t
emit_repeat (EngineNetBuilder *b, const EngineExpression *expression, int32_t next)
{
  EngineExpression *part = expression->parts[0];
  int32_t rule;

  if (ENGINE_MAX (expression->least, expression->most) <= FEW)
    return engine_net_repeat (b, emit_part, part, expression->least, expression->most, next);
  rule = engine_net_rule (b);
  engine_net_define (b, rule, engine_expression_emit (b, part, ENGINE_NET_NODE_END));
  return engine_net_repeat (b, emit_call, &rule, expression->least, expression->most, next);
}

int32_t
engine_expression_emit (EngineNetBuilder *b, const EngineExpression *expression, int32_t next)
{
  int32_t at = ENGINE_NET_NODE_NONE;

  engine_build_step (b->build, 1);
  switch (expression->kind) {
  case ENGINE_EXPRESSION_CHARS:
    return engine_net_chars (b, expression->ranges, expression->n_ranges, next);
  case ENGINE_EXPRESSION_ALL:
    for (size_t i = expression->n_parts; i-- > 0;)
      next = engine_expression_emit (b, expression->parts[i], next);
    return next;
  case ENGINE_EXPRESSION_ANY:
    for (size_t i = expression->n_parts; i-- > 0;)
      at = engine_net_fork (b, engine_expression_emit (b, expression->parts[i], next), at);
    return at;
  case ENGINE_EXPRESSION_REPEAT:
    return emit_repeat (b, expression, next);
  case ENGINE_EXPRESSION_RULE:
    return engine_net_call (b, expression->rule, next);
  default:
    return next;
  }
}
