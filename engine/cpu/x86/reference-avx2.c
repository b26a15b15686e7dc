/* SPDX-License-Identifier: MIT */
/* The kernels of the reference mode for AVX2: the same bits as reference.c gives, sooner. A product and a sum round
 * apart there, so they do here. */
#define LANES_NAME "reference-avx2"
#define LANES_FMA(a, b, c) _mm256_add_ps (_mm256_mul_ps (a, b), c)
#include "lanes-avx2.h"

#define KERNELS engine_cpu_kernels_reference_avx2
#include "cpu/kernels/all.h"
