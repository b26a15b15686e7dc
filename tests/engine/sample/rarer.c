/* SPDX-License-Identifier: MIT */
/* Typical-p, XTC, Mirostat, DRY and biases, against slow and plain computations. */
#include "sample/penalties.h"
#include "sample/sampler.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define N 60
#define DRAWS 20000

static EngineSampling
plain (void)
{
  EngineSampling s;

  engine_sampling_init (&s);
  s.temperature = 1;
  s.seed = 42;
  return s;
}

static EngineSampler *
sampler_new (const EngineSampling *settings)
{
  EngineError error = { 0 };
  EngineSampler *sampler = engine_sampler_new (settings, N, NULL, &error);

  g_assert_cmpstr (error.message, ==, "");
  return sampler;
}

static void
randomise (GRand *rand, float *logits, double *p)
{
  double sum = 0;

  for (int i = 0; i < N; i++)
    sum += p[i] = exp ((double) (logits[i] = (float) g_rand_double_range (rand, -4, 4)));
  for (int i = 0; i < N; i++)
    p[i] /= sum;
}

static void
draw (const EngineSampling *settings, const float *logits, int *hits)
{
  EngineSampler *sampler = sampler_new (settings);

  memset (hits, 0, N * sizeof *hits);
  for (int i = 0; i < DRAWS; i++)
    hits[engine_sampler_choose (sampler, logits)]++;
  engine_sampler_free (sampler);
}

/* Six standard deviations and a little. */
static void
assert_share (int hits, double p)
{
  g_assert_cmpfloat (fabs (hits - p * DRAWS), <=, 6 * sqrt (p * (1 - p) * DRAWS) + 1);
}

static void
test_typical (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int round = 0; round < 20; round++) {
    EngineSampling s = plain ();
    float logits[N];
    double p[N], entropy = 0, mass = 0, kept[N] = { 0 };
    int hits[N];

    randomise (rand, logits, p);
    s.typical_p = (float[]){ 0.2f, 0.5f, 0.95f }[round % 3];
    for (int i = 0; i < N; i++)
      entropy -= p[i] * log (p[i]);
    while (mass < (double) s.typical_p) {
      int best = -1;

      for (int i = 0; i < N; i++)
        if (kept[i] == 0 && (best < 0 || fabs (-log (p[i]) - entropy) < fabs (-log (p[best]) - entropy)))
          best = i;
      mass += kept[best] = p[best];
    }
    draw (&s, logits, hits);
    for (int i = 0; i < N; i++)
      assert_share (hits[i], kept[i] / mass);
  }
}

static void
test_xtc (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);
  int n_excluded = 0;

  for (int round = 0; round < 20; round++) {
    EngineSampling s = plain ();
    float logits[N];
    double p[N], left = 0;
    int hits[N], least = -1;

    randomise (rand, logits, p);
    s.xtc_probability = (float[]){ 1, 0.4f }[round % 2];
    s.xtc_threshold = (float[]){ 0.04f, 0.1f, 0.6f }[round % 3];
    for (int i = 0; i < N; i++)
      if (p[i] >= (double) s.xtc_threshold && (least < 0 || p[i] < p[least]))
        least = i;
    for (int i = 0; i < N; i++)
      left += i == least || p[i] < (double) s.xtc_threshold ? p[i] : 0;
    draw (&s, logits, hits);
    for (int i = 0; i < N; i++) {
      double without = i == least || p[i] < (double) s.xtc_threshold ? p[i] / left : 0;

      n_excluded += without == 0;
      assert_share (hits[i], (double) s.xtc_probability * without + (1 - (double) s.xtc_probability) * p[i]);
    }
  }
  g_assert_cmpint (n_excluded, >, 20);
}

static void
test_mirostat (void)
{
  static const float targets[] = { 3.2f, 3.6f, 4 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);

  for (gsize t = 0; t < G_N_ELEMENTS (targets); t++) {
    EngineSampling s = plain ();
    EngineSampler *sampler;
    double surprise = 0;

    s.mirostat_tau = targets[t];
    sampler = sampler_new (&s);
    for (int i = 0; i < 4000; i++) {
      float logits[N];
      double p[N];

      randomise (rand, logits, p); /* the best has 15 % or so: 2.7 bits are the least */
      surprise -= log2 (p[engine_sampler_choose (sampler, logits)]) / 4000;
    }
    engine_sampler_free (sampler);
    g_assert_cmpfloat (fabs (surprise - (double) targets[t]), <, 0.1);
  }
}

/* The longest repetition that each token would go on with, by trying every place. */
static void
expected_dry (const int *past, int n, const EngineSampling *s, const guint8 *breakers, double *lost)
{
  memset (lost, 0, N * sizeof *lost);
  for (int place = 0; place < n - 1; place++) {
    int length = 0, next = past[place + 1];
    double penalty;

    while (length <= place && past[place - length] == past[n - 1 - length] && !(breakers[past[n - 1 - length] / 8] >> past[n - 1 - length] % 8 & 1))
      length++;
    if (length < MAX (1, s->dry_allowed) || breakers[next / 8] >> next % 8 & 1)
      continue;
    penalty = (double) s->dry_multiplier * pow ((double) s->dry_base, length - s->dry_allowed);
    lost[next] = MAX (lost[next], MIN (penalty, 1e6));
  }
}

static void
test_dry (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);
  int n_lost = 0;

  for (int round = 0; round < 500; round++) {
    EngineSampling s = plain ();
    int n = g_rand_int_range (rand, 0, 90), kinds = g_rand_int_range (rand, 2, 6), past[90];
    guint8 breakers[N / 8 + 1] = { 0 };
    EnginePenalties *penalties;
    EngineError error = { 0 };
    float logits[N] = { 0 };
    double lost[N];
    int first;

    s.dry_multiplier = 0.8f;
    s.dry_allowed = round % 4;
    s.dry_last = round % 3 ? 50 : 1000;
    if (round % 2)
      breakers[0] = 1;
    g_assert_true (engine_penalties_new (&s, N, breakers, &penalties, &error));
    for (int i = 0; i < n; i++)
      engine_penalties_accept (penalties, past[i] = g_rand_int_range (rand, 0, kinds));
    first = MAX (0, n - s.dry_last);
    expected_dry (past + first, n - first, &s, breakers, lost);
    for (int again = 0; again < 2; again++) {
      memset (logits, 0, sizeof logits);
      engine_penalties_apply (penalties, logits);
      for (int i = 0; i < N; i++) {
        g_assert_cmpfloat (fabs ((double) logits[i] + lost[i]), <=, 1e-4 * lost[i]);
        n_lost += lost[i] > 0;
      }
    }
    engine_penalties_free (penalties);
  }
  g_assert_cmpint (n_lost, >, 500);
}

static void
test_biases (void)
{
  EngineLogitBias biases[] = { { 7, -INFINITY }, { 9, 3 } };
  EngineSampling s = plain ();
  float logits[N] = { 0 };
  int hits[N];

  logits[7] = 20;
  s.biases = biases;
  s.n_biases = 2;
  draw (&s, logits, hits);
  g_assert_cmpint (hits[7], ==, 0);
  assert_share (hits[9], exp (3) / (exp (3) + N - 2));
  s.temperature = 0;
  draw (&s, logits, hits);
  g_assert_cmpint (hits[9], ==, DRAWS);
}

/* Nothing here may choose what is no number, or crash. */
static void
test_hostile (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (15);

  for (int round = 0; round < 2000; round++) {
    EngineSampling s = plain ();
    EngineSampler *sampler;
    float logits[N];

    for (int i = 0; i < N; i++)
      logits[i] = g_rand_int_range (rand, 0, 2) ? (float[]){ NAN, -INFINITY, INFINITY, 3e38f, -3e38f, 0 }[g_rand_int_range (rand, 0, 6)] : (float) g_rand_double_range (rand, -9, 9);
    logits[5] = 1;
    s.typical_p = round % 2 ? 1 : 0.3f;
    s.xtc_probability = round % 3 ? 0 : 1;
    s.xtc_threshold = 0.05f;
    s.mirostat_tau = round % 5 ? 0 : 3;
    s.dry_multiplier = round % 7 ? 0 : 1000;
    s.temperature = round % 4 ? 1 : 1e-30f;
    sampler = sampler_new (&s);
    for (int i = 0; i < 6; i++) {
      int32_t id = engine_sampler_choose (sampler, logits);

      g_assert_cmpint (id, >=, 0);
      g_assert_cmpint (id, <, N);
      g_assert_true (logits[id] > -INFINITY);
      engine_sampler_accept (sampler, id);
    }
    engine_sampler_free (sampler);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/typical", test_typical);
  g_test_add_func ("/sample/xtc", test_xtc);
  g_test_add_func ("/sample/mirostat", test_mirostat);
  g_test_add_func ("/sample/dry", test_dry);
  g_test_add_func ("/sample/biases", test_biases);
  g_test_add_func ("/sample/hostile", test_hostile);
  return g_test_run ();
}
