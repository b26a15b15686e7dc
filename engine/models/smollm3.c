/* SPDX-License-Identifier: MIT */
/* SmolLM3: see decoder.h. As Llama, but every fourth layer is without RoPE (NoPE; Yang et al., arXiv:2501.18795). */
#include "decoder.h"

#define NOPE_EVERY 4

static bool
smollm3_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_MAY_BIAS, .rope = ENGINE_ROPE_ADJACENT, .act = ENGINE_GATE_SILU };
  EngineDecoder *decoder = engine_decoder_load (model, &kind, error);

  for (int32_t i = NOPE_EVERY - 1; decoder && i < model->hparams.n_layers; i += NOPE_EVERY)
    decoder->layers[i].rope = NULL;
  return decoder != NULL;
}

const EngineArch engine_arch_smollm3 = { .name = "smollm3", .load = smollm3_load, .build = engine_decoder_build };
