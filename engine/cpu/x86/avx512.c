/* SPDX-License-Identifier: MIT */
/* The kernels for AVX-512 with VNNI. */
#include "lanes-avx512.h"

#define KERNELS engine_cpu_kernels_avx512
#include "cpu/kernels/all.h"
