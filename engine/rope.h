/* SPDX-License-Identifier: MIT */
/* The angles of rotary positions, which every backend has made on the processor, in double precision.
 *
 * Internal. Any thread. */
#pragma once

#include "backend.h"

/* Of each token the cosines and then the sines of its pairs, [n_rot/2] each, times the factors of the result: `turns` is [n_rot, n_tokens] of the batch.
 * freq_factors [n_rot/2], or NULL: 1. */
void engine_rope_turns (const EngineRopeParams *params, const float *freq_factors, const EngineBatch *batch, float *turns);
