/* SPDX-License-Identifier: MIT */
#include "grammar/schema.h"

#include <string.h>

#define UNITS_MOST 20000
#define REFERENCES_MOST 1000

void
engine_schemas_add (EngineSchema *s, EngineSchemas *schemas, const EngineJson *schema)
{
  engine_build_step (s->build, schemas->n + 1);
  for (size_t i = 0; i < schemas->n; i++)
    if (schemas->list[i] == schema)
      return;
  schemas->list = engine_build_grow (s->build, schemas->list, schemas->n, &schemas->capacity, sizeof (EngineJson *));
  schemas->list[schemas->n++] = schema;
}

/* Behind references, so that all who refer to a schema share its rule. */
static const EngineJson *
follow (EngineSchema *s, const EngineJson *schema)
{
  for (int i = 0; schema->kind == ENGINE_JSON_OBJECT && schema->n == 1 && engine_json_member (schema, "$ref"); i++) {
    engine_schema_check (s, schema);
    if (i == REFERENCES_MOST) {
      engine_fail (s->build->error, ENGINE_BAD_INPUT, "%s: \"$ref\" leads around in a circle.", engine_json_path (schema).text);
      engine_build_leave (s->build);
    }
    schema = engine_schema_target (s, schema);
  }
  return schema;
}

/* ---- schemas that say the same --------------------------------------------------------------- */

/* Of what stands in a schema itself these make no difference. */
static bool
is_remark (const EngineJson *key)
{
  return engine_json_is (key, "description") || engine_json_is (key, "title") || engine_json_is (key, "default") || engine_json_is (key, "examples");
}

static size_t
hash_of (EngineSchema *s, const EngineJson *json, bool schema)
{
  size_t hash = (size_t) json->kind + 1;

  engine_build_step (s->build, 1);
  for (int32_t i = 0; json->kind == ENGINE_JSON_NUMBER && i < json->number.n; i++)
    hash = 31 * hash + (size_t) json->number.digits[i];
  for (size_t i = 0; json->kind == ENGINE_JSON_STRING && i < json->n; i++)
    hash = 31 * hash + (unsigned char) json->text[i];
  for (size_t i = 0; json->items && i < json->n; i++)
    if (!json->keys)
      hash = 31 * hash + hash_of (s, json->items[i], false);
    else if (!schema || !is_remark (json->keys[i]))
      hash += hash_of (s, json->keys[i], false) * (2 * hash_of (s, json->items[i], false) + 1);
  return hash;
}

/* Members of objects in the same order, for that is how they are written. */
static bool
is_same (EngineSchema *s, const EngineJson *a, const EngineJson *b, bool schema)
{
  size_t i = 0, k = 0;

  engine_build_step (s->build, 1);
  if (a == b || a->kind != b->kind)
    return a == b;
  if (a->kind == ENGINE_JSON_ARRAY) {
    while (i < a->n && i < b->n && is_same (s, a->items[i], b->items[i], false))
      i++;
    return i == a->n && i == b->n;
  }
  if (a->kind != ENGINE_JSON_OBJECT)
    return engine_json_equal (a, b);
  for (;; i++, k++) {
    while (schema && i < a->n && is_remark (a->keys[i]))
      i++;
    while (schema && k < b->n && is_remark (b->keys[k]))
      k++;
    if (i == a->n || k == b->n)
      return i == a->n && k == b->n;
    if (!engine_json_equal (a->keys[i], b->keys[k]) || !is_same (s, a->items[i], b->items[k], false))
      return false;
  }
}

static bool
are_same (EngineSchema *s, const EngineSchemas *a, const EngineSchemas *b)
{
  for (size_t i = 0; a->n == b->n && i < a->n; i++)
    if (!is_same (s, a->list[i], b->list[i], true))
      return false;
  return a->n == b->n;
}

int32_t
engine_schema_unit (EngineSchema *s, const EngineSchemas *parts)
{
  EngineUnit unit = { 0 };

  /* What allows everything says nothing. */
  for (size_t i = 0; i < parts->n; i++) {
    const EngineJson *part = follow (s, parts->list[i]);

    if (part->kind != ENGINE_JSON_TRUE && !(part->kind == ENGINE_JSON_OBJECT && part->n == 0))
      engine_schemas_add (s, &unit.parts, part);
  }
  for (size_t i = 0; i < unit.parts.n; i++)
    unit.hash = 31 * unit.hash + hash_of (s, unit.parts.list[i], true);
  engine_build_step (s->build, s->n_units);
  for (size_t i = 0; i < s->n_units; i++)
    if (s->units[i].hash == unit.hash && are_same (s, &s->units[i].parts, &unit.parts))
      return s->units[i].rule;
  if (s->n_units == UNITS_MOST) {
    engine_fail (s->build->error, ENGINE_BAD_INPUT, "The schema is too large: its parts have more than %d different values.", UNITS_MOST);
    engine_build_leave (s->build);
  }
  unit.rule = engine_net_rule (&s->b);
  s->units = engine_build_grow (s->build, s->units, s->n_units, &s->units_capacity, sizeof *s->units);
  s->units[s->n_units++] = unit;
  return unit.rule;
}

static int32_t
make_space (EngineNetBuilder *b, void *user, int32_t next)
{
  return engine_net_text (b, user, 1, next);
}

/* Nothing, a space, or a new line and its indentation: small models write spaces without end where they may. */
static int32_t
emit_spaces (EngineNetBuilder *b)
{
  int32_t end = ENGINE_NET_NODE_END, indent = engine_net_repeat (b, make_space, &(char) { ' ' }, 0, 24, end);

  indent = engine_net_fork (b, engine_net_text (b, "\t", 1, engine_net_repeat (b, make_space, &(char) { '\t' }, 0, 9, end)), indent);
  return engine_net_fork (b, engine_net_fork (b, engine_net_text (b, " ", 1, end), engine_net_text (b, "\n", 1, indent)), end);
}

static int32_t
emit_tail (EngineNetBuilder *b)
{
  int32_t loop = engine_net_hold (b);

  engine_net_set (b, loop, engine_json_any_char_emit (b, loop), engine_net_text (b, "\"", 1, ENGINE_NET_NODE_END));
  return loop;
}

int32_t
engine_schema_spaces (EngineSchema *s, int32_t next)
{
  return s->options->tight ? next : engine_net_call (&s->b, s->spaces_rule, next);
}

int32_t
engine_schema_gap (EngineSchema *s, int32_t next)
{
  return s->options->tight ? engine_net_text (&s->b, " ", 1, next) : engine_net_call (&s->b, s->spaces_rule, next);
}

void
engine_schema_begin (EngineSchema *s, EngineBuild *build, const EngineSchemaOptions *options)
{
  s->build = build;
  s->options = options;
  s->spaces_rule = engine_net_rule (&s->b);
  s->tail_rule = engine_net_rule (&s->b);
  s->char_rule = engine_net_rule (&s->b);
  engine_net_define (&s->b, s->spaces_rule, emit_spaces (&s->b));
  engine_net_define (&s->b, s->tail_rule, emit_tail (&s->b));
  engine_net_define (&s->b, s->char_rule, engine_json_any_char_emit (&s->b, ENGINE_NET_NODE_END));
}

void
engine_schema_enter (EngineSchema *s, const EngineJson *root)
{
  s->root = root;
  s->n_units = s->n_defined = 0;
}

void
engine_schema_define (EngineSchema *s)
{
  for (; s->n_defined < s->n_units; s->n_defined++) {
    EngineBranches branches = engine_schema_branches (s, &s->units[s->n_defined].parts);
    int32_t at = ENGINE_NET_NODE_NONE;

    for (size_t k = branches.n; k-- > 0;)
      at = engine_net_fork (&s->b, engine_schema_emit (s, &branches.list[k]), at);
    engine_net_define (&s->b, s->units[s->n_defined].rule, at);
  }
}

void
engine_schema_add_object (EngineSchema *s, const EngineJson *root, EngineSchemas *parts)
{
  EngineJson *object = engine_json_new (s->build, ENGINE_JSON_OBJECT);

  engine_json_add (s->build, object, engine_json_string (s->build, "type", 4), engine_json_string (s->build, "object", 6));
  if (!engine_json_member (root, "properties") && !engine_json_member (root, "$ref") && !engine_json_member (root, "allOf") && !engine_json_member (root, "anyOf") && !engine_json_member (root, "oneOf"))
    engine_json_add (s->build, object, engine_json_string (s->build, "properties", 10), engine_json_new (s->build, ENGINE_JSON_OBJECT));
  engine_schemas_add (s, parts, root);
  engine_schemas_add (s, parts, object);
}

int32_t
engine_schema_rule (EngineSchema *s, const EngineJson *root)
{
  EngineSchemas parts = { 0 };
  int32_t rule;

  engine_schema_enter (s, root);
  engine_schema_add_object (s, root, &parts);
  rule = engine_schema_unit (s, &parts);
  engine_schema_define (s);
  return rule;
}

void
engine_schema_read (EngineBuild *build, const char *text, size_t n_bytes, const EngineSchemaOptions *options, EngineNet *net)
{
  EngineSchema s = { .build = build, .options = options };
  EngineSchemas root = { 0 };

  s.root = engine_json_read (build, text, n_bytes);
  engine_net_begin (&s.b, build);
  engine_schemas_add (&s, &root, s.root);
  engine_schema_unit (&s, &root); /* the first rule */
  engine_schema_begin (&s, build, options);
  engine_schema_define (&s);
  engine_net_finish (&s.b, NULL, 0, net);
}
