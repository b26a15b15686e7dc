/* SPDX-License-Identifier: MIT */
#include "sample/candidates.h"
#include "sample/sampler.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static EngineSampling
plain (void)
{
  return (EngineSampling){ .temperature = 1, .top_p = 1, .typical_p = 1, .repeat_penalty = 1, .repeat_last = 64, .seed = 42 };
}

static EngineSampler *
sampler_new (const EngineSampling *settings, int32_t n_vocab)
{
  EngineError error = { 0 };
  EngineSampler *sampler = engine_sampler_new (settings, n_vocab, NULL, &error);

  g_assert_cmpstr (error.message, ==, "");
  return sampler;
}

static float *
random_logits (GRand *rand, int n, double spread)
{
  float *logits = g_new (float, n);

  for (int i = 0; i < n; i++)
    logits[i] = (float) (spread * g_rand_double_range (rand, -1, 1));
  return logits;
}

static void
test_exp (void)
{
  for (double x = -86.9; x <= 0; x += 0.00037) {
    float rounded = (float) x;
    double exact = exp ((double) rounded);

    g_assert_cmpfloat (fabs (engine_exp (rounded) - exact) / exact, <, 3e-7);
  }
  g_assert_cmpfloat (engine_exp (0), ==, 1);
  g_assert_cmpfloat (engine_exp (-87.5f), ==, 0);
  g_assert_cmpfloat (engine_exp (-INFINITY), ==, 0);
}

static int
by_logit (const void *a, const void *b)
{
  const EngineCandidate *x = a, *y = b;

  if (x->logit != y->logit)
    return x->logit > y->logit ? -1 : 1;
  return x->id < y->id ? -1 : 1;
}

static EngineCandidate *
sorted (const float *logits, int n)
{
  EngineCandidate *all = g_new (EngineCandidate, n);

  for (int i = 0; i < n; i++)
    all[i] = (EngineCandidate){ logits[i], i };
  qsort (all, n, sizeof *all, by_logit);
  return all;
}

static void
test_select (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (int round = 0; round < 300; round++) {
    int n = g_rand_int_range (rand, 1, 400), k = g_rand_int_range (rand, 0, n + 1);
    g_autofree float *logits = random_logits (rand, n, 5);
    g_autofree EngineCandidate *all = NULL, *best = g_new (EngineCandidate, n);

    for (int i = 0; i < n; i++)
      logits[i] = roundf (logits[i] * 4); /* many equals */
    all = sorted (logits, n);
    engine_select_top (logits, n, k, best);
    g_assert_cmpmem (best, (gsize) k * sizeof *best, all, (gsize) k * sizeof *all);

    for (int i = 0; i < n; i++)
      best[i] = (EngineCandidate){ logits[i], i };
    engine_candidates_heapify (best, n);
    for (int i = 0; i < n; i++) {
      g_assert_cmpint (best[0].id, ==, all[i].id);
      engine_candidates_pop (best, n - i);
      g_assert_cmpint (best[n - 1 - i].id, ==, all[i].id);
    }
  }
}

/* The probabilities that the settings leave, by sorting everything, in double precision. */
static double *
expected (const float *logits, int n, const EngineSampling *s)
{
  g_autofree EngineCandidate *all = sorted (logits, n);
  double *p = g_new0 (double, n);
  double sum = 0, needed, total = 0, best = all[0].logit;
  int kept = s->top_k > 0 ? MIN (s->top_k, n) : n, used = 0;

  for (int i = 0; i < kept; i++)
    sum += exp (all[i].logit - best);
  needed = (double) s->top_p * sum;
  for (sum = 0; used < kept && (used == 0 || s->top_p == 1 || sum < needed);)
    sum += exp (all[used++].logit - best);
  for (int i = 0; i < used; i++)
    if (exp (all[i].logit - best) >= (double) s->min_p)
      total += p[all[i].id] = exp ((all[i].logit - best) / s->temperature);
  for (int i = 0; i < n; i++)
    p[i] /= total;
  return p;
}

static void
check_distribution (const float *logits, int n, const EngineSampling *settings)
{
  const int draws = 20000;
  g_autofree double *p = expected (logits, n, settings);
  g_autofree int *hits = g_new0 (int, n);
  EngineSampler *sampler = sampler_new (settings, n);
  double chi = 0;
  int degrees = -1;

  for (int i = 0; i < draws; i++) {
    int32_t id = engine_sampler_choose (sampler, logits);

    g_assert_cmpint (id, >=, 0);
    g_assert_cmpint (id, <, n);
    hits[id]++;
  }
  engine_sampler_free (sampler);
  for (int i = 0; i < n; i++) {
    if (p[i] == 0)
      g_assert_cmpint (hits[i], ==, 0);
    if (p[i] * draws < 5)
      continue;
    chi += (hits[i] - p[i] * draws) * (hits[i] - p[i] * draws) / (p[i] * draws);
    degrees++;
  }
  /* The seeds are fixed: this bound (about six standard deviations) is met or not, always. */
  g_assert_cmpfloat (chi, <, degrees + 6 * sqrt (2.0 * MAX (degrees, 1)) + 6);
}

static void
test_distribution (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  const int n = 60;

  for (int round = 0; round < 40; round++) {
    g_autofree float *logits = random_logits (rand, n, 4);
    EngineSampling s = plain ();

    s.seed = round;
    s.temperature = (float[]){ 1, 0.5f, 2, 0.1f }[round % 4];
    s.top_k = (int[]){ 0, 5, 0, 40, 1000 }[round % 5];
    s.top_p = (float[]){ 1, 0.9f, 0.5f }[round % 3];
    s.min_p = (float[]){ 0, 0, 0.05f, 0.3f }[round / 3 % 4];
    check_distribution (logits, n, &s);
  }
}

/* Candidates far below the best count for top-p too. */
static void
test_flat (void)
{
  const int n = 3000;
  g_autofree float *logits = g_new (float, n);
  EngineSampling s = plain ();
  EngineSampler *sampler;
  int far = 0;

  for (int i = 0; i < n; i++)
    logits[i] = i ? -12.5f : 0;
  logits[0] = 0;
  s.top_p = 0.999f; /* the best has 1 / (1 + 2999 · e^-12.5) = 0.989 */
  sampler = sampler_new (&s, n);
  for (int i = 0; i < 20000; i++)
    far += engine_sampler_choose (sampler, logits) != 0;
  g_assert_cmpint (far, >, 50);
  engine_sampler_free (sampler);
}

static void
test_determinism (void)
{
  /* The same on every machine: from a run on x86-64. */
  static const int32_t golden[] = { 766, 457, 963, 803, 483, 705, 25, 892, 704, 112, 274, 667, 482, 198, 524, 865, 581, 889, 519, 25, 852, 54, 27, 655 };
  const int n = 1000;
  EngineSampling s = plain ();
  g_autofree float *logits = g_new (float, n);
  EngineSampler *a, *b;

  for (int i = 0; i < n; i++)
    logits[i] = (float) ((i * 7919) % 1000) / 100;
  a = sampler_new (&s, n);
  b = sampler_new (&s, n);
  for (gsize i = 0; i < G_N_ELEMENTS (golden); i++) {
    int32_t id = engine_sampler_choose (a, logits);

    g_assert_cmpint (id, ==, engine_sampler_choose (b, logits));
    g_assert_cmpint (id, ==, golden[i]);
  }
  engine_sampler_free (a);
  engine_sampler_free (b);

  {
    int same = 0;

    s.seed = 43;
    a = sampler_new (&s, n);
    for (gsize i = 0; i < G_N_ELEMENTS (golden); i++)
      same += engine_sampler_choose (a, logits) == golden[i];
    g_assert_cmpint (same, <, (int) G_N_ELEMENTS (golden) / 2);
    engine_sampler_free (a);
  }
}

static void
test_greedy (void)
{
  float logits[] = { 1, 5, 5, -2, NAN };
  EngineSampling s = plain ();
  EngineSampler *sampler;

  s.temperature = 0;
  sampler = sampler_new (&s, 5);
  g_assert_cmpint (engine_sampler_choose (sampler, logits), ==, 1);
  logits[3] = INFINITY;
  g_assert_cmpint (engine_sampler_choose (sampler, logits), ==, 3);
  engine_sampler_free (sampler);
}

static void
test_penalties (void)
{
  float logits[] = { 4, 3, -1, 2 };
  EngineSampling s = plain ();
  EngineSampler *sampler;

  s.temperature = 0;
  s.repeat_penalty = 2;
  s.repeat_last = 2;
  sampler = sampler_new (&s, 4);
  engine_sampler_accept (sampler, 0);
  g_assert_cmpint (engine_sampler_choose (sampler, logits), ==, 1); /* 2, 3, -1, 2 */
  engine_sampler_accept (sampler, 1);
  g_assert_cmpint (engine_sampler_choose (sampler, logits), ==, 0); /* 2, 1.5, -1, 2 */
  engine_sampler_accept (sampler, 1);
  g_assert_cmpint (engine_sampler_choose (sampler, logits), ==, 0); /* 0 has left the window */
  engine_sampler_accept (sampler, -1);
  engine_sampler_accept (sampler, 4); /* outside of the vocabulary: ignored */
  engine_sampler_free (sampler);

  /* A negative logit gets smaller, not larger. */
  {
    float negative[] = { -1, -1.5f, -9, -9 };

    sampler = sampler_new (&s, 4);
    engine_sampler_accept (sampler, 0);
    g_assert_cmpint (engine_sampler_choose (sampler, negative), ==, 1);
    engine_sampler_free (sampler);
  }

  /* Frequency counts each time, presence once. */
  s.repeat_penalty = 1;
  s.repeat_last = 8;
  s.frequency_penalty = 0.6f;
  sampler = sampler_new (&s, 4);
  engine_sampler_accept (sampler, 0);
  g_assert_cmpint (engine_sampler_choose (sampler, logits), ==, 0); /* 3.4 */
  engine_sampler_accept (sampler, 0);
  g_assert_cmpint (engine_sampler_choose (sampler, logits), ==, 1); /* 2.8 */
  engine_sampler_free (sampler);
  s.frequency_penalty = 0;
  s.presence_penalty = 0.9f;
  sampler = sampler_new (&s, 4);
  for (int i = 0; i < 5; i++)
    engine_sampler_accept (sampler, 0);
  g_assert_cmpint (engine_sampler_choose (sampler, logits), ==, 0); /* 3.1 */
  engine_sampler_free (sampler);
}

static void
test_not_numbers (void)
{
  static const float temperatures[] = { 0, 1, 1e-30f, 1000 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int round = 0; round < 2000; round++) {
    int n = g_rand_int_range (rand, 1, 40);
    g_autofree float *logits = random_logits (rand, n, 10);
    gboolean some = FALSE;
    EngineSampling s = plain ();
    EngineSampler *sampler;
    int32_t id;

    for (int i = 0; i < n; i++) {
      if (g_rand_int_range (rand, 0, 2))
        logits[i] = (float[]){ NAN, -INFINITY, INFINITY, 3e38f, -3e38f, -0.0f }[g_rand_int_range (rand, 0, 6)];
      some |= !isnan (logits[i]) && logits[i] > -INFINITY;
    }
    s.seed = round;
    s.temperature = temperatures[round % 4];
    s.top_k = g_rand_int_range (rand, 0, 5);
    s.top_p = g_rand_int_range (rand, 0, 2) ? 1 : 0.7f;
    s.min_p = g_rand_int_range (rand, 0, 2) ? 0 : 0.1f;
    s.repeat_penalty = g_rand_int_range (rand, 0, 2) ? 1 : 1.3f;
    sampler = sampler_new (&s, n);
    engine_sampler_accept (sampler, 0);
    id = engine_sampler_choose (sampler, logits);
    if (some) {
      g_assert_cmpint (id, >=, 0);
      g_assert_cmpint (id, <, n);
      g_assert_false (isnan (logits[id]));
      g_assert_cmpfloat (logits[id], >, -INFINITY);
    } else {
      g_assert_cmpint (id, ==, -1);
    }
    engine_sampler_free (sampler);
  }
}

static void
test_settings (void)
{
  static const EngineLogitBias outside[] = { { 10, 1 } }, no_number[] = { { 3, NAN } };
  static const struct {
    EngineSampling settings;
    const char    *word;
  } bad[] = {
    { { .temperature = -1, .top_p = 1, .repeat_penalty = 1 }, "temperature" },
    { { .temperature = NAN, .top_p = 1, .repeat_penalty = 1 }, "temperature" },
    { { .temperature = INFINITY, .top_p = 1, .repeat_penalty = 1 }, "temperature" },
    { { .top_k = -1, .top_p = 1, .repeat_penalty = 1 }, "Top-k" },
    { { .top_p = 0, .repeat_penalty = 1 }, "Top-p" },
    { { .top_p = 1.5f, .repeat_penalty = 1 }, "Top-p" },
    { { .top_p = 1, .min_p = -0.1f, .repeat_penalty = 1 }, "Min-p" },
    { { .top_p = 1, .min_p = NAN, .repeat_penalty = 1 }, "Min-p" },
    { { .top_p = 1, .repeat_penalty = 0 }, "repeat penalty" },
    { { .top_p = 1, .repeat_penalty = 1, .repeat_last = -1 }, "look back" },
    { { .top_p = 1, .repeat_penalty = 1, .repeat_last = 1 << 21 }, "look back" },
    { { .top_p = 1, .repeat_penalty = 1, .frequency_penalty = NAN }, "frequency" },
    { { .top_p = 1, .repeat_penalty = 1, .presence_penalty = -INFINITY }, "presence" },
    { { .top_p = 1, .repeat_penalty = 1 }, "Typical-p" },
    { { .top_p = 1, .repeat_penalty = 1, .typical_p = 1, .xtc_probability = 2 }, "XTC's probability" },
    { { .top_p = 1, .repeat_penalty = 1, .typical_p = 1, .xtc_threshold = -1 }, "XTC's threshold" },
    { { .top_p = 1, .repeat_penalty = 1, .typical_p = 1, .dry_multiplier = NAN }, "DRY's multiplier" },
    { { .top_p = 1, .repeat_penalty = 1, .typical_p = 1, .dry_multiplier = 1, .dry_base = 0.5f }, "DRY's base" },
    { { .top_p = 1, .repeat_penalty = 1, .typical_p = 1, .dry_last = 1 << 21 }, "DRY can look back" },
    { { .top_p = 1, .repeat_penalty = 1, .typical_p = 1, .mirostat_tau = 5, .mirostat_eta = 2 }, "Mirostat" },
    { { .top_p = 1, .repeat_penalty = 1, .typical_p = 1, .biases = outside, .n_biases = 1 }, "10 tokens" },
    { { .top_p = 1, .repeat_penalty = 1, .typical_p = 1, .biases = no_number, .n_biases = 1 }, "bias" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    EngineError error = { 0 };

    g_assert_null (engine_sampler_new (&bad[i].settings, 10, NULL, &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
    g_assert_nonnull (strstr (error.message, bad[i].word));
  }
}

static void
test_logprobs (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  const int n = 5000;
  g_autofree float *logits = random_logits (rand, n, 8);
  g_autofree EngineCandidate *all = sorted (logits, n);
  g_autofree EngineLogprob *out = g_new (EngineLogprob, n);
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += exp (all[i].logit);
  g_assert_cmpint (engine_top_logprobs (logits, n, 10, out), ==, 10);
  g_assert_cmpint (engine_top_logprobs (logits, n, 2 * n, out), ==, n);
  for (int i = 0; i < n; i++) {
    g_assert_cmpint (out[i].id, ==, all[i].id);
    g_assert_cmpfloat (fabs (out[i].logprob - (all[i].logit - log (sum))), <, 2e-6);
  }
  g_assert_cmpint (engine_top_logprobs (logits, n, 0, out), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/exp", test_exp);
  g_test_add_func ("/sample/select", test_select);
  g_test_add_func ("/sample/distribution", test_distribution);
  g_test_add_func ("/sample/flat", test_flat);
  g_test_add_func ("/sample/determinism", test_determinism);
  g_test_add_func ("/sample/greedy", test_greedy);
  g_test_add_func ("/sample/penalties", test_penalties);
  g_test_add_func ("/sample/not-numbers", test_not_numbers);
  g_test_add_func ("/sample/settings", test_settings);
  g_test_add_func ("/sample/logprobs", test_logprobs);
  return g_test_run ();
}
