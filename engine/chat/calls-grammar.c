/* SPDX-License-Identifier: MIT */
/* The grammar of calls: the steps of a format, with each tool's name and what its schema allows.
 *
 * Built from behind, as all networks (grammar/network.h). For each tool the steps are written once. A special token is demanded as itself where the vocabulary has it. */
#include "chat/calls-grammar.h"

#include "grammar/schema.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocab.h"

#include <string.h>

typedef struct {
  EngineSchema            s;
  const EngineCallFormat *format;
  const EngineVocab      *vocab; /* NULL: no token is special */
  const EngineCallTool   *tool;  /* whose steps are written */
  int32_t                 arguments; /* the rule of its arguments as JSON; -1: not yet */
} Grammar;

/* ---- texts and marks ---------------------------------------------------------------- */

/* A text with the special tokens in it as such; a token that ends an answer is left out, for nothing may follow it. */
static int32_t
emit_mark (Grammar *g, const char *text, int32_t next)
{
  size_t n = strlen (text), ends[64], n_pieces = 0;
  int32_t ids[64];

  for (size_t at = 0; at < n && n_pieces < ENGINE_LENGTH (ends); n_pieces++) {
    int32_t id = g->vocab ? engine_special_match (g->vocab, text + at, n - at, true) : -1;
    size_t length = 1;

    ids[n_pieces] = id >= 0 && engine_vocab_is_special (g->vocab, id) ? id : -1;
    if (ids[n_pieces] >= 0)
      engine_vocab_text (g->vocab, id, &length);
    else
      while (at + length < n && !(g->vocab && (id = engine_special_match (g->vocab, text + at + length, n - at - length, true)) >= 0 && engine_vocab_is_special (g->vocab, id)))
        length++;
    ends[n_pieces] = at += length;
  }
  while (n_pieces-- > 0) {
    size_t from = n_pieces ? ends[n_pieces - 1] : 0;

    if (ids[n_pieces] >= 0 && engine_vocab_is_end (g->vocab, ids[n_pieces]))
      continue;
    if (ids[n_pieces] >= 0)
      next = engine_net_text (&g->s.b, (char[]) { ENGINE_CALLS_CLOSE }, 1, next);
    next = engine_net_text (&g->s.b, text + from, ends[n_pieces] - from, next);
    if (ids[n_pieces] >= 0)
      next = engine_net_text (&g->s.b, (char[]) { ENGINE_CALLS_OPEN }, 1, next);
  }
  return next;
}

/* Whether the text begins with a special token, which no free text can hold. */
static bool
is_special (const Grammar *g, const char *text)
{
  int32_t id = g->vocab ? engine_special_match (g->vocab, text, strlen (text), true) : -1;

  return id >= 0 && engine_vocab_is_special (g->vocab, id);
}

/* Texts in which the mark is not. */
static EngineRegular *
texts_without (Grammar *g, const char *mark)
{
  EngineBuild *build = g->s.build;
  EngineExpression *all = engine_expression_new (build, ENGINE_EXPRESSION_ALL);
  size_t n = strlen (mark);

  for (size_t at = 0; at < n;) {
    EngineExpression *one = engine_expression_new (build, ENGINE_EXPRESSION_CHARS);
    uint32_t character;
    int length = engine_utf8_read (mark + at, n - at, &character);

    one->ranges = engine_build_alloc (build, 1, sizeof *one->ranges);
    one->ranges[0] = (EngineCharRange) { character, character };
    one->n_ranges = 1;
    engine_expression_add (build, all, one);
    at += (size_t) ENGINE_MAX (length, 1);
  }
  return engine_regular_not (build, engine_regular_find (build, all));
}

/* The texts of a machine as they are. */
static int32_t
emit_regular (Grammar *g, const EngineRegular *regular, int32_t next)
{
  EngineNetBuilder *b = &g->s.b;
  int32_t *nodes = engine_build_alloc (b->build, regular->n, sizeof *nodes);

  for (size_t i = 0; i < regular->n; i++)
    nodes[i] = engine_net_hold (b);
  for (size_t i = 0; i < regular->n; i++) {
    const EngineRegularState *state = &regular->states[i];
    bool *done = engine_build_alloc (b->build, (size_t) state->n + 1, 1);
    EngineCharRange *ranges = engine_build_alloc (b->build, (size_t) state->n + 1, sizeof *ranges);
    int32_t at = ENGINE_NET_NODE_NONE;

    for (int32_t e = 0; e < state->n; e++) {
      size_t n = 0;

      if (done[e])
        continue;
      engine_build_step (b->build, (size_t) (state->n - e));
      for (int32_t k = e; k < state->n; k++)
        if (state->edges[k].next == state->edges[e].next) {
          ranges[n++] = (EngineCharRange) { state->edges[k].from, state->edges[k].to };
          done[k] = true;
        }
      at = engine_net_fork (b, engine_net_chars (b, ranges, n, nodes[state->edges[e].next]), at);
    }
    engine_net_set (b, nodes[i], at, state->accepts ? next : ENGINE_NET_NODE_NONE);
  }
  return nodes[0];
}

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
  EngineRegular *texts, *within = texts_without (g, g->format->members.after);

  if (facts->enumerated) {
    int32_t at = ENGINE_NET_NODE_NONE;

    for (size_t i = facts->values.n; i-- > 0;)
      if (facts->values.list[i]->kind == ENGINE_JSON_STRING && engine_regular_has (within, facts->values.list[i]->text, facts->values.list[i]->n))
        at = engine_net_fork (&g->s.b, engine_net_text (&g->s.b, facts->values.list[i]->text, facts->values.list[i]->n, next), at);
    return at;
  }
  texts = engine_schema_texts (&g->s, facts);
  return emit_regular (g, texts ? engine_regular_both (g->s.build, texts, within) : within, next);
}

static bool
has_texts (const EngineFacts *facts)
{
  bool any = !facts->enumerated && (facts->types & ENGINE_TYPE_STRING);

  for (size_t i = 0; facts->enumerated && i < facts->values.n; i++)
    any |= facts->values.list[i]->kind == ENGINE_JSON_STRING;
  return any;
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
  int32_t after = emit_mark (g, members->after, ENGINE_NET_NODE_END), text = ENGINE_NET_NODE_NONE, json = ENGINE_NET_NODE_NONE, at, rule = engine_net_rule (b);
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
  at = json == ENGINE_NET_NODE_NONE ? json : emit_mark (g, members->between, json);
  if (text != ENGINE_NET_NODE_NONE)
    at = engine_net_fork (b, emit_mark (g, members->texts ? members->texts : members->between, text), at);
  at = emit_mark (g, members->before, engine_net_text (b, name->text, name->n, at));
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
    return emit_mark (g, text, next);
  next = emit_mark (g, name + 1, next);
  next = engine_net_text (&g->s.b, g->tool->name, strlen (g->tool->name), next);
  memcpy (before, text, ENGINE_MIN ((size_t) (name - text), sizeof before - 1));
  return emit_mark (g, before, next);
}

static int32_t
emit_step (Grammar *g, const EngineCallStep *step, int32_t next)
{
  EngineNetBuilder *b = &g->s.b;

  switch (step->kind) {
  case ENGINE_CALL_MARK:
  case ENGINE_CALL_MAY:
    return emit_mark (g, step->text, next);
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
  case ENGINE_CALL_BRACES:
  case ENGINE_CALL_KEYWORDS:
    return engine_call_notation_emit (&g->s, g->format, g->tool, g->vocab, step->kind == ENGINE_CALL_BRACES, next);
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

/* The rest of an answer behind what opens calls. */
static int32_t
emit_calls (Grammar *g, const EngineCallTools *tools)
{
  const EngineCallFormat *f = g->format;
  EngineNetBuilder *b = &g->s.b;
  int32_t first = call_rule (g, tools, 0), again = f->between && f->again ? call_rule (g, tools, f->again) : first, behind_all = engine_net_hold (b), loop;
  int32_t end = f->close ? emit_mark (g, f->close, behind_all) : behind_all, opened;

  loop = engine_net_hold (b);
  engine_net_set (b, loop, end, f->between ? emit_mark (g, f->between, engine_net_call (b, again, loop)) : ENGINE_NET_NODE_NONE);
  opened = engine_net_call (b, first, loop);
  /* Then perhaps words, and more calls. */
  if (f->one || !f->opens[0]) {
    engine_net_set (b, behind_all, ENGINE_NET_NODE_END, ENGINE_NET_NODE_NONE);
  } else {
    int32_t more = emit_mark (g, f->opens[0], opened);

    if (f->free_text)
      more = emit_regular (g, is_special (g, f->opens[0]) ? engine_regular_length (g->s.build, 0, -1) : texts_without (g, f->opens[0]), engine_net_fork (b, more, ENGINE_NET_NODE_END));
    else
      more = engine_net_fork (b, more, engine_net_fork (b, engine_net_text (b, "\n", 1, more), ENGINE_NET_NODE_END));
    engine_net_set (b, behind_all, more, ENGINE_NET_NODE_NONE);
  }
  return opened;
}

/* Words that are no call, from the beginning of an answer on whose calls nothing opens. */
static int32_t
emit_words (Grammar *g, const EngineCallTools *tools)
{
  const EngineCallFormat *f = g->format;
  EngineNetBuilder *b = &g->s.b;
  EngineExpression *first = engine_expression_new (b->build, ENGINE_EXPRESSION_CHARS);
  EngineCharRange *one = engine_build_alloc (b->build, 1, sizeof *one);
  int32_t rest = emit_regular (g, engine_regular_length (g->s.build, 0, -1), ENGINE_NET_NODE_END);
  uint32_t character = 0;

  (void) tools;
  /* A heading says that words follow, or else their first sign does. */
  if (f->drops[0])
    return emit_mark (g, f->drops[0], rest);
  engine_utf8_read (f->begins, strlen (f->begins), &character);
  one->from = one->to = character;
  first->ranges = engine_ranges_invert (b->build, one, 1, &first->n_ranges);
  return engine_net_fork (b, engine_net_chars (b, first->ranges, first->n_ranges, rest), ENGINE_NET_NODE_END);
}

static int32_t
emit_answer (Grammar *g, const EngineCallTools *tools, EngineToolChoice choice)
{
  const EngineCallFormat *f = g->format;
  EngineNetBuilder *b = &g->s.b;
  int32_t at, calls;

  if (choice == ENGINE_TOOLS_NONE) {
    if (f->bare)
      return emit_words (g, tools);
    return emit_regular (g, is_special (g, f->opens[0]) ? engine_regular_length (g->s.build, 0, -1) : texts_without (g, f->opens[0]), ENGINE_NET_NODE_END);
  }
  calls = emit_calls (g, tools);
  at = f->bare ? calls : emit_mark (g, f->opens[0], calls);
  if (choice == ENGINE_TOOLS_REQUIRED)
    return at;
  return f->bare ? engine_net_fork (b, at, emit_words (g, tools)) : calls;
}

EngineGrammar *
engine_call_grammar_new (const EngineCallFormat *format, const EngineCallTools *tools, EngineToolChoice choice, const EngineVocab *vocab, const char **trigger, EngineError *error)
{
  static const EngineSchemaOptions options = { .closed = true, .lax = true, .any_order = true };
  EngineError own = { 0 };
  EngineBuild build = { .error = error ? error : &own };
  EngineNet net = { 0 };
  Grammar g = { .format = format, .vocab = vocab };

  *trigger = choice == ENGINE_TOOLS_AUTO && !format->bare ? (format->trigger ? format->trigger : format->opens[0]) : NULL;
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
  if (net.nodes[net.starts[0]].kind != ENGINE_NET_NONE)
    return engine_grammar_new (&net, error);
  engine_net_clear (&net);
  engine_fail (error, ENGINE_BAD_INPUT, "No tool can be called: what their schemas demand contradicts itself, or never ends.");
  return NULL;
}
