/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting points: games, tools and pages that are there already, and are only filled. What a model, or a person, writes is a specification, JSON such as
 *
 *   {"start":"memory","title":"Planets","theme":"night","cards":["Mercury","Venus",…]}
 *
 * A start is one line in start-table.c, one file data/preview/starts/<id>.json, which says what may be written, and one <id>.js beside it, which plays it. The files use the
 * part of JSON Schema that start_spec_parse () knows: type, enum, default, pattern (for models alone), minLength, maxLength, minimum, maximum, minItems, maxItems, items, properties,
 * anyOf of objects that differ in the enum of "type"; and for us: "x-optional" (a model may leave it out), "x-least" (fewer items than a model writes are taken), "x-most" (more of them),
 * "x-unique" (of texts that are the same one is kept), "x-columns" (beginnings of words by which a table's columns are called that have it: start-rows.c).
 *
 * Any thread. */
#pragma once

#include <json-glib/json-glib.h>

#include "app-bundle.h"

G_BEGIN_DECLS

/* Bytes of a specification. */
#define START_MAX_BYTES (200 * 1024)

typedef struct {
  const char *id;
  const char *kind;   /* the id of the AppArtifactKind that it is offered for */
  const char *name;   /* N_(): also its title where none is given */
  const char *how;    /* N_(): one or two sentences for who uses it; "": it speaks for itself */
} StartLine;

typedef struct {
  const StartLine *line;
  const char *wanted;    /* for a model: what a person wants who wants this */
  char **words;          /* beginnings of English words that mean it, in small letters */
  JsonObject *schema;    /* as the file has it, with "title" and "theme" */
  JsonArray *examples;   /* objects with "wish" and "spec" */
} Start;

/* The number `index`, NULL behind the last; by name, NULL if there is none. They live for ever. */
const Start *start_get (guint index);
const Start *start_find (const char *id);
const StartLine *start_table_get (guint index);

/* The names of the palettes. */
extern const char *const start_themes[];

/* Whether a source is a specification, and no HTML. */
gboolean start_spec_is (const char *source);
/* The specification, with what was left out filled in; errors: APP_ERROR_INVALID, with the place. (transfer full) */
JsonObject *start_spec_parse (const char *source, gsize n_bytes, GError **error);
/* As it is stored. (transfer full) */
char *start_spec_dup_source (JsonObject *spec);
/* (transfer none) */
const Start *start_spec_get_start (JsonObject *spec);

/* ---- parts ---- */

/* The node that a JSON pointer leads to, and in `schema` what may be written there, (out) (optional); NULL if there is nothing. "/start" is no part. (transfer none) */
JsonNode *start_spec_find (JsonObject *spec, const char *pointer, JsonObject **schema);
/* The same specification with another part; errors: APP_ERROR_INVALID. (transfer full) */
JsonObject *start_spec_change (JsonObject *spec, const char *pointer, JsonNode *part, GError **error);

/* What a wish changes, where its words leave nothing open; NULL: a model has to be asked. `part`: what was pointed at; NULL: nothing. (transfer full) (nullable) */
JsonObject *start_change_by_words (JsonObject *spec, const char *part, const char *wish);

/* Whether a wish, in small letters, speaks of a member by its name, or by what is said of it. */
gboolean start_names_member (const char *wish, const char *member);

/* What a model may write there, as JSON Schema for the engine. (transfer full) */
char *start_schema_dup (JsonObject *schema);
/* JSON as the engine writes it, with a space behind ":" and ",": what a model is shown. (transfer full) */
char *start_json_dup (JsonNode *node);

/* ---- the page ---- */

/* Errors: as start_spec_parse (). (transfer full) */
AppBundle *start_make_bundle (const char *source, GError **error);
/* What pages say, as a JSON object's members with a comma in front: "words" and "locale". */
void start_words_append (GString *json, const StartLine *line);

/* ---- formulas ---- */

/* Whether a calculator's formula is one: numbers, + - * / ^ ( ), the names in `names` and the functions that the page has. `error`: (out) (optional), APP_ERROR_INVALID. */
gboolean start_formula_check (const char *formula, const char *const *names, GError **error);

G_END_DECLS
