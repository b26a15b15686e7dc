/* SPDX-License-Identifier: MIT */
/* From a unit to its branches. */
#include "grammar/schema.h"

#include <string.h>

#define BRANCHES_MOST 512
#define SCHEMAS_MOST 1000 /* of one branch */

/* ---- references ------------------------------------------------------------------------ */

static _Noreturn void
no_target (EngineSchema *s, const EngineJson *schema, const EngineJson *reference)
{
  engine_fail (s->build->error, ENGINE_BAD_INPUT, "%s: \"$ref\" names \"%.200s\", which is not in this schema.", engine_json_path (schema).text, reference->text);
  engine_build_leave (s->build);
}

static int
hex_digit (char c)
{
  return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* One step of a JSON pointer, with ~ and % undone; returns what is left of the pointer. */
static const char *
read_step (const char *at, const char *end, char *out, size_t *n)
{
  for (*n = 0; at < end && *at != '/'; at++) {
    char c = *at;

    if (c == '%' && end - at > 2 && hex_digit (at[1]) >= 0 && hex_digit (at[2]) >= 0) {
      c = (char) (16 * hex_digit (at[1]) + hex_digit (at[2]));
      at += 2;
    } else if (c == '~' && end - at > 1 && (at[1] == '0' || at[1] == '1')) {
      c = *++at == '0' ? '~' : '/';
    }
    out[(*n)++] = c;
  }
  return at;
}

/* The schema with that $anchor, anywhere. */
static const EngineJson *
find_anchor (EngineSchema *s, const EngineJson *json, const char *name)
{
  const EngineJson *found = engine_json_is (engine_json_member (json, "$anchor"), name) ? json : NULL;

  engine_build_step (s->build, 1);
  for (size_t i = 0; !found && json->items && i < json->n; i++)
    found = find_anchor (s, json->items[i], name);
  return found;
}

const EngineJson *
engine_schema_target (EngineSchema *s, const EngineJson *schema)
{
  const EngineJson *reference = engine_json_member (schema, "$ref"), *id = engine_json_member (s->root, "$id"), *at = s->root;
  const char *text = reference->text, *end;
  char *step;
  size_t n;

  end = text + reference->n;
  if (id && id->kind == ENGINE_JSON_STRING && id->n <= reference->n && memcmp (id->text, text, id->n) == 0 && (text[id->n] == '#' || text[id->n] == '\0'))
    text += id->n;
  if (text == end)
    return s->root;
  if (*text != '#')
    no_target (s, schema, reference);
  text++;
  if (text < end && *text != '/') {
    at = find_anchor (s, s->root, text);
    if (!at)
      no_target (s, schema, reference);
    return at;
  }
  step = engine_build_alloc (s->build, reference->n + 1, 1);
  while (text < end) {
    text = read_step (text + 1, end, step, &n);
    step[n] = '\0';
    if (at->kind == ENGINE_JSON_ARRAY) {
      unsigned long number = n && n < 9 && strspn (step, "0123456789") == n ? strtoul (step, NULL, 10) : at->n;

      at = number < at->n ? at->items[number] : NULL;
    } else {
      at = engine_json_member_n (at, step, n);
    }
    if (!at)
      no_target (s, schema, reference);
  }
  return at;
}

/* ---- choices ---------------------------------------------------------------------------- */

/* The state of an expansion: schemas that are still to be looked at, those that are done, and arrays of which one element each is to be chosen. */
typedef struct {
  EngineSchemas todo, done, choices;
} Expansion;

static EngineSchemas
copy (EngineSchema *s, const EngineSchemas *from)
{
  EngineSchemas to = { 0 };

  for (size_t i = 0; i < from->n; i++)
    engine_schemas_add (s, &to, from->list[i]);
  return to;
}

/* Either a member is not there, or others are too: as a choice between two schemas. */
static void
add_dependent (EngineSchema *s, const EngineJson *schema, Expansion *e)
{
  const EngineJson *dependent = engine_json_member (schema, "dependentRequired");

  for (size_t i = 0; dependent && i < dependent->n; i++) {
    EngineJson *choice = engine_json_new (s->build, ENGINE_JSON_ARRAY), *without = engine_json_new (s->build, ENGINE_JSON_OBJECT), *with = engine_json_new (s->build, ENGINE_JSON_OBJECT);
    EngineJson *properties = engine_json_new (s->build, ENGINE_JSON_OBJECT), *required = engine_json_new (s->build, ENGINE_JSON_ARRAY);

    engine_json_add (s->build, properties, dependent->keys[i], engine_json_new (s->build, ENGINE_JSON_FALSE));
    engine_json_add (s->build, without, engine_json_string (s->build, "properties", 10), properties);
    engine_json_add (s->build, required, NULL, engine_json_string (s->build, dependent->keys[i]->text, dependent->keys[i]->n));
    for (size_t k = 0; k < dependent->items[i]->n; k++)
      engine_json_add (s->build, required, NULL, engine_json_string (s->build, dependent->items[i]->items[k]->text, dependent->items[i]->items[k]->n));
    engine_json_add (s->build, with, engine_json_string (s->build, "required", 8), required);
    engine_json_add (s->build, choice, NULL, with);
    engine_json_add (s->build, choice, NULL, without);
    engine_schemas_add (s, &e->choices, choice);
  }
}

/* Alternatives of oneOf must not hold at once, and a text cannot be looked at from all sides while it is written: so they have to be apart from each other. */
static void
check_apart (EngineSchema *s, const EngineJson *schema, const EngineJson *one_of)
{
  for (size_t i = 0; i < s->n_checked; i++)
    if (s->checked[i].schema == one_of)
      return;
  s->checked = engine_build_grow (s->build, s->checked, s->n_checked, &s->checked_capacity, sizeof *s->checked);
  s->checked[s->n_checked++].schema = one_of;
  if (s->options->lax)
    return;
  for (size_t i = 0; i < one_of->n; i++)
    for (size_t k = i + 1; k < one_of->n; k++)
      if (!engine_schema_apart (s, one_of->items[i], one_of->items[k])) {
        engine_fail (s->build->error, ENGINE_UNSUPPORTED,
                     "%s: a value may fulfil the alternatives %zu and %zu of \"oneOf\" at once, which cannot be ruled out while it is written. Write \"anyOf\", or a constant that tells them apart.",
                     engine_json_path (schema).text, i + 1, k + 1);
        engine_build_leave (s->build);
      }
}

/* False: no value fulfils it. */
static bool
look_at (EngineSchema *s, const EngineJson *schema, Expansion *e)
{
  const EngineJson *all_of, *any_of, *one_of;

  if (schema->kind == ENGINE_JSON_TRUE || schema->kind == ENGINE_JSON_FALSE)
    return schema->kind == ENGINE_JSON_TRUE;
  for (size_t i = 0; i < e->done.n; i++)
    if (e->done.list[i] == schema)
      return true;
  engine_schema_check (s, schema);
  engine_schemas_add (s, &e->done, schema);
  if (e->done.n > SCHEMAS_MOST) {
    engine_fail (s->build->error, ENGINE_BAD_INPUT, "%s: more than %d schemas have to hold for one value.", engine_json_path (schema).text, SCHEMAS_MOST);
    engine_build_leave (s->build);
  }
  if (engine_json_member (schema, "$ref"))
    engine_schemas_add (s, &e->todo, engine_schema_target (s, schema));
  all_of = engine_json_member (schema, "allOf");
  for (size_t i = 0; all_of && i < all_of->n; i++)
    engine_schemas_add (s, &e->todo, all_of->items[i]);
  any_of = engine_json_member (schema, "anyOf");
  if (any_of)
    engine_schemas_add (s, &e->choices, any_of);
  one_of = engine_json_member (schema, "oneOf");
  if (one_of) {
    check_apart (s, schema, one_of);
    engine_schemas_add (s, &e->choices, one_of);
  }
  add_dependent (s, schema, e);
  return true;
}

static void
expand (EngineSchema *s, Expansion e, EngineBranches *out)
{
  const EngineJson *choice;

  for (size_t i = 0; i < e.todo.n; i++)
    if (!look_at (s, e.todo.list[i], &e))
      return;
  if (e.choices.n == 0) {
    if (out->n == BRANCHES_MOST) {
      engine_fail (s->build->error, ENGINE_BAD_INPUT, "%s: the alternatives multiply each other to more than %d cases. Make the schema simpler.",
                   e.done.n ? engine_json_path (e.done.list[0]).text : "#", BRANCHES_MOST);
      engine_build_leave (s->build);
    }
    out->list = engine_build_grow (s->build, out->list, out->n, &out->capacity, sizeof *out->list);
    out->list[out->n++] = e.done;
    return;
  }
  choice = e.choices.list[0];
  for (size_t i = 0; i < choice->n; i++) {
    Expansion one = { .done = copy (s, &e.done) };

    engine_schemas_add (s, &one.todo, choice->items[i]);
    for (size_t k = 1; k < e.choices.n; k++)
      engine_schemas_add (s, &one.choices, e.choices.list[k]);
    expand (s, one, out);
  }
}

EngineBranches
engine_schema_branches (EngineSchema *s, const EngineSchemas *parts)
{
  EngineBranches branches = { 0 };

  expand (s, (Expansion) { .todo = copy (s, parts) }, &branches);
  return branches;
}
