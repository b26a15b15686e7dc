/* SPDX-License-Identifier: MIT */
/* JSON texts as trees, and the exact numbers in them.
 *
 * Internal to engine/grammar/. All memory is the build's. Numbers stay decimal: nothing is rounded. */
#pragma once

#include "grammar/build.h"
#include "text.h"

typedef enum { ENGINE_JSON_NULL, ENGINE_JSON_FALSE, ENGINE_JSON_TRUE, ENGINE_JSON_NUMBER, ENGINE_JSON_STRING, ENGINE_JSON_ARRAY, ENGINE_JSON_OBJECT } EngineJsonKind;

/* ±0.d1 d2 d3 … · 10^point: no digit 0 at either end; zero has none, and is not negative. */
typedef struct {
  const char *digits;
  int32_t     n, point;
  bool        negative;
} EngineDecimal;

typedef struct EngineJson EngineJson;
struct EngineJson {
  EngineJsonKind kind;
  EngineDecimal  number;
  const char    *text;   /* of a string: UTF-8, NUL-terminated, but it may hold zero bytes */
  size_t         n;      /* bytes, elements or members */
  EngineJson   **items;  /* of an array, and of an object the values */
  EngineJson   **keys;   /* of an object; strings */
  const EngineJson *parent;
  size_t         number_in_parent;
};

/* Errors: BAD_INPUT, with the line and the column. `what` names the text: "schema". */
EngineJson *engine_json_read (EngineBuild *build, const char *text, size_t n_bytes);

/* A member of an object, NULL when there is none (or it is no object). */
EngineJson *engine_json_member (const EngineJson *json, const char *key);
EngineJson *engine_json_member_n (const EngineJson *json, const char *key, size_t n);
bool        engine_json_is (const EngineJson *json, const char *text);
bool        engine_json_equal (const EngineJson *a, const EngineJson *b);
/* As it is written without spaces. */
void        engine_json_write (EngineText *out, const EngineJson *json);
/* Where it stands: "#/properties/name", for sentences. */
typedef struct { char text[200]; } EngineJsonPath;
EngineJsonPath engine_json_path (const EngineJson *json);

int  engine_decimal_compare (const EngineDecimal *a, const EngineDecimal *b);
bool engine_decimal_is_whole (const EngineDecimal *a);
/* The number when it is whole and lies in [least, most]. */
bool engine_decimal_int (const EngineDecimal *a, int64_t least, int64_t most, int64_t *out);

/* For schemas that nobody wrote. */
EngineJson *engine_json_new (EngineBuild *build, EngineJsonKind kind);
EngineJson *engine_json_string (EngineBuild *build, const char *text, size_t n);
void        engine_json_add (EngineBuild *build, EngineJson *json, EngineJson *key, EngineJson *value);
EngineJson *engine_json_int (EngineBuild *build, int64_t number);
