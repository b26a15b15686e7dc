/* SPDX-License-Identifier: MIT */
/* The convolution over the last tokens, and the recurrences of Mamba-2 and of Gated DeltaNet. */
#include "kernels.h"

#include <math.h>
#include <string.h>

/* ---- convolution ---------------------------------------------------------- */

static void
test_conv (const EngineCpuKernels **variants, int n_variants, int n, int n_taps, bool biased)
{
  float *x = kernels_random_floats ((size_t) (n * n_taps)), *bias = kernels_random_floats ((size_t) n);
  float *first = kernels_alloc ((size_t) n * sizeof *first), *out = kernels_alloc ((size_t) (n + 1) * sizeof *out);
  double *wanted = kernels_alloc ((size_t) n * sizeof *wanted), nmse;
  const float *taps[ENGINE_MAX_TAPS];
  KernelsWeight w;

  kernels_weight_init (&w, ENGINE_TYPE_F32, ENGINE_CPU_KEEP_TYPES, n_taps, n);
  for (int k = 0; k < n_taps; k++)
    taps[k] = x + k * n;
  for (int i = 0; i < n; i++) {
    wanted[i] = biased ? (double) bias[i] : 0;
    for (int k = 0; k < n_taps; k++)
      wanted[i] += (double) w.values[i * n_taps + k] * taps[k][i];
  }
  variants[n_variants - 1]->conv (taps, n_taps, (const float *) w.packed.data, biased ? bias : NULL, first, n);
  nmse = kernels_nmse (first, wanted, (size_t) n);
  kernels_check (nmse <= kernels_tolerance (ENGINE_OP_CONV), "scalar conv of %d channels, %d taps%s: NMSE %.1e", n, n_taps, biased ? "" : ", no bias", nmse);
  for (int i = 0; i + 1 < n_variants; i++) {
    memset (out, 0xff, (size_t) n * sizeof *out);
    out[n] = -1e30f;
    variants[i]->conv (taps, n_taps, (const float *) w.packed.data, biased ? bias : NULL, out, n);
    kernels_check (memcmp (out, first, (size_t) n * sizeof *out) == 0 && out[n] == -1e30f, "%s conv of %d channels, %d taps equals scalar", variants[i]->name, n, n_taps);
  }
  kernels_weight_clear (&w);
  kernels_free (x, (size_t) (n * n_taps) * sizeof *x);
  kernels_free (bias, (size_t) n * sizeof *bias);
  kernels_free (first, (size_t) n * sizeof *first);
  kernels_free (out, (size_t) (n + 1) * sizeof *out);
  kernels_free (wanted, (size_t) n * sizeof *wanted);
}

/* ---- scan ----------------------------------------------------------------- */

#define TOKENS 5
#define MOST_DIM 130
#define MOST_STATE 70
#define STRIDE (MOST_DIM + 2 * MOST_STATE + 3)
#define N_STATE (MOST_DIM * MOST_STATE)

/* One head: its input and what comes out of it. */
typedef struct {
  float  columns[TOKENS * STRIDE], decay[TOKENS], step[TOKENS];
  float  from[N_STATE], to[N_STATE + 1], out[TOKENS * MOST_DIM];
  double wanted[TOKENS * MOST_DIM], wanted_state[N_STATE];
} Head;

static Head head, scalar;

static void
want_scan (const EngineCpuScan *job, bool begins)
{
  int n = job->n_state * job->head_dim;

  for (int i = 0; i < n; i++)
    head.wanted_state[i] = begins ? 0 : (double) head.from[i];
  for (int t = 0; t < job->n_tokens; t++) {
    const float *x = job->x + (size_t) t * job->stride, *b = job->b + (size_t) t * job->stride, *c = job->c + (size_t) t * job->stride;

    for (int p = 0; p < job->head_dim; p++) {
      double sum = (double) job->skip * x[p];

      for (int s = 0; s < job->n_state; s++) {
        double *state = &head.wanted_state[s * job->head_dim + p];

        *state = *state * job->decay[t] + (double) job->step[t] * x[p] * b[s];
        sum += *state * c[s];
      }
      head.wanted[t * job->head_dim + p] = sum;
    }
  }
}

/* The first `n_first` tokens in one call, the others in a second one, in the place where the first has left the state. */
static void
run_scan (const EngineCpuKernels *kernels, const EngineCpuScan *whole, bool begins, int n_first, Head *result)
{
  EngineCpuScan job = *whole;

  memset (result->to, 0xff, sizeof result->to);
  memset (result->out, 0xff, sizeof result->out);
  result->to[whole->n_state * whole->head_dim] = -1e30f;
  job.out = result->out;
  job.n_tokens = n_first;
  kernels->scan (&job, begins ? NULL : head.from, result->to);
  job.n_tokens = whole->n_tokens - n_first;
  job.x += (size_t) n_first * job.stride;
  job.b += (size_t) n_first * job.stride;
  job.c += (size_t) n_first * job.stride;
  job.decay += n_first;
  job.step += n_first;
  job.out += (size_t) n_first * job.out_stride;
  if (job.n_tokens)
    kernels->scan (&job, result->to, result->to);
}

static void
test_scan (const EngineCpuKernels **variants, int n_variants, int head_dim, int n_state, bool begins)
{
  EngineCpuScan job = { .n_tokens = TOKENS, .head_dim = head_dim, .n_state = n_state, .x = head.columns, .b = head.columns + MOST_DIM + 1, .c = head.columns + MOST_DIM + MOST_STATE + 2,
                        .stride = STRIDE, .decay = head.decay, .step = head.step, .skip = kernels_random_float (), .out_stride = (size_t) head_dim };
  size_t n_out = (size_t) (TOKENS * head_dim), n = (size_t) (n_state * head_dim);
  double nmse, state_nmse;

  for (int i = 0; i < TOKENS * STRIDE; i++)
    head.columns[i] = kernels_random_float ();
  for (int i = 0; i < N_STATE; i++)
    head.from[i] = kernels_random_float ();
  for (int t = 0; t < TOKENS; t++) {
    head.step[t] = fabsf (kernels_random_float ());
    head.decay[t] = expf (-head.step[t]);
  }
  want_scan (&job, begins);
  run_scan (variants[n_variants - 1], &job, begins, TOKENS, &scalar);
  nmse = kernels_nmse (scalar.out, head.wanted, n_out);
  state_nmse = kernels_nmse (scalar.to, head.wanted_state, n);
  kernels_check (nmse <= kernels_tolerance (ENGINE_OP_SSM_SCAN) && state_nmse <= kernels_tolerance (ENGINE_OP_SSM_SCAN), "scalar scan [%d, %d]%s: NMSE %.1e, of the state %.1e",
                 head_dim, n_state, begins ? " from the beginning" : "", nmse, state_nmse);
  for (int i = 0; i < n_variants; i++)
    for (int n_first = 1; n_first <= TOKENS; n_first += TOKENS - 3) {
      run_scan (variants[i], &job, begins, n_first, &head);
      kernels_check (memcmp (head.out, scalar.out, sizeof head.out) == 0 && memcmp (head.to, scalar.to, (n + 1) * sizeof *head.to) == 0,
                     "%s scan [%d, %d] of %d and %d tokens equals scalar", variants[i]->name, head_dim, n_state, n_first, TOKENS - n_first);
    }
}

/* ---- delta rule ------------------------------------------------------------- */

/* Queries and keys of the head are b and c of the scan; its step is beta. */
static void
want_delta (const EngineCpuDelta *job, bool begins)
{
  int n = job->n_state * job->head_dim;

  for (int i = 0; i < n; i++)
    head.wanted_state[i] = begins ? 0 : (double) head.from[i];
  for (int t = 0; t < job->n_tokens; t++) {
    const float *q = job->q + (size_t) t * job->turn_stride, *k = job->k + (size_t) t * job->turn_stride, *v = job->v + (size_t) t * job->v_stride;

    for (int p = 0; p < job->head_dim; p++) {
      double known = 0, change, sum = 0;

      for (int s = 0; s < job->n_state; s++)
        known += (head.wanted_state[s * job->head_dim + p] *= job->decay[t]) * k[s];
      change = job->beta[t] * (v[p] - known);
      for (int s = 0; s < job->n_state; s++)
        sum += (head.wanted_state[s * job->head_dim + p] += change * k[s]) * q[s];
      head.wanted[t * job->head_dim + p] = sum;
    }
  }
}

/* As run_scan (). */
static void
run_delta (const EngineCpuKernels *kernels, const EngineCpuDelta *whole, bool begins, int n_first, Head *result)
{
  EngineCpuDelta job = *whole;

  memset (result->to, 0xff, sizeof result->to);
  memset (result->out, 0xff, sizeof result->out);
  result->to[whole->n_state * whole->head_dim] = -1e30f;
  job.out = result->out;
  job.n_tokens = n_first;
  kernels->delta (&job, begins ? NULL : head.from, result->to);
  job.n_tokens = whole->n_tokens - n_first;
  job.q += (size_t) n_first * job.turn_stride;
  job.k += (size_t) n_first * job.turn_stride;
  job.v += (size_t) n_first * job.v_stride;
  job.decay += n_first;
  job.beta += n_first;
  job.out += (size_t) n_first * job.out_stride;
  if (job.n_tokens)
    kernels->delta (&job, result->to, result->to);
}

static void
test_delta (const EngineCpuKernels **variants, int n_variants, int head_dim, int n_state, bool begins)
{
  EngineCpuDelta job = { .n_tokens = TOKENS, .head_dim = head_dim, .n_state = n_state, .v = head.columns, .q = head.columns + MOST_DIM + 1, .k = head.columns + MOST_DIM + MOST_STATE + 2,
                         .v_stride = STRIDE, .turn_stride = STRIDE, .decay = head.decay, .beta = head.step, .out_stride = (size_t) head_dim };
  size_t n_out = (size_t) (TOKENS * head_dim), n = (size_t) (n_state * head_dim);
  double nmse, state_nmse;

  for (int i = 0; i < TOKENS * STRIDE; i++) /* keys are shorter than 1 */
    head.columns[i] = kernels_random_float () / sqrtf ((float) n_state);
  for (int i = 0; i < N_STATE; i++)
    head.from[i] = kernels_random_float ();
  for (int t = 0; t < TOKENS; t++) {
    head.step[t] = 1 / (1 + expf (kernels_random_float ()));
    head.decay[t] = expf (-fabsf (kernels_random_float ()));
  }
  want_delta (&job, begins);
  run_delta (variants[n_variants - 1], &job, begins, TOKENS, &scalar);
  nmse = kernels_nmse (scalar.out, head.wanted, n_out);
  state_nmse = kernels_nmse (scalar.to, head.wanted_state, n);
  kernels_check (nmse <= kernels_tolerance (ENGINE_OP_DELTA_RULE) && state_nmse <= kernels_tolerance (ENGINE_OP_DELTA_RULE), "scalar delta rule [%d, %d]%s: NMSE %.1e, of the state %.1e",
                 head_dim, n_state, begins ? " from the beginning" : "", nmse, state_nmse);
  for (int i = 0; i < n_variants; i++)
    for (int n_first = 1; n_first <= TOKENS; n_first += TOKENS - 3) {
      run_delta (variants[i], &job, begins, n_first, &head);
      kernels_check (memcmp (head.out, scalar.out, sizeof head.out) == 0 && memcmp (head.to, scalar.to, (n + 1) * sizeof *head.to) == 0,
                     "%s delta rule [%d, %d] of %d and %d tokens equals scalar", variants[i]->name, head_dim, n_state, n_first, TOKENS - n_first);
    }
}

void
kernels_test_recurrent (const EngineCpuKernels **variants, int n_variants)
{
  const int channels[] = { 1, 15, 16, 17, 33, 144, kernels_random_int (2, 600) };
  const int dims[] = { 1, 8, 16, 20, 32, 33, 48, 64, 80, 128, kernels_random_int (2, MOST_DIM) };

  for (size_t i = 0; i < ENGINE_LENGTH (channels); i++)
    test_conv (variants, n_variants, channels[i], i == 0 ? ENGINE_MAX_TAPS : kernels_random_int (2, 6), i % 3 > 0);
  for (size_t i = 0; i < ENGINE_LENGTH (dims); i++)
    test_scan (variants, n_variants, dims[i], kernels_random_int (1, MOST_STATE), i % 3 == 1);
  for (size_t i = 0; i < ENGINE_LENGTH (dims); i++)
    test_delta (variants, n_variants, dims[i], kernels_random_int (1, MOST_STATE), i % 3 == 1);
}
