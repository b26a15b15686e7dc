/* SPDX-License-Identifier: MIT */
/* What an answer will say next, guessed by a smaller model of the same family.
 *
 * Internal; the runner's thread. The small model reads what the request has, and says one token after the other what it would answer, with the request's
 * own sampler and the random numbers that will be used then: so where both models find the same likely, they choose the same, drawn or not. As with
 * what is looked up (lookup.h) the model itself chooses every token of the answer; the guess decides only which logits are at hand.
 *
 * Data structures. A *drafter* belongs to a runner: the small model, a cache for it and the prefix tree of that (kv.h), so that what it has read of one
 * conversation it finds again. A *reader* belongs to a request: a sequence in that cache. Behind what is committed there it keeps the *tail*, tokens
 * that it has guessed and evaluated itself; those that became the answer's are committed when it is asked next, and the others written over. So it
 * evaluates, for each guess, the one or two tokens that it has not seen, and then one for each further token.
 *
 * Whether that pays is computed from what was measured: what its tokens cost, what submissions cost by their columns, and how often guesses
 * were right, by how sure it was of them. Where it does not pay it is left alone and tried again later, after a pause that doubles each time. */
#pragma once

#include "kv.h"
#include "lookup.h"
#include "model.h"
#include "sample/sampler.h"

typedef struct EngineDrafter EngineDrafter;
typedef struct EngineReader EngineReader;

/* What `draft` needs to guess for `model`: the same vocabulary, and a cache that can go back. Errors: BAD_INPUT. */
bool           engine_drafter_suits (const EngineModel *model, const EngineModel *draft, EngineError *error);
/* Takes a reference on `draft`, which has no other runner meanwhile. Errors: BAD_INPUT, NO_MEMORY. */
EngineDrafter *engine_drafter_new (const EngineModel *model, EngineModel *draft, int32_t n_context, EngineCacheType type, EngineError *error);
/* No reader is left. */
void           engine_drafter_free (EngineDrafter *drafter);
/* Of its cache; what was not written to yet is not taken from the machine. */
size_t         engine_drafter_cache_bytes (const EngineDrafter *drafter);

/* For a request that has `n_tokens` of which n_prompt are the prompt's, up to `most` tokens that may follow, and how likely each is if those before it are right. Gives
 * how many; 0: it does not pay, or the reader has not come so far: it reads a slice with each call. `*reader` NULL: it is made. `costs`: of the
 * model's submissions. `cancel` ends a slice early. */
int32_t        engine_drafter_guess (EngineDrafter *drafter, EngineReader **reader, EngineSampler *sampler, const EngineCosts *costs, const int32_t *tokens, int32_t n_prompt, int32_t n_tokens,
                                     int32_t most, const atomic_bool *cancel, int32_t *draft, double *chances);
/* Of what was guessed last, `n` tokens are evaluated: the others were not worth it, or not allowed. */
void           engine_drafter_take (EngineReader *reader, int32_t n);
/* The request has ended with these tokens: frees its reader, and says in `stats` what it was worth. NULL does nothing. */
void           engine_drafter_leave (EngineDrafter *drafter, EngineReader *reader, const int32_t *tokens, int32_t n_tokens, EngineStats *stats);
