/* SPDX-License-Identifier: MIT */
#include "eval.h"

#include <math.h>

#define Z 1.959963984540054 /* 95 %, two-sided */
#define RESAMPLES 10000

EvalFigures
eval_figures (const EvalMark *marks, size_t n)
{
  EvalFigures f = { 0 };
  double probe_ms = 0, share, middle, half, total;

  for (size_t i = 0; i < n; i++)
    if (marks[i].known) {
      f.n++;
      f.n_right += marks[i].right;
      f.n_cut += marks[i].cut;
      f.n_ends[marks[i].end]++;
      f.tokens += marks[i].tokens;
      f.thought_tokens += marks[i].thought_tokens;
      f.ms += marks[i].ms;
      probe_ms += marks[i].probe_ms;
    }
  if (f.n == 0)
    return f;
  total = (double) f.n;
  f.probe_share = f.ms > 0 ? probe_ms / f.ms : 0;
  f.tokens /= total;
  f.thought_tokens /= total;
  f.ms /= total;
  f.accuracy = share = (double) f.n_right / total;
  /* E. B. Wilson, Probable inference, 1927. */
  middle = (share + Z * Z / (2 * total)) / (1 + Z * Z / total);
  half = Z / (1 + Z * Z / total) * sqrt (share * (1 - share) / total + Z * Z / (4 * total * total));
  f.least = ENGINE_MAX (0, middle - half);
  f.most = ENGINE_MIN (1, middle + half);
  return f;
}

/* Twice the probability of so few of k fair coins, or fewer. */
static double
mcnemar (size_t won, size_t lost)
{
  size_t k = won + lost, few = ENGINE_MIN (won, lost);
  double sum = 0;

  for (size_t i = 0; i <= few; i++)
    sum += exp (lgamma ((double) k + 1) - lgamma ((double) i + 1) - lgamma ((double) (k - i) + 1) - (double) k * log (2));
  return ENGINE_MIN (1, 2 * sum);
}

/* xorshift64*, so that the bound is the same everywhere. */
static uint64_t
draw (uint64_t *state)
{
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1du;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The 5 % quantile of the mean of n pairs, drawn again and again with replacement. */
static double
lower_bound (const EvalPairs *pairs)
{
  double *means = calloc (RESAMPLES, sizeof *means), bound = NAN;
  uint64_t state = 0x9e3779b97f4a7c15u;

  for (int i = 0; means && i < RESAMPLES; i++) {
    int64_t sum = 0;

    for (size_t j = 0; j < pairs->n; j++) {
      size_t k = (size_t) (draw (&state) % pairs->n);

      sum += k < pairs->n_won ? 1 : k < pairs->n_won + pairs->n_lost ? -1 : 0;
    }
    means[i] = (double) sum / (double) pairs->n;
  }
  if (means) {
    qsort (means, RESAMPLES, sizeof *means, compare);
    bound = means[RESAMPLES / 20];
  }
  free (means);
  return bound;
}

EvalPairs
eval_pairs (const EvalMark *marks, const EvalMark *others, size_t n)
{
  EvalPairs pairs = { 0 };
  double tokens = 0, other_tokens = 0;

  for (size_t i = 0; i < n; i++)
    if (marks[i].known && others[i].known) {
      pairs.n++;
      pairs.n_both += marks[i].right && others[i].right;
      pairs.n_won += marks[i].right && !others[i].right;
      pairs.n_lost += !marks[i].right && others[i].right;
      tokens += marks[i].tokens;
      other_tokens += others[i].tokens;
    }
  if (pairs.n == 0)
    return pairs;
  pairs.difference = ((double) pairs.n_won - (double) pairs.n_lost) / (double) pairs.n;
  pairs.p = mcnemar (pairs.n_won, pairs.n_lost);
  pairs.bound = lower_bound (&pairs);
  pairs.token_ratio = other_tokens > 0 ? tokens / other_tokens : NAN;
  return pairs;
}
