/* SPDX-License-Identifier: MIT */
/* A product whose input and output are kept between numbers that stand in the file beside its weight, as Gemma 4's towers have them:
 *
 *   out = clamp (W clamp (x))
 *
 * Names: <name>.weight, <name>.input_min, .input_max, .output_min, .output_max; the numbers may be left out. */
#pragma once

#include "tower.h"

typedef struct {
  EngineTensor *weight; /* [n_in, n_out] */
  float         in[2], out[2]; /* least and most; infinite where the file has none */
} EngineClamped;

bool engine_clamped_load (EngineModel *model, EngineClamped *clamped, int64_t n_in, int64_t n_out, EngineError *error, const char *name, ...)
  __attribute__ ((format (printf, 6, 7)));
EngineValueId engine_clamped_build (EngineGraph *graph, const EngineClamped *clamped, EngineValueId x);
/* Of the same x several, whose inputs are kept between once where their numbers are the same. */
void engine_clamped_build_all (EngineGraph *graph, const EngineClamped *const *clamped, int n, EngineValueId x, EngineValueId *out);
