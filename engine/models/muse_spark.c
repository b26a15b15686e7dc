/* SPDX-License-Identifier: MIT */
/* Muse Spark, the words: see decoder.h.
 *
 * Meta, Muse Spark Open 816B-A42B (2026), as transformers 5.23 has it. As Muse Glimmer, and: each head of attention is normed before its gate; x is kept by a scale
 * for each channel and joined by a branch that is normed with another one, the two sides of a gate; the feed-forward is a mixture of experts that work on half the width.
 *
 * No other program has files of it yet. Its converter, data/convert/muse.py, writes names that follow Muse Glimmer's, and folds in what is constant:
 *
 *   post_attention_norm, post_ffw_norm   β = sigmoid (w) with w = gate / temperature; the branch's norm has no other weight, since a scale before it
 *                                        is in the rows of the matrix that it comes from (ffn_down, ffn_latent_up, ffn_down_exps)
 *   attn_skip, ffn_skip                  α = sqrt (max (sigmoid (-w) · (1 + β), 0.001))
 *   ffn_gate_inp                         times output_multiplier */
#include "muse.h"

static bool
muse_spark_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = {
    .attention = ENGINE_ATTENTION_QK_NORM | ENGINE_ATTENTION_GATED | ENGINE_ATTENTION_OUT_NORM, .rope = ENGINE_ROPE_ADJACENT, .act = ENGINE_GATE_SILU, .post_norms = true,
    .embedding_norm = true, .skip_scales = true, .experts = true, .some_dense = true, .moe = ENGINE_MOE_SIGMOID | ENGINE_MOE_LATENT,
  };
  EngineDecoder *decoder;

  if (!engine_muse_load (model, &kind, error))
    return false;
  decoder = model->arch_data;
  for (int32_t i = 0; i < model->hparams.n_layers; i++)
    decoder->layers[i].moe.post_norm_eps = decoder->post_norm_eps;
  return true;
}

const EngineArch engine_arch_muse_spark = { .name = "muse-spark", .load = muse_spark_load, .build = engine_decoder_build };
