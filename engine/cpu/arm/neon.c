/* SPDX-License-Identifier: MIT */
/* The kernels for ARMv8.2 with dot products of bytes. */
#include "lanes-neon.h"

#define KERNELS engine_cpu_kernels_neon
#include "cpu/kernels/all.h"
