/* SPDX-License-Identifier: MIT */
/* Qwen3: see decoder.h.
 *
 * Yang et al., arXiv:2505.09388. Unlike Qwen2 it has no biases, and norms q and k head by head. */
#include "decoder.h"

static bool
qwen3_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_QK_NORM, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_SILU };

  return engine_decoder_load (model, &kind, error) != NULL;
}

const EngineArch engine_arch_qwen3 = { .name = "qwen3", .load = qwen3_load, .build = engine_decoder_build };
