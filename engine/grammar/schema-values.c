/* SPDX-License-Identifier: MIT */
/* Whether a value that is there fulfils a schema: for constants that stand beside other keywords. */
#include "grammar/schema.h"

#include "tokenizer/unicode.h"

#define MOST_DEPTH 500

static unsigned
type_of (const EngineJson *value)
{
  static const unsigned types[] = {
    [ENGINE_JSON_NULL] = ENGINE_TYPE_NULL, [ENGINE_JSON_FALSE] = ENGINE_TYPE_BOOLEAN, [ENGINE_JSON_TRUE] = ENGINE_TYPE_BOOLEAN, [ENGINE_JSON_NUMBER] = ENGINE_TYPE_FRACTION,
    [ENGINE_JSON_STRING] = ENGINE_TYPE_STRING, [ENGINE_JSON_ARRAY] = ENGINE_TYPE_ARRAY, [ENGINE_JSON_OBJECT] = ENGINE_TYPE_OBJECT,
  };

  return value->kind == ENGINE_JSON_NUMBER && engine_decimal_is_whole (&value->number) ? ENGINE_TYPE_WHOLE : types[value->kind];
}

static int32_t
n_characters (const EngineJson *text)
{
  int32_t n = 0;

  for (size_t i = 0; i < text->n; i++)
    n += ((unsigned char) text->text[i] & 0xC0) != 0x80;
  return n;
}

static bool
string_fits (EngineSchema *s, const EngineFacts *facts, const EngineJson *value)
{
  if (n_characters (value) < facts->least_length || (facts->most_length >= 0 && n_characters (value) > facts->most_length))
    return false;
  for (size_t i = 0; i < facts->patterns.n; i++)
    if (!engine_regular_has (engine_schema_regular (s, facts->patterns.list[i]), value->text, value->n))
      return false;
  return true;
}

static bool
all_fulfil (EngineSchema *s, const EngineSchemas *schemas, const EngineJson *value)
{
  for (size_t i = 0; i < schemas->n; i++)
    if (!engine_schema_has (s, schemas->list[i], value))
      return false;
  return true;
}

static bool
array_fits (EngineSchema *s, const EngineFacts *facts, const EngineJson *value)
{
  if (value->n < (size_t) facts->least_items || (facts->most_items >= 0 && value->n > (size_t) facts->most_items))
    return false;
  for (size_t i = 0; i < value->n; i++) {
    EngineSchemas item = { 0 };

    for (size_t k = 0; facts->unique && k < i; k++)
      if (engine_json_equal (value->items[i], value->items[k]))
        return false;
    engine_schema_item (s, facts, (int32_t) i, &item);
    if (!all_fulfil (s, &item, value->items[i]))
      return false;
  }
  return true;
}

static bool
object_fits (EngineSchema *s, const EngineFacts *facts, const EngineJson *value)
{
  if (value->n < (size_t) facts->least_members || (facts->most_members >= 0 && value->n > (size_t) facts->most_members))
    return false;
  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *required = engine_json_member (facts->branch->list[i], "required");

    for (size_t k = 0; required && k < required->n; k++)
      if (!engine_json_member_n (value, required->items[k]->text, required->items[k]->n))
        return false;
  }
  for (size_t i = 0; i < value->n; i++) {
    EngineSchemas property = { 0 };

    engine_schema_property (s, facts, value->keys[i], &property);
    if (!all_fulfil (s, &property, value->items[i]))
      return false;
  }
  return true;
}

static bool
is_among (const EngineJson *schema, const EngineJson *value)
{
  const EngineJson *only = engine_json_member (schema, "const"), *values = engine_json_member (schema, "enum");
  bool found = !values;

  for (size_t i = 0; values && !found && i < values->n; i++)
    found = engine_json_equal (values->items[i], value);
  return found && (!only || engine_json_equal (only, value));
}

bool
engine_schema_branch_has (EngineSchema *s, const EngineSchemas *branch, const EngineJson *value, const EngineJson *own)
{
  EngineFacts facts;

  engine_build_step (s->build, 10);
  for (size_t i = 0; i < branch->n; i++)
    if (branch->list[i] != own && !is_among (branch->list[i], value))
      return false;
  facts = engine_schema_plain_facts (s, branch);
  if (!(type_of (value) & facts.exact_types))
    return false;
  facts.number.whole = !(facts.exact_types & ENGINE_TYPE_FRACTION);
  switch (value->kind) {
  case ENGINE_JSON_NUMBER:
    return engine_number_set_has (&facts.number, &value->number);
  case ENGINE_JSON_STRING:
    return string_fits (s, &facts, value);
  case ENGINE_JSON_ARRAY:
    return array_fits (s, &facts, value);
  case ENGINE_JSON_OBJECT:
    return object_fits (s, &facts, value);
  default:
    return true;
  }
}

bool
engine_schema_has (EngineSchema *s, const EngineJson *schema, const EngineJson *value)
{
  EngineSchemas only = { 0 };
  EngineBranches branches;
  bool has = false;

  if (++s->depth > MOST_DEPTH) {
    engine_fail (s->build->error, ENGINE_BAD_INPUT, "%s: the schema refers to itself for the same value.", engine_json_path (schema).text);
    engine_build_leave (s->build);
  }
  engine_schemas_add (s, &only, schema);
  branches = engine_schema_branches (s, &only);
  for (size_t i = 0; i < branches.n && !has; i++)
    has = engine_schema_branch_has (s, &branches.list[i], value, NULL);
  s->depth--;
  return has;
}
