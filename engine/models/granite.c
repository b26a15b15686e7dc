/* SPDX-License-Identifier: MIT */
/* Granite 3 and 4, the dense models: see decoder.h. IBM, Granite 3.0 Language Models (2024). As Llama, with a scale at four
 * places; that of the logits divides. */
#include "decoder.h"

static bool
granite_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_MAY_BIAS, .rope = ENGINE_ROPE_ADJACENT, .act = ENGINE_GATE_SILU };
  EngineDecoder *decoder = engine_decoder_load (model, &kind, error);
  float divisor = 1;

  if (!decoder ||
      !engine_key_float (model, "embedding_scale", 1e-6, 1e6, &decoder->embedding_scale, error) ||
      !engine_key_float (model, "residual_scale", 1e-6, 1e6, &decoder->residual_scale, error) ||
      !engine_key_float (model, "attention.scale", 0, 1e6, &decoder->attention_scale, error) ||
      !engine_key_float (model, "logit_scale", 1e-6, 1e6, &divisor, error))
    return false;
  decoder->logit_scale = 1 / divisor;
  return true;
}

const EngineArch engine_arch_granite = { .name = "granite", .load = granite_load, .build = engine_decoder_build };
