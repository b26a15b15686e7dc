/* SPDX-License-Identifier: MIT */
#include "decoder.h"

typedef struct {
  EngineTensor        *attn_norm, *ffn_norm; /* [n_embd] */
  EngineAttentionBlock attention;
  EngineFfnBlock       ffn;
} Layer;

typedef struct {
  const EngineDecoderKind *kind;
  EngineEnds               ends;
  EngineTensor            *rope_freqs; /* [n_rot / 2], or NULL */
  Layer                    layers[];
} Decoder;

static bool
load_layer (EngineModel *model, Layer *l, int32_t i, const EngineDecoderKind *kind, EngineError *error)
{
  return engine_norm_load (model, &l->attn_norm, i, "attn_norm", error) &&
         engine_attention_block_load (model, &l->attention, i, kind->attention, error) &&
         engine_norm_load (model, &l->ffn_norm, i, "ffn_norm", error) &&
         engine_ffn_block_load (model, &l->ffn, i, error);
}

bool
engine_decoder_load (EngineModel *model, const EngineDecoderKind *kind, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  Decoder *decoder;

  if (!engine_hparams_load (model, error) || !engine_cache_layers_load (model, error))
    return false;
  h->rope.style = kind->rope;

  decoder = model->arch_data = engine_calloc (1, sizeof *decoder + (size_t) h->n_layers * sizeof *decoder->layers, error);
  if (!decoder)
    return false;
  decoder->kind = kind;
  if (!engine_ends_load (model, &decoder->ends, error) ||
      !engine_model_tensor_optional (model, &decoder->rope_freqs, h->rope.n_rot / 2, 0, error, "rope_freqs.weight"))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, &decoder->layers[i], i, kind, error))
      return false;
  return true;
}

bool
engine_decoder_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  const Decoder *decoder = model->arch_data;
  EngineAttentionOptions options = { .rope = &h->rope, .rope_factors = decoder->rope_freqs };
  EngineValueId x, a;

  x = engine_graph_name (g, engine_graph_embed (g, decoder->ends.embedding), "embedding");
  for (g->layer = 0; g->layer < h->n_layers; g->layer++) {
    const Layer *l = &decoder->layers[g->layer];

    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->attn_norm, 0, h->norm_eps), "attn_norm");
    a = engine_attention_build (model, g, &l->attention, a, &options);
    engine_last_layer_build (model, g, &a, &x);
    x = engine_graph_name (g, engine_graph_matmul (g, l->attention.wo, a, l->attention.bo, x), "attn_out");

    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->ffn_norm, 0, h->norm_eps), "ffn_norm");
    x = engine_graph_name (g, engine_ffn_build (g, &l->ffn, a, decoder->kind->act, x), "layer_out");
  }
  return engine_graph_finish (g, engine_logits_build (model, g, &decoder->ends, x), error);
}
