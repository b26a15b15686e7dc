/* SPDX-License-Identifier: MIT */
/* The grammar of an answer with calls.
 *
 * Internal. */
#pragma once

#include "chat/calls.h"
#include "grammar/schema.h"
#include "tokenizer/tokenizer.h"

/* `vocab` NULL: no token is special. `*trigger`: the text or special token behind which it begins; NULL: at once. Errors: BAD_INPUT (the schema of a tool), UNSUPPORTED, NO_MEMORY. */
EngineGrammar *engine_call_grammar_new (const EngineCallFormat *format, const EngineCallTools *tools, EngineToolChoice choice, const EngineVocab *vocab, const char **trigger, EngineError *error);

/* Arguments in a notation that is not JSON; calls-notation.c. `braces`: Gemma's, else Python's. */
int32_t engine_call_notation_emit (EngineSchema *s, const EngineCallFormat *format, const EngineCallTool *tool, const EngineVocab *vocab, bool braces, int32_t next);
