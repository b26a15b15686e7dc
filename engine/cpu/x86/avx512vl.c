/* SPDX-License-Identifier: MIT */
/* The kernels for AVX-512 with VNNI in 256 bits: the same code as avxvnni.c in the other encoding,
 * so that it is tested where only that one runs. */
#define LANES_NAME "avx512vl"
#define LANES_DPBUSD _mm256_dpbusd_epi32
#define LANES_DPWSSD _mm256_dpwssd_epi32
#include "lanes-avx2.h"

#define KERNELS engine_cpu_kernels_avx512vl
#include "cpu/kernels/all.h"
