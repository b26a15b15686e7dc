/* SPDX-License-Identifier: MIT */
/* Llama 1 to 3.x and what is built like it (SmolLM2, Mistral 7B, TinyLlama …):
 *
 *   x = embedding
 *   each layer:  a = rms_norm (x);  q, k, v = W a;  rope (q, k)
 *                x = x + Wo attention (q, k, v)
 *                b = rms_norm (x);  x = x + Wdown (silu (Wgate b) · Wup b)
 *   logits = Woutput rms_norm (x)
 *
 * Touvron et al., arXiv:2302.13971 and 2307.09288. The rows of Wq and Wk are ordered in
 * the file such that RoPE turns neighbours. Llama 3.1's stretched frequencies come as
 * the tensor rope_freqs. Biases are rare, but allowed. */
#include "common.h"

#include <math.h>

typedef struct {
  EngineTensor *attn_norm;           /* [n_embd] */
  EngineTensor *wq, *wk, *wv, *wo;   /* [n_embd, heads · head_dim]; wo the other way round */
  EngineTensor *bq, *bk, *bv, *bo;   /* or NULL */
  EngineTensor *ffn_norm;            /* [n_embd] */
  EngineTensor *gate, *up, *down;    /* [n_embd, n_ff]; down the other way round */
} LlamaLayer;

typedef struct {
  EngineTensor *embedding;           /* [n_embd, n_vocab] */
  EngineTensor *output_norm;         /* [n_embd] */
  EngineTensor *output;              /* [n_embd, n_vocab]; the embedding when the file has none */
  EngineTensor *rope_freqs;          /* [n_rot / 2], or NULL */
  LlamaLayer    layers[];
} Llama;

static bool
load_layer (EngineModel *model, LlamaLayer *l, int32_t i, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  int64_t q = (int64_t) h->n_head * h->head_dim, kv = (int64_t) h->n_head_kv * h->head_dim;

  return engine_model_tensor (model, &l->attn_norm, h->n_embd, 0, error, "blk.%d.attn_norm.weight", i) &&
         engine_model_tensor (model, &l->wq, h->n_embd, q, error, "blk.%d.attn_q.weight", i) &&
         engine_model_tensor (model, &l->wk, h->n_embd, kv, error, "blk.%d.attn_k.weight", i) &&
         engine_model_tensor (model, &l->wv, h->n_embd, kv, error, "blk.%d.attn_v.weight", i) &&
         engine_model_tensor (model, &l->wo, q, h->n_embd, error, "blk.%d.attn_output.weight", i) &&
         engine_model_tensor_optional (model, &l->bq, q, 0, error, "blk.%d.attn_q.bias", i) &&
         engine_model_tensor_optional (model, &l->bk, kv, 0, error, "blk.%d.attn_k.bias", i) &&
         engine_model_tensor_optional (model, &l->bv, kv, 0, error, "blk.%d.attn_v.bias", i) &&
         engine_model_tensor_optional (model, &l->bo, h->n_embd, 0, error, "blk.%d.attn_output.bias", i) &&
         engine_model_tensor (model, &l->ffn_norm, h->n_embd, 0, error, "blk.%d.ffn_norm.weight", i) &&
         engine_model_tensor (model, &l->gate, h->n_embd, h->n_ff, error, "blk.%d.ffn_gate.weight", i) &&
         engine_model_tensor (model, &l->up, h->n_embd, h->n_ff, error, "blk.%d.ffn_up.weight", i) &&
         engine_model_tensor (model, &l->down, h->n_ff, h->n_embd, error, "blk.%d.ffn_down.weight", i);
}

static bool
llama_load (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  Llama *llama;

  if (!engine_hparams_load (model, error) || !engine_cache_layers_load (model, error))
    return false;
  h->rope.style = ENGINE_ROPE_ADJACENT;

  llama = model->arch_data = engine_calloc (1, sizeof *llama + (size_t) h->n_layers * sizeof *llama->layers, error);
  if (!llama ||
      !engine_model_tensor (model, &llama->embedding, h->n_embd, h->n_vocab, error, "token_embd.weight") ||
      !engine_model_tensor (model, &llama->output_norm, h->n_embd, 0, error, "output_norm.weight") ||
      !engine_model_tensor_optional (model, &llama->output, h->n_embd, h->n_vocab, error, "output.weight") ||
      !engine_model_tensor_optional (model, &llama->rope_freqs, h->rope.n_rot / 2, 0, error, "rope_freqs.weight"))
    return false;
  if (!llama->output)
    llama->output = llama->embedding;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, &llama->layers[i], i, error))
      return false;
  return true;
}

static bool
llama_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  const Llama *llama = model->arch_data;
  EngineValueId x, a, q, k, v, gate, up;

  x = engine_graph_name (g, engine_graph_embed (g, llama->embedding), "embedding");

  for (int32_t i = 0; i < h->n_layers; i++) {
    const LlamaLayer *l = &llama->layers[i];

    g->layer = i;
    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->attn_norm, 0, h->norm_eps), "attn_norm");
    q = engine_graph_name (g, engine_graph_matmul (g, l->wq, a, l->bq, ENGINE_NO_VALUE), "q");
    k = engine_graph_name (g, engine_graph_matmul (g, l->wk, a, l->bk, ENGINE_NO_VALUE), "k");
    v = engine_graph_name (g, engine_graph_matmul (g, l->wv, a, l->bv, ENGINE_NO_VALUE), "v");
    q = engine_graph_name (g, engine_graph_rope (g, q, llama->rope_freqs, &h->rope), "q_rope");
    k = engine_graph_name (g, engine_graph_rope (g, k, llama->rope_freqs, &h->rope), "k_rope");
    a = engine_graph_attention (g, q, k, v, &(EngineAttentionParams) {
      .layer = i, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head_kv,
      .head_dim = h->head_dim, .scale = 1 / sqrtf (h->head_dim) });
    engine_graph_name (g, a, "attention");
    if (i == h->n_layers - 1) { /* from here on only the columns that are asked for */
      a = engine_graph_output_rows (g, a);
      x = engine_graph_output_rows (g, x);
    }
    x = engine_graph_name (g, engine_graph_matmul (g, l->wo, a, l->bo, x), "attn_out");

    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->ffn_norm, 0, h->norm_eps), "ffn_norm");
    gate = engine_graph_name (g, engine_graph_matmul (g, l->gate, a, NULL, ENGINE_NO_VALUE), "ffn_gate");
    up = engine_graph_name (g, engine_graph_matmul (g, l->up, a, NULL, ENGINE_NO_VALUE), "ffn_up");
    a = engine_graph_name (g, engine_graph_gated (g, gate, up, ENGINE_GATE_SILU), "ffn_gated");
    x = engine_graph_name (g, engine_graph_matmul (g, l->down, a, NULL, x), "layer_out");
  }

  g->layer = -1;
  x = engine_graph_name (g, engine_graph_rms_norm (g, x, llama->output_norm, 0, h->norm_eps), "output_norm");
  x = engine_graph_name (g, engine_graph_matmul (g, llama->output, x, NULL, ENGINE_NO_VALUE), "logits");
  return engine_graph_finish (g, x, error);
}

const EngineArch engine_arch_llama = { .name = "llama", .load = llama_load, .build = llama_build };
