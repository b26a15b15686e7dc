/* SPDX-License-Identifier: MIT */
/* The block of Gated DeltaNet (Yang, Kautz and Hatamizadeh 2024, arXiv 2412.06464), which hybrid models have in the place of attention:
 *
 *   qkv, z, α, β = W a;   q, k, v = silu (conv (qkv));   y = delta_rule (q, k, v, α + bias, β)
 *   result = Wout (silu (z) · rms_norm (y)), the norm over each head
 *
 * Internal; errors as in block.h. What passes from token to token, the convolution's last columns and the rule's state, are
 * two layers of the cache. */
#pragma once

#include "common.h"

typedef struct {
  EngineTensor     *input, *gate;       /* attn_qkv [n_embd, 2 · n_group · n_state + n_inner], attn_gate [n_embd, n_inner] */
  EngineTensor     *steps, *betas;      /* ssm_alpha, ssm_beta: [n_embd, n_head] */
  EngineTensor     *step_bias, *a;      /* [n_head] */
  EngineTensor     *conv;               /* [n_taps, 2 · n_group · n_state + n_inner] */
  EngineTensor     *norm;               /* [head_dim] */
  EngineTensor     *out;                /* [n_inner, n_embd] */
  int32_t           conv_layer;         /* of the cache */
  EngineDeltaParams params;
} EngineDeltaBlock;

/* Reads the sizes and claims the tensors. */
bool engine_delta_block_load (EngineModel *model, EngineDeltaBlock *block, int32_t layer, EngineError *error);

/* x [n_embd, n_tokens], normed. Gives [n_inner, n_tokens], before Wout. */
EngineValueId engine_delta_build (const EngineModel *model, EngineGraph *graph, const EngineDeltaBlock *block, EngineValueId x);
