/* SPDX-License-Identifier: MIT */
/* Qwen2 and Qwen2.5, also as coders: see decoder.h.
 *
 * Yang et al., arXiv:2407.10671. Unlike in Llama, q, k and v have biases, and RoPE pairs
 * the two halves of a head. */
#include "decoder.h"

static bool
qwen2_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_BIAS, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_SILU };

  return engine_decoder_load (model, &kind, error) != NULL;
}

const EngineArch engine_arch_qwen2 = { .name = "qwen2", .load = qwen2_load, .build = engine_decoder_build };
