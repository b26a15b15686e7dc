/* SPDX-License-Identifier: MIT */
/* How fast the matmul kernels are, by the processor time of this thread alone. The weights are
 * larger than any cache, as a model's are. */
#include "kernels.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* The best of some runs, in seconds. */
static double
time_matmul (const EngineCpuKernels *kernels, EngineCpuMatmul *job)
{
  double best = 1e9, total = 0;

  while (total < 0.2) {
    double begin = now (), seconds;

    kernels_matmul (kernels, job);
    seconds = now () - begin;
    best = ENGINE_MIN (best, seconds);
    total += seconds + 1e-6;
  }
  return best;
}

static void
bench_matmul (const EngineCpuKernels **variants, int n_variants, EngineType type, EngineCpuKeeping keeping)
{
  const int64_t n_in = 2048, n_out = 40000, most = 32;
  EngineTensor tensor = { .type = type, .n_dims = 2, .ne = { n_in, n_out, 1, 1 } };
  size_t panel_bytes = (size_t) (n_in / ENGINE_QUANT_BLOCK * most) * sizeof (EngineCpuWideBlock);
  float *x = kernels_random_floats ((size_t) (n_in * most)), *out = kernels_alloc ((size_t) (n_out * most) * sizeof *out);
  EngineCpuWeight weight;
  EngineCpuMatmul job = { .weight = &weight, .x = x, .panel = kernels_alloc (panel_bytes), .wide = kernels_alloc (panel_bytes), .out = out };

  if (!engine_cpu_weight_layout (&tensor, keeping, &weight))
    abort ();
  weight.data = kernels_alloc (weight.bytes);
  memset (weight.data, 0x33, weight.bytes); /* a sound number in every format */
  for (int i = 0; i < n_variants; i++)
    for (job.n = 1; job.n <= most; job.n = job.n == 1 ? 4 : job.n * 8) {
      double seconds;

      if (strcmp (variants[i]->name, "scalar") == 0 && job.n > 1)
        break;
      kernels_quantise (variants[i], &job);
      seconds = time_matmul (variants[i], &job);
      printf ("%-7s matmul %-5s%s × %-3d %8.2f GMAC/s %8.2f GB/s of weights\n", variants[i]->name, engine_types[type].name, weight.wide ? ", wide" : "", (int) job.n,
              (double) (n_in * n_out * job.n) / seconds * 1e-9, (double) weight.bytes / seconds * 1e-9);
    }
  kernels_free (weight.data, weight.bytes);
  kernels_free (job.panel, panel_bytes);
  kernels_free (job.wide, panel_bytes);
  kernels_free (x, (size_t) (n_in * most) * sizeof *x);
  kernels_free (out, (size_t) (n_out * most) * sizeof *out);
}

void
kernels_bench (const EngineCpuKernels **variants, int n_variants, const char *type)
{
  for (int i = 0; i < ENGINE_N_TYPES; i++)
    if (!type || strcmp (engine_types[i].name, type) == 0) {
      bench_matmul (variants, n_variants, (EngineType) i, ENGINE_CPU_KEEP_TYPES);
      if (i == ENGINE_TYPE_F16)
        bench_matmul (variants, n_variants, (EngineType) i, ENGINE_CPU_KEEP_WIDE);
    }
}
