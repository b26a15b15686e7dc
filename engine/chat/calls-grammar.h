/* SPDX-License-Identifier: MIT */
/* The grammar of an answer with calls.
 *
 * Internal. */
#pragma once

#include "chat/calls.h"
#include "grammar/schema.h"
#include "tokenizer/tokenizer.h"

/* `vocab` NULL: no token is special. `*trigger`: the text or special token behind which it begins, malloc'd; NULL: at once. Errors: BAD_INPUT (the schema of a tool), UNSUPPORTED, NO_MEMORY. */
EngineGrammar *engine_call_grammar_new (const EngineCallFormat *format, const EngineCallTools *tools, EngineToolChoice choice, const EngineVocab *vocab, char **trigger, EngineError *error);

/* Arguments that are neither JSON nor between marks; calls-notation.c. */
int32_t engine_call_notation_emit (EngineSchema *s, const EngineCallFormat *format, const EngineCallTool *tool, const EngineVocab *vocab, EngineCallStepKind kind, int32_t next);

/* ---- calls-marks.c ---- */

/* A text with the special tokens in it as such; a token that ends an answer is left out, for nothing may follow it. */
int32_t        engine_call_mark_emit (EngineSchema *s, const EngineVocab *vocab, const char *text, int32_t next);
/* Whether the text begins with a special token, which no words can hold. */
bool           engine_call_mark_is_special (const EngineVocab *vocab, const char *text);
/* Texts in which the mark is not, and the texts of a machine as they are. */
EngineRegular *engine_call_texts_without (EngineSchema *s, const char *mark);
int32_t        engine_call_regular_emit (EngineSchema *s, const EngineRegular *regular, int32_t next);
/* The text as an answer has it: special tokens in it between their bytes, but for one that is all of it. malloc'd. */
char          *engine_call_trigger_new (const EngineVocab *vocab, const char *text, EngineError *error);
