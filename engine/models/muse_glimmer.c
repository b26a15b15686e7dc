/* SPDX-License-Identifier: MIT */
/* Muse Glimmer: see decoder.h.
 *
 * Meta, Muse Glimmer 30B (2026), as transformers 5.23 has it. Embeddings are normed; attention is multiplied by the sigmoid of a gate; three of four
 * layers have a window and turn positions in, the fourth sees everything and does not. Norms' weights lie in the file with their 1 added, and the scale of
 * queries in the weight of their norm. */
#include "muse.h"

bool
engine_muse_load (EngineModel *model, const EngineDecoderKind *kind, EngineError *error)
{
  EngineDecoder *decoder = engine_decoder_load (model, kind, error);
  int32_t window = 0;

  if (!decoder)
    return false;
  decoder->post_norm_eps = 1e-8f;
  if (!engine_key_int (model, "attention.sliding_window", 1, 1 << 20, &window, error) ||
      !engine_key_float (model, "rope.freq_base_swa", 1, 1e12, &decoder->local_rope.freq_base, error) ||
      !engine_key_float (model, "logit_scale", 1e-6, 1e6, &decoder->logit_scale, error) ||
      !engine_key_float (model, "final_logit_softcapping", 0, 1e6, &decoder->logit_softcap, error) ||
      !engine_decoder_windows_listed (model, window, ENGINE_MUSE_PATTERN, error))
    return false;
  for (int32_t i = 0; i < model->hparams.n_layers; i++)
    if (decoder->layers[i].window == 0)
      decoder->layers[i].rope = NULL;
  return true;
}

static bool
muse_glimmer_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = {
    .attention = ENGINE_ATTENTION_QK_NORM | ENGINE_ATTENTION_GATED, .rope = ENGINE_ROPE_ADJACENT, .act = ENGINE_GATE_SILU, .post_norms = true, .embedding_norm = true,
  };

  return engine_muse_load (model, &kind, error);
}

const EngineArch engine_arch_muse_glimmer = { .name = "muse-glimmer", .load = muse_glimmer_load, .build = engine_decoder_build };
