/* SPDX-License-Identifier: MIT */
/* What the files of the kernel test share. */
#pragma once

#include "cpu/cpu.h"

uint32_t kernels_random (void);
int      kernels_random_int (int low, int high);
float    kernels_random_float (void);
/* Release with kernels_free (); both end the test when memory runs out. */
void    *kernels_alloc (size_t bytes);
float   *kernels_random_floats (size_t n);
void     kernels_free (void *memory, size_t bytes);

/* One line of TAP. */
void     kernels_check (bool ok, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
/* Σ (got - wanted)² / Σ wanted²; infinite where a value is not finite. */
double   kernels_nmse (const float *got, const double *wanted, size_t n);
double   kernels_tolerance (EngineOp op);

/* A random weight: repacked, and its values [n_in, n_out]. */
typedef struct {
  EngineCpuWeight packed;
  float          *values;
} KernelsWeight;

void kernels_weight_init (KernelsWeight *w, EngineType type, EngineCpuKeeping keeping, int64_t n_in, int64_t n_out);
void kernels_weight_clear (KernelsWeight *w);

/* Of the job's panel. */
size_t kernels_panel_bytes (const EngineCpuMatmul *job);
/* Fills the job's panel, or its wide one, from its x; computes its out. */
void kernels_quantise (const EngineCpuKernels *kernels, EngineCpuMatmul *job);
void kernels_matmul (const EngineCpuKernels *kernels, EngineCpuMatmul *job);

void kernels_test_columns (const EngineCpuKernels **variants, int n_variants);   /* kernels-columns.c */
void kernels_test_attention (const EngineCpuKernels **variants, int n_variants); /* kernels-attention.c */
void kernels_test_recurrent (const EngineCpuKernels **variants, int n_variants); /* kernels-recurrent.c */
void kernels_bench (const EngineCpuKernels **variants, int n_variants, const char *type); /* kernels-bench.c */
