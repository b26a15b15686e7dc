/* SPDX-License-Identifier: MIT */
/* A template's source as tokens.
 *
 * Internal to engine/chat/. White space around tags is dealt with here, as the environment
 * of `transformers` does it: trim_blocks (the line break after a block or comment is left
 * out), lstrip_blocks (so are the blanks before one that begins its line), the signs - and +,
 * and the single line break at the end of the template. */
#pragma once

#include "chat/jinja.h"

typedef enum {
  JINJA_TOKEN_END,
  JINJA_TOKEN_TEXT,        /* string: what is printed as it stands */
  JINJA_TOKEN_BLOCK_BEGIN, /* {% */
  JINJA_TOKEN_BLOCK_END,
  JINJA_TOKEN_PRINT_BEGIN, /* {{ */
  JINJA_TOKEN_PRINT_END,
  JINJA_TOKEN_NAME,
  JINJA_TOKEN_STRING,      /* string: with its escapes read */
  JINJA_TOKEN_INT,
  JINJA_TOKEN_FLOAT,
  JINJA_TOKEN_OPERATOR,    /* string: "//", "(", … */
} JinjaTokenKind;

typedef struct {
  JinjaTokenKind kind;
  int            line;
  JinjaString    string;
  union {
    int64_t integer;
    double  number;
  } as;
} JinjaToken;

/* The last one is JINJA_TOKEN_END. */
JinjaToken *jinja_tokenize (JinjaRun *run, const char *source, size_t n_bytes, size_t *n_tokens);
