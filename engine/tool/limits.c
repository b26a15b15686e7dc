/* SPDX-License-Identifier: MIT */
/* What the processor and its memory could do at most, so that speeds can be said as a share of it: bytes read, and products of bytes. */
#include "cpu/cpu.h"
#include "tool.h"

#define READ_BYTES ((size_t) 2 << 30) /* by all threads together: more than any cache */
#define PARTS 64
#define DOTS 200000   /* of a part: some ten milliseconds */
#define MULTIPLIES (12.0 * 8 * 16 * 4) /* of each: kernels/limits.h */

static int64_t repeat = 5;

static const ToolOption options[] = {
  { "--repeat", TOOL_INT, &repeat, 1, 1000, "N", "measure N times and take the best (5)" },
};

typedef struct {
  const EngineCpuKernels *kernels;
  uint8_t                *data;
  volatile float          kept[PARTS];
} Limits;

static void
read_part (void *data, int64_t item, int thread)
{
  Limits *limits = data;

  limits->kept[item] = limits->kernels->limit_read (limits->data + (size_t) item * (READ_BYTES / PARTS), READ_BYTES / PARTS);
}

static void
multiply_part (void *data, int64_t item, int thread)
{
  Limits *limits = data;

  limits->kept[item] = (float) limits->kernels->limit_dots (DOTS);
}

/* Milliseconds of the fastest time. */
static double
fastest (EngineCpuPool *pool, EngineCpuPoolFunc function, Limits *limits)
{
  double best = 0;

  engine_cpu_pool_run (pool, PARTS, function, limits); /* the first touches memory, and wakes the processor up */
  for (int64_t i = 0; i < repeat; i++) {
    double begin = tool_now_ms (), ms;

    engine_cpu_pool_run (pool, PARTS, function, limits);
    ms = tool_now_ms () - begin;
    best = i == 0 || ms < best ? ms : best;
  }
  return best;
}

static bool
run_limits (char **arguments, int n_arguments, EngineError *error)
{
  EngineCpuPool *pool = engine_cpu_pool_new ((int) tool_common.threads, error);
  Limits limits = { .kernels = engine_cpu_choose_kernels (tool_common.reference, error) };
  EngineText text = { 0 };
  bool ok = false;

  if (pool && limits.kernels)
    limits.data = engine_alloc_aligned (READ_BYTES, error);
  if (limits.data) {
    double read, multiplied;

    for (size_t i = 0; i < READ_BYTES; i += 4096) /* memory that was never written is one page of zeros */
      limits.data[i] = 1;
    read = (double) READ_BYTES / fastest (pool, read_part, &limits) * 1e3;
    multiplied = 2 * MULTIPLIES * DOTS * PARTS / fastest (pool, multiply_part, &limits) * 1e3;
    engine_text_printf (&text, tool_common.json ? "{\"kernels\": \"%s\", \"threads\": %d, \"read_bytes_per_s\": %.0f, \"byte_operations_per_s\": %.0f}" :
                                                  "Kernels     %s, %d threads\nRead        %.1f GB/s\nOperations  %.1f G/s, of bytes (a multiplication and an addition are two)\n",
                        limits.kernels->name, engine_cpu_pool_threads (pool), tool_common.json ? read : read / 1e9, tool_common.json ? multiplied : multiplied / 1e9);
    ok = tool_print (&text, error);
    engine_free_aligned (limits.data, READ_BYTES);
  }
  engine_cpu_pool_free (pool);
  return ok;
}

const ToolCommand tool_limits = {
  .name = "limits", .arguments = "", .summary = "Measures what the processor and its memory could do at most",
  .n_arguments_min = 0, .n_arguments_max = 0, .options = options, .n_options = ENGINE_LENGTH (options), .run = run_limits,
};
