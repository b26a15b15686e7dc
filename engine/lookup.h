/* SPDX-License-Identifier: MIT */
/* What an answer will say next, guessed from what it and its prompt have said already, and whether it pays to check the guess.
 *
 * Internal; no threads of its own. Who copies a document, edits a file or goes on with a table says again what stands in the
 * context. A *lookup* finds the place in the request's own tokens that the text seems to repeat, and drafts what stands there.
 * The runner evaluates the draft together with the token before it, and the sampler then chooses from the logits of one
 * position after the other, as it would have one by one; the draft only says which of them are at hand. So no choice depends on it.
 *
 * Data structures. The *index* has, for two, three and four tokens, a table from their hash to the place behind their latest
 * occurrence. It forgets on collisions and is checked against the tokens themselves. The *place* is where the text goes on in what it repeats: from token
 * to token it moves along, until the index knows a better one. Where it was lost after a long agreement, because something was replaced, added or left
 * out, the *break* is remembered for some tokens, and the text is looked for just behind it.
 *
 * A place has a *likeness*: how many tokens before it are those at the end of the text. For each class of likeness a decaying average
 * says how often the token at the place was the next one. It is kept for every token, drafted or not, so what was given up because it
 * was wrong too often comes back when the text begins to repeat, and nothing need be evaluated to find out.
 *
 * *Costs* are those of submissions by their number of columns, as measured on this machine, model and backend. A draft is as long as
 * brings the most tokens in the time, which may be not at all. */
#pragma once

#include "base.h"

#define ENGINE_DRAFT_MOST 10 /* tokens of one request in one submission */
#define ENGINE_DRAFT_ROOM 16 /* of all requests together */

typedef struct EngineLookup EngineLookup;

/* For a text of up to n_most tokens. Errors: NO_MEMORY. */
EngineLookup *engine_lookup_new (int32_t n_most, EngineError *error);
void          engine_lookup_free (EngineLookup *lookup);

/* Takes in the tokens that are new among the first `n`, of which the first `n_prompt` are not the answer's. `tokens` has what it had before. */
void          engine_lookup_follow (EngineLookup *lookup, const int32_t *tokens, int32_t n_prompt, int32_t n);

/* Up to `most` tokens that may follow the first `n`, all of which were taken in, and how likely each is if those before it are right. Gives how many;
 * 0: nothing is repeated. */
int32_t       engine_lookup_draft (const EngineLookup *lookup, const int32_t *tokens, int32_t n, int32_t most, int32_t *draft, double *chances);

/* Zero-initialise it. */
#define ENGINE_COSTS_COLUMNS 32
typedef struct {
  double   ms[ENGINE_COSTS_COLUMNS + 1];   /* of a submission of so many columns */
  uint64_t when[ENGINE_COSTS_COLUMNS + 1]; /* the clock when it was measured last; 0: never */
  uint64_t clock;
  bool     fixed; /* of tests: nothing is measured, a column more is a twentieth of the first, and probes may cost what they do */
} EngineCosts;

/* A submission with so many columns, each of whose logits was asked for, has taken `ms`. */
void          engine_costs_learn (EngineCosts *costs, int32_t n_columns, double ms);
/* What a submission with so many columns takes; 0: nothing is known. */
double engine_costs_of (const EngineCosts *costs, int32_t n_columns);
/* How many tokens of a draft with those chances are worth it, in a submission that has n_columns without it and brings n_tokens. `*gained`: the tokens
 * that they bring, in the mean. */
int32_t       engine_costs_choose (const EngineCosts *costs, int32_t n_columns, double n_tokens, const double *chances, int32_t n, double *gained);
