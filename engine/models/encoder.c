/* SPDX-License-Identifier: MIT */
#include "encoder.h"

typedef struct {
  EngineTensor *weight, *bias; /* [n_embd] */
} Norm;

typedef struct {
  EngineAttentionBlock attention;
  EngineFfnBlock       ffn;          /* without a gate: its gate is NULL */
  EngineMoeBlock       moe;          /* in its place where moe.n_used is not 0 */
  EngineTensor        *up_bias, *down_bias;
  Norm                 attn_norm, out_norm;
} Layer;

typedef struct {
  const EngineEncoderKind *kind;
  EngineTensor *embedding, *type, *positions; /* [n_embd, n_vocab], [n_embd], [n_embd, n_context_train] or NULL */
  Norm          norm;
  Layer         layers[];
} Encoder;

/* ---- tensors ------------------------------------------------------------------ */

static bool
load_norm (EngineModel *model, Norm *norm, int32_t layer, const char *name, EngineError *error)
{
  return engine_model_tensor (model, &norm->weight, model->hparams.n_embd, 0, error, "blk.%d.%s.weight", layer, name) &&
         engine_model_tensor (model, &norm->bias, model->hparams.n_embd, 0, error, "blk.%d.%s.bias", layer, name);
}

static bool
load_ffn (EngineModel *model, const EngineEncoderKind *kind, Layer *l, int32_t layer, EngineError *error)
{
  const EngineHparams *h = &model->hparams;

  if (kind->gated)
    return engine_ffn_block_load (model, &l->ffn, layer, false, error);
  return engine_model_tensor (model, &l->ffn.up, h->n_embd, h->n_ff, error, "blk.%d.ffn_up.weight", layer) &&
         engine_model_tensor (model, &l->ffn.down, h->n_ff, h->n_embd, error, "blk.%d.ffn_down.weight", layer);
}

static bool
load_biases (EngineModel *model, Layer *l, int32_t layer, EngineError *error)
{
  const EngineHparams *h = &model->hparams;

  return engine_model_tensor (model, &l->attention.bo, h->n_embd, 0, error, "blk.%d.attn_output.bias", layer) &&
         (l->moe.n_used || (engine_model_tensor (model, &l->up_bias, h->n_ff, 0, error, "blk.%d.ffn_up.bias", layer) &&
                            engine_model_tensor (model, &l->down_bias, h->n_embd, 0, error, "blk.%d.ffn_down.bias", layer)));
}

static bool
load_layer (EngineModel *model, const EngineEncoderKind *kind, Layer *l, int32_t layer, int32_t experts_every, EngineError *error)
{
  bool experts = experts_every && layer % experts_every == 1;

  return engine_attention_block_load (model, &l->attention, layer, kind->attention, error) &&
         (experts ? engine_moe_block_load (model, &l->moe, layer, kind->moe, error) : load_ffn (model, kind, l, layer, error)) &&
         (!kind->biases || load_biases (model, l, layer, error)) &&
         load_norm (model, &l->attn_norm, layer, "attn_output_norm", error) &&
         load_norm (model, &l->out_norm, layer, "layer_output_norm", error);
}

/* Texts of one kind alone are read here: the vectors of the second are left in the file. */
static bool
load_types (EngineModel *model, Encoder *encoder, EngineError *error)
{
  const EngineTensor *types = engine_gguf_find_tensor (model->gguf, "token_types.weight");

  if (!engine_model_tensor_rows (model, &encoder->type, model->hparams.n_embd, types ? types->ne[1] : 1, 0, 1, error, "token_types.weight"))
    return false;
  encoder->type->n_dims = 1;
  return true;
}

bool
engine_encoder_load (EngineModel *model, const EngineEncoderKind *kind, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int32_t pooling = ENGINE_POOLING_MEAN, experts_every = 0;
  Encoder *encoder;

  if (!engine_hparams_load (model, error) ||
      !(kind->experts ? engine_key_int (model, "moe_every_n_layers", 2, h->n_layers, &experts_every, error) : engine_no_experts (model, error)) ||
      !engine_key_int (model, "pooling_type", ENGINE_POOLING_MEAN, ENGINE_N_POOLINGS - 1, &pooling, error))
    return false;
  h->rope.style = ENGINE_ROPE_HALVES;
  h->pooling = (EnginePooling) pooling;
  encoder = model->arch_data = engine_calloc (1, sizeof *encoder + (size_t) h->n_layers * sizeof *encoder->layers, error);
  if (!encoder)
    return false;
  encoder->kind = kind;
  if (!engine_model_tensor (model, &encoder->embedding, h->n_embd, h->n_vocab, error, "token_embd.weight") ||
      !engine_model_tensor (model, &encoder->norm.weight, h->n_embd, 0, error, "token_embd_norm.weight") ||
      !engine_model_tensor (model, &encoder->norm.bias, h->n_embd, 0, error, "token_embd_norm.bias") ||
      !load_types (model, encoder, error) ||
      (!kind->turned && !engine_model_tensor (model, &encoder->positions, h->n_embd, h->n_context_train, error, "position_embd.weight")))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, kind, &encoder->layers[i], i, experts_every, error))
      return false;
  return true;
}

/* ---- the graph ------------------------------------------------------------------ */

static EngineValueId
norm (const EngineModel *model, EngineGraph *g, EngineValueId x, const Norm *n, const char *name)
{
  return engine_graph_name (g, engine_graph_layer_norm (g, x, n->weight, n->bias, model->hparams.norm_eps), name);
}

static EngineValueId
build_layer (const EngineModel *model, EngineGraph *g, const EngineEncoderKind *kind, const Layer *l, EngineValueId x)
{
  EngineAttentionOptions options = { .rope = kind->turned ? &model->hparams.rope : NULL };
  EngineValueId a;

  a = engine_attention_build (model, g, &l->attention, x, &options);
  a = engine_graph_name (g, engine_graph_matmul (g, l->attention.wo, a, l->attention.bo, x), "attn_out");
  x = norm (model, g, a, &l->attn_norm, "attn_norm");
  if (l->moe.n_used)
    a = engine_moe_build (g, &l->moe, x, kind->act, x);
  else if (kind->gated)
    a = engine_ffn_build (g, &l->ffn, x, kind->act, x);
  else {
    a = engine_graph_name (g, engine_graph_matmul (g, l->ffn.up, x, l->up_bias, ENGINE_NO_VALUE), "ffn_up");
    a = engine_graph_name (g, engine_graph_gated (g, a, ENGINE_NO_VALUE, kind->act), "ffn_act");
    a = engine_graph_matmul (g, l->ffn.down, a, l->down_bias, x);
  }
  return norm (model, g, engine_graph_name (g, a, "ffn_out"), &l->out_norm, "layer_out");
}

bool
engine_encoder_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Encoder *encoder = model->arch_data;
  EngineValueId x = engine_graph_name (g, engine_graph_embed (g, encoder->embedding, encoder->type), "embedding");

  if (encoder->positions)
    x = engine_graph_add (g, x, engine_graph_embed_positions (g, encoder->positions));
  x = norm (model, g, x, &encoder->norm, "embedding_norm");
  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++)
    x = build_layer (model, g, encoder->kind, &encoder->layers[g->layer], x);
  g->layer = -1;
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_output_rows (g, x), "states"), error);
}
