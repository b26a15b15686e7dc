/* SPDX-License-Identifier: MIT */
/* The kernels of the reference mode, the yardstick that quantised arithmetic is measured by:
 * weights and activations in F32. A product and a sum round apart, so that the compiler can use
 * whatever vectors every machine has. */
#define SCALAR_FMA(a, b, c) ((a) * (b) + (c))
#include "lanes-scalar.h"
#undef LANES_NAME
#define LANES_NAME "reference"

#define KERNELS engine_cpu_kernels_reference
#include "kernels/all.h"
