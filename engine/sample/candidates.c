/* SPDX-License-Identifier: MIT */
#include "sample/candidates.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define BLOCK 512

float
engine_logits_clean (const float *logits, float *out, int32_t n)
{
  float max = -INFINITY;

  for (int32_t i = 0; i < n; i++) {
    float value = logits[i];

    value = value == value ? value : -INFINITY;
    value = value > FLT_MAX ? FLT_MAX : value;
    out[i] = value;
    max = value > max ? value : max;
  }
  return max;
}

/* exp (x) = 2^n · exp (r), |r| ≤ ln 2 / 2, by the Taylor polynomial of degree 7. */
float
engine_exp (float x)
{
  float clipped = x > -87.0f ? x : -87.0f;
  int32_t n = (int32_t) (clipped * 1.44269504f - 0.5f);
  float r = (clipped - (float) n * 0.693145752f) - (float) n * 1.42860677e-6f;
  float p = 1.0f / 5040;
  int32_t bits = (n + 127) << 23;
  float power;

  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  memcpy (&power, &bits, sizeof power);
  return x > -87.0f ? p * power : 0;
}

double
engine_exp_sum (const float *logits, int32_t n, float max, float scale, float *weights)
{
  float terms[BLOCK];
  double sum = 0;

  for (int32_t start = 0; start < n; start += BLOCK) {
    int32_t length = ENGINE_MIN (n - start, BLOCK);
    float lanes[8] = { 0 };
    int32_t i = 0;

    for (int32_t j = 0; j < length; j++)
      terms[j] = engine_exp (scale * (logits[start + j] - max));
    for (; i + 8 <= length; i += 8)
      for (int lane = 0; lane < 8; lane++)
        lanes[lane] += terms[i + lane];
    for (; i < length; i++)
      lanes[0] += terms[i];
    for (int lane = 0; lane < 8; lane++)
      sum += lanes[lane];
    if (weights)
      memcpy (weights + start, terms, (size_t) length * sizeof *terms);
  }
  return sum;
}

static bool
better (EngineCandidate a, EngineCandidate b)
{
  return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

/* Puts `value` where it belongs, from heap[i] down. `best`: the best is on top, else the worst. */
static void
sift (EngineCandidate *heap, int32_t n, int32_t i, EngineCandidate value, bool best)
{
  for (;;) {
    int32_t child = 2 * i + 1;

    if (child >= n)
      break;
    if (child + 1 < n && better (heap[child + 1], heap[child]) == best)
      child++;
    if (better (heap[child], value) != best)
      break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = value;
}

void
engine_select_top (const float *logits, int32_t n, int32_t k, EngineCandidate *out)
{
  if (k <= 0)
    return;
  for (int32_t i = 0; i < k; i++)
    out[i] = (EngineCandidate){ logits[i], i };
  for (int32_t i = k / 2 - 1; i >= 0; i--)
    sift (out, k, i, out[i], false);
  /* Later ids lose against equals, so that only a larger logit gets in. */
  for (int32_t i = k; i < n; i++)
    if (logits[i] > out[0].logit)
      sift (out, k, 0, (EngineCandidate){ logits[i], i }, false);
  for (int32_t i = k - 1; i > 0; i--) {
    EngineCandidate worst = out[0];

    sift (out, i, 0, out[i], false);
    out[i] = worst;
  }
}

void
engine_candidates_heapify (EngineCandidate *heap, int32_t n)
{
  for (int32_t i = n / 2 - 1; i >= 0; i--)
    sift (heap, n, i, heap[i], true);
}

void
engine_candidates_pop (EngineCandidate *heap, int32_t n)
{
  EngineCandidate best = heap[0];

  if (n > 1)
    sift (heap, n - 1, 0, heap[n - 1], true);
  heap[n - 1] = best;
}
