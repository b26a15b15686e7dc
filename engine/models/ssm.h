/* SPDX-License-Identifier: MIT */
/* The block of Mamba-2 (Dao and Gu 2024, arXiv 2405.21060), which hybrid models have beside attention or in its place:
 *
 *   z, xBC, Δ = Win a;   x, B, C = silu (conv (xBC));   y = scan (x, B, C, Δ + bias)
 *   result = Wout rms_norm (silu (z) · y), the norm over each group where the model has it
 *
 * Internal; errors as in block.h. What passes from token to token, the convolution's last columns and the scan's state, are
 * two layers of the cache. */
#pragma once

#include "common.h"

typedef struct {
  EngineTensor   *gate, *input, *steps; /* rows of ssm_in: [n_embd, n_inner], [n_embd, n_inner + 2 · n_group · n_state], [n_embd, n_head] */
  EngineTensor   *conv, *conv_bias;     /* [n_taps, n_inner + 2 · n_group · n_state]; one for each of these channels */
  EngineTensor   *step_bias, *a, *skip; /* [n_head] */
  EngineTensor   *norm;                 /* [n_inner], or NULL */
  EngineTensor   *out;                  /* [n_inner, n_embd] */
  int32_t         conv_layer;           /* of the cache */
  EngineSsmParams params;
} EngineSsmBlock;

/* Reads the sizes and claims the tensors. */
bool engine_ssm_block_load (EngineModel *model, EngineSsmBlock *block, int32_t layer, EngineError *error);

/* x [n_embd, n_tokens], normed. Gives [n_inner, n_tokens], before Wout. */
EngineValueId engine_ssm_build (const EngineModel *model, EngineGraph *graph, const EngineSsmBlock *block, EngineValueId x);
