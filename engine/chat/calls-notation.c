/* SPDX-License-Identifier: MIT */
/* Grammars of arguments that are neither JSON nor between marks: in braces with bare keys (Gemma), as elements (MiniMax M3), or as keywords with values in JSON (LFM2). */
#include "chat/calls-grammar.h"

#include <string.h>

#define RULES_MOST 2000
#define ITEMS_MOST 32

typedef struct { const EngineJson *schema; int32_t rule; } Known;

typedef struct {
  EngineSchema      *s;
  const EngineVocab *vocab;
  EngineCallStepKind kind;
  const char        *mark;   /* around texts, or before marks */
  EngineRegular     *within; /* the texts in which it is not */
  Known             *known;
  size_t             n, capacity;
} Notation;

static int32_t value_rule (Notation *t, const EngineSchemas *parts);

static int32_t
text (Notation *t, const char *bytes, int32_t next)
{
  return engine_net_text (&t->s->b, bytes, strlen (bytes), next);
}

/* ---- members ---------------------------------------------------------------------------- */

typedef struct {
  Notation     *t;
  EngineFacts   facts;
  EngineSchemas names;
  int32_t      *rules, *nodes;
  uint32_t      required;
  int32_t       end;
} Members;

static int32_t
member_rule (Members *m, const EngineJson *name)
{
  Notation *t = m->t;
  EngineNetBuilder *b = &t->s->b;
  EngineSchemas value = { 0 };
  int32_t rule = engine_net_rule (b), end = ENGINE_NET_NODE_END, at;

  engine_schema_property (t->s, &m->facts, name, &value);
  if (t->kind == ENGINE_CALL_TAGS) {
    at = engine_call_mark_emit (t->s, t->vocab, t->mark, text (t, "</", engine_net_text (b, name->text, name->n, text (t, ">", end))));
    at = text (t, ">", engine_net_call (b, value_rule (t, &value), at));
    at = engine_call_mark_emit (t->s, t->vocab, t->mark, text (t, "<", engine_net_text (b, name->text, name->n, at)));
  } else {
    at = engine_net_call (b, t->kind == ENGINE_CALL_KEYWORDS ? engine_schema_unit (t->s, &value) : value_rule (t, &value), end);
    at = engine_net_text (b, name->text, name->n, text (t, t->kind == ENGINE_CALL_KEYWORDS ? "=" : ":", at));
  }
  engine_net_define (b, rule, at);
  return rule;
}

static int32_t
separated (Members *m, bool any, int32_t next)
{
  if (!any || m->t->kind == ENGINE_CALL_TAGS || next == ENGINE_NET_NODE_NONE)
    return next;
  return text (m->t, m->t->kind == ENGINE_CALL_KEYWORDS ? ", " : ",", next);
}

/* Behind the members of the set. */
static int32_t
behind_set (Members *m, uint32_t set)
{
  EngineNetBuilder *b = &m->t->s->b;
  int32_t at = ENGINE_NET_NODE_NONE;

  if (m->nodes[set])
    return m->nodes[set] - 1;
  for (size_t i = m->names.n; i-- > 0;)
    if (!(set >> i & 1))
      at = engine_net_fork (b, engine_net_call (b, m->rules[i], behind_set (m, set | 1u << i)), at);
  at = separated (m, set != 0, at);
  if ((set & m->required) == m->required)
    at = engine_net_fork (b, at, m->end);
  m->nodes[set] = at + 1;
  return at;
}

/* In the order in which they are listed; `any`: something stands before them. */
static int32_t
in_order (Members *m, size_t i, bool any)
{
  EngineNetBuilder *b = &m->t->s->b;
  int32_t *kept = &m->nodes[2 * i + any], at = m->end;

  if (*kept)
    return *kept - 1;
  if (i < m->names.n) {
    at = separated (m, any, engine_net_call (b, m->rules[i], in_order (m, i + 1, true)));
    if (!engine_schema_requires (&m->facts, m->names.list[i]))
      at = engine_net_fork (b, at, in_order (m, i + 1, any));
  }
  *kept = at + 1;
  return at;
}

static int32_t
emit_members (Notation *t, const EngineFacts *facts, int32_t end)
{
  Members m = { .t = t, .facts = *facts, .end = end };
  bool any_order;

  m.names = engine_schema_names (t->s, facts);
  any_order = m.names.n <= ENGINE_SCHEMA_ANY_ORDER;
  m.rules = engine_build_alloc (t->s->build, m.names.n + 1, sizeof *m.rules);
  m.nodes = engine_build_alloc (t->s->build, any_order ? (size_t) 1 << m.names.n : 2 * (m.names.n + 1), sizeof *m.nodes);
  for (size_t i = 0; i < m.names.n; i++) {
    m.rules[i] = member_rule (&m, m.names.list[i]);
    if (any_order && engine_schema_requires (facts, m.names.list[i]))
      m.required |= 1u << i;
  }
  return any_order ? behind_set (&m, 0) : in_order (&m, 0, false);
}

/* ---- values -------------------------------------------------------------------------------- */

static int32_t
emit_plain (Notation *t, const EngineFacts *facts, int32_t next)
{
  EngineRegular *texts;
  int32_t at = ENGINE_NET_NODE_NONE;

  if (!facts->enumerated) {
    texts = engine_schema_texts (t->s, facts);
    at = engine_call_regular_emit (t->s, texts ? engine_regular_both (t->s->build, texts, t->within) : t->within, next);
  } else {
    for (size_t i = facts->values.n; i-- > 0;)
      if (facts->values.list[i]->kind == ENGINE_JSON_STRING && engine_regular_has (t->within, facts->values.list[i]->text, facts->values.list[i]->n))
        at = engine_net_fork (&t->s->b, engine_net_text (&t->s->b, facts->values.list[i]->text, facts->values.list[i]->n, next), at);
  }
  return at;
}

static int32_t
emit_text (Notation *t, const EngineFacts *facts)
{
  if (t->kind == ENGINE_CALL_TAGS)
    return emit_plain (t, facts, ENGINE_NET_NODE_END);
  return engine_call_mark_emit (t->s, t->vocab, t->mark, emit_plain (t, facts, engine_call_mark_emit (t->s, t->vocab, t->mark, ENGINE_NET_NODE_END)));
}

/* Elements from the n-th on. */
static int32_t
emit_items (Notation *t, const EngineFacts *facts, int32_t n, int32_t end)
{
  EngineNetBuilder *b = &t->s->b;
  EngineSchemas item = { 0 };
  int32_t rule, most = facts->most_items, at, loop;

  engine_schema_item (t->s, facts, n, &item);
  rule = engine_net_rule (b);
  if (t->kind == ENGINE_CALL_TAGS) {
    at = engine_call_mark_emit (t->s, t->vocab, t->mark, text (t, "</item>", ENGINE_NET_NODE_END));
    at = engine_call_mark_emit (t->s, t->vocab, t->mark, text (t, "<item>", engine_net_call (b, value_rule (t, &item), at)));
  } else {
    at = engine_net_call (b, value_rule (t, &item), ENGINE_NET_NODE_END);
  }
  engine_net_define (b, rule, at);
  if (most >= 0 && n >= most)
    return end;
  if (most < 0 && n >= facts->least_items && n >= facts->n_prefix && n > 0) {
    loop = engine_net_hold (b);
    at = engine_net_call (b, rule, loop);
    engine_net_set (b, loop, t->kind == ENGINE_CALL_TAGS ? at : text (t, ",", at), end);
    return loop;
  }
  at = engine_net_call (b, rule, emit_items (t, facts, n + 1, end));
  at = n && t->kind != ENGINE_CALL_TAGS ? text (t, ",", at) : at;
  return n >= facts->least_items ? engine_net_fork (b, at, end) : at;
}

/* Of one branch. */
static int32_t
emit_branch (Notation *t, const EngineSchemas *branch)
{
  EngineNetBuilder *b = &t->s->b;
  EngineFacts facts = engine_schema_facts (t->s, branch);
  bool tags = t->kind == ENGINE_CALL_TAGS, texts = !facts.enumerated && (facts.types & ENGINE_TYPE_STRING);
  int32_t at = ENGINE_NET_NODE_NONE, end = ENGINE_NET_NODE_END;

  for (size_t i = 0; facts.enumerated && i < facts.values.n; i++) {
    const EngineJson *value = facts.values.list[i];
    EngineSchemas one = { 0 };

    texts |= value->kind == ENGINE_JSON_STRING;
    if (value->kind == ENGINE_JSON_STRING || value->kind == ENGINE_JSON_OBJECT || value->kind == ENGINE_JSON_ARRAY)
      continue;
    {
      EngineJson *schema = engine_json_new (t->s->build, ENGINE_JSON_OBJECT);

      engine_json_add (t->s->build, schema, engine_json_string (t->s->build, "const", 5), (EngineJson *) value);
      engine_schemas_add (t->s, &one, schema);
      at = engine_net_fork (b, engine_net_call (b, engine_schema_unit (t->s, &one), end), at);
    }
  }
  if (texts)
    at = engine_net_fork (b, emit_text (t, &facts), at);
  /* An element that may be a text is one: what looks like something else would be read as that. */
  if (facts.enumerated || (tags && texts))
    return at;
  if (facts.types & ENGINE_TYPE_NULL)
    at = engine_net_fork (b, text (t, "null", end), at);
  if (facts.types & ENGINE_TYPE_BOOLEAN)
    at = engine_net_fork (b, engine_net_fork (b, text (t, "true", end), text (t, "false", end)), at);
  if (facts.types & (ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE))
    at = engine_net_fork (b, engine_number_emit (b, &facts.number, "#", end), at);
  if ((facts.types & ENGINE_TYPE_ARRAY) && facts.least_items <= ITEMS_MOST && facts.most_items <= ITEMS_MOST) {
    int32_t items = emit_items (t, &facts, 0, tags ? end : text (t, "]", end));

    at = engine_net_fork (b, tags ? items : text (t, "[", items), at);
  }
  if (facts.types & ENGINE_TYPE_OBJECT)
    at = engine_net_fork (b, tags ? emit_members (t, &facts, end) : text (t, "{", emit_members (t, &facts, text (t, "}", end))), at);
  return at;
}

static int32_t
value_rule (Notation *t, const EngineSchemas *parts)
{
  EngineSchemas any = { 0 };
  EngineBranches branches;
  int32_t rule, at = ENGINE_NET_NODE_NONE;

  /* Where nothing is said of a value it is a text. */
  if (parts->n == 0 || (parts->n == 1 && (parts->list[0]->kind == ENGINE_JSON_TRUE || (parts->list[0]->kind == ENGINE_JSON_OBJECT && parts->list[0]->n == 0)))) {
    EngineJson *schema = engine_json_new (t->s->build, ENGINE_JSON_OBJECT);

    engine_json_add (t->s->build, schema, engine_json_string (t->s->build, "type", 4), engine_json_string (t->s->build, "string", 6));
    engine_schemas_add (t->s, &any, schema);
    parts = &any;
  }
  for (size_t i = 0; parts->n == 1 && i < t->n; i++)
    if (t->known[i].schema == parts->list[0])
      return t->known[i].rule;
  if (t->n == RULES_MOST) {
    engine_fail (t->s->build->error, ENGINE_UNSUPPORTED, "The schema of a tool is too large for the notation in which this model writes arguments.");
    engine_build_leave (t->s->build);
  }
  rule = engine_net_rule (&t->s->b);
  t->known = engine_build_grow (t->s->build, t->known, t->n, &t->capacity, sizeof *t->known);
  t->known[t->n++] = (Known) { parts->n == 1 ? parts->list[0] : NULL, rule };
  branches = engine_schema_branches (t->s, parts);
  for (size_t i = branches.n; i-- > 0;)
    at = engine_net_fork (&t->s->b, emit_branch (t, &branches.list[i]), at);
  engine_net_define (&t->s->b, rule, at);
  return rule;
}

int32_t
engine_call_notation_emit (EngineSchema *s, const EngineCallFormat *format, const EngineCallTool *tool, const EngineVocab *vocab, EngineCallStepKind kind, int32_t next)
{
  Notation t = { .s = s, .vocab = vocab, .kind = kind, .mark = kind == ENGINE_CALL_TAGS ? format->members.before : format->quote };
  const char *closer = kind == ENGINE_CALL_BRACES ? "}" : kind == ENGINE_CALL_KEYWORDS ? ")" : "";
  EngineSchemas root = { 0 };
  EngineBranches branches;
  int32_t at = ENGINE_NET_NODE_NONE;

  if (t.mark)
    t.within = engine_call_texts_without (s, t.mark);
  engine_schema_enter (s, tool->schema);
  engine_schema_add_object (s, tool->schema, &root);
  branches = engine_schema_branches (s, &root);
  next = text (&t, closer, next);
  for (size_t i = branches.n; i-- > 0;) {
    EngineFacts facts = engine_schema_facts (s, &branches.list[i]);

    at = engine_net_fork (&s->b, emit_members (&t, &facts, next), at);
  }
  engine_schema_define (s);
  return kind == ENGINE_CALL_TAGS ? at : text (&t, kind == ENGINE_CALL_BRACES ? "{" : "(", at);
}
