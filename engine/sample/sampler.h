/* SPDX-License-Identifier: MIT */
/* Chooses the next token from logits.
 *
 * Internal. The chain, in this order: penalties, then top-k, top-p and min-p on the
 * probabilities at temperature 1, then the temperature, then the choice. Temperature 0 takes the largest
 * logit (the smaller id of equals) after the penalties. The same seed and logits give the
 * same tokens on every machine: the generator is our own (PCG32). */
#pragma once

#include "base.h"

typedef struct EngineSampler EngineSampler;

/* Errors: BAD_INPUT (a setting out of range; the message names it), NO_MEMORY. */
EngineSampler *engine_sampler_new (const EngineSampling *settings, int32_t n_vocab, EngineError *error);
void           engine_sampler_free (EngineSampler *sampler);
/* Tells the sampler of a token of the prompt or the answer, for the penalties. */
void           engine_sampler_accept (EngineSampler *sampler, int32_t id);
/* `logits` [n_vocab] is not changed. Entries that are NaN or -INFINITY are never chosen; -1 when there are no others. */
int32_t        engine_sampler_choose (EngineSampler *sampler, const float *logits);

/* The k most likely ids with log-probabilities (of the plain softmax), best first. Returns how many were written: min (k, n_vocab); 0 when memory is short. */
int32_t        engine_top_logprobs (const float *logits, int32_t n_vocab, int32_t k, EngineLogprob *out);
