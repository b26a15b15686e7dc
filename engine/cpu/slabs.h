/* SPDX-License-Identifier: MIT */
/* Memory for weights: many tensors side by side in large, aligned slabs of whole huge pages.
 *
 * Decoding reads every weight once for each token, at the speed of the memory; small pages would
 * cost it a translation miss every 4 KiB. A slab goes back to the system when its last tensor does.
 * Not safe for several threads at once. */
#pragma once

#include "pool.h"

typedef struct EngineCpuSlab EngineCpuSlab;

typedef struct {
  EngineCpuSlab *first; /* the newest */
  EngineCpuPool *pool;  /* whose threads have the system clear the memory, each its own huge pages; NULL: who writes to it does */
} EngineCpuSlabs;

/* Zeroed memory aligned to 64 bytes; NULL after filling `error`. */
void *engine_cpu_slabs_alloc (EngineCpuSlabs *slabs, size_t bytes, EngineError *error);
/* NULL does nothing. */
void  engine_cpu_slabs_free (EngineCpuSlabs *slabs, void *memory);
