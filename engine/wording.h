/* SPDX-License-Identifier: MIT */
/* Remembers in which tokens the model itself wrote its answers.
 *
 * Internal. A text can be cut into tokens in many ways, and a model now and then chooses
 * another than the tokenizer would. When that answer comes back as a message of the next
 * turn, the tokenizer's cut would part from the cache in the middle of the answer, and the
 * rest would be evaluated again. So the cuts that differ are kept, the latest few, and put
 * back wherever the same text stands between the same two special tokens.
 *
 * All functions may be called from any thread. */
#pragma once

#include "tokenizer/tokenizer.h"

typedef struct EngineWordings EngineWordings;

/* The vocabulary must outlive the result. Errors: NO_MEMORY. */
EngineWordings *engine_wordings_new (const EngineVocab *vocab, EngineError *error);
void            engine_wordings_free (EngineWordings *wordings);

/* Tells of an answer: tokens [n_prompt, n_tokens) after a prompt. Without memory nothing is learnt. */
void engine_wordings_learn (EngineWordings *wordings, const int32_t *tokens, size_t n_prompt, size_t n_tokens);

/* Puts known cuts back into a prompt, as far as it stays shorter than `limit`. `*tokens` may
 * be reallocated. Errors: NO_MEMORY; the prompt is as it was then. */
bool engine_wordings_apply (EngineWordings *wordings, int32_t **tokens, size_t *n_tokens, size_t limit, EngineError *error);
