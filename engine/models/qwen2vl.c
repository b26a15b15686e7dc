/* SPDX-License-Identifier: MIT */
/* Qwen2-VL and Qwen2.5-VL: see decoder.h.
 *
 * Wang et al. 2024, arXiv:2409.12191, section 2.1 (M-RoPE). Qwen2, but that tokens have positions in time, height and width; for words all three are the same. */
#include "decoder.h"

static bool
qwen2vl_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_BIAS, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_SILU };

  return engine_decoder_load (model, &kind, error) != NULL && engine_rope_sections_load (model, ENGINE_AXES_SECTIONS, error);
}

const EngineArch engine_arch_qwen2vl = { .name = "qwen2vl", .load = qwen2vl_load, .build = engine_decoder_build };
