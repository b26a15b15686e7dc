/* SPDX-License-Identifier: MIT */
/* Objects: members in the order in which schemas list them, then all others.
 *
 * A node for each number of the next member and how many stand before it, as far as that makes a difference: for the comma,
 * and for the fewest and the most that there may be. Others may have the same name twice, which readers take for one: so of those
 * that are needed to reach the fewest, one at most may be such. */
#include "grammar/schema.h"

#include <string.h>

#define PATTERNS_MOST 6

typedef struct {
  EngineSchema      *s;
  const EngineFacts *facts;
  EngineSchemas      names;     /* strings, without doubles */
  int32_t            n_counted; /* counts are 0 … n_counted; the last is "or more" where there is no most */
  int32_t           *nodes;     /* [names.n + 1][n_counted + 1] + 1; 0: not yet */
  int32_t           *members;   /* likewise: from the name of a member on */
  int32_t            end;       /* behind the last member */
  int32_t            others;    /* the rule of one of the others, with its name; -1: there are none */
} Object;

static void
add_name (EngineSchema *s, EngineSchemas *names, const EngineJson *name)
{
  engine_build_step (s->build, names->n);
  for (size_t i = 0; i < names->n; i++)
    if (engine_json_equal (names->list[i], name))
      return;
  engine_schemas_add (s, names, name);
}

EngineSchemas
engine_schema_names (EngineSchema *s, const EngineFacts *facts)
{
  EngineSchemas names = { 0 };

  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *properties = engine_json_member (facts->branch->list[i], "properties");

    for (size_t k = 0; properties && k < properties->n; k++)
      add_name (s, &names, properties->keys[k]);
  }
  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *required = engine_json_member (facts->branch->list[i], "required");

    for (size_t k = 0; required && k < required->n; k++)
      add_name (s, &names, required->items[k]);
  }
  return names;
}

/* ---- others ------------------------------------------------------------------------------ */

/* Behind a name: the colon and the value. */
static int32_t
emit_value (EngineSchema *s, const EngineSchemas *value, int32_t next)
{
  return engine_net_text (&s->b, ":", 1, engine_schema_gap (s, engine_net_call (&s->b, engine_schema_unit (s, value), next)));
}

static EngineRegular *
both (EngineSchema *s, EngineRegular *a, EngineRegular *b)
{
  return !a ? b : !b ? a : engine_regular_both (s->build, a, b);
}

/* What "propertyNames" says of names; NULL: nothing. */
static EngineRegular *
names_allowed (EngineSchema *s, const EngineFacts *facts)
{
  EngineRegular *names = NULL;

  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *schema = engine_json_member (facts->branch->list[i], "propertyNames");
    EngineSchemas only = { 0 };
    EngineBranches branches;
    EngineFacts own;

    if (!schema)
      continue;
    engine_schemas_add (s, &only, schema);
    branches = engine_schema_branches (s, &only);
    if (branches.n > 1) {
      engine_fail (s->build->error, ENGINE_UNSUPPORTED, "%s: alternatives of names of members (\"propertyNames\") are not known here; write one \"pattern\".", engine_json_path (schema).text);
      engine_build_leave (s->build);
    }
    if (branches.n == 0)
      return engine_regular_texts (s->build, NULL, NULL, 0);
    own = engine_schema_facts (s, &branches.list[0]);
    if (own.enumerated) {
      const char **texts = engine_build_alloc (s->build, own.values.n, sizeof *texts);
      size_t *lengths = engine_build_alloc (s->build, own.values.n, sizeof *lengths), n = 0;

      for (size_t k = 0; k < own.values.n; k++)
        if (own.values.list[k]->kind == ENGINE_JSON_STRING) {
          texts[n] = own.values.list[k]->text;
          lengths[n++] = own.values.list[k]->n;
        }
      names = both (s, names, engine_regular_texts (s->build, texts, lengths, n));
    } else {
      names = both (s, names, engine_schema_texts (s, &own));
    }
  }
  return names;
}

static EngineRegular *
not_listed (EngineSchema *s, const EngineSchemas *names)
{
  const char **texts = engine_build_alloc (s->build, names->n, sizeof *texts);
  size_t *lengths = engine_build_alloc (s->build, names->n, sizeof *lengths);

  for (size_t i = 0; i < names->n; i++) {
    texts[i] = names->list[i]->text;
    lengths[i] = names->list[i]->n;
  }
  return engine_regular_not (s->build, engine_regular_texts (s->build, texts, lengths, names->n));
}

typedef struct {
  const EngineJson *pattern, *schema, *of; /* of: the schema whose patternProperties it stands in */
} Pattern;

static size_t
all_patterns (EngineSchema *s, const EngineFacts *facts, Pattern *patterns)
{
  size_t n = 0;

  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *of = engine_json_member (facts->branch->list[i], "patternProperties");

    for (size_t k = 0; of && k < of->n; k++) {
      if (n == PATTERNS_MOST) {
        engine_fail (s->build->error, ENGINE_UNSUPPORTED, "%s: more than %d patterns of names (\"patternProperties\") for one object.", engine_json_path (facts->branch->list[i]).text, PATTERNS_MOST);
        engine_build_leave (s->build);
      }
      patterns[n++] = (Pattern) { of->keys[k], of->items[k], facts->branch->list[i] };
    }
  }
  return n;
}

/* The schemas of members whose names fit the patterns with a bit in `fitting`, and no others. False: there are no such members. */
static bool
schemas_of_others (EngineSchema *s, const EngineFacts *facts, const Pattern *patterns, size_t n_patterns, unsigned fitting, EngineSchemas *out)
{
  bool told = false, named = false;

  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *schema = facts->branch->list[i], *others = engine_json_member (schema, "additionalProperties");
    bool fits = false;

    for (size_t k = 0; k < n_patterns; k++)
      if (patterns[k].of == schema && fitting >> k & 1) {
        engine_schemas_add (s, out, patterns[k].schema);
        fits = true;
      }
    if (others && !fits)
      engine_schemas_add (s, out, others);
    told |= others || fits;
    named |= engine_json_member (schema, "properties") || engine_json_member (schema, "patternProperties");
  }
  if (s->options->closed && named && !told)
    return false;
  for (size_t i = 0; i < out->n; i++)
    if (out->list[i]->kind == ENGINE_JSON_FALSE)
      return false;
  return true;
}

/* The rule of one of the others; -1: there are none. */
static int32_t
rule_of_others (EngineSchema *s, const EngineFacts *facts, const EngineSchemas *names)
{
  Pattern patterns[PATTERNS_MOST];
  size_t n_patterns = all_patterns (s, facts, patterns);
  EngineRegular *allowed = both (s, names->n ? not_listed (s, names) : NULL, names_allowed (s, facts));
  int32_t at = ENGINE_NET_NODE_NONE, rule;

  for (unsigned fitting = 0; fitting < 1u << n_patterns; fitting++) {
    EngineSchemas value = { 0 };
    EngineRegular *name = allowed;
    int32_t behind;

    if (!schemas_of_others (s, facts, patterns, n_patterns, fitting, &value))
      continue;
    for (size_t k = 0; k < n_patterns; k++) {
      EngineRegular *one = engine_schema_regular (s, patterns[k].pattern);

      name = both (s, name, fitting >> k & 1 ? one : engine_regular_not (s->build, one));
    }
    if (name && engine_regular_is_empty (s->build, name))
      continue;
    behind = emit_value (s, &value, ENGINE_NET_NODE_END);
    at = engine_net_fork (&s->b, name ? engine_json_regular_emit (&s->b, name, s->tail_rule, behind) : engine_net_text (&s->b, "\"", 1, engine_net_call (&s->b, s->tail_rule, behind)), at);
  }
  if (at == ENGINE_NET_NODE_NONE)
    return -1;
  rule = engine_net_rule (&s->b);
  engine_net_define (&s->b, rule, at);
  return rule;
}

/* ---- members ---------------------------------------------------------------------------------- */

static int32_t
counted (const Object *o, int32_t n)
{
  return o->facts->most_members < 0 ? ENGINE_MIN (n, o->n_counted) : n;
}

/* What stands before a member. */
static int32_t
separator (Object *o, int32_t n, int32_t next)
{
  return n ? engine_net_text (&o->s->b, ",", 1, engine_schema_gap (o->s, next)) : engine_schema_spaces (o->s, next);
}

/* Behind all that are listed, `n` of which are there. */
static int32_t
behind_listed (Object *o, int32_t n)
{
  EngineNetBuilder *b = &o->s->b;
  int32_t missing = o->facts->least_members - n, most = o->facts->most_members, at, loop;

  if (missing <= 0) {
    if (o->others < 0)
      return o->end;
    if (most >= 0) {
      at = o->end;
      for (int32_t i = most - 1; i >= n; i--)
        at = engine_net_fork (b, separator (o, i, engine_net_call (b, o->others, at)), o->end);
      return at;
    }
    loop = engine_net_hold (b);
    engine_net_set (b, loop, separator (o, 1, engine_net_call (b, o->others, loop)), o->end);
    return n ? loop : engine_net_fork (b, separator (o, 0, engine_net_call (b, o->others, loop)), o->end);
  }
  if (missing > 1 || o->others < 0)
    return ENGINE_NET_NODE_NONE;
  return separator (o, n, engine_net_call (b, o->others, behind_listed (o, n + 1)));
}

static int32_t node_of (Object *o, size_t i, int32_t n);

static int32_t
member_of (Object *o, size_t i, int32_t n)
{
  const EngineJson *name = o->names.list[i];
  int32_t *kept = &o->members[i * (size_t) (o->n_counted + 1) + (size_t) n];
  EngineSchemas value = { 0 };

  if (*kept)
    return *kept - 1;
  engine_schema_property (o->s, o->facts, name, &value);
  *kept = engine_json_text_emit (&o->s->b, name->text, name->n, emit_value (o->s, &value, node_of (o, i + 1, n))) + 1;
  return *kept - 1;
}

/* Before the i-th name, with n members written. */
static int32_t
node_of (Object *o, size_t i, int32_t n)
{
  int32_t *kept = &o->nodes[i * (size_t) (o->n_counted + 1) + (size_t) n], at;

  if (*kept)
    return *kept - 1;
  if (i == o->names.n) {
    at = behind_listed (o, n);
  } else {
    bool more = o->facts->most_members < 0 || n < o->facts->most_members;

    at = more ? separator (o, n, member_of (o, i, counted (o, n + 1))) : ENGINE_NET_NODE_NONE;
    if (!engine_schema_requires (o->facts, o->names.list[i]))
      at = engine_net_fork (&o->s->b, at, node_of (o, i + 1, n));
  }
  *kept = at + 1;
  return at;
}

/* ---- in any order ------------------------------------------------------------------------------- */

typedef struct {
  Object  *o;
  uint32_t required; /* of the names, a bit for each */
  int32_t *rules;    /* of each: the member */
  int32_t *nodes;    /* [2^n] + 1; 0: not yet */
} AnyOrder;

/* Behind the members of the set. */
static int32_t
behind_set (AnyOrder *a, uint32_t set)
{
  Object *o = a->o;
  int32_t at = ENGINE_NET_NODE_NONE;

  if (a->nodes[set])
    return a->nodes[set] - 1;
  for (size_t i = o->names.n; i-- > 0;)
    if (!(set >> i & 1))
      at = engine_net_fork (&o->s->b, engine_net_call (&o->s->b, a->rules[i], behind_set (a, set | 1u << i)), at);
  if (at != ENGINE_NET_NODE_NONE)
    at = separator (o, set != 0, at);
  if ((set & a->required) == a->required)
    at = engine_net_fork (&o->s->b, at, behind_listed (o, set != 0));
  a->nodes[set] = at + 1;
  return at;
}

static int32_t
emit_any_order (Object *o)
{
  AnyOrder a = { .o = o };

  a.rules = engine_build_alloc (o->s->build, o->names.n + 1, sizeof *a.rules);
  a.nodes = engine_build_alloc (o->s->build, (size_t) 1 << o->names.n, sizeof *a.nodes);
  for (size_t i = 0; i < o->names.n; i++) {
    const EngineJson *name = o->names.list[i];
    EngineSchemas value = { 0 };

    engine_schema_property (o->s, o->facts, name, &value);
    a.rules[i] = engine_net_rule (&o->s->b);
    engine_net_define (&o->s->b, a.rules[i], engine_json_text_emit (&o->s->b, name->text, name->n, emit_value (o->s, &value, ENGINE_NET_NODE_END)));
    a.required |= engine_schema_requires (o->facts, name) ? 1u << i : 0;
  }
  return behind_set (&a, 0);
}

int32_t
engine_schema_emit_object (EngineSchema *s, const EngineFacts *facts, int32_t next)
{
  Object o = { .s = s, .facts = facts, .names = engine_schema_names (s, facts) };
  size_t n;

  if (facts->most_members >= 0 && facts->most_members < facts->least_members)
    return ENGINE_NET_NODE_NONE;
  o.n_counted = facts->most_members >= 0 ? facts->most_members : ENGINE_MAX (1, facts->least_members);
  o.n_counted = ENGINE_MIN (o.n_counted, (int32_t) o.names.n + 1);
  o.others = rule_of_others (s, facts, &o.names);
  if (facts->least_members > (int32_t) o.names.n + (o.others >= 0)) {
    engine_fail (s->build->error, ENGINE_UNSUPPORTED, "%s: that there are %d members (\"minProperties\") can be promised of those in \"properties\" and of one more, since others might have the same name.",
                 engine_json_path (facts->branch->list[0]).text, facts->least_members);
    engine_build_leave (s->build);
  }
  o.end = engine_schema_spaces (s, engine_net_text (&s->b, "}", 1, next));
  if (s->options->any_order && facts->most_members < 0 && facts->least_members == 0 && o.names.n <= ENGINE_SCHEMA_ANY_ORDER)
    return engine_net_text (&s->b, "{", 1, emit_any_order (&o));
  n = (o.names.n + 1) * (size_t) (o.n_counted + 1);
  o.nodes = engine_build_alloc (s->build, n, sizeof *o.nodes);
  o.members = engine_build_alloc (s->build, n, sizeof *o.members);
  /* From behind, so that nothing goes deep. */
  for (size_t i = o.names.n + 1; i-- > 0;)
    for (int32_t k = 0; k <= ENGINE_MIN (o.n_counted, (int32_t) i); k++)
      node_of (&o, i, k);
  return engine_net_text (&s->b, "{", 1, node_of (&o, 0, 0));
}
