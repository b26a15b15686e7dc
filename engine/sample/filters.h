/* SPDX-License-Identifier: MIT */
/* What leaves candidates out by their probabilities.
 *
 * Internal to engine/sample/. */
#pragma once

#include "sample/candidates.h"

/* Each keeps some of the candidates (at least one), moves them to the front in no order and returns how many. `max` is not
 * below any of their logits. `weights` [n] is scratch. */

/* Locally typical sampling (Meister et al., arXiv:2202.00666): those whose surprise is nearest to what is expected, until
 * they have `p` of the probability together. `logits`: of the whole vocabulary, those of the candidates among them. */
int32_t engine_filter_typical (EngineCandidate *candidates, int32_t n, const float *logits, float max, float p);

/* Exclude top choices, by "p-e-w" (text-generation-webui, pull request 6335): of those with at least `threshold` of the
 * probability only the least likely stays. */
int32_t engine_filter_xtc (EngineCandidate *candidates, int32_t n, float max, float threshold, float *weights);

/* Those whose surprise (minus the logarithm to base 2 of the probability, at that temperature) is not above `most`. `sum`
 * gets Σ exp ((logit - max) / temperature) over all that were there. */
int32_t engine_filter_surprise (EngineCandidate *candidates, int32_t n, float max, float temperature, double most, float *weights, double *sum);
