/* SPDX-License-Identifier: MIT */
/* Tools as files have them: a JSON array of objects, as they are or in a "function" each. */
#pragma once

#include "grammar/json.h"
#include "tokenizer/trie.h"
#include "tool.h"

/* [*n], in memory of the build, which is left on errors. */
EngineTool *tool_take_tools (EngineBuild *build, const EngineJson *json, size_t *n);
EngineTool *tool_read_tools (EngineBuild *build, const char *path, size_t *n);

/* A conversation as chat templates have it: a JSON array of objects with "role", "content", and perhaps "tool_calls", "tool_call_id" and "name". */
EngineMessage *tool_read_messages (EngineBuild *build, const char *path, size_t *n);

/* A text that the grammar allows, by chance. */
bool tool_make_sample (EngineGrammar *grammar, EngineTrie *trie, uint64_t *state, EngineText *out, EngineError *error);
