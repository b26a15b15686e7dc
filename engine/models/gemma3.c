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
#include "block.h"

#include <math.h>

#define LOCAL_FREQ_BASE 10000
#define GLOBAL_FREQ_BASE 1e6f
#define WINDOW_PATTERN 6
#define LAYERS_OF_27B 62

typedef struct {
  EngineTensor        *attn_norm, *attn_post_norm, *ffn_norm, *ffn_post_norm; /* [n_embd] */
  EngineAttentionBlock attention;
  EngineFfnBlock       ffn;
} Gemma3Layer;

typedef struct {
  EngineEnds       ends;
  EngineRopeParams local_rope;
  float            attention_scale;
  Gemma3Layer      layers[];
} Gemma3;

static bool
load_layer (EngineModel *model, Gemma3Layer *l, int32_t i, EngineError *error)
{
  return engine_norm_load (model, &l->attn_norm, i, "attn_norm", error) &&
         engine_attention_block_load (model, &l->attention, i, ENGINE_ATTENTION_QK_NORM, error) &&
         engine_norm_load (model, &l->attn_post_norm, i, "post_attention_norm", error) &&
         engine_norm_load (model, &l->ffn_norm, i, "ffn_norm", error) &&
         engine_ffn_block_load (model, &l->ffn, i, error) &&
         engine_norm_load (model, &l->ffn_post_norm, i, "post_ffw_norm", error);
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

  if (!engine_ends_load (model, &gemma->ends, error))
    return false;
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
  EngineValueId x, a;

  x = engine_graph_scale (g, engine_graph_embed (g, gemma->ends.embedding), sqrtf (h->n_embd));
  engine_graph_name (g, x, "embedding");
  for (g->layer = 0; g->layer < h->n_layers; g->layer++) {
    const Gemma3Layer *l = &gemma->layers[g->layer];
    bool local = model->cache_layers[g->layer].kind == ENGINE_CACHE_WINDOW;
    EngineAttentionOptions options = { .rope = local ? &gemma->local_rope : &h->rope, .window = local ? h->window : 0, .scale = gemma->attention_scale };

    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->attn_norm, 0, h->norm_eps), "attn_norm");
    a = engine_attention_build (model, g, &l->attention, a, &options);
    engine_last_layer_build (model, g, &a, &x);
    a = engine_graph_name (g, engine_graph_matmul (g, l->attention.wo, a, NULL, ENGINE_NO_VALUE), "attn_out");
    a = engine_graph_name (g, engine_graph_rms_norm (g, a, l->attn_post_norm, 0, h->norm_eps), "attn_post_norm");
    x = engine_graph_name (g, engine_graph_add (g, a, x), "attn_residual");

    a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->ffn_norm, 0, h->norm_eps), "ffn_norm");
    a = engine_graph_name (g, engine_ffn_build (g, &l->ffn, a, ENGINE_GATE_GELU_TANH, ENGINE_NO_VALUE), "ffn_out");
    a = engine_graph_name (g, engine_graph_rms_norm (g, a, l->ffn_post_norm, 0, h->norm_eps), "ffn_post_norm");
    x = engine_graph_name (g, engine_graph_add (g, a, x), "layer_out");
  }
  return engine_graph_finish (g, engine_logits_build (model, g, &gemma->ends, x), error);
}

const EngineArch engine_arch_gemma3 = { .name = "gemma3", .load = gemma3_load, .build = gemma3_build };
