/* SPDX-License-Identifier: MIT */
/* JSON, piece by piece from front to back: a file of a million objects is never a tree in memory. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Levels of lists and objects. */
#define JSON_MAX_DEPTH 64

typedef enum { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_LIST, JSON_OBJECT, JSON_NOTHING } JsonKind;

typedef struct {
  const char *begin, *at, *end;
  const char *broken; /* where it is no JSON; NULL as long as it is */
  unsigned depth;
  GString *string;    /* what json_string () and json_name () read */
} Json;

void json_open (Json *json, const char *text, size_t length);
void json_close (Json *json);

/* What comes next; NOTHING at the end of the text, or when it is broken. Takes nothing. */
JsonKind json_peek (Json *json);
/* Into `string`, valid UTF-8 without NUL. FALSE when it is broken. */
bool json_string (Json *json);
/* A number's text. (transfer none) */
bool json_number (Json *json, const char **text, size_t *length);
/* null, true, false */
void json_word (Json *json);
/* Goes over a value. *text, *length (nullable): its text. */
bool json_skip (Json *json, const char **text, size_t *length);
/* Into a list or an object; then json_more () before each value, FALSE behind the last one; in an object json_name () before it. */
void json_enter (Json *json);
bool json_more (Json *json, bool *first);
bool json_name (Json *json);
/* The line of `broken`, from 1. */
uint64_t json_line (const Json *json);
