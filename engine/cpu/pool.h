/* SPDX-License-Identifier: MIT */
/* Threads that work on one job at a time.
 *
 * A job is a function and a number of items; the caller's thread takes part. Items are
 * claimed one by one, so a thread that the system holds up costs one item, not a share. Between
 * jobs the threads look for work for a moment and then sleep until they are woken: an idle pool
 * causes no wake-ups at all. */
#pragma once

#include "base.h"

#include <stdatomic.h>

typedef struct EngineCpuPool EngineCpuPool;

/* `thread` is 0 … n_threads - 1 and different for calls that run at the same time. */
typedef void (*EngineCpuPoolFunc) (void *data, int64_t item, int thread);

/* Cores that this process may use: the affinity mask and the control group's quota. At least 1. */
int engine_cpu_available (void);

/* `n_threads` with the caller, cut to engine_cpu_available (); 0: that many. */
EngineCpuPool *engine_cpu_pool_new (int n_threads, EngineError *error);
void           engine_cpu_pool_free (EngineCpuPool *pool);
int            engine_cpu_pool_threads (const EngineCpuPool *pool);

/* While `*cancel` (NULL: none) is true, items are passed over: the job ends at once and what it should have
 * computed is not there. Not while a job runs. */
void engine_cpu_pool_watch (EngineCpuPool *pool, const atomic_bool *cancel);

/* Runs items 0 … n_items - 1 and returns when all are done. One thread at a time may call it. */
void engine_cpu_pool_run (EngineCpuPool *pool, int64_t n_items, EngineCpuPoolFunc function, void *data);
