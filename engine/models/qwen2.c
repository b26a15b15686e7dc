/* SPDX-License-Identifier: MIT */
/* Qwen2 and Qwen2.5, also as coders:
 *
 *   x = embedding
 *   each layer:  a = rms_norm (x);  q, k, v = W a + bias;  rope (q, k)
 *                x = x + Wo attention (q, k, v)
 *                b = rms_norm (x);  x = x + Wdown (silu (Wgate b) · Wup b)
 *   logits = Woutput rms_norm (x)
 *
 * Yang et al., arXiv:2407.10671. Unlike llama: q, k and v have biases, and RoPE pairs
 * the two halves of a head. */
#include "common.h"

#include <math.h>

typedef struct {
  EngineTensor *attn_norm;           /* [n_embd] */
  EngineTensor *wq, *wk, *wv, *wo;   /* [n_embd, heads · head_dim]; wo the other way round */
  EngineTensor *bq, *bk, *bv;        /* [heads · head_dim] */
  EngineTensor *ffn_norm;            /* [n_embd] */
  EngineTensor *gate, *up, *down;    /* [n_embd, n_ff]; down the other way round */
} Qwen2Layer;

typedef struct {
  EngineTensor *embedding;           /* [n_embd, n_vocab] */
  EngineTensor *output_norm;         /* [n_embd] */
  EngineTensor *output;              /* [n_embd, n_vocab]; the embedding when the file has none */
  Qwen2Layer    layers[];
} Qwen2;

static bool
load_layer (EngineModel *model, Qwen2Layer *l, int32_t i, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  int64_t q = (int64_t) h->n_head * h->head_dim, kv = (int64_t) h->n_head_kv * h->head_dim;

  return engine_model_tensor (model, &l->attn_norm, h->n_embd, 0, error, "blk.%d.attn_norm.weight", i) &&
         engine_model_tensor (model, &l->wq, h->n_embd, q, error, "blk.%d.attn_q.weight", i) &&
         engine_model_tensor (model, &l->wk, h->n_embd, kv, error, "blk.%d.attn_k.weight", i) &&
         engine_model_tensor (model, &l->wv, h->n_embd, kv, error, "blk.%d.attn_v.weight", i) &&
         engine_model_tensor (model, &l->wo, q, h->n_embd, error, "blk.%d.attn_output.weight", i) &&
         engine_model_tensor (model, &l->bq, q, 0, error, "blk.%d.attn_q.bias", i) &&
         engine_model_tensor (model, &l->bk, kv, 0, error, "blk.%d.attn_k.bias", i) &&
         engine_model_tensor (model, &l->bv, kv, 0, error, "blk.%d.attn_v.bias", i) &&
         engine_model_tensor (model, &l->ffn_norm, h->n_embd, 0, error, "blk.%d.ffn_norm.weight", i) &&
         engine_model_tensor (model, &l->gate, h->n_embd, h->n_ff, error, "blk.%d.ffn_gate.weight", i) &&
         engine_model_tensor (model, &l->up, h->n_embd, h->n_ff, error, "blk.%d.ffn_up.weight", i) &&
         engine_model_tensor (model, &l->down, h->n_ff, h->n_embd, error, "blk.%d.ffn_down.weight", i);
}

static bool
qwen2_load (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  Qwen2 *qwen2;

  if (!engine_hparams_load (model, error) || !engine_cache_layers_load (model, error))
    return false;
  h->rope.style = ENGINE_ROPE_HALVES;

  qwen2 = model->arch_data = engine_calloc (1, sizeof *qwen2 + (size_t) h->n_layers * sizeof *qwen2->layers, error);
  if (!qwen2 ||
      !engine_model_tensor (model, &qwen2->embedding, h->n_embd, h->n_vocab, error, "token_embd.weight") ||
      !engine_model_tensor (model, &qwen2->output_norm, h->n_embd, 0, error, "output_norm.weight") ||
      !engine_model_tensor_optional (model, &qwen2->output, h->n_embd, h->n_vocab, error, "output.weight"))
    return false;
  if (!qwen2->output)
    qwen2->output = qwen2->embedding;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, &qwen2->layers[i], i, error))
      return false;
  return true;
}

static bool
qwen2_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  const Qwen2 *qwen2 = model->arch_data;
  EngineValueId x, a, q, k, v, gate, up;

  x = engine_graph_name (g, engine_graph_embed (g, qwen2->embedding), "embedding");

  for (int32_t i = 0; i < h->n_layers; i++) {
    const Qwen2Layer *l = &qwen2->layers[i];

    g->layer = i;
    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->attn_norm, 0, h->norm_eps), "attn_norm");
    q = engine_graph_name (g, engine_graph_matmul (g, l->wq, a, l->bq, ENGINE_NO_VALUE), "q");
    k = engine_graph_name (g, engine_graph_matmul (g, l->wk, a, l->bk, ENGINE_NO_VALUE), "k");
    v = engine_graph_name (g, engine_graph_matmul (g, l->wv, a, l->bv, ENGINE_NO_VALUE), "v");
    q = engine_graph_name (g, engine_graph_rope (g, q, NULL, &h->rope), "q_rope");
    k = engine_graph_name (g, engine_graph_rope (g, k, NULL, &h->rope), "k_rope");
    a = engine_graph_attention (g, q, k, v, &(EngineAttentionParams) {
      .layer = i, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head_kv,
      .head_dim = h->head_dim, .scale = 1 / sqrtf (h->head_dim) });
    engine_graph_name (g, a, "attention");
    if (i == h->n_layers - 1) { /* from here on only the columns that are asked for */
      a = engine_graph_output_rows (g, a);
      x = engine_graph_output_rows (g, x);
    }
    x = engine_graph_name (g, engine_graph_matmul (g, l->wo, a, NULL, x), "attn_out");

    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->ffn_norm, 0, h->norm_eps), "ffn_norm");
    gate = engine_graph_name (g, engine_graph_matmul (g, l->gate, a, NULL, ENGINE_NO_VALUE), "ffn_gate");
    up = engine_graph_name (g, engine_graph_matmul (g, l->up, a, NULL, ENGINE_NO_VALUE), "ffn_up");
    a = engine_graph_name (g, engine_graph_gated (g, gate, up, ENGINE_GATE_SILU), "ffn_gated");
    x = engine_graph_name (g, engine_graph_matmul (g, l->down, a, NULL, x), "layer_out");
  }

  g->layer = -1;
  x = engine_graph_name (g, engine_graph_rms_norm (g, x, qwen2->output_norm, 0, h->norm_eps), "output_norm");
  x = engine_graph_name (g, engine_graph_matmul (g, qwen2->output, x, NULL, ENGINE_NO_VALUE), "logits");
  return engine_graph_finish (g, x, error);
}

const EngineArch engine_arch_qwen2 = { .name = "qwen2", .load = qwen2_load, .build = qwen2_build };
