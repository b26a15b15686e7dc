/* SPDX-License-Identifier: MIT */
/* gpt-oss: see decoder.h.
 *
 * OpenAI, arXiv:2508.10925. A mixture of experts with biases and a gate of its own (ENGINE_GATE_LIMITED); the softmax of the
 * router goes over the chosen experts alone. Every other layer, from the first on, has a window. Each head has a sink, a
 * score that takes weight away from all positions. YaRN's ramp is not rounded to whole pairs. */
#include "decoder.h"

#define WINDOW_PATTERN 2

static bool
gpt_oss_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = {
    .attention = ENGINE_ATTENTION_BIAS | ENGINE_ATTENTION_SINKS, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_LIMITED,
    .experts = true, .moe = ENGINE_MOE_BIASES, .ffn_norm = "post_attention_norm",
  };
  EngineDecoder *decoder = engine_decoder_load (model, &kind, error);
  int32_t window = 0;

  if (!decoder || !engine_key_int (model, "attention.sliding_window", 0, 1 << 20, &window, error))
    return false;
  model->hparams.rope.fractional = true;
  engine_decoder_windows (model, window, WINDOW_PATTERN, &model->hparams.rope);
  return true;
}

const EngineArch engine_arch_gpt_oss = { .name = "gpt-oss", .load = gpt_oss_load, .build = engine_decoder_build };
