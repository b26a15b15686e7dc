/* SPDX-License-Identifier: MIT */
#include "sample/filters.h"

#include <math.h>

static double
weigh (const EngineCandidate *candidates, int32_t n, float max, float temperature, float *weights)
{
  double sum = 0;

  for (int32_t i = 0; i < n; i++)
    sum += weights[i] = engine_exp ((candidates[i].logit - max) / temperature);
  return sum;
}

/* Surprises are a constant less the logits: the expected logit is as far from each as the expected surprise from its own. */
int32_t
engine_filter_typical (EngineCandidate *candidates, int32_t n, const float *logits, float max, float p)
{
  double sum = 0, expected = 0, taken = 0;
  int32_t kept = 0;

  for (int32_t i = 0; i < n; i++) {
    double weight = (double) engine_exp (candidates[i].logit - max);

    sum += weight;
    expected += weight > 0 ? weight * (double) candidates[i].logit : 0;
  }
  expected /= sum;
  /* The nearest on top of a heap. */
  for (int32_t i = 0; i < n; i++)
    candidates[i].logit = (float) -fabs ((double) candidates[i].logit - expected);
  engine_candidates_heapify (candidates, n);
  while (kept < n && (kept == 0 || taken < (double) p * sum)) {
    engine_candidates_pop (candidates, n - kept);
    kept++;
    taken += (double) engine_exp (logits[candidates[n - kept].id] - max);
  }
  /* Taken ones lie at the end. */
  for (int32_t i = 0; i < kept; i++) {
    EngineCandidate one = candidates[n - 1 - i];

    if (n - 1 - i >= kept)
      candidates[n - 1 - i] = candidates[i];
    candidates[i] = one;
  }
  for (int32_t i = 0; i < kept; i++)
    candidates[i].logit = logits[candidates[i].id];
  return kept;
}

int32_t
engine_filter_xtc (EngineCandidate *candidates, int32_t n, float max, float threshold, float *weights)
{
  double needed = (double) threshold * weigh (candidates, n, max, 1, weights);
  int32_t least = -1, kept = 0;

  for (int32_t i = 0; i < n; i++)
    if ((double) weights[i] >= needed && (least < 0 || weights[i] < weights[least]))
      least = i;
  for (int32_t i = 0; i < n; i++)
    if (i == least || (double) weights[i] < needed)
      candidates[kept++] = candidates[i];
  return kept;
}

int32_t
engine_filter_surprise (EngineCandidate *candidates, int32_t n, float max, float temperature, double most, float *weights, double *sum)
{
  double needed = (*sum = weigh (candidates, n, max, temperature, weights)) * exp2 (-most);
  int32_t best = 0, kept = 0;

  for (int32_t i = 1; i < n; i++)
    if (candidates[i].logit > candidates[best].logit)
      best = i;
  for (int32_t i = 0; i < n; i++)
    if (i == best || (double) weights[i] >= needed)
      candidates[kept++] = candidates[i];
  return kept;
}
