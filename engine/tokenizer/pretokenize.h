/* SPDX-License-Identifier: MIT */
/* Pre-tokenisers: how a text is cut into words before byte-pair encoding.
 *
 * Internal to engine/tokenizer/. A model's tokenizer.json has one to six regular
 * expressions, applied one after the other: each cuts the pieces of the one before into its
 * matches and what lies between them. Here each expression is a function that says where a
 * match that begins at a position ends. */
#pragma once

#include "tokenizer/unicode.h"

/* A piece of text under one expression. */
typedef struct {
  const char *text;
  size_t      end;  /* nothing from here on is seen */
  size_t      skip; /* a match function that failed may set it: nothing before it can match either */
} EnginePiece;

/* The end of the match that begins at `position` < end; `position` when there is none.
 * Never an empty match. */
typedef size_t (*EngineMatchFunc) (EnginePiece *piece, size_t position);

#define ENGINE_MAX_PASSES 6

typedef struct {
  const char     *names[12];    /* of tokenizer.ggml.pre */
  EngineMatchFunc passes[ENGINE_MAX_PASSES];
  bool            whole_words;  /* a word that is a token is taken as it is, without merging */
  bool            adds_bos;     /* where the file does not say */
} EnginePretokenizer;

/* NULL when the name is not known. */
const EnginePretokenizer *engine_pretokenizer_find (const char *name);

/* Calls `word` with each word of text[0 … n_bytes) in order, until it returns false. */
bool engine_pretokenize (const EnginePretokenizer *pretokenizer, const char *text, size_t n_bytes,
                         bool (*word) (void *user, const char *text, size_t n_bytes), void *user);
