/* SPDX-License-Identifier: MIT */
/* Whether two schemas have no value in common: for oneOf. It is only said when it is certain. */
#include "grammar/schema.h"

#define MOST_DEPTH 6
#define ITEMS_MOST 16 /* that are compared */

static bool lists_apart (EngineSchema *s, const EngineSchemas *a, const EngineSchemas *b, int depth);

static bool
numbers_apart (const EngineNumberSet *a, const EngineNumberSet *b)
{
  int order = a->most && b->least ? engine_decimal_compare (a->most, b->least) : 1;

  if (order < 0 || (order == 0 && (a->most_open || b->least_open)))
    return true;
  order = b->most && a->least ? engine_decimal_compare (b->most, a->least) : 1;
  return order < 0 || (order == 0 && (b->most_open || a->least_open));
}

static bool
counts_apart (int32_t least_a, int32_t most_a, int32_t least_b, int32_t most_b)
{
  return (most_a >= 0 && most_a < least_b) || (most_b >= 0 && most_b < least_a);
}

static bool
strings_apart (EngineSchema *s, const EngineFacts *a, const EngineFacts *b)
{
  EngineRegular *of_a, *of_b;

  if (counts_apart (a->least_length, a->most_length, b->least_length, b->most_length))
    return true;
  if (!a->patterns.n || !b->patterns.n)
    return false;
  of_a = engine_schema_texts (s, a);
  of_b = engine_schema_texts (s, b);
  return engine_regular_is_empty (s->build, engine_regular_both (s->build, of_a, of_b));
}

static bool
arrays_apart (EngineSchema *s, const EngineFacts *a, const EngineFacts *b, int depth)
{
  int32_t there = ENGINE_MIN (ENGINE_MAX (a->least_items, b->least_items), ITEMS_MOST);

  if (counts_apart (a->least_items, a->most_items, b->least_items, b->most_items))
    return true;
  for (int32_t i = 0; i < there; i++) {
    EngineSchemas of_a = { 0 }, of_b = { 0 };

    engine_schema_item (s, a, i, &of_a);
    engine_schema_item (s, b, i, &of_b);
    if (lists_apart (s, &of_a, &of_b, depth))
      return true;
  }
  return false;
}

/* By a member that one of them requires. */
static bool
members_apart (EngineSchema *s, const EngineFacts *a, const EngineFacts *b, int depth)
{
  for (size_t i = 0; i < a->branch->n; i++) {
    const EngineJson *required = engine_json_member (a->branch->list[i], "required");

    for (size_t k = 0; required && k < required->n; k++) {
      EngineSchemas of_a = { 0 }, of_b = { 0 };

      engine_schema_property (s, a, required->items[k], &of_a);
      engine_schema_property (s, b, required->items[k], &of_b);
      if (lists_apart (s, &of_a, &of_b, depth))
        return true;
    }
  }
  return false;
}

static bool
values_apart (EngineSchema *s, const EngineSchemas *values, const EngineSchemas *branch)
{
  for (size_t i = 0; i < values->n; i++)
    if (engine_schema_branch_has (s, branch, values->list[i], NULL))
      return false;
  return true;
}

static bool
branches_apart (EngineSchema *s, const EngineSchemas *a, const EngineSchemas *b, int depth)
{
  EngineFacts of_a = engine_schema_facts (s, a), of_b = engine_schema_facts (s, b);
  /* What is written for one of them has one of its types, and might be what the other allows. */
  unsigned types = (of_a.types & of_b.exact_types) | (of_b.types & of_a.exact_types);

  if (of_a.enumerated)
    return values_apart (s, &of_a.values, b);
  if (of_b.enumerated)
    return values_apart (s, &of_b.values, a);
  if (types & (ENGINE_TYPE_NULL | ENGINE_TYPE_BOOLEAN))
    return false;
  if (types & (ENGINE_TYPE_FRACTION | ENGINE_TYPE_WHOLE) && !numbers_apart (&of_a.number, &of_b.number))
    return false;
  if (types & ENGINE_TYPE_STRING && !strings_apart (s, &of_a, &of_b))
    return false;
  if (types & ENGINE_TYPE_ARRAY && !arrays_apart (s, &of_a, &of_b, depth))
    return false;
  return !(types & ENGINE_TYPE_OBJECT) || counts_apart (of_a.least_members, of_a.most_members, of_b.least_members, of_b.most_members) ||
         members_apart (s, &of_a, &of_b, depth) || members_apart (s, &of_b, &of_a, depth);
}

static bool
lists_apart (EngineSchema *s, const EngineSchemas *a, const EngineSchemas *b, int depth)
{
  EngineBranches of_a, of_b;

  if (depth == MOST_DEPTH)
    return false;
  of_a = engine_schema_branches (s, a);
  of_b = engine_schema_branches (s, b);
  for (size_t i = 0; i < of_a.n; i++)
    for (size_t k = 0; k < of_b.n; k++)
      if (!branches_apart (s, &of_a.list[i], &of_b.list[k], depth + 1))
        return false;
  return true;
}

bool
engine_schema_apart (EngineSchema *s, const EngineJson *a, const EngineJson *b)
{
  EngineSchemas of_a = { 0 }, of_b = { 0 };

  engine_schemas_add (s, &of_a, a);
  engine_schemas_add (s, &of_b, b);
  return lists_apart (s, &of_a, &of_b, 0);
}
