/* SPDX-License-Identifier: MIT */
/* The kernels for AVX2 with FMA and F16C. */
#include "lanes-avx2.h"

#define KERNELS engine_cpu_kernels_avx2
#include "cpu/kernels/all.h"
