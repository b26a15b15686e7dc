/* SPDX-License-Identifier: MIT */
#include "decoder.h"

static bool
load_layer (EngineModel *model, EngineDecoderLayer *l, int32_t i, const EngineDecoderKind *kind, EngineError *error)
{
  bool experts = kind->experts && (!kind->some_dense || engine_model_has_tensor (model, "blk.%d.ffn_gate_inp.weight", i));

  l->rope = &model->hparams.rope;
  return (kind->no_pre_norms || (engine_norm_load (model, &l->attn_norm, i, "attn_norm", error) && engine_norm_load (model, &l->ffn_norm, i, kind->ffn_norm ? kind->ffn_norm : "ffn_norm", error))) &&
         (!kind->post_norms || (engine_norm_load (model, &l->attn_post_norm, i, "post_attention_norm", error) &&
                                engine_norm_load (model, &l->ffn_post_norm, i, "post_ffw_norm", error))) &&
         (!kind->skip_scales || (engine_norm_load (model, &l->attn_skip, i, "attn_skip", error) && engine_norm_load (model, &l->ffn_skip, i, "ffn_skip", error))) &&
         engine_attention_block_load (model, &l->attention, i, kind->attention, error) &&
         (experts ? engine_moe_block_load (model, &l->moe, i, kind->moe, error) : engine_ffn_block_load (model, &l->ffn, i, kind->fused_ffn, error));
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
  decoder->post_norm_eps = h->norm_eps;
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

bool
engine_decoder_windows_listed (EngineModel *model, int32_t window, int32_t pattern, EngineError *error)
{
  EngineDecoder *decoder = model->arch_data;
  bool local, listed = engine_layer_bool (model, "attention.sliding_window_pattern", 0, &local);

  if (!listed) {
    engine_decoder_windows (model, window, pattern, &decoder->local_rope);
    return true;
  }
  model->hparams.window = window;
  for (int32_t i = 0; i < model->hparams.n_layers; i++) {
    if (!engine_layer_bool (model, "attention.sliding_window_pattern", i, &local))
      return engine_fail (error, ENGINE_BAD_FILE, "The model does not say for each of its %d layers whether it has a window; fetch a complete file.", model->hparams.n_layers);
    if (local) {
      model->cache_layers[decoder->layers[i].attention.cache_layer].kind = ENGINE_CACHE_WINDOW;
      decoder->layers[i].window = window;
      decoder->layers[i].rope = &decoder->local_rope;
    }
  }
  return true;
}

/* ---- the graph ------------------------------------------------------------------ */

/* A norm where there is one. */
static EngineValueId
norm (EngineGraph *g, EngineValueId x, EngineTensor *weight, float eps, const char *name)
{
  return weight ? engine_graph_name (g, engine_graph_rms_norm (g, x, weight, 0, eps), name) : x;
}

/* branch + x, or branch + skip · x. */
static EngineValueId
join (EngineGraph *g, EngineValueId branch, EngineValueId x, const EngineTensor *skip, const char *name)
{
  return engine_graph_name (g, skip ? engine_graph_add_scaled (g, branch, x, skip) : engine_graph_add (g, branch, x), name);
}

/* Whether a product can add the residual by itself: nothing comes between them. */
static bool
adds_plainly (const EngineDecoder *decoder)
{
  return !decoder->kind->post_norms && !decoder->kind->skip_scales && decoder->residual_scale == 1;
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
  float eps = model->hparams.norm_eps;
  bool plain = adds_plainly (decoder);
  EngineValueId a;

  a = engine_attention_build (model, g, &l->attention, norm (g, x, l->attn_norm, eps, "attn_norm"), &options);
  engine_last_layer_build (model, g, &a, &x);
  a = engine_graph_name (g, engine_graph_matmul (g, l->attention.wo, a, l->attention.bo, plain ? x : ENGINE_NO_VALUE), "attn_out");
  if (plain)
    x = a;
  else {
    a = norm (g, a, l->attn_post_norm, decoder->post_norm_eps, "attn_post_norm");
    x = join (g, scale (g, a, decoder->residual_scale), x, l->attn_skip, "attn_residual");
  }

  a = norm (g, x, l->ffn_norm, eps, "ffn_norm");
  a = l->moe.n_used ? engine_moe_build (g, &l->moe, a, decoder->kind->act, plain ? x : ENGINE_NO_VALUE)
                    : engine_ffn_build (g, &l->ffn, a, decoder->kind->act, plain ? x : ENGINE_NO_VALUE);
  if (plain)
    return engine_graph_name (g, a, "layer_out");
  a = norm (g, engine_graph_name (g, a, "ffn_out"), l->ffn_post_norm, decoder->post_norm_eps, "ffn_post_norm");
  return join (g, scale (g, a, decoder->residual_scale), x, l->ffn_skip, "layer_out");
}

bool
engine_decoder_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const EngineDecoder *decoder = model->arch_data;
  EngineValueId x = scale (g, engine_graph_embed (g, decoder->ends.embedding, NULL), decoder->embedding_scale);

  if (decoder->kind->embedding_norm)
    x = engine_graph_rms_norm (g, x, NULL, 0, model->hparams.norm_eps);
  x = engine_graph_name (g, engine_graph_splice (g, x, 0, model->hparams.n_media_parts), "embedding");
  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++) {
    x = build_layer (model, g, decoder, &decoder->layers[g->layer], x);
    if (g->layer + 1 < model->hparams.n_media_parts)
      x = engine_graph_name (g, engine_graph_splice (g, x, g->layer + 1, model->hparams.n_media_parts), "deepstack");
  }
  x = scale (g, engine_logits_build (model, g, &decoder->ends, x), decoder->logit_scale);
  if (decoder->logit_softcap != 0)
    x = engine_graph_softcap (g, x, decoder->logit_softcap);
  return engine_graph_finish (g, engine_graph_name (g, x, "logits"), error);
}
