/* SPDX-License-Identifier: MIT */
/* Keeps what people and files say from being read as the template's own marks.
 *
 * Internal. A page that contains the words "<|im_end|>" must not end a turn. Before the
 * template runs, each special token that stands in a message is hidden behind a character
 * of the last private-use plane, and when the rendered prompt is tokenised, that character
 * becomes the plain letters again. Characters of that plane in a message are hidden
 * likewise, so that nothing can be forged. Pictures and sounds stand in a message as such characters too, and become the
 * numbers of their columns. */
#pragma once

#include "columns.h"
#include "text.h"
#include "tokenizer/tokenizer.h"

/* Zero-initialise it; one for all messages of a prompt. */
typedef struct {
  struct EngineHidden *hidden;
  size_t n_hidden, capacity;
} EngineVerbatim;

void  engine_verbatim_clear (EngineVerbatim *verbatim);

/* The text with its special tokens hidden, malloc'd. Errors: NO_MEMORY, BAD_INPUT (more than
 * 65,534 different ones). */
char *engine_verbatim_hide (EngineVerbatim *verbatim, const EngineVocab *vocab, const char *text, EngineError *error);

/* Adds the media at place `place` of the list, which is given to encode, to a text of a message. */
bool  engine_verbatim_media (EngineVerbatim *verbatim, int32_t place, EngineText *text, EngineError *error);

/* Tokenises a rendered prompt; special tokens are the template's, hidden ones are letters. */
bool  engine_verbatim_encode (const EngineVerbatim *verbatim, const EngineMediaList *media, const EngineVocab *vocab, const char *text,
                              int32_t **ids, size_t *n_ids, EngineError *error);
