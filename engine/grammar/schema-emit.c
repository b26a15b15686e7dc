/* SPDX-License-Identifier: MIT */
/* The network of a branch: how its values are written. */
#include "grammar/schema.h"

#include <stdio.h>
#include <string.h>

/* ---- constants --------------------------------------------------------------------------- */

static int32_t
emit_value (EngineSchema *s, const EngineJson *value, int32_t next)
{
  bool object = value->kind == ENGINE_JSON_OBJECT;
  EngineText text = { 0 };
  char own[1024];

  switch (value->kind) {
  case ENGINE_JSON_STRING:
    return engine_json_text_emit (&s->b, value->text, value->n, next);
  case ENGINE_JSON_ARRAY:
  case ENGINE_JSON_OBJECT:
    next = engine_schema_spaces (s, engine_net_text (&s->b, object ? "}" : "]", 1, next));
    for (size_t i = value->n; i-- > 0;) {
      next = emit_value (s, value->items[i], next);
      if (object)
        next = engine_json_text_emit (&s->b, value->keys[i]->text, value->keys[i]->n, engine_net_text (&s->b, ":", 1, engine_schema_gap (s, next)));
      next = i ? engine_net_text (&s->b, ",", 1, engine_schema_gap (s, next)) : engine_schema_spaces (s, next);
    }
    return engine_net_text (&s->b, object ? "{" : "[", 1, next);
  default:
    engine_json_write (&text, value);
    snprintf (own, sizeof own, "%s", text.bytes ? text.bytes : "");
    free (text.bytes);
    return engine_net_text (&s->b, own, strlen (own), next);
  }
}

#define FEW_TEXTS 4

/* One of the values; many texts as one machine, in which those that begin alike are together. */
static int32_t
emit_values (EngineSchema *s, const EngineSchemas *values, int32_t next)
{
  const char **texts = engine_build_alloc (s->build, values->n, sizeof *texts);
  size_t *lengths = engine_build_alloc (s->build, values->n, sizeof *lengths), n = 0;
  int32_t at = ENGINE_NET_NODE_NONE;

  for (size_t i = 0; i < values->n; i++)
    if (values->list[i]->kind == ENGINE_JSON_STRING) {
      texts[n] = values->list[i]->text;
      lengths[n++] = values->list[i]->n;
    }
  for (size_t i = values->n; i-- > 0;)
    if (n <= FEW_TEXTS || values->list[i]->kind != ENGINE_JSON_STRING)
      at = engine_net_fork (&s->b, emit_value (s, values->list[i], next), at);
  if (n > FEW_TEXTS)
    at = engine_net_fork (&s->b, engine_json_regular_emit (&s->b, engine_regular_texts (s->build, texts, lengths, n), s->tail_rule, next), at);
  return at;
}

/* ---- strings --------------------------------------------------------------------------------- */

static int32_t
make_call (EngineNetBuilder *b, void *user, int32_t next)
{
  return engine_net_call (b, *(const int32_t *) user, next);
}

static int32_t
emit_string (EngineSchema *s, const EngineFacts *facts, int32_t next)
{
  int32_t at;

  if (facts->patterns.n)
    return engine_json_regular_emit (&s->b, engine_schema_texts (s, facts), s->tail_rule, next);
  if (facts->most_length >= 0 && facts->most_length < facts->least_length)
    return ENGINE_NET_NODE_NONE;
  /* Counted by calls of a rule for one character. */
  at = facts->most_length < 0 ? engine_net_call (&s->b, s->tail_rule, next) : engine_net_text (&s->b, "\"", 1, next);
  at = engine_net_repeat (&s->b, make_call, &s->char_rule, facts->least_length, ENGINE_MAX (facts->most_length, facts->least_length), at);
  return engine_net_text (&s->b, "\"", 1, at);
}

/* ---- arrays ------------------------------------------------------------------------------------ */

/* Behind `n` elements: one more, if there may be. */
static int32_t
emit_item (EngineSchema *s, const EngineFacts *facts, int32_t n, int32_t next)
{
  EngineSchemas item = { 0 };

  engine_schema_item (s, facts, n, &item);
  next = engine_net_call (&s->b, engine_schema_unit (s, &item), next);
  return n ? engine_net_text (&s->b, ",", 1, engine_schema_gap (s, next)) : engine_schema_spaces (s, next);
}

static void
check_unique (EngineSchema *s, const EngineFacts *facts)
{
  if (!facts->unique || s->options->lax || (facts->most_items >= 0 && facts->most_items <= 1))
    return;
  engine_fail (s->build->error, ENGINE_UNSUPPORTED, "%s: that all elements differ (\"uniqueItems\") cannot be promised while they are written.", engine_json_path (facts->branch->list[0]).text);
  engine_build_leave (s->build);
}

static int32_t
emit_array (EngineSchema *s, const EngineFacts *facts, int32_t next)
{
  int32_t most = facts->most_items, n = ENGINE_MAX (ENGINE_MAX (facts->n_prefix, facts->least_items), 1), end, at;

  check_unique (s, facts);
  if (most >= 0 && most < facts->least_items)
    return ENGINE_NET_NODE_NONE;
  end = engine_schema_spaces (s, engine_net_text (&s->b, "]", 1, next));
  if (most >= 0) {
    n = most;
    at = end;
  } else {
    /* From there on all elements are alike. */
    at = engine_net_hold (&s->b);
    engine_net_set (&s->b, at, emit_item (s, facts, n, at), end);
  }
  while (n-- > 0) {
    at = emit_item (s, facts, n, at);
    at = n >= facts->least_items ? engine_net_fork (&s->b, at, end) : at;
  }
  return engine_net_text (&s->b, "[", 1, at);
}

/* ---- all ------------------------------------------------------------------------------------------ */

int32_t
engine_schema_emit (EngineSchema *s, const EngineSchemas *branch)
{
  EngineFacts facts = engine_schema_facts (s, branch);
  int32_t at = ENGINE_NET_NODE_NONE, end = ENGINE_NET_NODE_END;
  EngineJsonPath path = { "#" };

  if (branch->n)
    path = engine_json_path (branch->list[0]);
  if (facts.enumerated)
    return emit_values (s, &facts.values, end);
  if (facts.types & ENGINE_TYPE_NULL)
    at = engine_net_fork (&s->b, engine_net_text (&s->b, "null", 4, end), at);
  if (facts.types & ENGINE_TYPE_BOOLEAN)
    at = engine_net_fork (&s->b, engine_net_fork (&s->b, engine_net_text (&s->b, "true", 4, end), engine_net_text (&s->b, "false", 5, end)), at);
  if (facts.types & (ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE))
    at = engine_net_fork (&s->b, engine_number_emit (&s->b, &facts.number, path.text, end), at);
  if (facts.types & ENGINE_TYPE_STRING)
    at = engine_net_fork (&s->b, emit_string (s, &facts, end), at);
  if (facts.types & ENGINE_TYPE_ARRAY)
    at = engine_net_fork (&s->b, emit_array (s, &facts, end), at);
  if (facts.types & ENGINE_TYPE_OBJECT)
    at = engine_net_fork (&s->b, engine_schema_emit_object (s, &facts, end), at);
  return at;
}
