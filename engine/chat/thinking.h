/* SPDX-License-Identifier: MIT */
/* How families of models think: what switches it in their templates, and the marks around a thought.
 *
 * Internal. A family is one line of thinking.def and one file thinking/<symbol>.c. It is known by its template's text and by the vocabulary, in the order of the
 * table; the last line knows every model: those that never learned to think are asked in words.
 *
 * The parts of an answer, as the model writes it after the prompt that the template has rendered:
 *
 *   OPEN thought CLOSE AFTER answer
 *
 * OPEN is written into the prompt unless the template has done so. CLOSE is found as a token, or in the text where no token is exactly that. What stands behind it is then
 * forced, so that every answer begins alike: AFTER, or, where a message has a head of its own that says whom it is for, REOPEN, behind which the model writes the rest up to HEAD_END. */
#pragma once

#include "tokenizer/tokenizer.h"

#define ENGINE_THINKING_MARKS 4

typedef struct EngineThinkingFamily {
  const char  *name;
  EngineThinks thinks;
  /* Whether a model is of the family, by its template (never NULL). */
  bool (*knows) (const char *chat_template, const EngineVocab *vocab);

  /* Members of a JSON object, variables of the template: `"enable_thinking":true`; NULL: none. */
  const char *variables_on, *variables_off;
  const char *strength;    /* the variable that takes "low", "medium" or "high"; NULL: none */
  const char *off_strength; /* what it is when the model is not to think; NULL: nothing */

  const char *open;
  const char *marks[ENGINE_THINKING_MARKS]; /* CLOSE; in a text the others too, the first is the one that is forced */
  const char *after;
  const char *skip;        /* in the place of all these, when it is not to think; NULL: the template sees to it */
  const char *reopen, *head_end; /* NULL: messages have no heads */
  const char *thought_head; /* a head that holds this opens another thought */
  const char *answer_head; /* a head that holds this opens the answer; all others are left as they are, for calls of tools */

  const char *wrap_up;     /* what the thought ends with when it is ended */
  const char *lead;        /* behind AFTER, the beginning of an answer whose rest is short, for probes: with a box, for else a model hesitates how to write it */
  /* Of models that never learned it: what is said to them behind the last message of the user. */
  const char *ask, *ask_low;
  const char *show_low;    /* and in front of that message, unless it is long, with the strength "low": what a short thought looks like */
} EngineThinkingFamily;

/* Of a model with that template, which may be NULL: the last family. */
const EngineThinkingFamily *engine_thinking_family (const char *chat_template, const EngineVocab *vocab);

/* Members of a JSON object, with a comma before each, malloc'd and perhaps empty. Errors: NO_MEMORY, BAD_INPUT (no such strength). */
char *engine_thinking_variables (const EngineThinkingFamily *family, const EngineThinking *thinking, EngineError *error);

/* What is to be said behind the last message of the user, and in front of it; NULL: nothing. */
const char *engine_thinking_ask (const EngineThinkingFamily *family, const EngineThinking *thinking);
const char *engine_thinking_show (const EngineThinkingFamily *family, const EngineThinking *thinking);

/* What is to be written behind a rendered prompt, so that a thought begins, or none. `routes`: whom the answer is for, the model itself says in a head, which may be a tool. */
const char *engine_thinking_begin (const EngineThinkingFamily *family, EngineThink think, bool routes, const char *rendered);
