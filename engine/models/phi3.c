/* SPDX-License-Identifier: MIT */
/* Phi-3, Phi-3.5 and Phi-4-mini: see decoder.h.
 *
 * Abdin et al., arXiv:2404.14219. q, k and v are rows of one matrix, gate and up of another. Models for long contexts
 * divide the frequencies by one of two lists of factors (LongRoPE; Ding et al., arXiv:2402.13753): the long one as soon
 * as the context is longer than that of the training before it was stretched. */
#include "decoder.h"

static bool
phi3_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_FUSED, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_SILU, .fused_ffn = true };
  EngineDecoder *decoder = engine_decoder_load (model, &kind, error);
  int32_t half = model->hparams.rope.n_rot / 2;

  return decoder && engine_model_tensor_optional (model, &decoder->rope_factors, half, 0, error, "rope_factors_short.weight") &&
         engine_model_tensor_optional (model, &decoder->rope_factors_long, half, 0, error, "rope_factors_long.weight");
}

const EngineArch engine_arch_phi3 = { .name = "phi3", .load = phi3_load, .build = engine_decoder_build };
