/* SPDX-License-Identifier: MIT */
#include "sample/sampler.h"

#include "sample/filters.h"
#include "sample/penalties.h"

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
  EnginePenalties *penalties;   /* NULL: none are on */
  EngineLogitBias *biases;      /* the settings' own, copied */
  double   surprise;            /* Mirostat: the most that is let through, in bits */
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

void
engine_sampler_mark (const EngineSampler *sampler, EngineSamplerMark *mark)
{
  *mark = (EngineSamplerMark){ sampler->state, sampler->surprise };
}

void
engine_sampler_go_back (EngineSampler *sampler, const EngineSamplerMark *mark)
{
  sampler->state = mark->state;
  sampler->surprise = mark->surprise;
}

/* ---- making ------------------------------------------------------------------- */

static bool
check_rarer (const EngineSampling *s, int32_t n_vocab, EngineError *error)
{
  if (!(s->typical_p > 0 && s->typical_p <= 1))
    return engine_fail (error, ENGINE_BAD_INPUT, "Typical-p must be above 0 and at most 1 (off), not %g.", (double) s->typical_p);
  if (!(s->xtc_probability >= 0 && s->xtc_probability <= 1))
    return engine_fail (error, ENGINE_BAD_INPUT, "XTC's probability must be between 0 (off) and 1, not %g.", (double) s->xtc_probability);
  if (!(s->xtc_threshold >= 0 && s->xtc_threshold <= 1))
    return engine_fail (error, ENGINE_BAD_INPUT, "XTC's threshold must be between 0 and 1, not %g.", (double) s->xtc_threshold);
  if (!(s->dry_multiplier >= 0 && s->dry_multiplier <= 1000))
    return engine_fail (error, ENGINE_BAD_INPUT, "DRY's multiplier must be between 0 (off) and 1000, not %g.", (double) s->dry_multiplier);
  if (s->dry_multiplier > 0 && !(s->dry_base >= 1 && s->dry_base <= 100))
    return engine_fail (error, ENGINE_BAD_INPUT, "DRY's base must be between 1 and 100, not %g.", (double) s->dry_base);
  if (s->dry_allowed < 0 || s->dry_last < 0 || s->dry_last > MAX_REPEAT_LAST)
    return engine_fail (error, ENGINE_BAD_INPUT, "DRY can look back on 0 to %d tokens, not %d.", MAX_REPEAT_LAST, s->dry_last);
  if (!(s->mirostat_tau >= 0 && s->mirostat_tau <= 100 && s->mirostat_eta >= 0 && s->mirostat_eta <= 1))
    return engine_fail (error, ENGINE_BAD_INPUT, "Mirostat's tau must be between 0 (off) and 100 and its eta between 0 and 1, not %g and %g.", (double) s->mirostat_tau, (double) s->mirostat_eta);
  for (size_t i = 0; i < s->n_biases; i++)
    if (s->biases[i].id < 0 || s->biases[i].id >= n_vocab || !(s->biases[i].bias < INFINITY))
      return engine_fail (error, ENGINE_BAD_INPUT, "The bias %g of the token %d cannot be added: the vocabulary has %d tokens, and a bias is a number or -INFINITY.",
                          (double) s->biases[i].bias, s->biases[i].id, n_vocab);
  return true;
}

static bool
check (const EngineSampling *s, int32_t n_vocab, EngineError *error)
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
  return check_rarer (s, n_vocab, error);
}

EngineSampler *
engine_sampler_new (const EngineSampling *settings, int32_t n_vocab, const uint8_t *breakers, EngineError *error)
{
  EngineSampler *sampler;

  if (!check (settings, n_vocab, error))
    return NULL;
  sampler = engine_calloc (1, sizeof *sampler, error);
  if (!sampler)
    return NULL;
  sampler->settings = *settings;
  sampler->n_vocab = n_vocab;
  sampler->surprise = 2 * (double) settings->mirostat_tau;
  seed (sampler);
  sampler->logits = engine_calloc (n_vocab, sizeof *sampler->logits, error);
  sampler->weights = engine_calloc (n_vocab, sizeof *sampler->weights, error);
  sampler->candidates = engine_calloc (n_vocab, sizeof *sampler->candidates, error);
  sampler->biases = engine_calloc (settings->n_biases + 1, sizeof *sampler->biases, error);
  if (sampler->biases && settings->n_biases)
    memcpy (sampler->biases, settings->biases, settings->n_biases * sizeof *sampler->biases);
  sampler->settings.biases = sampler->biases;
  if (!sampler->logits || !sampler->weights || !sampler->candidates || !sampler->biases ||
      !engine_penalties_new (&sampler->settings, n_vocab, breakers, &sampler->penalties, error)) {
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
  engine_penalties_free (sampler->penalties);
  free (sampler->biases);
  free (sampler->logits);
  free (sampler->weights);
  free (sampler->candidates);
  free (sampler);
}

void
engine_sampler_accept (EngineSampler *sampler, int32_t id)
{
  engine_penalties_accept (sampler->penalties, id);
}

/* ---- choosing ----------------------------------------------------------------- */

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

/* One of the candidates by their probabilities at the temperature: its index. */
static int32_t
draw (EngineSampler *sampler, int32_t n, float max, float temperature)
{
  double sum = 0;

  for (int32_t i = 0; i < n; i++)
    sum += sampler->weights[i] = engine_exp ((sampler->candidates[i].logit - max) / temperature);
  return pick (sampler->weights, n, random_fraction (sampler) * sum);
}

/* Basu et al., arXiv:2007.14966, the second version: what is more surprising than a bound is left out, and the bound
 * follows what was chosen. */
static int32_t
choose_mirostat (EngineSampler *sampler, float max, float temperature)
{
  double sum;
  int32_t n = engine_filter_surprise (sampler->candidates, collect (sampler, max, INFINITY), max, temperature, sampler->surprise, sampler->weights, &sum);
  int32_t chosen = draw (sampler, n, max, temperature);

  sampler->surprise -= (double) sampler->settings.mirostat_eta * (log2 (sum / (double) sampler->weights[chosen]) - (double) sampler->settings.mirostat_tau);
  return sampler->candidates[chosen].id;
}

/* Whether all of the vocabulary may be chosen. */
static bool
filters_nothing (const EngineSampling *s)
{
  return s->top_k == 0 && s->top_p == 1 && s->min_p == 0 && s->typical_p == 1 && s->xtc_probability == 0;
}

/* Leaves what is allowed; returns the largest of it. */
static float
keep_allowed (float *logits, int32_t n, const uint64_t *allowed)
{
  float max = -INFINITY;

  for (int32_t start = 0; start < n; start += 64) {
    uint64_t bits = allowed[start / 64];
    int32_t end = ENGINE_MIN (start + 64, n);

    for (int32_t i = start; i < end; i++, bits >>= 1) {
      logits[i] = bits & 1 ? logits[i] : -INFINITY;
      max = logits[i] > max ? logits[i] : max;
    }
  }
  return max;
}

int32_t
engine_sampler_choose (EngineSampler *sampler, const float *logits)
{
  return engine_sampler_choose_among (sampler, logits, NULL);
}

int32_t
engine_sampler_choose_among (EngineSampler *sampler, const float *logits, const uint64_t *allowed)
{
  const EngineSampling *s = &sampler->settings;
  float max = engine_logits_clean (logits, sampler->logits, sampler->n_vocab);
  float temperature = ENGINE_MAX (s->temperature, 1e-6f);
  double sum;
  int32_t n;

  if (allowed)
    max = keep_allowed (sampler->logits, sampler->n_vocab, allowed);
  if (sampler->penalties) {
    engine_penalties_apply (sampler->penalties, sampler->logits);
    max = engine_logits_clean (sampler->logits, sampler->logits, sampler->n_vocab);
  }
  if (max == -INFINITY)
    return -1;
  if (s->temperature == 0)
    return largest (sampler->logits, sampler->n_vocab);
  if (s->mirostat_tau > 0)
    return choose_mirostat (sampler, max, temperature);
  if (filters_nothing (s)) {
    sum = engine_exp_sum (sampler->logits, sampler->n_vocab, max, 1 / temperature, sampler->weights);
    return pick (sampler->weights, sampler->n_vocab, random_fraction (sampler) * sum);
  }
  n = filter (sampler, max);
  if (s->typical_p < 1)
    n = engine_filter_typical (sampler->candidates, n, sampler->logits, max, s->typical_p);
  if (s->xtc_probability > 0 && random_fraction (sampler) < (double) s->xtc_probability)
    n = engine_filter_xtc (sampler->candidates, n, max, s->xtc_threshold, sampler->weights);
  /* The best may be gone: without it weights could all vanish. */
  max = -INFINITY;
  for (int32_t i = 0; i < n; i++)
    max = ENGINE_MAX (max, sampler->candidates[i].logit);
  return sampler->candidates[draw (sampler, n, max, temperature)].id;
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
