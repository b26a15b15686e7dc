/* SPDX-License-Identifier: MIT */
#include "sample/sampler.h"

#include "sample/candidates.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_REPEAT_LAST (1 << 20)

/* Top-p first looks only at candidates within this distance of the best logit: nearly always
 * they hold more than top_p of the probability, and they are few. */
#define NEAR 12.0f

struct EngineSampler {
  EngineSampling settings;
  int32_t n_vocab;
  uint64_t state;               /* of PCG32 */
  float   *logits;              /* [n_vocab], cleaned and penalised */
  float   *weights;             /* [n_vocab], scratch */
  EngineCandidate *candidates;  /* [n_vocab], scratch */
  /* The last tokens, a ring; counts [n_vocab] of what is in it. NULL when no penalty is on. */
  int32_t *last;
  int32_t  n_last, next_last;
  int32_t *counts;
};

/* ---- random numbers ---------------------------------------------------------- */

#define PCG_INCREMENT 1442695040888963407u

/* PCG-XSH-RR 64/32 (O'Neill, 2014). */
static uint32_t
random_bits (EngineSampler *sampler)
{
  uint64_t state = sampler->state;
  uint32_t shifted = (uint32_t) ((state >> 18 ^ state) >> 27);
  uint32_t turn = (uint32_t) (state >> 59);

  sampler->state = state * 6364136223846793005u + PCG_INCREMENT;
  return shifted >> turn | shifted << (-turn & 31);
}

static void
seed (EngineSampler *sampler)
{
  sampler->state = 0;
  random_bits (sampler);
  sampler->state += sampler->settings.seed;
  random_bits (sampler);
}

/* In [0, 1), all 53 bits of it. */
static double
random_fraction (EngineSampler *sampler)
{
  uint64_t high = random_bits (sampler), low = random_bits (sampler);

  return (double) ((high << 32 | low) >> 11) * 0x1p-53;
}

/* ---- making ------------------------------------------------------------------- */

static bool
check (const EngineSampling *s, EngineError *error)
{
  if (!(s->temperature >= 0 && s->temperature <= 1000))
    return engine_fail (error, ENGINE_BAD_INPUT, "The temperature must be between 0 and 1000, not %g.", (double) s->temperature);
  if (s->top_k < 0)
    return engine_fail (error, ENGINE_BAD_INPUT, "Top-k must be 0 (off) or more, not %d.", s->top_k);
  if (!(s->top_p > 0 && s->top_p <= 1))
    return engine_fail (error, ENGINE_BAD_INPUT, "Top-p must be above 0 and at most 1 (off), not %g.", (double) s->top_p);
  if (!(s->min_p >= 0 && s->min_p <= 1))
    return engine_fail (error, ENGINE_BAD_INPUT, "Min-p must be between 0 (off) and 1, not %g.", (double) s->min_p);
  if (!(s->repeat_penalty > 0 && s->repeat_penalty <= 1000))
    return engine_fail (error, ENGINE_BAD_INPUT, "The repeat penalty must be above 0 and at most 1000, not %g.", (double) s->repeat_penalty);
  if (s->repeat_last < 0 || s->repeat_last > MAX_REPEAT_LAST)
    return engine_fail (error, ENGINE_BAD_INPUT, "The penalties can look back on 0 to %d tokens, not %d.", MAX_REPEAT_LAST, s->repeat_last);
  if (!(fabsf (s->frequency_penalty) <= 1000))
    return engine_fail (error, ENGINE_BAD_INPUT, "The frequency penalty must be between -1000 and 1000, not %g.", (double) s->frequency_penalty);
  if (!(fabsf (s->presence_penalty) <= 1000))
    return engine_fail (error, ENGINE_BAD_INPUT, "The presence penalty must be between -1000 and 1000, not %g.", (double) s->presence_penalty);
  return true;
}

EngineSampler *
engine_sampler_new (const EngineSampling *settings, int32_t n_vocab, EngineError *error)
{
  EngineSampler *sampler;
  bool penalties;

  if (!check (settings, error))
    return NULL;
  sampler = engine_calloc (1, sizeof *sampler, error);
  if (!sampler)
    return NULL;
  sampler->settings = *settings;
  sampler->n_vocab = n_vocab;
  seed (sampler);
  penalties = settings->repeat_last > 0
              && (settings->repeat_penalty != 1 || settings->frequency_penalty != 0 || settings->presence_penalty != 0);
  sampler->logits = engine_calloc (n_vocab, sizeof *sampler->logits, error);
  sampler->weights = engine_calloc (n_vocab, sizeof *sampler->weights, error);
  sampler->candidates = engine_calloc (n_vocab, sizeof *sampler->candidates, error);
  if (penalties) {
    sampler->last = engine_calloc (settings->repeat_last, sizeof *sampler->last, error);
    sampler->counts = engine_calloc (n_vocab, sizeof *sampler->counts, error);
  }
  if (!sampler->logits || !sampler->weights || !sampler->candidates || (penalties && (!sampler->last || !sampler->counts))) {
    engine_sampler_free (sampler);
    return NULL;
  }
  return sampler;
}

void
engine_sampler_free (EngineSampler *sampler)
{
  if (!sampler)
    return;
  free (sampler->logits);
  free (sampler->weights);
  free (sampler->candidates);
  free (sampler->last);
  free (sampler->counts);
  free (sampler);
}

void
engine_sampler_accept (EngineSampler *sampler, int32_t id)
{
  int32_t *slot;

  if (!sampler->last || id < 0 || id >= sampler->n_vocab)
    return;
  slot = &sampler->last[sampler->next_last];
  if (sampler->n_last == sampler->settings.repeat_last)
    sampler->counts[*slot]--;
  else
    sampler->n_last++;
  *slot = id;
  sampler->counts[id]++;
  sampler->next_last = (sampler->next_last + 1) % sampler->settings.repeat_last;
}

/* ---- choosing ----------------------------------------------------------------- */

/* Once for each different token of the ring. A count is negative while it is done already. */
static void
penalise (EngineSampler *sampler)
{
  const EngineSampling *s = &sampler->settings;

  for (int32_t i = 0; i < sampler->n_last; i++) {
    int32_t id = sampler->last[i], count = sampler->counts[id];
    float *logit = &sampler->logits[id];

    if (count < 0 || *logit == -INFINITY)
      continue;
    *logit = *logit > 0 ? *logit / s->repeat_penalty : *logit * s->repeat_penalty;
    *logit -= (float) count * s->frequency_penalty + s->presence_penalty;
    *logit = ENGINE_MAX (*logit, -FLT_MAX);
    sampler->counts[id] = -count;
  }
  for (int32_t i = 0; i < sampler->n_last; i++)
    sampler->counts[sampler->last[i]] = abs (sampler->counts[sampler->last[i]]);
}

static int32_t
largest (const float *logits, int32_t n)
{
  int32_t best = -1;

  for (int32_t i = 0; i < n; i++)
    if (logits[i] > (best < 0 ? -INFINITY : logits[best]))
      best = i;
  return best;
}

/* The first index whose running sum of weights exceeds `target`; the last with any weight
 * when rounding lets none. */
static int32_t
pick (const float *weights, int32_t n, double target)
{
  double sum = 0;
  int32_t last = 0;

  for (int32_t i = 0; i < n; i++) {
    if (!(weights[i] > 0))
      continue;
    sum += weights[i];
    last = i;
    if (sum > target)
      break;
  }
  return last;
}

/* Every logit within `distance` of the largest becomes a candidate. */
static int32_t
collect (EngineSampler *sampler, float max, float distance)
{
  int32_t n = 0;

  for (int32_t i = 0; i < sampler->n_vocab; i++)
    if (sampler->logits[i] >= max - distance && sampler->logits[i] > -INFINITY)
      sampler->candidates[n++] = (EngineCandidate){ sampler->logits[i], i };
  return n;
}

static double
mass (const EngineCandidate *candidates, int32_t n, float max)
{
  double sum = 0;

  for (int32_t i = 0; i < n; i++)
    sum += engine_exp (candidates[i].logit - max);
  return sum;
}

/* How many of the candidates, the best first, are needed to reach the mass; at least one. */
static int32_t
top_p_of_sorted (const EngineCandidate *sorted, int32_t n, float max, double needed)
{
  double sum = 0;
  int32_t kept = 0;

  while (kept < n && (kept == 0 || sum < needed))
    sum += engine_exp (sorted[kept++].logit - max);
  return kept;
}

/* The same for the whole vocabulary: takes the best from a heap until they reach the mass,
 * and moves them to the front of `candidates`. */
static int32_t
top_p_of_all (EngineSampler *sampler, float max)
{
  double needed = sampler->settings.top_p * engine_exp_sum (sampler->logits, sampler->n_vocab, max, 1, NULL), sum = 0;
  EngineCandidate *heap = sampler->candidates;
  int32_t n = collect (sampler, max, NEAR), kept = 0;

  if (mass (heap, n, max) < needed)
    n = collect (sampler, max, INFINITY);
  engine_candidates_heapify (heap, n);
  while (kept < n && (kept == 0 || sum < needed)) {
    sum += engine_exp (heap[0].logit - max);
    engine_candidates_pop (heap, n - kept++);
  }
  /* They lie at the end, the best last. */
  for (int32_t i = 0; i < n / 2; i++) {
    EngineCandidate other = heap[i];

    heap[i] = heap[n - 1 - i];
    heap[n - 1 - i] = other;
  }
  return kept;
}

/* Fills `candidates` with what the filters leave, the best first unless min-p alone is on.
 * Both top-p and min-p keep a beginning of the sorted list; so they can follow each other on
 * the same list. */
static int32_t
filter (EngineSampler *sampler, float max)
{
  const EngineSampling *s = &sampler->settings;
  EngineCandidate *candidates = sampler->candidates;
  int32_t n, kept = 0;

  if (s->top_k > 0) {
    n = ENGINE_MIN (s->top_k, sampler->n_vocab);
    engine_select_top (sampler->logits, sampler->n_vocab, n, candidates);
    if (s->top_p < 1)
      n = top_p_of_sorted (candidates, n, max, s->top_p * mass (candidates, n, max));
  } else if (s->top_p < 1) {
    n = top_p_of_all (sampler, max);
  } else {
    /* A little more than needed: the machine's logarithm decides nothing. */
    n = collect (sampler, max, 0.01f - logf (s->min_p));
  }
  for (int32_t i = 0; i < n; i++)
    if (candidates[i].logit > -INFINITY && engine_exp (candidates[i].logit - max) >= s->min_p)
      candidates[kept++] = candidates[i];
  return kept;
}

int32_t
engine_sampler_choose (EngineSampler *sampler, const float *logits)
{
  const EngineSampling *s = &sampler->settings;
  float max = engine_logits_clean (logits, sampler->logits, sampler->n_vocab);
  float temperature = ENGINE_MAX (s->temperature, 1e-6f);
  double sum;
  int32_t n;

  if (sampler->n_last) {
    penalise (sampler);
    max = engine_logits_clean (sampler->logits, sampler->logits, sampler->n_vocab);
  }
  if (max == -INFINITY)
    return -1;
  if (s->temperature == 0)
    return largest (sampler->logits, sampler->n_vocab);
  if (s->top_k == 0 && s->top_p == 1 && s->min_p == 0) {
    sum = engine_exp_sum (sampler->logits, sampler->n_vocab, max, 1 / temperature, sampler->weights);
    return pick (sampler->weights, sampler->n_vocab, random_fraction (sampler) * sum);
  }
  n = filter (sampler, max);
  sum = 0;
  for (int32_t i = 0; i < n; i++)
    sum += sampler->weights[i] = engine_exp ((sampler->candidates[i].logit - max) / temperature);
  return sampler->candidates[pick (sampler->weights, n, random_fraction (sampler) * sum)].id;
}

int32_t
engine_top_logprobs (const float *logits, int32_t n_vocab, int32_t k, EngineLogprob *out)
{
  int32_t n = ENGINE_MIN (ENGINE_MAX (k, 0), n_vocab);
  float *clean;
  EngineCandidate *best;
  float max;
  double log_sum;

  if (n == 0)
    return 0;
  clean = malloc ((size_t) n_vocab * sizeof *clean);
  best = malloc ((size_t) n * sizeof *best);
  if (!clean || !best) {
    free (clean);
    free (best);
    return 0;
  }
  max = engine_logits_clean (logits, clean, n_vocab);
  log_sum = max == -INFINITY ? 0 : log (engine_exp_sum (clean, n_vocab, max, 1, NULL));
  engine_select_top (clean, n_vocab, n, best);
  for (int32_t i = 0; i < n; i++)
    out[i] = (EngineLogprob){ best[i].id, max == -INFINITY ? -INFINITY : (float) ((double) best[i].logit - max - log_sum) };
  free (clean);
  free (best);
  return n;
}
