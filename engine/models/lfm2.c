/* SPDX-License-Identifier: MIT */
/* LFM2 and 2.5 (Liquid AI, arXiv:2511.23404), the dense models: most layers have a short convolution with two gates in the place
 * of attention, whose state is only the last few columns:
 *
 *   a = rms_norm (x);   b, c, u = Win a;   x = x + Wout (c · conv (b · u))      or, in some layers,
 *                       q, k, v = W a; norms of q and k; rope;   x = x + Wo attention (q, k, v)
 *   x = x + Wdown (silu (Wgate d) · Wup d), d = rms_norm (x)
 *
 * The norm before the output is called that of the embedding in files. */
#include "block.h"

typedef struct {
  EngineTensor        *norm, *ffn_norm; /* [n_embd] */
  EngineAttentionBlock attention;       /* where it attends */
  EngineTensor        *b, *c, *u;       /* rows of in_proj: [n_embd, n_embd]; NULL where it attends */
  EngineTensor        *conv, *out;      /* [n_taps, n_embd], [n_embd, n_embd] */
  int32_t              conv_layer;      /* of the cache */
  EngineFfnBlock       ffn;
} Layer;

typedef struct {
  EngineEnds ends;
  Layer      layers[];
} Lfm2;

static bool
load_ends (EngineModel *model, EngineEnds *ends, EngineError *error)
{
  const EngineHparams *h = &model->hparams;

  if (!engine_model_tensor (model, &ends->embedding, h->n_embd, h->n_vocab, error, "token_embd.weight") ||
      !engine_model_tensor (model, &ends->output_norm, h->n_embd, 0, error, "token_embd_norm.weight") ||
      !engine_model_tensor_optional (model, &ends->output, h->n_embd, h->n_vocab, error, "output.weight"))
    return false;
  if (!ends->output)
    ends->output = ends->embedding;
  return true;
}

static bool
load_conv (EngineModel *model, Layer *l, int32_t i, int32_t n_taps, EngineError *error)
{
  int64_t n = model->hparams.n_embd;

  return engine_model_tensor_rows (model, &l->b, n, 3 * n, 0, n, error, "blk.%d.shortconv.in_proj.weight", i) &&
         engine_model_tensor_rows (model, &l->c, n, 3 * n, n, n, error, "blk.%d.shortconv.in_proj.weight", i) &&
         engine_model_tensor_rows (model, &l->u, n, 3 * n, 2 * n, n, error, "blk.%d.shortconv.in_proj.weight", i) &&
         engine_model_conv (model, &l->conv, n_taps, n, error, "blk.%d.shortconv.conv.weight", i) &&
         engine_model_tensor (model, &l->out, n, n, error, "blk.%d.shortconv.out_proj.weight", i) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .layer = i, .kind = ENGINE_CACHE_STATE, .n_state = (n_taps - 1) * n }, &l->conv_layer, error);
}

static bool
lfm2_load (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int32_t n_taps = 0;
  Lfm2 *lfm2;

  if (!engine_hparams_load (model, error) || !engine_no_experts (model, error) ||
      !engine_key_int (model, "shortconv.l_cache", 2, ENGINE_MAX_TAPS, &n_taps, error))
    return false;
  h->rope.style = ENGINE_ROPE_HALVES;
  lfm2 = model->arch_data = engine_calloc (1, sizeof *lfm2 + (size_t) h->n_layers * sizeof *lfm2->layers, error);
  if (!lfm2 || !load_ends (model, &lfm2->ends, error))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++) {
    Layer *l = &lfm2->layers[i];

    if (!engine_norm_load (model, &l->norm, i, "attn_norm", error) || !engine_norm_load (model, &l->ffn_norm, i, "ffn_norm", error) ||
        !(engine_layer_attends (model, i) ? engine_attention_block_load (model, &l->attention, i, ENGINE_ATTENTION_QK_NORM, error) : load_conv (model, l, i, n_taps, error)) ||
        !engine_ffn_block_load (model, &l->ffn, i, false, error))
      return false;
  }
  return true;
}

static EngineValueId
build_conv (EngineGraph *g, const Layer *l, EngineValueId a)
{
  EngineValueId b, c, u;

  b = engine_graph_name (g, engine_graph_matmul (g, l->b, a, NULL, ENGINE_NO_VALUE), "conv_b");
  c = engine_graph_name (g, engine_graph_matmul (g, l->c, a, NULL, ENGINE_NO_VALUE), "conv_c");
  u = engine_graph_name (g, engine_graph_matmul (g, l->u, a, NULL, ENGINE_NO_VALUE), "conv_u");
  u = engine_graph_name (g, engine_graph_gated (g, b, u, ENGINE_GATE_LINEAR), "conv_in");
  u = engine_graph_name (g, engine_graph_conv (g, u, l->conv, NULL, l->conv_layer), "conv");
  return engine_graph_name (g, engine_graph_gated (g, c, u, ENGINE_GATE_LINEAR), "conv_gated");
}

static EngineValueId
build_layer (const EngineModel *model, EngineGraph *g, const Layer *l, EngineValueId x)
{
  EngineAttentionOptions options = { .rope = &model->hparams.rope };
  EngineValueId a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->norm, 0, model->hparams.norm_eps), "attn_norm");

  a = l->conv ? build_conv (g, l, a) : engine_attention_build (model, g, &l->attention, a, &options);
  engine_last_layer_build (model, g, &a, &x);
  x = engine_graph_name (g, engine_graph_matmul (g, l->conv ? l->out : l->attention.wo, a, NULL, x), l->conv ? "conv_out" : "attn_out");
  a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->ffn_norm, 0, model->hparams.norm_eps), "ffn_norm");
  return engine_graph_name (g, engine_ffn_build (g, &l->ffn, a, ENGINE_GATE_SILU, x), "layer_out");
}

static bool
lfm2_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Lfm2 *lfm2 = model->arch_data;
  EngineValueId x = engine_graph_name (g, engine_graph_splice (g, engine_graph_embed (g, lfm2->ends.embedding, NULL), 0, model->hparams.n_media_parts), "embedding");

  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++)
    x = build_layer (model, g, &lfm2->layers[g->layer], x);
  return engine_graph_finish (g, engine_logits_build (model, g, &lfm2->ends, x), error);
}

const EngineArch engine_arch_lfm2 = { .name = "lfm2", .partly_attends = true, .load = lfm2_load, .build = lfm2_build };
