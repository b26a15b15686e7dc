/* SPDX-License-Identifier: MIT */
/* Norms, gates, sums, scaling and rope. */
#include "kernels.h"

#include <math.h>
#include <string.h>

#define MOST 700

static float a[MOST], b[MOST], c[MOST], first[MOST], out[MOST];
static double wanted[MOST];

static void
randomise (void)
{
  for (int i = 0; i < MOST; i++) {
    a[i] = 3.0f * kernels_random_float ();
    b[i] = kernels_random_float ();
    c[i] = kernels_random_float ();
  }
}

/* Calls `run` for every set; `wanted` is filled. */
static void
compare (const EngineCpuKernels **variants, int n_variants, EngineOp op, const char *name, int n, int n_out,
         void (*run) (const EngineCpuKernels *kernels, int n, float *result))
{
  double nmse;

  run (variants[n_variants - 1], n, first);
  nmse = kernels_nmse (first, wanted, (size_t) n_out);
  kernels_check (nmse <= kernels_tolerance (op), "scalar %s of %d: NMSE %.1e", name, n, nmse);
  for (int i = 0; i + 1 < n_variants; i++) {
    for (int k = 0; k < MOST; k++)
      out[k] = -1e30f;
    run (variants[i], n, out);
    kernels_check (memcmp (out, first, (size_t) n_out * sizeof *out) == 0 && (n_out == MOST || out[n_out] == -1e30f),
                   "%s %s of %d equals scalar", variants[i]->name, name, n);
  }
}

static void run_norm (const EngineCpuKernels *k, int n, float *r) { k->rms_norm (a, b, r, n, 1e-5f); }
static void run_plain_norm (const EngineCpuKernels *k, int n, float *r) { k->rms_norm (a, NULL, r, n, 1e-5f); }
static void run_layer_norm (const EngineCpuKernels *k, int n, float *r) { k->layer_norm (a, b, c, r, n, 1e-5f); }
static void run_layer_norm_without_bias (const EngineCpuKernels *k, int n, float *r) { k->layer_norm (a, b, NULL, r, n, 1e-5f); }
static void run_silu (const EngineCpuKernels *k, int n, float *r) { k->gated[ENGINE_GATE_SILU] (a, b, r, n); }
static void run_gelu_tanh (const EngineCpuKernels *k, int n, float *r) { k->gated[ENGINE_GATE_GELU_TANH] (a, b, r, n); }
static void run_gelu_erf (const EngineCpuKernels *k, int n, float *r) { k->gated[ENGINE_GATE_GELU_ERF] (a, b, r, n); }
static void run_linear (const EngineCpuKernels *k, int n, float *r) { k->gated[ENGINE_GATE_LINEAR] (a, b, r, n); }
static void run_limited (const EngineCpuKernels *k, int n, float *r) { k->gated[ENGINE_GATE_LIMITED] (a, b, r, n); }
static void run_sigmoid (const EngineCpuKernels *k, int n, float *r) { k->gated[ENGINE_GATE_SIGMOID] (a, b, r, n); }
static void run_gelu_alone (const EngineCpuKernels *k, int n, float *r) { k->gated[ENGINE_GATE_GELU_ERF] (a, NULL, r, n); }
static void run_add (const EngineCpuKernels *k, int n, float *r) { k->add (a, b, r, n); }
static void run_add_scaled (const EngineCpuKernels *k, int n, float *r) { k->add_scaled (a, b, c, r, n); }
static void run_softcap (const EngineCpuKernels *k, int n, float *r) { k->softcap (a, 2.5f, r, n); }
static void run_scale (const EngineCpuKernels *k, int n, float *r) { k->scale (a, 0.37f, r, n); }

/* Turns the first n of n + 6 elements; the angles' cosines and sines stand in b. */
static void
run_rope (const EngineCpuKernels *k, EngineRopeStyle style, int n, float *r)
{
  k->rope[style] (a, b, b + n / 2, n, n + 6, r);
}

static void run_rope_adjacent (const EngineCpuKernels *k, int n, float *r) { run_rope (k, ENGINE_ROPE_ADJACENT, n, r); }
static void run_rope_halves (const EngineCpuKernels *k, int n, float *r) { run_rope (k, ENGINE_ROPE_HALVES, n, r); }

static void
want_norm (int n, bool weighted)
{
  double squares = 0;

  for (int i = 0; i < n; i++)
    squares += (double) a[i] * a[i];
  for (int i = 0; i < n; i++)
    wanted[i] = a[i] / sqrt (squares / n + (double) 1e-5f) * (weighted ? b[i] : 1);
}

static void
want_layer_norm (int n, bool biased)
{
  double mean = 0, squares = 0;

  for (int i = 0; i < n; i++)
    mean += (double) a[i] / n;
  for (int i = 0; i < n; i++)
    squares += (a[i] - mean) * (a[i] - mean);
  for (int i = 0; i < n; i++)
    wanted[i] = (a[i] - mean) / sqrt (squares / n + (double) 1e-5f) * b[i] + (biased ? (double) c[i] : 0);
}

/* The inputs are spread so that both limits are met. */
static void
want_limited (int n)
{
  for (int i = 0; i < n; i++) {
    double gate, up;

    a[i] *= 4;
    b[i] *= 12;
    gate = fmin (a[i], 7);
    up = fmax (-7, fmin (b[i], 7));
    wanted[i] = gate / (1 + exp (-1.702 * gate)) * (up + 1);
  }
}

static void
want_rope (int n, int step, int distance)
{
  for (int i = 0; i < n + 6; i++)
    wanted[i] = a[i];
  for (int i = 0; i < n / 2; i++) {
    double x = a[i * step], y = a[i * step + distance];

    wanted[i * step] = x * b[i] - y * b[n / 2 + i];
    wanted[i * step + distance] = x * b[n / 2 + i] + y * b[i];
  }
}

void
kernels_test_columns (const EngineCpuKernels **variants, int n_variants)
{
  const int sizes[] = { 1, 15, 16, 17, 33, 576, kernels_random_int (2, MOST) };

  for (size_t s = 0; s < ENGINE_LENGTH (sizes); s++) {
    int n = sizes[s], turned = 2 * (1 + n / 10);

    randomise ();
    want_norm (n, true);
    compare (variants, n_variants, ENGINE_OP_RMS_NORM, "rms_norm", n, n, run_norm);
    want_norm (n, false);
    compare (variants, n_variants, ENGINE_OP_RMS_NORM, "rms_norm without weight", n, n, run_plain_norm);
    want_layer_norm (n, true);
    compare (variants, n_variants, ENGINE_OP_LAYER_NORM, "layer_norm", n, n, run_layer_norm);
    want_layer_norm (n, false);
    compare (variants, n_variants, ENGINE_OP_LAYER_NORM, "layer_norm without bias", n, n, run_layer_norm_without_bias);
    for (int i = 0; i < n; i++)
      wanted[i] = a[i] / (1 + exp (-a[i])) * b[i];
    compare (variants, n_variants, ENGINE_OP_GATED, "silu", n, n, run_silu);
    for (int i = 0; i < n; i++)
      wanted[i] = 0.5 * a[i] * (1 + tanh (sqrt (2 / M_PI) * (a[i] + 0.044715 * a[i] * a[i] * a[i]))) * b[i];
    compare (variants, n_variants, ENGINE_OP_GATED, "gelu_tanh", n, n, run_gelu_tanh);
    for (int i = 0; i < n; i++)
      wanted[i] = 0.5 * a[i] * (1 + erf (a[i] / sqrt (2))) * b[i];
    compare (variants, n_variants, ENGINE_OP_GATED, "gelu_erf", n, n, run_gelu_erf);
    for (int i = 0; i < n; i++)
      wanted[i] = 0.5 * a[i] * (1 + erf (a[i] / sqrt (2)));
    compare (variants, n_variants, ENGINE_OP_GATED, "gelu_erf without gated values", n, n, run_gelu_alone);
    for (int i = 0; i < n; i++)
      wanted[i] = (double) a[i] * b[i];
    compare (variants, n_variants, ENGINE_OP_GATED, "product", n, n, run_linear);
    for (int i = 0; i < n; i++)
      wanted[i] = b[i] / (1 + exp (-a[i]));
    compare (variants, n_variants, ENGINE_OP_GATED, "sigmoid", n, n, run_sigmoid);
    for (int i = 0; i < n; i++)
      wanted[i] = (double) a[i] + b[i];
    compare (variants, n_variants, ENGINE_OP_ADD, "add", n, n, run_add);
    for (int i = 0; i < n; i++)
      wanted[i] = (double) a[i] + (double) c[i] * b[i];
    compare (variants, n_variants, ENGINE_OP_ADD, "add with a scale", n, n, run_add_scaled);
    for (int i = 0; i < n; i++)
      wanted[i] = a[i] * (double) 0.37f;
    compare (variants, n_variants, ENGINE_OP_SCALE, "scale", n, n, run_scale);
    for (int i = 0; i < n; i++)
      wanted[i] = 2.5 * tanh (a[i] / 2.5);
    compare (variants, n_variants, ENGINE_OP_SOFTCAP, "softcap", n, n, run_softcap);
    want_rope (turned, 2, 1);
    compare (variants, n_variants, ENGINE_OP_ROPE, "rope of neighbours", turned, turned + 6, run_rope_adjacent);
    want_rope (turned, 1, turned / 2);
    compare (variants, n_variants, ENGINE_OP_ROPE, "rope of halves", turned, turned + 6, run_rope_halves);
    want_limited (n);
    compare (variants, n_variants, ENGINE_OP_GATED, "limited", n, n, run_limited);
  }
}
