/* SPDX-License-Identifier: MIT */
/* Grammars of arguments that are written neither as JSON nor between marks. */
#include "chat/calls-grammar.h"

#include "tokenizer/vocab.h"

#include <string.h>

typedef struct {
  EngineSchema      *s;
  const EngineFacts *facts;
  EngineSchemas      names;
  int32_t           *rules, *nodes;
  uint32_t           required;
  int32_t            end;
} Keywords;

static int32_t
comma (EngineSchema *s, int32_t next)
{
  return engine_net_text (&s->b, ", ", 2, next);
}

/* Behind the members of the set. */
static int32_t
behind (Keywords *k, uint32_t set)
{
  int32_t at = ENGINE_NET_NODE_NONE;

  if (k->nodes[set])
    return k->nodes[set] - 1;
  for (size_t i = k->names.n; i-- > 0;)
    if (!(set >> i & 1))
      at = engine_net_fork (&k->s->b, engine_net_call (&k->s->b, k->rules[i], behind (k, set | 1u << i)), at);
  if (at != ENGINE_NET_NODE_NONE && set)
    at = comma (k->s, at);
  if ((set & k->required) == k->required)
    at = engine_net_fork (&k->s->b, at, k->end);
  k->nodes[set] = at + 1;
  return at;
}

/* In the order in which they are listed; `any`: something stands before them. */
static int32_t
in_order (Keywords *k, size_t i, bool any)
{
  int32_t *kept = &k->nodes[2 * i + any], at;

  if (*kept)
    return *kept - 1;
  if (i == k->names.n) {
    at = k->end;
  } else {
    at = engine_net_call (&k->s->b, k->rules[i], in_order (k, i + 1, true));
    at = any ? comma (k->s, at) : at;
    if (!engine_schema_requires (k->facts, k->names.list[i]))
      at = engine_net_fork (&k->s->b, at, in_order (k, i + 1, any));
  }
  *kept = at + 1;
  return at;
}

int32_t
engine_call_notation_emit (EngineSchema *s, const EngineCallFormat *format, const EngineCallTool *tool, const EngineVocab *vocab, bool braces, int32_t next)
{
  EngineSchemas root = { 0 };
  EngineBranches branches;
  int32_t at = ENGINE_NET_NODE_NONE;

  (void) format;
  (void) vocab;
  engine_schema_enter (s, tool->schema);
  engine_schema_add_object (s, tool->schema, &root);
  branches = engine_schema_branches (s, &root);
  for (size_t k = 0; k < branches.n; k++) {
    EngineFacts facts = engine_schema_facts (s, &branches.list[k]);
    Keywords all = { .s = s, .facts = &facts, .end = engine_net_text (&s->b, braces ? "}" : ")", 1, next) };

    all.names = engine_schema_names (s, &facts);
    all.rules = engine_build_alloc (s->build, all.names.n + 1, sizeof *all.rules);
    for (size_t i = 0; i < all.names.n; i++) {
      const EngineJson *name = all.names.list[i];
      EngineSchemas value = { 0 };

      engine_schema_property (s, &facts, name, &value);
      all.rules[i] = engine_net_rule (&s->b);
      engine_net_define (&s->b, all.rules[i], engine_net_text (&s->b, name->text, name->n, engine_net_text (&s->b, braces ? ":" : "=", 1, engine_net_call (&s->b, engine_schema_unit (s, &value), ENGINE_NET_NODE_END))));
      if (i < 32 && engine_schema_requires (&facts, name))
        all.required |= 1u << i;
    }
    all.nodes = engine_build_alloc (s->build, all.names.n <= ENGINE_SCHEMA_ANY_ORDER ? (size_t) 1 << all.names.n : 2 * (all.names.n + 1), sizeof *all.nodes);
    at = engine_net_fork (&s->b, all.names.n <= ENGINE_SCHEMA_ANY_ORDER ? behind (&all, 0) : in_order (&all, 0, false), at);
  }
  engine_schema_define (s);
  return engine_net_text (&s->b, braces ? "{" : "(", 1, at);
}
