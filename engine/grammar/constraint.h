/* SPDX-License-Identifier: MIT */
/* The grammar of a request: what may be chosen next, what has to follow, and when it begins.
 *
 * Internal. One thread at a time. */
#pragma once

#include "grammar/grammar.h"
#include "sample/sampler.h"

typedef struct EngineVocab EngineVocab;
typedef struct EngineConstraint EngineConstraint;

/* `trigger` NULL: it begins at once. The vocabulary must outlive it. Errors: NO_MEMORY, BAD_INPUT. */
EngineConstraint *engine_constraint_new (const EngineVocab *vocab, EngineGrammar *grammar, const char *trigger, EngineError *error);
void              engine_constraint_free (EngineConstraint *constraint);
/* The answer begins with this text. Errors: BAD_INPUT: it does not fit. */
bool              engine_constraint_begin (EngineConstraint *constraint, const char *text, EngineError *error);
/* The next token; -1, where no error is told: the logits are no numbers. */
int32_t           engine_constraint_choose (EngineConstraint *constraint, EngineSampler *sampler, const float *logits, EngineError *error);
/* Tells of the token that was chosen, unless it ends the answer. */
bool              engine_constraint_accept (EngineConstraint *constraint, int32_t id, EngineError *error);
/* The tokens that have to follow, [*n], which the caller frees, and goes on behind them. They are those that the tokenizer would make of the
 * text; the last of it is left to be chosen where a longer token, with what may follow, might take its place. */
bool              engine_constraint_forced (EngineConstraint *constraint, int32_t **ids, size_t *n, EngineError *error);
/* How many of the tokens may follow, one after the other. Changes nothing; before the grammar begins all of them, though it may begin with one of them. */
size_t            engine_constraint_allows (const EngineConstraint *constraint, const int32_t *ids, size_t n);
/* Nothing can follow. False without a constraint. */
bool              engine_constraint_must_end (const EngineConstraint *constraint);
void              engine_constraint_stats (const EngineConstraint *constraint, int32_t *n_masks, double *ms);
