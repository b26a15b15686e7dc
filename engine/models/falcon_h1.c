/* SPDX-License-Identifier: MIT */
/* Falcon-H1 (Technology Innovation Institute, arXiv:2507.22448): in each layer attention and Mamba-2 read the same normed
 * input side by side, and both are added to the residual:
 *
 *   a = rms_norm (x);   x = x + Wo attention (a) + Wout mamba (a);   x = x + Wdown (silu (Wgate b) · Wup b), b = rms_norm (x)
 *
 * The model's many multipliers are in the file's weights already. */
#include "block.h"
#include "ssm.h"

typedef struct {
  EngineTensor        *norm, *ffn_norm; /* [n_embd] */
  EngineAttentionBlock attention;
  EngineSsmBlock       ssm;
  EngineFfnBlock       ffn;
} Layer;

typedef struct {
  EngineEnds ends;
  Layer      layers[];
} FalconH1;

static bool
load_layer (EngineModel *model, Layer *l, int32_t i, EngineError *error)
{
  /* In these files this one has no ".weight". */
  return engine_norm_load (model, &l->norm, i, "attn_norm", error) && engine_model_tensor (model, &l->ffn_norm, model->hparams.n_embd, 0, error, "blk.%d.ffn_norm", i) &&
         engine_attention_block_load (model, &l->attention, i, ENGINE_ATTENTION_MAY_BIAS, error) && engine_ssm_block_load (model, &l->ssm, i, error) &&
         engine_ffn_block_load (model, &l->ffn, i, false, error);
}

static bool
falcon_h1_load (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  FalconH1 *falcon;

  if (!engine_hparams_load (model, error) || !engine_no_experts (model, error))
    return false;
  h->rope.style = ENGINE_ROPE_HALVES;
  falcon = model->arch_data = engine_calloc (1, sizeof *falcon + (size_t) h->n_layers * sizeof *falcon->layers, error);
  if (!falcon || !engine_ends_load (model, &falcon->ends, error))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, &falcon->layers[i], i, error))
      return false;
  return true;
}

static EngineValueId
build_layer (const EngineModel *model, EngineGraph *g, const Layer *l, EngineValueId x)
{
  EngineAttentionOptions options = { .rope = &model->hparams.rope };
  EngineValueId normed, a, s;

  normed = engine_graph_name (g, engine_graph_rms_norm (g, x, l->norm, 0, model->hparams.norm_eps), "attn_norm");
  a = engine_attention_build (model, g, &l->attention, normed, &options);
  s = engine_ssm_build (model, g, &l->ssm, normed);
  engine_last_layer_build (model, g, &a, &x);
  engine_last_layer_build (model, g, &s, NULL);
  x = engine_graph_name (g, engine_graph_matmul (g, l->attention.wo, a, l->attention.bo, x), "attn_out");
  x = engine_graph_name (g, engine_graph_matmul (g, l->ssm.out, s, NULL, x), "ssm_out");
  a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->ffn_norm, 0, model->hparams.norm_eps), "ffn_norm");
  return engine_graph_name (g, engine_ffn_build (g, &l->ffn, a, ENGINE_GATE_SILU, x), "layer_out");
}

static bool
falcon_h1_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const FalconH1 *falcon = model->arch_data;
  EngineValueId x = engine_graph_name (g, engine_graph_embed (g, falcon->ends.embedding, NULL), "embedding");

  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++)
    x = build_layer (model, g, &falcon->layers[g->layer], x);
  return engine_graph_finish (g, engine_logits_build (model, g, &falcon->ends, x), error);
}

const EngineArch engine_arch_falcon_h1 = { .name = "falcon-h1", .load = falcon_h1_load, .build = falcon_h1_build };
