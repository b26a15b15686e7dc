/* SPDX-License-Identifier: MIT */
/* Selections from the logits of a whole vocabulary, without sorting all of it.
 *
 * Internal to engine/sample/. Logits are finite or -INFINITY here, never NaN: see
 * engine_logits_clean (). */
#pragma once

#include "base.h"

typedef struct {
  float   logit;
  int32_t id;
} EngineCandidate;

/* Copies; NaN becomes -INFINITY, +INFINITY the largest number. Returns the largest of them. */
float engine_logits_clean (const float *logits, float *out, int32_t n);

/* exp (x) for x ≤ 0, 0 below -87; relative error under 3·10⁻⁷. Made of additions and
 * multiplications alone, so that it gives the same bits on every machine. */
float engine_exp (float x);

/* The sum of exp (scale · (logits[i] - max)), and, when `weights` is not NULL, its terms. */
double engine_exp_sum (const float *logits, int32_t n, float max, float scale, float *weights);

/* The k ≤ n best, the best first, of equals the smaller id first. */
void engine_select_top (const float *logits, int32_t n, int32_t k, EngineCandidate *out);

/* Candidates as a heap: the best is heap[0]. */
void engine_candidates_heapify (EngineCandidate *heap, int32_t n);
/* Moves the best to heap[n - 1]; the rest is a heap of n - 1. */
void engine_candidates_pop (EngineCandidate *heap, int32_t n);
