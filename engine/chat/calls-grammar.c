/* SPDX-License-Identifier: MIT */
/* The grammar of calls: the steps of a format, with each tool's name and what its schema allows.
 *
 * Built from behind, as all networks (grammar/network.h). For each tool the steps are written once. A special token is demanded as itself where the vocabulary has it. */
#include "chat/calls-grammar.h"

#include "grammar/schema.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocab.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  EngineSchema            s;
  const EngineCallFormat *format;
  const EngineVocab      *vocab; /* NULL: no token is special */
  const EngineCallTool   *tool;  /* whose steps are written */
  int32_t                 arguments; /* the rule of its arguments as JSON; -1: not yet */
} Grammar;

/* ---- arguments as JSON ------------------------------------------------------------------ */

static int32_t
arguments_rule (Grammar *g)
{
  if (g->arguments < 0)
    g->arguments = engine_schema_rule (&g->s, g->tool->schema);
  return g->arguments;
}

static int32_t
emit_arguments (Grammar *g, int32_t next)
{
  return engine_net_call (&g->s.b, arguments_rule (g), next);
}

#define ID_LENGTH 9

static int32_t
emit_id_signs (Grammar *g, int32_t next)
{
  EngineByteSet signs = { { 0 } };

  engine_byte_set_add (&signs, 'a', 'z');
  engine_byte_set_add (&signs, 'A', 'Z');
  engine_byte_set_add (&signs, '0', '9');
  for (int i = 0; i < ID_LENGTH; i++)
    next = engine_net_bytes (&g->s.b, &signs, next);
  return next;
}

/* "key": before a value. */
static int32_t
emit_key (Grammar *g, const char *key, int32_t next)
{
  next = engine_net_text (&g->s.b, ":", 1, engine_schema_gap (&g->s, next));
  return engine_json_text_emit (&g->s.b, key, strlen (key), next);
}

static int32_t
emit_comma (Grammar *g, int32_t next)
{
  return engine_net_text (&g->s.b, ",", 1, engine_schema_gap (&g->s, next));
}

static int32_t
emit_id (Grammar *g, int32_t next)
{
  EngineNetBuilder *b = &g->s.b;

  return emit_key (g, g->format->id_key, engine_net_text (b, "\"", 1, emit_id_signs (g, engine_net_text (b, "\"", 1, next))));
}

static int32_t
emit_object (Grammar *g, int32_t next)
{
  const EngineCallFormat *f = g->format;
  EngineNetBuilder *b = &g->s.b;

  next = engine_schema_spaces (&g->s, engine_net_text (b, "}", 1, next));
  if (f->id_key && !f->id_first)
    next = emit_comma (g, emit_id (g, next));
  next = emit_arguments (g, next);
  if (f->keyed) {
    next = emit_key (g, g->tool->name, next);
  } else {
    next = emit_comma (g, emit_key (g, f->arguments_key, next));
    next = emit_key (g, f->name_key, engine_json_text_emit (b, g->tool->name, strlen (g->tool->name), next));
  }
  if (f->id_key && f->id_first)
    next = emit_id (g, emit_comma (g, next));
  return engine_net_text (b, "{", 1, engine_schema_spaces (&g->s, next));
}

/* ---- arguments one by one ------------------------------------------------------------------ */

typedef struct {
  Grammar      *g;
  EngineFacts   facts;
  EngineSchemas names;
  int32_t      *rules;    /* of each: the whole member */
  int32_t      *nodes;    /* [2^n] + 1; 0: not yet */
  int32_t       end;
  uint32_t      required;
} Members;

/* The value of a text between marks. */
static int32_t
emit_text (Grammar *g, const EngineFacts *facts, int32_t next)
{
  EngineRegular *texts, *within = engine_call_texts_without (&g->s, g->format->members.after);

  if (facts->enumerated) {
    int32_t at = ENGINE_NET_NODE_NONE;

    for (size_t i = facts->values.n; i-- > 0;)
      if (facts->values.list[i]->kind == ENGINE_JSON_STRING && engine_regular_has (within, facts->values.list[i]->text, facts->values.list[i]->n))
        at = engine_net_fork (&g->s.b, engine_net_text (&g->s.b, facts->values.list[i]->text, facts->values.list[i]->n, next), at);
    return at;
  }
  texts = engine_schema_texts (&g->s, facts);
  return engine_call_regular_emit (&g->s, texts ? engine_regular_both (g->s.build, texts, within) : within, next);
}

static bool
has_texts (const EngineFacts *facts)
{
  bool any = !facts->enumerated && (facts->types & ENGINE_TYPE_STRING);

  for (size_t i = 0; facts->enumerated && i < facts->values.n; i++)
    any |= facts->values.list[i]->kind == ENGINE_JSON_STRING;
  return any;
}

/* From a name to its value. */
static int32_t
emit_between (Grammar *g, int32_t next)
{
  const EngineCallMembers *members = &g->format->members;

  if (members->kind)
    next = engine_call_mark_emit (&g->s, g->vocab, members->kind, next);
  if (members->opener)
    next = engine_call_mark_emit (&g->s, g->vocab, members->opener, next);
  if (members->gap)
    next = engine_net_text (&g->s.b, members->gap, strlen (members->gap), next);
  return engine_call_mark_emit (&g->s, g->vocab, members->between, next);
}

/* The rule of a member with all its marks. */
static int32_t
member_rule (Members *m, const EngineJson *name)
{
  Grammar *g = m->g;
  const EngineCallMembers *members = &g->format->members;
  EngineNetBuilder *b = &g->s.b;
  EngineSchemas value = { 0 };
  EngineBranches branches;
  int32_t after = engine_call_mark_emit (&g->s, g->vocab, members->after, ENGINE_NET_NODE_END), text = ENGINE_NET_NODE_NONE, json = ENGINE_NET_NODE_NONE, at, rule = engine_net_rule (b);
  bool texts = false, others = false;

  if (members->lines)
    after = engine_net_text (b, "\n", 1, after);
  engine_schema_property (&g->s, &m->facts, name, &value);
  branches = engine_schema_branches (&g->s, &value);
  for (size_t i = 0; i < branches.n; i++) {
    EngineFacts facts = engine_schema_facts (&g->s, &branches.list[i]);

    if (has_texts (&facts)) {
      text = engine_net_fork (b, emit_text (g, &facts, after), text);
      texts = true;
    }
    others |= facts.enumerated ? facts.values.n > 0 : (facts.types & ~(unsigned) ENGINE_TYPE_STRING) != 0;
  }
  /* Where it may be a text, what stands in quotes is one with quotes. */
  if (others && !texts)
    json = engine_net_call (b, engine_schema_unit (&g->s, &value), after);
  if (members->lines) {
    text = text == ENGINE_NET_NODE_NONE ? text : engine_net_text (b, "\n", 1, text);
    json = json == ENGINE_NET_NODE_NONE ? json : engine_net_text (b, "\n", 1, json);
  }
  at = json == ENGINE_NET_NODE_NONE ? json : emit_between (g, json);
  if (text != ENGINE_NET_NODE_NONE)
    at = engine_net_fork (b, members->texts ? engine_call_mark_emit (&g->s, g->vocab, members->texts, text) : emit_between (g, text), at);
  at = engine_call_mark_emit (&g->s, g->vocab, members->before, engine_net_text (b, name->text, name->n, at));
  engine_net_define (b, rule, members->apart ? engine_net_text (b, members->apart, strlen (members->apart), at) : at);
  return rule;
}

/* Behind the members of the set. */
static int32_t
behind (Members *m, uint32_t set)
{
  int32_t at = (set & m->required) == m->required ? m->end : ENGINE_NET_NODE_NONE;

  if (m->nodes[set])
    return m->nodes[set] - 1;
  for (size_t i = m->names.n; i-- > 0;)
    if (!(set >> i & 1))
      at = engine_net_fork (&m->g->s.b, engine_net_call (&m->g->s.b, m->rules[i], behind (m, set | 1u << i)), at);
  m->nodes[set] = at + 1;
  return at;
}

/* In the order in which they are listed. */
static int32_t
in_order (Members *m)
{
  int32_t at = m->end;

  for (size_t i = m->names.n; i-- > 0;) {
    int32_t with = engine_net_call (&m->g->s.b, m->rules[i], at);

    at = engine_schema_requires (&m->facts, m->names.list[i]) ? with : engine_net_fork (&m->g->s.b, with, at);
  }
  return at;
}

static int32_t
emit_members (Grammar *g, int32_t next)
{
  EngineSchemas root = { 0 };
  EngineBranches branches;
  int32_t at = ENGINE_NET_NODE_NONE;

  engine_schema_enter (&g->s, g->tool->schema);
  engine_schema_add_object (&g->s, g->tool->schema, &root);
  branches = engine_schema_branches (&g->s, &root);
  for (size_t k = 0; k < branches.n; k++) {
    Members m = { .g = g, .facts = engine_schema_facts (&g->s, &branches.list[k]), .end = next };

    m.names = engine_schema_names (&g->s, &m.facts);
    m.rules = engine_build_alloc (g->s.build, m.names.n + 1, sizeof *m.rules);
    for (size_t i = 0; i < m.names.n; i++) {
      m.rules[i] = member_rule (&m, m.names.list[i]);
      if (i < 32 && engine_schema_requires (&m.facts, m.names.list[i]))
        m.required |= 1u << i;
    }
    if (m.names.n <= ENGINE_SCHEMA_ANY_ORDER) {
      m.nodes = engine_build_alloc (g->s.build, (size_t) 1 << m.names.n, sizeof *m.nodes);
      at = engine_net_fork (&g->s.b, behind (&m, 0), at);
    } else {
      at = engine_net_fork (&g->s.b, in_order (&m), at);
    }
  }
  engine_schema_define (&g->s);
  return at;
}

/* ---- steps ------------------------------------------------------------------------------------- */

/* A text in which % stands for the tool's name. */
static int32_t
emit_written (Grammar *g, const char *text, int32_t next)
{
  const char *name = strchr (text, '%');
  char before[64] = "";

  if (!name)
    return engine_call_mark_emit (&g->s, g->vocab, text, next);
  next = engine_call_mark_emit (&g->s, g->vocab, name + 1, next);
  next = engine_net_text (&g->s.b, g->tool->name, strlen (g->tool->name), next);
  memcpy (before, text, ENGINE_MIN ((size_t) (name - text), sizeof before - 1));
  return engine_call_mark_emit (&g->s, g->vocab, before, next);
}

static int32_t
emit_step (Grammar *g, const EngineCallStep *step, int32_t next)
{
  EngineNetBuilder *b = &g->s.b;

  switch (step->kind) {
  case ENGINE_CALL_MARK:
  case ENGINE_CALL_MAY:
    return engine_call_mark_emit (&g->s, g->vocab, step->text, next);
  case ENGINE_CALL_SPACE:
    return engine_net_text (b, step->text ? step->text : "", step->text ? strlen (step->text) : 0, next);
  case ENGINE_CALL_UNTIL:
    return emit_written (g, step->written ? step->written : step->text, next);
  case ENGINE_CALL_NAME:
    return engine_net_text (b, g->tool->name, strlen (g->tool->name), next);
  case ENGINE_CALL_ID:
    return emit_id_signs (g, next);
  case ENGINE_CALL_ARGUMENTS:
    return emit_arguments (g, next);
  case ENGINE_CALL_OBJECT:
    return emit_object (g, next);
  case ENGINE_CALL_MEMBERS:
    return emit_members (g, next);
  case ENGINE_CALL_TAGS:
  case ENGINE_CALL_BRACES:
  case ENGINE_CALL_KEYWORDS:
    return engine_call_notation_emit (&g->s, g->format, g->tool, g->vocab, step->kind, next);
  case ENGINE_CALL_MAY_NOT:
  case ENGINE_CALL_END:
    break;
  }
  return next;
}

/* One call of any tool, as a rule; from the step on. */
static int32_t
call_rule (Grammar *g, const EngineCallTools *tools, int from)
{
  int32_t rule = engine_net_rule (&g->s.b), at = ENGINE_NET_NODE_NONE;
  int n = 0;

  while (g->format->steps[n].kind)
    n++;
  for (size_t i = tools->n; i-- > 0;) {
    int32_t next = ENGINE_NET_NODE_END;

    g->tool = &tools->tools[i];
    g->arguments = -1;
    for (int k = n; k-- > from;)
      next = emit_step (g, &g->format->steps[k], next);
    at = engine_net_fork (&g->s.b, next, at);
  }
  engine_net_define (&g->s.b, rule, at);
  return rule;
}

/* ---- answers ------------------------------------------------------------------------------------- */

/* Words that hold no call: neither what opens one, nor an object that names a tool, where that is one. */
static EngineRegular *
words (Grammar *g, const EngineCallTools *tools)
{
  const EngineCallFormat *f = g->format;
  EngineBuild *build = g->s.build;
  EngineRegular *all = engine_regular_length (build, 0, -1);
  EngineText pattern = { 0 };

  for (size_t i = 0; i < ENGINE_LENGTH (f->opens) && f->opens[i]; i++)
    if (!engine_call_mark_is_special (g->vocab, f->opens[i]))
      all = engine_regular_both (build, all, engine_call_texts_without (&g->s, f->opens[i]));
  if (!f->fenced)
    return all;
  engine_text_printf (&pattern, "\\{[ \\n\\t\\r]*\"name\"[ \\n\\t\\r]*:[ \\n\\t\\r]*\"(");
  for (size_t i = 0; i < tools->n; i++) {
    engine_text_printf (&pattern, "%s", i ? "|" : "");
    for (const char *c = tools->tools[i].name; *c; c++)
      engine_text_printf (&pattern, *c == '.' || *c == '/' || *c == '-' ? "\\%c" : "%c", *c);
  }
  engine_text_printf (&pattern, ")\"");
  if (!pattern.failed) {
    char *copy = memcpy (engine_build_alloc (build, pattern.length + 1, 1), pattern.bytes, pattern.length);
    size_t n = pattern.length;

    free (pattern.bytes);
    return engine_regular_both (build, all, engine_regular_not (build, engine_regular_find (build, engine_pattern_read (build, copy, n, "tools"))));
  }
  free (pattern.bytes);
  engine_fail (build->error, ENGINE_NO_MEMORY, "There is no memory for the grammar.");
  engine_build_leave (build);
}

/* An object that is a call by itself, with a fence around it or not. */
static int32_t
fenced_rule (Grammar *g, const EngineCallTools *tools)
{
  EngineNetBuilder *b = &g->s.b;
  int32_t rule = engine_net_rule (b), plain = ENGINE_NET_NODE_NONE, fenced = ENGINE_NET_NODE_NONE;

  for (size_t i = tools->n; i-- > 0;) {
    g->tool = &tools->tools[i];
    g->arguments = -1;
    plain = engine_net_fork (b, emit_object (g, ENGINE_NET_NODE_END), plain);
    fenced = engine_net_fork (b, emit_object (g, engine_schema_spaces (&g->s, engine_net_text (b, "```", 3, ENGINE_NET_NODE_END))), fenced);
  }
  fenced = engine_schema_spaces (&g->s, fenced);
  fenced = engine_net_text (b, "```", 3, engine_net_fork (b, engine_net_text (b, "json", 4, fenced), fenced));
  engine_net_define (b, rule, engine_net_fork (b, fenced, plain));
  return rule;
}

/* The parts of an answer, each with what may follow it. */
typedef struct {
  int32_t words;  /* words, then perhaps more calls, or the end */
  int32_t call;   /* behind what opens calls */
  int32_t opened; /* from what opens them on */
} Parts;

static Parts
emit_parts (Grammar *g, const EngineCallTools *tools, bool words_behind)
{
  const EngineCallFormat *f = g->format;
  EngineNetBuilder *b = &g->s.b;
  int32_t first = call_rule (g, tools, 0), again = f->between && f->again ? call_rule (g, tools, f->again) : first;
  int32_t behind_all = engine_net_hold (b), loop = engine_net_hold (b), more = ENGINE_NET_NODE_NONE;
  Parts parts;

  engine_net_set (b, loop, f->close ? engine_call_mark_emit (&g->s, g->vocab, f->close, behind_all) : behind_all, f->between ? engine_call_mark_emit (&g->s, g->vocab, f->between, engine_net_call (b, again, loop)) : ENGINE_NET_NODE_NONE);
  parts.call = engine_net_call (b, first, loop);
  parts.opened = f->bare && !f->begins ? parts.call : engine_call_mark_emit (&g->s, g->vocab, f->bare ? f->begins : f->opens[0], parts.call);
  if (f->opens[0] && !f->one)
    more = engine_call_mark_emit (&g->s, g->vocab, f->opens[0], parts.call);
  if (f->fenced && words_behind)
    more = engine_net_fork (b, more, engine_net_call (b, fenced_rule (g, tools), behind_all));
  parts.words = engine_call_regular_emit (&g->s, words (g, tools), engine_net_fork (b, more, ENGINE_NET_NODE_END));
  engine_net_set (b, behind_all, f->one ? ENGINE_NET_NODE_END : f->free_text && words_behind ? parts.words : engine_net_fork (b, more, engine_net_fork (b, engine_net_text (b, "\n", 1, more), ENGINE_NET_NODE_END)), ENGINE_NET_NODE_NONE);
  return parts;
}

/* An answer in words whose calls nothing opens: a heading says that it is none, or else its first sign does. */
static int32_t
emit_headed (Grammar *g, int32_t words)
{
  const EngineCallFormat *f = g->format;
  EngineNetBuilder *b = &g->s.b;
  EngineExpression *first;
  EngineCharRange one = { 0, 0 };

  if (f->fenced)
    return words;
  if (f->drops[0])
    return engine_call_mark_emit (&g->s, g->vocab, f->drops[0], words);
  first = engine_expression_new (b->build, ENGINE_EXPRESSION_CHARS);
  engine_utf8_read (f->begins, strlen (f->begins), &one.from);
  one.to = one.from;
  first->ranges = engine_ranges_invert (b->build, &one, 1, &first->n_ranges);
  return engine_net_fork (b, engine_net_chars (b, first->ranges, first->n_ranges, words), ENGINE_NET_NODE_END);
}

static int32_t
emit_answer (Grammar *g, const EngineCallTools *tools, EngineToolChoice choice)
{
  const EngineCallFormat *f = g->format;
  EngineNetBuilder *b = &g->s.b;
  Parts parts;

  if (choice == ENGINE_TOOLS_NONE) {
    int32_t plain = engine_call_regular_emit (&g->s, words (g, tools), ENGINE_NET_NODE_END);

    return f->bare ? emit_headed (g, plain) : plain;
  }
  /* Who has to call says nothing else. */
  parts = emit_parts (g, tools, choice == ENGINE_TOOLS_AUTO);
  if (choice == ENGINE_TOOLS_REQUIRED)
    return parts.opened;
  return f->bare ? engine_net_fork (b, parts.opened, emit_headed (g, parts.words)) : f->fenced ? parts.words : parts.call;
}

EngineGrammar *
engine_call_grammar_new (const EngineCallFormat *format, const EngineCallTools *tools, EngineToolChoice choice, const EngineVocab *vocab, char **trigger, EngineError *error)
{
  static const EngineSchemaOptions options = { .closed = true, .lax = true, .any_order = true };
  EngineError own = { 0 };
  EngineBuild build = { .error = error ? error : &own };
  EngineNet net = { 0 };
  Grammar g = { .format = format, .vocab = vocab };

  *trigger = NULL;
  if (ENGINE_BUILD_ENTER (&build)) {
    engine_build_clear (&build);
    return NULL;
  }
  engine_net_begin (&g.s.b, &build);
  engine_net_rule (&g.s.b); /* rule 0 is the whole */
  engine_schema_begin (&g.s, &build, &options);
  engine_net_define (&g.s.b, 0, emit_answer (&g, tools, choice));
  engine_net_finish (&g.s.b, NULL, 0, &net);
  engine_build_clear (&build);
  if (net.nodes[net.starts[0]].kind != ENGINE_NET_NONE) {
    if (choice == ENGINE_TOOLS_AUTO && !format->bare && !format->fenced && !(*trigger = engine_call_trigger_new (vocab, format->trigger ? format->trigger : format->opens[0], error))) {
      engine_net_clear (&net);
      return NULL;
    }
    return engine_grammar_new (&net, error);
  }
  engine_net_clear (&net);
  engine_fail (error, ENGINE_BAD_INPUT, "No tool can be called: what their schemas demand contradicts itself, or never ends.");
  return NULL;
}
