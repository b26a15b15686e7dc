/* SPDX-License-Identifier: MIT */
/* The kernels for AVX2 with AVX-VNNI, which processors without AVX-512 have. */
#define LANES_NAME "avxvnni"
#define LANES_DPBUSD _mm256_dpbusd_avx_epi32
#define LANES_DPWSSD _mm256_dpwssd_avx_epi32
#include "lanes-avx2.h"

#define KERNELS engine_cpu_kernels_avxvnni
#include "cpu/kernels/all.h"
