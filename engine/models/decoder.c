/* SPDX-License-Identifier: MIT */
#include "decoder.h"

static bool
load_layer (EngineModel *model, EngineDecoderLayer *l, int32_t i, const EngineDecoderKind *kind, EngineError *error)
{
  l->rope = &model->hparams.rope;
  return (kind->no_pre_norms || (engine_norm_load (model, &l->attn_norm, i, "attn_norm", error) && engine_norm_load (model, &l->ffn_norm, i, kind->ffn_norm ? kind->ffn_norm : "ffn_norm", error))) &&
         (!kind->post_norms || (engine_norm_load (model, &l->attn_post_norm, i, "post_attention_norm", error) &&
                                engine_norm_load (model, &l->ffn_post_norm, i, "post_ffw_norm", error))) &&
         engine_attention_block_load (model, &l->attention, i, kind->attention, error) &&
         (kind->experts ? engine_moe_block_load (model, &l->moe, i, kind->moe, error) : engine_ffn_block_load (model, &l->ffn, i, kind->fused_ffn, error));
}

EngineDecoder *
engine_decoder_load (EngineModel *model, const EngineDecoderKind *kind, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  EngineDecoder *decoder;

  if (!engine_hparams_load (model, error) || (!kind->experts && !engine_no_experts (model, error)))
    return NULL;
  h->rope.style = kind->rope;

  decoder = model->arch_data = engine_calloc (1, sizeof *decoder + (size_t) h->n_layers * sizeof *decoder->layers, error);
  if (!decoder)
    return NULL;
  decoder->kind = kind;
  decoder->local_rope = h->rope;
  decoder->embedding_scale = decoder->residual_scale = decoder->logit_scale = 1;
  if (!engine_ends_load (model, &decoder->ends, error) ||
      !engine_model_tensor_optional (model, &decoder->rope_factors, h->rope.n_rot / 2, 0, error, "rope_freqs.weight"))
    return NULL;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, &decoder->layers[i], i, kind, error))
      return NULL;
  return decoder;
}

void
engine_decoder_windows (EngineModel *model, int32_t window, int32_t pattern, const EngineRopeParams *rope)
{
  EngineDecoder *decoder = model->arch_data;

  model->hparams.window = window;
  for (int32_t i = 0; window > 0 && i < model->hparams.n_layers; i++)
    if ((i + 1) % pattern != 0) {
      model->cache_layers[decoder->layers[i].attention.cache_layer].kind = ENGINE_CACHE_WINDOW;
      decoder->layers[i].window = window;
      decoder->layers[i].rope = rope;
    }
}

/* ---- the graph ------------------------------------------------------------------ */

/* A norm where there is one. */
static EngineValueId
norm (const EngineModel *model, EngineGraph *g, EngineValueId x, EngineTensor *weight, const char *name)
{
  return weight ? engine_graph_name (g, engine_graph_rms_norm (g, x, weight, 0, model->hparams.norm_eps), name) : x;
}

/* Whether a product can add the residual by itself: nothing comes between them. */
static bool
adds_plainly (const EngineDecoder *decoder)
{
  return !decoder->kind->post_norms && decoder->residual_scale == 1;
}

static EngineValueId
scale (EngineGraph *g, EngineValueId x, float factor)
{
  return factor == 1 ? x : engine_graph_scale (g, x, factor);
}

static EngineValueId
build_layer (const EngineModel *model, EngineGraph *g, const EngineDecoder *decoder, const EngineDecoderLayer *l, EngineValueId x)
{
  bool stretched = model->n_context > model->hparams.rope.n_context_original && decoder->rope_factors_long;
  const EngineTensor *factors = stretched ? decoder->rope_factors_long : decoder->rope_factors;
  EngineAttentionOptions options = {
    .rope = l->rope, .rope_factors = factors, .temperature = decoder->attention_temperature, .window = l->window, .scale = decoder->attention_scale, .softcap = decoder->attention_softcap,
  };
  bool plain = adds_plainly (decoder);
  EngineValueId a;

  a = engine_attention_build (model, g, &l->attention, norm (model, g, x, l->attn_norm, "attn_norm"), &options);
  engine_last_layer_build (model, g, &a, &x);
  a = engine_graph_name (g, engine_graph_matmul (g, l->attention.wo, a, l->attention.bo, plain ? x : ENGINE_NO_VALUE), "attn_out");
  if (plain)
    x = a;
  else {
    a = norm (model, g, a, l->attn_post_norm, "attn_post_norm");
    x = engine_graph_name (g, engine_graph_add (g, scale (g, a, decoder->residual_scale), x), "attn_residual");
  }

  a = norm (model, g, x, l->ffn_norm, "ffn_norm");
  a = decoder->kind->experts ? engine_moe_build (g, &l->moe, a, decoder->kind->act, plain ? x : ENGINE_NO_VALUE)
                             : engine_ffn_build (g, &l->ffn, a, decoder->kind->act, plain ? x : ENGINE_NO_VALUE);
  if (plain)
    return engine_graph_name (g, a, "layer_out");
  a = norm (model, g, engine_graph_name (g, a, "ffn_out"), l->ffn_post_norm, "ffn_post_norm");
  return engine_graph_name (g, engine_graph_add (g, scale (g, a, decoder->residual_scale), x), "layer_out");
}

bool
engine_decoder_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const EngineDecoder *decoder = model->arch_data;
  EngineValueId x = scale (g, engine_graph_embed (g, decoder->ends.embedding, NULL), decoder->embedding_scale);

  engine_graph_name (g, x, "embedding");
  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++)
    x = build_layer (model, g, decoder, &decoder->layers[g->layer], x);
  x = scale (g, engine_logits_build (model, g, &decoder->ends, x), decoder->logit_scale);
  if (decoder->logit_softcap != 0)
    x = engine_graph_softcap (g, x, decoder->logit_softcap);
  return engine_graph_finish (g, engine_graph_name (g, x, "logits"), error);
}
