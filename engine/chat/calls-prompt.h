/* SPDX-License-Identifier: MIT */
/* Tools and calls in a prompt: through the model's template where it knows them, else in words.
 *
 * Internal. */
#pragma once

#include "chat/calls.h"
#include "model.h"
#include "verbatim.h"

typedef struct {
  const EngineCallFormat *format; /* in which calls come */
  bool  native;            /* the template has tools, calls and results; else they are told in the text of messages */
  bool  object_arguments;  /* of calls: the template wants an object, not a text */
  bool  system;            /* it takes a system message */
  char *tools;             /* a JSON array of functions; NULL: none */
} EngineCallPrompt;

/* What the template of the model makes of tools; tries it out. Clear it with engine_call_prompt_clear (). `verbatim`: hides special tokens in what tools say of themselves;
 * NULL: that is done. */
bool engine_call_prompt_init (EngineCallPrompt *prompt, const EngineModel *model, const EngineTool *tools, size_t n_tools, EngineVerbatim *verbatim, EngineError *error);
void engine_call_prompt_clear (EngineCallPrompt *prompt);

/* JSON with special tokens hidden in its texts, malloc'd. Errors: BAD_INPUT (it is no JSON object), NO_MEMORY. */
char *engine_call_hide_json (EngineVerbatim *verbatim, const EngineVocab *vocab, const char *json, EngineError *error);

/* Renders the messages as engine_chat_render (), with the prompt's tools. */
char *engine_call_prompt_render (const EngineCallPrompt *prompt, const EngineModel *model, const EngineMessage *messages, size_t n_messages, bool add_generation_prompt, EngineError *error);

/* Adds the members of a message's object: `"role":…,"content":…`, and its calls. */
void engine_call_write_message (EngineText *json, const EngineMessage *message, bool object_arguments);
