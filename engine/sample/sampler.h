/* SPDX-License-Identifier: MIT */
/* Chooses the next token from logits.
 *
 * Internal. The chain, in this order: what a grammar allows, biases and penalties, then top-k, top-p, min-p, typical-p and XTC on the
 * probabilities at temperature 1, then the temperature, then the choice. Mirostat stands in the place of all that leaves
 * candidates out. Temperature 0 takes the largest logit (the smaller id of equals) after the penalties. The same seed and logits give the
 * same tokens on every machine: the generator is our own (PCG32). */
#pragma once

#include "base.h"

typedef struct EngineSampler EngineSampler;

/* `breakers`: a bit for each token, of those that end what DRY counts as repeated; NULL: none. It outlives the sampler.
 * Errors: BAD_INPUT (a setting out of range; the message names it), NO_MEMORY. */
EngineSampler *engine_sampler_new (const EngineSampling *settings, int32_t n_vocab, const uint8_t *breakers, EngineError *error);
void           engine_sampler_free (EngineSampler *sampler);
/* Tells the sampler of a token of the prompt or the answer, for the penalties. */
void           engine_sampler_accept (EngineSampler *sampler, int32_t id);
/* `logits` [n_vocab] is not changed. Entries that are NaN or -INFINITY are never chosen; -1 when there are no others. */
int32_t        engine_sampler_choose (EngineSampler *sampler, const float *logits);
/* The same among the tokens with a bit in `allowed` [(n_vocab + 63) / 64]; NULL: all. */
int32_t        engine_sampler_choose_among (EngineSampler *sampler, const float *logits, const uint64_t *allowed);

/* For guesses of what will be chosen: where its random numbers are, and back there. What it was told to accept stays. */
typedef struct {
  uint64_t state;
  double surprise;
} EngineSamplerMark;
void engine_sampler_mark (const EngineSampler *sampler, EngineSamplerMark *mark);
void engine_sampler_go_back (EngineSampler *sampler, const EngineSamplerMark *mark);

/* The k most likely ids with log-probabilities (of the plain softmax), best first. Returns how many were written: min (k, n_vocab); 0 when memory is short. */
int32_t        engine_top_logprobs (const float *logits, int32_t n_vocab, int32_t k, EngineLogprob *out);
