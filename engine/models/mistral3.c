/* SPDX-License-Identifier: MIT */
/* Mistral 3 (Ministral): see decoder.h. As Llama, but queries grow with their position:
 *
 *   q = rope (q) · (1 + β · ln (1 + floor (position / original context)))
 *
 * Nakanishi, arXiv:2501.19399, in the form of Llama 4. */
#include "decoder.h"

static bool
mistral3_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_MAY_BIAS, .rope = ENGINE_ROPE_ADJACENT, .act = ENGINE_GATE_SILU };
  EngineDecoder *decoder = engine_decoder_load (model, &kind, error);

  return decoder && engine_key_float (model, "attention.temperature_scale", 0, 100, &decoder->attention_temperature, error);
}

const EngineArch engine_arch_mistral3 = { .name = "mistral3", .load = mistral3_load, .build = engine_decoder_build };
