/* SPDX-License-Identifier: MIT */
/* The reference kernels: what every instruction set's must equal. */
#include "lanes-scalar.h"

#define KERNELS engine_cpu_kernels_scalar
#include "kernels/all.h"
