/* SPDX-License-Identifier: MIT */
/* Qwen3-VL: see decoder.h.
 *
 * Bai et al. 2025, arXiv:2511.21631. Qwen3, but that tokens have positions in time, height and width, whose pairs alternate; and that the columns of a picture go on being added to the
 * results of the first layers (DeepStack: Meng et al. 2024, arXiv:2406.04334). */
#include "decoder.h"

static bool
qwen3vl_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_QK_NORM, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_SILU };
  int32_t n_deep = 0;

  if (!engine_decoder_load (model, &kind, error) || !engine_rope_sections_load (model, ENGINE_AXES_INTERLEAVED, error) ||
      !engine_key_int (model, "n_deepstack_layers", 0, model->hparams.n_layers - 1, &n_deep, error))
    return false;
  model->hparams.n_media_parts = 1 + n_deep;
  return true;
}

const EngineArch engine_arch_qwen3vl = { .name = "qwen3vl", .load = qwen3vl_load, .build = engine_decoder_build };
