/* SPDX-License-Identifier: MIT */
/* What some models put in front of every answer and what is no part of it, as the language that one heard.
 *
 * Internal. */
#pragma once

#include "tokenizer/tokenizer.h"

typedef struct {
  const char *begins; /* the text that an answer with it begins with */
  const char *ends;   /* the token behind it, which other models' vocabularies do not have */
} EngineHeading;

typedef enum {
  ENGINE_HEADING_OPEN, /* there may be more of it */
  ENGINE_HEADING_ENDS, /* all of the text is the heading */
  ENGINE_HEADING_NONE, /* all of the text is the answer */
} EngineHeadingState;

/* Of the models of this vocabulary; NULL: they write none. */
const EngineHeading *engine_heading_of (const EngineVocab *vocab);
/* What an answer's first n_bytes are, of which `id` is the latest token. */
EngineHeadingState engine_heading_judge (const EngineHeading *heading, const EngineVocab *vocab, int32_t id, const char *text, size_t n_bytes);
