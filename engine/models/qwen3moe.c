/* SPDX-License-Identifier: MIT */
/* Qwen3 with a mixture of experts: see decoder.h and qwen3.c.
 *
 * Yang et al., arXiv:2505.09388. The router's softmax goes over all experts; the weights of the chosen ones are then
 * divided by their sum. */
#include "decoder.h"

static bool
qwen3moe_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_QK_NORM, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_SILU, .experts = true };

  return engine_decoder_load (model, &kind, error) != NULL;
}

const EngineArch engine_arch_qwen3moe = { .name = "qwen3moe", .load = qwen3moe_load, .build = engine_decoder_build };
