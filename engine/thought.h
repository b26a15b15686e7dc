/* SPDX-License-Identifier: MIT */
/* The thought of one request: which of its tokens and characters are thought, which answer, when the thought ends, and how it is brought to its end.
 *
 * Internal; the runner's thread. An answer is in one *stage* after the other: the thought; perhaps the head of a message, which nobody is shown; the answer. Every token
 * that is added to the request passes through here, also those that are forced to close a thought, so that the stage always is what the model has read. */
#pragma once

#include "chat/thinking.h"
#include "circles.h"

typedef enum { ENGINE_STAGE_THOUGHT, ENGINE_STAGE_HEAD, ENGINE_STAGE_ANSWER } EngineStage;

typedef struct EngineThought EngineThought;

/* Of a request whose prompt has n_prompt tokens and leaves the thought open. The family and the vocabulary outlive it. Errors: NO_MEMORY. */
EngineThought *engine_thought_new (const EngineThinkingFamily *family, const EngineThinking *thinking, const EngineVocab *vocab, int32_t n_prompt, int32_t n_context, EngineError *error);
void           engine_thought_free (EngineThought *thought);

/* NULL, no thought: the answer. */
EngineStage    engine_thought_stage (const EngineThought *thought);

/* A token that is a mark by itself has no text, whatever the vocabulary says. */
bool           engine_thought_is_mark (const EngineThought *thought, int32_t id);

/* What the first bytes of a text turned out to be. */
typedef struct {
  size_t n_ready;  /* are of the stage before the call */
  size_t n_mark;   /* behind them: nobody's. The rest is of the stage after the call, or not known yet where that is the same */
} EngineCut;

/* Reads on: `id` is the latest token, text [n_bytes] what is not told yet, its text included. Everything that was not ready is given again with the next token, or, when the stage
 * has changed, once more with -1. */
EngineCut      engine_thought_read (EngineThought *thought, int32_t id, const char *text, size_t n_bytes);

/* After a token that was chosen was read: what may have to follow, because a mark was read or the thought has to end. `tokens` [n]: the request's. */
void           engine_thought_judge (EngineThought *thought, const int32_t *tokens, int32_t n, bool asked);
/* The model would end its turn, instead of the thought. */
void           engine_thought_stop (EngineThought *thought);
/* The answer is: the thought ends with its next token. */
void           engine_thought_settle (EngineThought *thought);
/* What has to follow now, [*n], valid as long as the thought; nothing once it was asked for. */
const int32_t *engine_thought_forced (EngineThought *thought, size_t *n);

/* Where the text is now. */
typedef enum { ENGINE_THOUGHT_INSIDE, ENGINE_THOUGHT_AT_SENTENCE, ENGINE_THOUGHT_AT_PARAGRAPH } EngineThoughtPlace;

EngineThoughtPlace    engine_thought_place (const EngineThought *thought);
/* What would close the thought and begin a short answer; as engine_thought_forced (). */
const int32_t *engine_thought_probe (const EngineThought *thought, size_t *n);
/* How many tokens of the request are thought, up to its latest. */
int32_t        engine_thought_tokens (const EngineThought *thought);
EngineThoughtEnd engine_thought_end (const EngineThought *thought);
const EngineThinking *engine_thought_params (const EngineThought *thought);
