/* SPDX-License-Identifier: MIT */
/* What keywords say: each for itself, and together. */
#include "grammar/schema.h"

#include <string.h>

#define MOST_COUNT 65536

/* ---- known ones ------------------------------------------------------------------------- */

typedef enum { NOTHING, SCHEMA, SCHEMAS, SCHEMA_OR_SCHEMAS, MEMBERS, COUNT, NUMBER, BOUND, TEXT, VALUES, NAMES, NAMES_OF, FLAG, TYPES, NEVER } Shape;

/* What each may be, and of what type it speaks; 0: of any. */
static const struct { const char *name; Shape shape; unsigned types; } keywords[] = {
  { "type", TYPES, 0 }, { "enum", VALUES, 0 }, { "const", NOTHING, 0 }, { "$ref", TEXT, 0 }, { "allOf", SCHEMAS, 0 }, { "anyOf", SCHEMAS, 0 }, { "oneOf", SCHEMAS, 0 },
  { "minimum", NUMBER, ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE }, { "maximum", NUMBER, ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE },
  { "exclusiveMinimum", BOUND, ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE }, { "exclusiveMaximum", BOUND, ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE },
  { "multipleOf", NUMBER, ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE },
  { "minLength", COUNT, ENGINE_TYPE_STRING }, { "maxLength", COUNT, ENGINE_TYPE_STRING }, { "pattern", TEXT, ENGINE_TYPE_STRING }, { "format", TEXT, 0 },
  { "items", SCHEMA_OR_SCHEMAS, ENGINE_TYPE_ARRAY }, { "prefixItems", SCHEMAS, ENGINE_TYPE_ARRAY }, { "additionalItems", SCHEMA, ENGINE_TYPE_ARRAY },
  { "minItems", COUNT, ENGINE_TYPE_ARRAY }, { "maxItems", COUNT, ENGINE_TYPE_ARRAY }, { "uniqueItems", FLAG, ENGINE_TYPE_ARRAY },
  { "properties", MEMBERS, ENGINE_TYPE_OBJECT }, { "patternProperties", MEMBERS, ENGINE_TYPE_OBJECT }, { "additionalProperties", SCHEMA, ENGINE_TYPE_OBJECT },
  { "required", NAMES, ENGINE_TYPE_OBJECT }, { "minProperties", COUNT, ENGINE_TYPE_OBJECT }, { "maxProperties", COUNT, ENGINE_TYPE_OBJECT },
  { "propertyNames", SCHEMA, ENGINE_TYPE_OBJECT }, { "dependentRequired", NAMES_OF, ENGINE_TYPE_OBJECT },
  /* These say nothing about what a value has to be. */
  { "title", NOTHING, 0 }, { "description", NOTHING, 0 }, { "default", NOTHING, 0 }, { "examples", NOTHING, 0 }, { "example", NOTHING, 0 }, { "deprecated", NOTHING, 0 },
  { "readOnly", NOTHING, 0 }, { "writeOnly", NOTHING, 0 }, { "$comment", NOTHING, 0 }, { "$schema", NOTHING, 0 }, { "$id", NOTHING, 0 }, { "$anchor", NOTHING, 0 },
  { "$defs", NOTHING, 0 }, { "definitions", NOTHING, 0 }, { "$vocabulary", NOTHING, 0 }, { "contentEncoding", NOTHING, 0 }, { "contentMediaType", NOTHING, 0 },
  { "contentSchema", NOTHING, 0 },
  /* These do, but what they say depends on all of a value. */
  { "not", NEVER, 0 }, { "if", NEVER, 0 }, { "then", NEVER, 0 }, { "else", NEVER, 0 }, { "contains", NEVER, 0 }, { "minContains", NEVER, 0 }, { "maxContains", NEVER, 0 },
  { "unevaluatedItems", NEVER, 0 }, { "unevaluatedProperties", NEVER, 0 }, { "dependentSchemas", NEVER, 0 }, { "dependencies", NEVER, 0 }, { "$dynamicRef", NEVER, 0 }, { "$recursiveRef", NEVER, 0 },
};

static const struct { const char *name; unsigned types; } type_names[] = {
  { "null", ENGINE_TYPE_NULL }, { "boolean", ENGINE_TYPE_BOOLEAN }, { "number", ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE }, { "integer", ENGINE_TYPE_WHOLE },
  { "string", ENGINE_TYPE_STRING }, { "array", ENGINE_TYPE_ARRAY }, { "object", ENGINE_TYPE_OBJECT },
};

/* Formats that say how a number is kept, or are for the eye. */
static const char *const other_formats[] = { "int32", "int64", "float", "double", "password", "textarea", "markdown" };

/* 0: no type is called so. */
static unsigned
type_of_name (const EngineJson *name)
{
  for (size_t i = 0; i < ENGINE_LENGTH (type_names); i++)
    if (engine_json_is (name, type_names[i].name))
      return type_names[i].types;
  return 0;
}

static unsigned
types_of (const EngineJson *type)
{
  unsigned types = 0, one;

  if (type->kind == ENGINE_JSON_STRING)
    return type_of_name (type);
  if (type->kind != ENGINE_JSON_ARRAY)
    return 0;
  for (size_t i = 0; i < type->n; i++) {
    one = type_of_name (type->items[i]);
    if (!one)
      return 0;
    types |= one;
  }
  return types;
}

static bool
is_schema (const EngineJson *json)
{
  return json->kind == ENGINE_JSON_OBJECT || json->kind == ENGINE_JSON_TRUE || json->kind == ENGINE_JSON_FALSE;
}

static bool
all_are (const EngineJson *json, EngineJsonKind kind, bool (*is) (const EngineJson *json))
{
  if (json->kind != kind)
    return false;
  for (size_t i = 0; i < json->n; i++)
    if (!is (json->items[i]))
      return false;
  return true;
}

static bool
is_text (const EngineJson *json)
{
  return json->kind == ENGINE_JSON_STRING;
}

static bool
are_texts (const EngineJson *json)
{
  return all_are (json, ENGINE_JSON_ARRAY, is_text);
}

static bool
has_shape (const EngineJson *json, Shape shape)
{
  int64_t count;

  switch (shape) {
  case SCHEMA:
    return is_schema (json);
  case SCHEMAS:
    return all_are (json, ENGINE_JSON_ARRAY, is_schema);
  case SCHEMA_OR_SCHEMAS:
    return is_schema (json) || all_are (json, ENGINE_JSON_ARRAY, is_schema);
  case MEMBERS:
    return all_are (json, ENGINE_JSON_OBJECT, is_schema);
  case COUNT:
    return json->kind == ENGINE_JSON_NUMBER && engine_decimal_int (&json->number, 0, MOST_COUNT, &count);
  case NUMBER:
    return json->kind == ENGINE_JSON_NUMBER;
  case BOUND:
    return json->kind == ENGINE_JSON_NUMBER || json->kind == ENGINE_JSON_TRUE || json->kind == ENGINE_JSON_FALSE;
  case TEXT:
    return is_text (json);
  case VALUES:
    return json->kind == ENGINE_JSON_ARRAY;
  case NAMES:
    return are_texts (json);
  case NAMES_OF:
    return all_are (json, ENGINE_JSON_OBJECT, are_texts);
  case FLAG:
    return json->kind == ENGINE_JSON_TRUE || json->kind == ENGINE_JSON_FALSE;
  case TYPES:
    return types_of (json) != 0;
  default:
    return true;
  }
}

static bool
is_other_format (const EngineJson *format)
{
  for (size_t i = 0; i < ENGINE_LENGTH (other_formats); i++)
    if (engine_json_is (format, other_formats[i]))
      return true;
  return false;
}

static void
check_keyword (EngineSchema *s, const EngineJson *schema, const EngineJson *key, const EngineJson *value)
{
  for (size_t i = 0; i < ENGINE_LENGTH (keywords); i++) {
    if (!engine_json_is (key, keywords[i].name))
      continue;
    if (keywords[i].shape == NEVER) {
      engine_fail (s->build->error, ENGINE_UNSUPPORTED, "%s: what the keyword \"%s\" says cannot be promised while a value is written.", engine_json_path (schema).text, keywords[i].name);
      engine_build_leave (s->build);
    }
    if (has_shape (value, keywords[i].shape))
      return;
    if (keywords[i].shape == COUNT)
      engine_fail (s->build->error, ENGINE_BAD_INPUT, "%s: the value of \"%s\" must be a whole number from 0 to %d.", engine_json_path (schema).text, keywords[i].name, MOST_COUNT);
    else
      engine_fail (s->build->error, ENGINE_BAD_INPUT, "%s: the value of \"%s\" is not of the kind that this keyword takes.", engine_json_path (schema).text, keywords[i].name);
    engine_build_leave (s->build);
  }
  if (s->options->lax || strncmp (key->text, "x-", 2) == 0)
    return;
  engine_fail (s->build->error, ENGINE_UNSUPPORTED, "%s: the keyword \"%.100s\" is not known. If it says nothing about values, begin its name with \"x-\".", engine_json_path (schema).text, key->text);
  engine_build_leave (s->build);
}

void
engine_schema_check (EngineSchema *s, const EngineJson *schema)
{
  const EngineJson *format = engine_json_member (schema, "format");

  if (!is_schema (schema)) {
    engine_fail (s->build->error, ENGINE_BAD_INPUT, "%s: a schema must be an object, true or false.", engine_json_path (schema).text);
    engine_build_leave (s->build);
  }
  for (size_t i = 0; i < schema->n; i++)
    check_keyword (s, schema, schema->keys[i], schema->items[i]);
  if (format && !s->options->lax && !engine_format_pattern (format) && !is_other_format (format)) {
    engine_fail (s->build->error, ENGINE_UNSUPPORTED, "%s: the format \"%.100s\" is not known. Say it as a \"pattern\".", engine_json_path (schema).text, format->text);
    engine_build_leave (s->build);
  }
}

/* ---- together ------------------------------------------------------------------------------ */

int32_t
engine_schema_count (const EngineJson *schema, const char *key, int32_t otherwise)
{
  const EngineJson *json = engine_json_member (schema, key);
  int64_t count;

  return json && engine_decimal_int (&json->number, 0, MOST_COUNT, &count) ? (int32_t) count : otherwise;
}

static void
at_least (EngineNumberSet *set, const EngineDecimal *bound, bool open)
{
  int order = set->least ? engine_decimal_compare (bound, set->least) : 1;

  if (order > 0)
    set->least_open = open;
  else if (order == 0)
    set->least_open |= open;
  set->least = order > 0 ? bound : set->least;
}

static void
at_most (EngineNumberSet *set, const EngineDecimal *bound, bool open)
{
  int order = set->most ? engine_decimal_compare (bound, set->most) : -1;

  if (order < 0)
    set->most_open = open;
  else if (order == 0)
    set->most_open |= open;
  set->most = order < 0 ? bound : set->most;
}

static void
gather_number (EngineSchema *s, EngineNumberSet *set, const EngineJson *schema)
{
  const EngineJson *least = engine_json_member (schema, "minimum"), *most = engine_json_member (schema, "maximum");
  const EngineJson *above = engine_json_member (schema, "exclusiveMinimum"), *below = engine_json_member (schema, "exclusiveMaximum"), *step = engine_json_member (schema, "multipleOf");

  /* In the fourth draft they were flags. */
  if (least)
    at_least (set, &least->number, above && above->kind == ENGINE_JSON_TRUE);
  if (most)
    at_most (set, &most->number, below && below->kind == ENGINE_JSON_TRUE);
  if (above && above->kind == ENGINE_JSON_NUMBER)
    at_least (set, &above->number, true);
  if (below && below->kind == ENGINE_JSON_NUMBER)
    at_most (set, &below->number, true);
  if (!step)
    return;
  if (set->step && engine_decimal_compare (set->step, &step->number) != 0) {
    engine_fail (s->build->error, ENGINE_UNSUPPORTED, "%s: a number cannot be held to two different values of \"multipleOf\" at once; write their least common multiple.", engine_json_path (schema).text);
    engine_build_leave (s->build);
  }
  set->step = &step->number;
}

static void
lower (int32_t *most, int32_t value)
{
  if (value >= 0 && (*most < 0 || value < *most))
    *most = value;
}

static void
gather_array (EngineSchema *s, EngineFacts *facts, const EngineJson *schema)
{
  const EngineJson *items = engine_json_member (schema, "items"), *prefix = engine_json_member (schema, "prefixItems"), *unique = engine_json_member (schema, "uniqueItems");
  bool old = items && items->kind == ENGINE_JSON_ARRAY;

  prefix = old ? items : prefix;
  items = old ? engine_json_member (schema, "additionalItems") : items;
  facts->least_items = ENGINE_MAX (facts->least_items, engine_schema_count (schema, "minItems", 0));
  lower (&facts->most_items, engine_schema_count (schema, "maxItems", -1));
  facts->unique |= unique && unique->kind == ENGINE_JSON_TRUE;
  if (!prefix)
    return;
  facts->n_prefix = ENGINE_MAX (facts->n_prefix, (int32_t) prefix->n);
  if (s->options->closed && !items) {
    facts->tuple = true;
    lower (&facts->most_items, (int32_t) prefix->n);
    if (!engine_json_member (schema, "minItems"))
      facts->least_items = ENGINE_MAX (facts->least_items, (int32_t) prefix->n);
  }
}

/* The types of what the keywords of a schema speak of; any where they speak of several or of none. */
static unsigned
types_spoken_of (const EngineJson *schema)
{
  const EngineJson *format = engine_json_member (schema, "format");
  unsigned types = format && engine_format_pattern (format) ? ENGINE_TYPE_STRING : 0, one;

  for (size_t i = 0; i < schema->n; i++)
    for (size_t k = 0; k < ENGINE_LENGTH (keywords); k++) {
      if (!keywords[k].types || !engine_json_is (schema->keys[i], keywords[k].name))
        continue;
      one = keywords[k].types;
      if (types && types != one)
        return ENGINE_TYPE_ANY;
      types = one;
    }
  return types ? types : ENGINE_TYPE_ANY;
}

/* All values of the first list that the whole branch has. */
static void
gather_values (EngineSchema *s, EngineFacts *facts)
{
  const EngineJson *values = NULL, *only = NULL, *own = NULL;

  for (size_t i = 0; i < facts->branch->n && !values && !only; i++) {
    values = engine_json_member (facts->branch->list[i], "enum");
    only = engine_json_member (facts->branch->list[i], "const");
    /* Where both stand, a constant may not be among the values. */
    own = values && only ? NULL : facts->branch->list[i];
  }
  facts->enumerated = values || only;
  for (size_t i = 0; facts->enumerated && i < (only ? 1 : values->n); i++) {
    const EngineJson *value = only ? only : values->items[i];

    if (!engine_schema_branch_has (s, facts->branch, value, own))
      continue;
    facts->values.list = engine_build_grow (s->build, facts->values.list, facts->values.n, &facts->values.capacity, sizeof (EngineJson *));
    facts->values.list[facts->values.n++] = value;
  }
}

EngineFacts
engine_schema_plain_facts (EngineSchema *s, const EngineSchemas *branch)
{
  EngineFacts facts = { .branch = branch, .types = ENGINE_TYPE_ANY, .exact_types = ENGINE_TYPE_ANY, .most_length = -1, .most_items = -1, .most_members = -1 };

  for (size_t i = 0; i < branch->n; i++) {
    const EngineJson *schema = branch->list[i], *type = engine_json_member (schema, "type"), *format = engine_json_member (schema, "format"), *pattern = engine_json_member (schema, "pattern");

    facts.types &= type ? types_of (type) : types_spoken_of (schema);
    facts.exact_types &= type ? types_of (type) : ENGINE_TYPE_ANY;
    gather_number (s, &facts.number, schema);
    facts.least_length = ENGINE_MAX (facts.least_length, engine_schema_count (schema, "minLength", 0));
    lower (&facts.most_length, engine_schema_count (schema, "maxLength", -1));
    if (pattern)
      engine_schemas_add (s, &facts.patterns, pattern);
    if (format && engine_format_pattern (format))
      engine_schemas_add (s, &facts.patterns, format);
    gather_array (s, &facts, schema);
    facts.least_members = ENGINE_MAX (facts.least_members, engine_schema_count (schema, "minProperties", 0));
    lower (&facts.most_members, engine_schema_count (schema, "maxProperties", -1));
  }
  /* Schemas without a type that speak of different ones leave none; then what they really say counts. */
  if (!facts.types)
    facts.types = facts.exact_types;
  facts.number.whole = !(facts.types & ENGINE_TYPE_FRACTION);
  return facts;
}

EngineFacts
engine_schema_facts (EngineSchema *s, const EngineSchemas *branch)
{
  EngineFacts facts = engine_schema_plain_facts (s, branch);

  gather_values (s, &facts);
  return facts;
}

/* ---- parts ------------------------------------------------------------------------------------ */

void
engine_schema_item (EngineSchema *s, const EngineFacts *facts, int32_t number, EngineSchemas *out)
{
  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *schema = facts->branch->list[i], *items = engine_json_member (schema, "items"), *prefix = engine_json_member (schema, "prefixItems");
    bool old = items && items->kind == ENGINE_JSON_ARRAY;

    prefix = old ? items : prefix;
    items = old ? engine_json_member (schema, "additionalItems") : items;
    if (prefix && (size_t) number < prefix->n)
      engine_schemas_add (s, out, prefix->items[number]);
    else if (items)
      engine_schemas_add (s, out, items);
  }
}

void
engine_schema_property (EngineSchema *s, const EngineFacts *facts, const EngineJson *name, EngineSchemas *out)
{
  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *schema = facts->branch->list[i], *patterns = engine_json_member (schema, "patternProperties"), *others = engine_json_member (schema, "additionalProperties");
    const EngineJson *own = engine_json_member_n (engine_json_member (schema, "properties"), name->text, name->n), *names = engine_json_member (schema, "propertyNames");
    bool named = own != NULL;

    if (own)
      engine_schemas_add (s, out, own);
    for (size_t k = 0; patterns && k < patterns->n; k++)
      if (engine_regular_has (engine_schema_regular (s, patterns->keys[k]), name->text, name->n)) {
        engine_schemas_add (s, out, patterns->items[k]);
        named = true;
      }
    if (others && !named)
      engine_schemas_add (s, out, others);
    if (names && !engine_schema_has (s, names, name))
      engine_schemas_add (s, out, engine_json_new (s->build, ENGINE_JSON_FALSE));
  }
}

bool
engine_schema_requires (const EngineFacts *facts, const EngineJson *name)
{
  for (size_t i = 0; i < facts->branch->n; i++) {
    const EngineJson *required = engine_json_member (facts->branch->list[i], "required");

    for (size_t k = 0; required && k < required->n; k++)
      if (engine_json_equal (required->items[k], name))
        return true;
  }
  return false;
}

EngineRegular *
engine_schema_regular (EngineSchema *s, const EngineJson *pattern)
{
  const char *format = pattern->parent && engine_json_member (pattern->parent, "format") == pattern ? engine_format_pattern (pattern) : NULL;
  const char *text = format ? format : pattern->text;
  size_t n = format ? strlen (format) : pattern->n, at = s->n_regulars;
  EngineRegular *regular;

  engine_build_step (s->build, s->n_regulars);
  for (size_t i = 0; i < s->n_regulars; i++)
    if (s->regulars[i].n == n && memcmp (s->regulars[i].pattern, text, n) == 0)
      return s->regulars[i].regular;
  regular = engine_regular_find (s->build, engine_pattern_read (s->build, text, n, engine_json_path (pattern).text));
  s->regulars = engine_build_grow (s->build, s->regulars, at, &s->regulars_capacity, sizeof *s->regulars);
  s->regulars[at].pattern = text;
  s->regulars[at].n = n;
  s->regulars[at].regular = regular;
  s->n_regulars = at + 1;
  return regular;
}

EngineRegular *
engine_schema_texts (EngineSchema *s, const EngineFacts *facts)
{
  EngineRegular *texts = NULL;

  if (facts->most_length >= 0 && facts->most_length < facts->least_length)
    return engine_regular_texts (s->build, NULL, NULL, 0);
  for (size_t i = 0; i < facts->patterns.n; i++) {
    EngineRegular *one = engine_schema_regular (s, facts->patterns.list[i]);

    texts = texts ? engine_regular_both (s->build, texts, one) : one;
  }
  if (facts->least_length > 0 || facts->most_length >= 0) {
    EngineRegular *length = engine_regular_length (s->build, facts->least_length, facts->most_length);

    texts = texts ? engine_regular_both (s->build, texts, length) : length;
  }
  return texts;
}
