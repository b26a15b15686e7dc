/* SPDX-License-Identifier: MIT */
/* Inside the reader of JSON Schemas.
 *
 * Internal to engine/grammar/. What a value has to fulfil is a list of schemas, all of them: a *unit*. A schema with $ref or allOf brings others along;
 * each anyOf or oneOf is a choice, so that a unit becomes several *branches*: lists without choices, whose keywords stand for themselves.
 * A branch has *facts*: what its keywords say together. Each unit that is met becomes one rule of the network: a way for each
 * branch and type. Units are remembered by their lists, so that schemas that refer to themselves have an end. */
#pragma once

#include "grammar/grammar.h"
#include "grammar/json.h"
#include "grammar/number.h"
#include "grammar/regular.h"
#include "grammar/strings.h"

enum {
  ENGINE_TYPE_NULL = 1 << 0, ENGINE_TYPE_BOOLEAN = 1 << 1, ENGINE_TYPE_FRACTION = 1 << 2, ENGINE_TYPE_WHOLE = 1 << 3,
  ENGINE_TYPE_STRING = 1 << 4, ENGINE_TYPE_ARRAY = 1 << 5, ENGINE_TYPE_OBJECT = 1 << 6, ENGINE_TYPE_ANY = 127,
};

typedef struct {
  const EngineJson **list;
  size_t             n, capacity;
} EngineSchemas;

typedef struct {
  EngineSchemas parts;
  size_t        hash;
  int32_t       rule;
} EngineUnit;

typedef struct {
  EngineBuild      *build;
  EngineNetBuilder  b;
  const EngineJson *root;
  const EngineSchemaOptions *options;
  EngineUnit       *units; /* the first n_defined are defined */
  size_t            n_units, units_capacity, n_defined;
  int32_t           spaces_rule, tail_rule, char_rule;
  struct { const char *pattern; size_t n; EngineRegular *regular; } *regulars; /* of patterns that were met */
  size_t            n_regulars, regulars_capacity;
  struct { const EngineJson *schema; bool checked; } *checked;              /* whose keywords are known to be sound; and oneOf, apart from each other */
  size_t            n_checked, checked_capacity;
  int               depth;
} EngineSchema;

/* What the schemas of a branch say together. */
typedef struct {
  const EngineSchemas *branch;
  unsigned            types, exact_types; /* a keyword without "type" is taken for a schema of the type that it speaks of; exact: it is not */
  bool                enumerated;
  EngineSchemas       values;             /* then those that fulfil all */
  EngineNumberSet     number;
  int32_t             least_length, most_length; /* most < 0: none, here and below */
  EngineSchemas       patterns;           /* strings: patterns and formats */
  int32_t             least_items, most_items, n_prefix;
  bool                unique, tuple;      /* tuple: nothing follows the prefix */
  int32_t             least_members, most_members;
} EngineFacts;

/* ---- schema.c ---- */

/* For several schemas in one network: after engine_net_begin (&s->b); then for each root, which is entered, the rules that it needs, and they are defined. */
void               engine_schema_begin (EngineSchema *s, EngineBuild *build, const EngineSchemaOptions *options);
void               engine_schema_enter (EngineSchema *s, const EngineJson *root);
void               engine_schema_define (EngineSchema *s);
/* What a value has to fulfil that is an object; where nothing is said of its members it has none. */
void               engine_schema_add_object (EngineSchema *s, const EngineJson *root, EngineSchemas *parts);
/* All of that: the rule of the objects of a root. */
int32_t            engine_schema_rule (EngineSchema *s, const EngineJson *root);
void               engine_schemas_add (EngineSchema *s, EngineSchemas *schemas, const EngineJson *schema);
/* The rule of a unit. */
int32_t            engine_schema_unit (EngineSchema *s, const EngineSchemas *parts);

/* ---- schema-branches.c ---- */

typedef struct {
  EngineSchemas *list;
  size_t         n, capacity;
} EngineBranches;

EngineBranches     engine_schema_branches (EngineSchema *s, const EngineSchemas *parts);
/* The schema that $ref names; leaves when there is none. */
const EngineJson  *engine_schema_target (EngineSchema *s, const EngineJson *schema);

/* ---- schema-keywords.c ---- */

/* Leaves when a keyword is not known, or has no value that it may have. */
void               engine_schema_check (EngineSchema *s, const EngineJson *schema);
EngineFacts        engine_schema_facts (EngineSchema *s, const EngineSchemas *branch);
/* The same without "enum" and "const". */
EngineFacts        engine_schema_plain_facts (EngineSchema *s, const EngineSchemas *branch);
/* A whole number from 0 on, or `otherwise`. */
int32_t            engine_schema_count (const EngineJson *schema, const char *key, int32_t otherwise);
/* The schemas for the element with that number, and for the member of that name. */
void               engine_schema_item (EngineSchema *s, const EngineFacts *facts, int32_t number, EngineSchemas *out);
void               engine_schema_property (EngineSchema *s, const EngineFacts *facts, const EngineJson *name, EngineSchemas *out);
bool               engine_schema_requires (const EngineFacts *facts, const EngineJson *name);
EngineRegular     *engine_schema_regular (EngineSchema *s, const EngineJson *pattern);
/* The texts of a branch; NULL: any. */
EngineRegular     *engine_schema_texts (EngineSchema *s, const EngineFacts *facts);

/* ---- schema-values.c ---- */

bool               engine_schema_has (EngineSchema *s, const EngineJson *schema, const EngineJson *value);
/* Of the keywords of the branch alone, for it has no choices. `own`: a schema among whose values it is for certain; NULL: none. */
bool               engine_schema_branch_has (EngineSchema *s, const EngineSchemas *branch, const EngineJson *value, const EngineJson *own);

/* ---- schema-apart.c ---- */

/* True when it is certain that no value fulfils both. */
bool               engine_schema_apart (EngineSchema *s, const EngineJson *a, const EngineJson *b);

/* ---- schema-emit.c, schema-objects.c ---- */

int32_t            engine_schema_emit (EngineSchema *s, const EngineSchemas *branch);
int32_t            engine_schema_emit_object (EngineSchema *s, const EngineFacts *facts, int32_t next);
/* The names of members that schemas list, or require. */
EngineSchemas      engine_schema_names (EngineSchema *s, const EngineFacts *facts);
#define ENGINE_SCHEMA_ANY_ORDER 10 /* so many members, at most, may stand in any order */
/* Space that may stand there; behind a comma or a colon. */
int32_t            engine_schema_spaces (EngineSchema *s, int32_t next);
int32_t            engine_schema_gap (EngineSchema *s, int32_t next);
