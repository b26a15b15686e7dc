/* SPDX-License-Identifier: MIT */
/* Gemma 3, text:
 *
 *   x = embedding · sqrt (n_embd)
 *   each layer:  a = rms_norm (x);  q, k, v = W a;  q, k = rms_norm of each head;  rope (q, k)
 *                x = x + rms_norm (Wo attention (q, k, v))
 *                b = rms_norm (x);  x = x + rms_norm (Wdown (gelu (Wgate b) · Wup b))
 *   logits = Woutput rms_norm (x)
 *
 * Gemma Team, arXiv:2503.19786. Five layers of six see only the last `window` tokens and
 * turn their heads at base 10,000 without scaling; every sixth sees all. The norms'
 * weights lie in the file with their 1 added. */
#include "common.h"

#include <math.h>

#define LOCAL_FREQ_BASE 10000
#define GLOBAL_FREQ_BASE 1e6f
#define WINDOW_PATTERN 6
#define LAYERS_OF_27B 62

typedef struct {
  EngineTensor *attn_norm;           /* [n_embd] */
  EngineTensor *wq, *wk, *wv, *wo;   /* [n_embd, heads · head_dim]; wo the other way round */
  EngineTensor *q_norm, *k_norm;     /* [head_dim] */
  EngineTensor *attn_post_norm;      /* [n_embd] */
  EngineTensor *ffn_norm;            /* [n_embd] */
  EngineTensor *gate, *up, *down;    /* [n_embd, n_ff]; down the other way round */
  EngineTensor *ffn_post_norm;       /* [n_embd] */
} Gemma3Layer;

typedef struct {
  EngineTensor    *embedding;        /* [n_embd, n_vocab] */
  EngineTensor    *output_norm;      /* [n_embd] */
  EngineTensor    *output;           /* [n_embd, n_vocab]; the embedding when the file has none */
  EngineRopeParams local_rope;
  float            attention_scale;
  Gemma3Layer      layers[];
} Gemma3;

static bool
load_layer (EngineModel *model, Gemma3Layer *l, int32_t i, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  int64_t q = (int64_t) h->n_head * h->head_dim, kv = (int64_t) h->n_head_kv * h->head_dim;

  return engine_model_tensor (model, &l->attn_norm, h->n_embd, 0, error, "blk.%d.attn_norm.weight", i) &&
         engine_model_tensor (model, &l->wq, h->n_embd, q, error, "blk.%d.attn_q.weight", i) &&
         engine_model_tensor (model, &l->wk, h->n_embd, kv, error, "blk.%d.attn_k.weight", i) &&
         engine_model_tensor (model, &l->wv, h->n_embd, kv, error, "blk.%d.attn_v.weight", i) &&
         engine_model_tensor (model, &l->wo, q, h->n_embd, error, "blk.%d.attn_output.weight", i) &&
         engine_model_tensor (model, &l->q_norm, h->head_dim, 0, error, "blk.%d.attn_q_norm.weight", i) &&
         engine_model_tensor (model, &l->k_norm, h->head_dim, 0, error, "blk.%d.attn_k_norm.weight", i) &&
         engine_model_tensor (model, &l->attn_post_norm, h->n_embd, 0, error, "blk.%d.post_attention_norm.weight", i) &&
         engine_model_tensor (model, &l->ffn_norm, h->n_embd, 0, error, "blk.%d.ffn_norm.weight", i) &&
         engine_model_tensor (model, &l->gate, h->n_embd, h->n_ff, error, "blk.%d.ffn_gate.weight", i) &&
         engine_model_tensor (model, &l->up, h->n_embd, h->n_ff, error, "blk.%d.ffn_up.weight", i) &&
         engine_model_tensor (model, &l->down, h->n_ff, h->n_embd, error, "blk.%d.ffn_down.weight", i) &&
         engine_model_tensor (model, &l->ffn_post_norm, h->n_embd, 0, error, "blk.%d.post_ffw_norm.weight", i);
}

static bool
gemma3_load (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int32_t pattern = WINDOW_PATTERN;
  float softcap = 0;
  Gemma3 *gemma;

  if (!engine_hparams_load (model, error) || !engine_cache_layers_load (model, error) ||
      !engine_key_int (model, "attention.sliding_window", 0, 1 << 20, &h->window, error) ||
      !engine_key_int (model, "attention.sliding_window_pattern", 1, h->n_layers + 1024, &pattern, error) ||
      !engine_key_float (model, "final_logit_softcapping", 0, 1e6, &softcap, error))
    return false;
  if (softcap > 0)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The model limits its logits to %g, as Gemma 3 itself does not; this version cannot run it.", softcap);
  gemma = model->arch_data = engine_calloc (1, sizeof *gemma + (size_t) h->n_layers * sizeof *gemma->layers, error);
  if (!gemma)
    return false;

  h->rope.style = ENGINE_ROPE_HALVES;
  h->rope.freq_base = GLOBAL_FREQ_BASE; /* some files leave it out */
  gemma->local_rope = (EngineRopeParams) {
    .head_dim = h->head_dim, .n_rot = h->rope.n_rot, .style = ENGINE_ROPE_HALVES,
    .freq_base = LOCAL_FREQ_BASE, .freq_scale = 1, .attn_factor = 1,
  };
  if (!engine_key_float (model, "rope.freq_base", 1, 1e12, &h->rope.freq_base, error) ||
      !engine_key_float (model, "rope.freq_base_swa", 1, 1e12, &gemma->local_rope.freq_base, error))
    return false;
  for (int32_t i = 0; h->window > 0 && i < h->n_layers; i++)
    if ((i + 1) % pattern != 0)
      model->cache_layers[i].kind = ENGINE_CACHE_WINDOW;

  /* The 27B model alone divides by the width that its heads would share, 168, not by theirs. */
  gemma->attention_scale = 1 / sqrtf (h->n_layers == LAYERS_OF_27B ? (float) h->n_embd / h->n_head : (float) h->head_dim);

  if (!engine_model_tensor (model, &gemma->embedding, h->n_embd, h->n_vocab, error, "token_embd.weight") ||
      !engine_model_tensor (model, &gemma->output_norm, h->n_embd, 0, error, "output_norm.weight") ||
      !engine_model_tensor_optional (model, &gemma->output, h->n_embd, h->n_vocab, error, "output.weight"))
    return false;
  if (!gemma->output)
    gemma->output = gemma->embedding;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, &gemma->layers[i], i, error))
      return false;
  return true;
}

static bool
gemma3_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  const Gemma3 *gemma = model->arch_data;
  EngineValueId x, a, q, k, v, gate, up;

  x = engine_graph_scale (g, engine_graph_embed (g, gemma->embedding), sqrtf (h->n_embd));
  engine_graph_name (g, x, "embedding");

  for (int32_t i = 0; i < h->n_layers; i++) {
    const Gemma3Layer *l = &gemma->layers[i];
    EngineCacheKind kind = model->cache_layers[i].kind;
    const EngineRopeParams *rope = kind == ENGINE_CACHE_WINDOW ? &gemma->local_rope : &h->rope;

    g->layer = i;
    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->attn_norm, 0, h->norm_eps), "attn_norm");
    q = engine_graph_name (g, engine_graph_matmul (g, l->wq, a, NULL, ENGINE_NO_VALUE), "q");
    k = engine_graph_name (g, engine_graph_matmul (g, l->wk, a, NULL, ENGINE_NO_VALUE), "k");
    v = engine_graph_name (g, engine_graph_matmul (g, l->wv, a, NULL, ENGINE_NO_VALUE), "v");
    q = engine_graph_name (g, engine_graph_rms_norm (g, q, l->q_norm, h->head_dim, h->norm_eps), "q_norm");
    k = engine_graph_name (g, engine_graph_rms_norm (g, k, l->k_norm, h->head_dim, h->norm_eps), "k_norm");
    q = engine_graph_name (g, engine_graph_rope (g, q, NULL, rope), "q_rope");
    k = engine_graph_name (g, engine_graph_rope (g, k, NULL, rope), "k_rope");
    a = engine_graph_attention (g, q, k, v, &(EngineAttentionParams) {
      .layer = i, .kind = kind, .n_head = h->n_head, .n_head_kv = h->n_head_kv, .head_dim = h->head_dim,
      .window = kind == ENGINE_CACHE_WINDOW ? h->window : 0, .scale = gemma->attention_scale });
    engine_graph_name (g, a, "attention");
    if (i == h->n_layers - 1) { /* from here on only the columns that are asked for */
      a = engine_graph_output_rows (g, a);
      x = engine_graph_output_rows (g, x);
    }
    a = engine_graph_name (g, engine_graph_matmul (g, l->wo, a, NULL, ENGINE_NO_VALUE), "attn_out");
    a = engine_graph_name (g, engine_graph_rms_norm (g, a, l->attn_post_norm, 0, h->norm_eps), "attn_post_norm");
    x = engine_graph_name (g, engine_graph_add (g, a, x), "attn_residual");

    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->ffn_norm, 0, h->norm_eps), "ffn_norm");
    gate = engine_graph_name (g, engine_graph_matmul (g, l->gate, a, NULL, ENGINE_NO_VALUE), "ffn_gate");
    up = engine_graph_name (g, engine_graph_matmul (g, l->up, a, NULL, ENGINE_NO_VALUE), "ffn_up");
    a = engine_graph_name (g, engine_graph_gated (g, gate, up, ENGINE_GATE_GELU_TANH), "ffn_gated");
    a = engine_graph_name (g, engine_graph_matmul (g, l->down, a, NULL, ENGINE_NO_VALUE), "ffn_out");
    a = engine_graph_name (g, engine_graph_rms_norm (g, a, l->ffn_post_norm, 0, h->norm_eps), "ffn_post_norm");
    x = engine_graph_name (g, engine_graph_add (g, a, x), "layer_out");
  }

  g->layer = -1;
  x = engine_graph_name (g, engine_graph_rms_norm (g, x, gemma->output_norm, 0, h->norm_eps), "output_norm");
  x = engine_graph_name (g, engine_graph_matmul (g, gemma->output, x, NULL, ENGINE_NO_VALUE), "logits");
  return engine_graph_finish (g, x, error);
}

const EngineArch engine_arch_gemma3 = { .name = "gemma3", .load = gemma3_load, .build = gemma3_build };
