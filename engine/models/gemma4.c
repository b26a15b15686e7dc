/* SPDX-License-Identifier: MIT */
/* Gemma 4, text (Google DeepMind; transformers 5.23). As Gemma 3, norms on both sides of each half and of q and k, but values are normed too, without a weight, and scores are
 * not scaled:
 *
 *   a = rms_norm (x);  q = rope (norm (Wq a)), k = rope (norm (Wk a)), v = norm (Wv a), or norm (Wk a);  x = x + rms_norm (Wo attention (q, k, v))
 *   b = rms_norm (x);  x = x + rms_norm (Wdown (gelu (Wgate b) · Wup b))
 *   x = scale · (x + rms_norm (Wout (gelu (Win x) · input)))
 *
 * Where a layer has experts, what they give is added to what Wdown gives, both normed, before the norm over it: + rms_norm (Σ weight · scale · Wdown (gelu (Wgate c) · Wup c)), c = rms_norm (x) by
 * a weight of its own; the router sees rms_norm (x) · scale / sqrt (n_embd), and each expert has a scale.
 *
 * The last line only where each layer has an input of its own, of the token and of its embedding: input = (table (token) · sqrt (n_input) + rms_norm (P x₀ / sqrt (n_embd))) / sqrt (2). What
 * stands for media has the table's row 0.
 *
 * Layers that see all have heads of another size than those with a window, of which the first quarter alone turns: the file's rope_freqs divide the other frequencies by 10^30. The last layers
 * may have no keys of their own, but read those of the last layer before them that sees as they do. Where layers have no inputs, which are the large models, columns of a picture see each other
 * in the layers with a window. */
#include "block.h"

#include <math.h>

#define COLUMNS_OF_PICTURE 280
#define MOST_INPUT (1 << 16)
#define SCALE_ROWS 16 /* as few as EXPERTS has */
#define MOST_EXPERTS 1024

typedef struct {
  EngineTensor *router_scale, *router;              /* [n_embd], [n_embd, n_experts] */
  EngineTensor *dense_post_norm, *norm, *post_norm; /* [n_embd]: behind the feed-forward beside; before the experts, and behind them */
  EngineTensor *gate_up, *gate, *up, *down;         /* [n_embd, 2 · n_ff, n_experts], or NULL and two of [n_embd, n_ff, n_experts]; [n_ff, n_embd, n_experts] */
  EngineTensor *scales;                             /* [SCALE_ROWS · n_experts]: that of each expert, again and again; NULL: they are 1 */
  EngineTensor *nothing;                            /* [2 · n_used, SCALE_ROWS, n_experts] zeros, beside which scales are biases */
  float        *scale_numbers;
} Experts;

typedef struct {
  bool                    local;        /* has a window */
  int32_t                 n_head_kv, head_dim, n_ff, cache_layer;
  EngineTensor           *attn_norm, *attn_post_norm, *ffn_norm, *ffn_post_norm; /* [n_embd] */
  EngineTensor           *wq, *wk, *wv, *wo; /* wk NULL: another layer's keys; wv NULL: values are made of what keys are made of */
  EngineTensor           *q_norm, *k_norm;   /* [head_dim] */
  EngineFfnBlock          ffn;
  Experts                 experts;      /* router NULL: none */
  EngineTensor           *input_gate, *input_out, *input_norm; /* [n_embd, n_input], [n_input, n_embd], [n_embd]; NULL: it has no input */
  float                   scale;
} Layer;

typedef struct {
  EngineEnds       ends;
  EngineRopeParams local_rope;
  EngineTensor    *rope_factors;                              /* of layers that see all, [n_rot / 2] */
  int32_t          n_input, local_head_dim, n_shared;         /* n_shared: layers without keys */
  EngineTensor    *input_table, *input_proj, *input_proj_norm; /* [n_input · n_layers, n_vocab], [n_embd, n_input · n_layers], [n_input] */
  int32_t          n_experts, n_used, n_expert_ff;
  float           *zeros;                                     /* of all `nothing` */
  float            logit_softcap;
  Layer            layers[];
} Gemma4;

/* ---- the file -------------------------------------------------------------------- */

static bool
load_numbers (EngineModel *model, Gemma4 *gemma, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int32_t value_length, n_rot;

  if (!engine_key_int (model, "attention.sliding_window", 1, 1 << 20, &h->window, error) ||
      !engine_key_int (model, "attention.shared_kv_layers", 0, h->n_layers - 1, &gemma->n_shared, error) ||
      !engine_key_int (model, "embedding_length_per_layer_input", 0, MOST_INPUT, &gemma->n_input, error) ||
      !engine_key_int (model, "attention.key_length_swa", 1, 512, &gemma->local_head_dim, error) ||
      !engine_key_float (model, "final_logit_softcapping", 0, 1e6, &gemma->logit_softcap, error) || !engine_key_int (model, "expert_count", 0, MOST_EXPERTS, &gemma->n_experts, error) ||
      (gemma->n_experts && (!engine_key_int (model, "expert_used_count", 1, gemma->n_experts, &gemma->n_used, error) ||
                            !engine_key_int (model, "expert_feed_forward_length", 1, 1 << 20, &gemma->n_expert_ff, error))))
    return false;
  value_length = n_rot = gemma->local_head_dim;
  if (!engine_key_int (model, "attention.value_length_swa", 1, 512, &value_length, error) || !engine_key_int (model, "rope.dimension_count_swa", 0, n_rot, &n_rot, error))
    return false;
  if (value_length != gemma->local_head_dim)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The model's values have %d elements per head and its keys %d; this version needs the same number.", value_length, gemma->local_head_dim);
  if (n_rot % 2)
    return engine_fail (error, ENGINE_BAD_FILE, "The model turns %d elements of each head; it must be an even number.", n_rot);
  h->rope.style = ENGINE_ROPE_HALVES;
  gemma->local_rope = (EngineRopeParams) { .head_dim = gemma->local_head_dim, .n_rot = n_rot, .style = ENGINE_ROPE_HALVES, .freq_base = 10000, .freq_scale = 1, .attn_factor = 1 };
  return engine_key_float (model, "rope.freq_base_swa", 1, 1e12, &gemma->local_rope.freq_base, error);
}

/* An operation that gives each chosen expert's scale is EXPERTS, of matrices of nothing with the scale as bias. */
static bool
load_scales (EngineModel *model, Gemma4 *gemma, Experts *e, int32_t i, EngineError *error)
{
  float *scales = NULL;

  if (!engine_model_has_tensor (model, "blk.%d.ffn_down_exps.scale", i))
    return true;
  if (!engine_model_floats (model, &scales, gemma->n_experts, 0, error, "blk.%d.ffn_down_exps.scale", i) ||
      !(e->scale_numbers = engine_calloc ((size_t) gemma->n_experts * SCALE_ROWS, sizeof (float), error)) ||
      (!gemma->zeros && !(gemma->zeros = engine_calloc (2 * (size_t) gemma->n_used * (size_t) gemma->n_experts * SCALE_ROWS, sizeof (float), error)))) {
    free (scales);
    return false;
  }
  for (int32_t k = 0; k < gemma->n_experts * SCALE_ROWS; k++)
    e->scale_numbers[k] = scales[k / SCALE_ROWS];
  free (scales);
  e->scales = engine_model_made (model, (int64_t) gemma->n_experts * SCALE_ROWS, 0, e->scale_numbers, "blk.%d.scales", i);
  e->nothing = engine_model_made (model, 2 * (int64_t) gemma->n_used, (int64_t) gemma->n_experts * SCALE_ROWS, gemma->zeros, "blk.%d.nothing", i);
  e->nothing->n_dims = 3;
  e->nothing->ne[1] = SCALE_ROWS;
  e->nothing->ne[2] = gemma->n_experts;
  return true;
}

static bool
load_experts (EngineModel *model, Gemma4 *gemma, Experts *e, int32_t i, EngineError *error)
{
  int64_t n = model->hparams.n_embd, n_ff = gemma->n_expert_ff, n_experts = gemma->n_experts;

  return engine_model_tensor (model, &e->router_scale, n, 0, error, "blk.%d.ffn_gate_inp.scale", i) &&
         engine_model_tensor (model, &e->router, n, n_experts, error, "blk.%d.ffn_gate_inp.weight", i) &&
         engine_norm_load (model, &e->dense_post_norm, i, "post_ffw_norm_1", error) && engine_norm_load (model, &e->norm, i, "pre_ffw_norm_2", error) &&
         engine_norm_load (model, &e->post_norm, i, "post_ffw_norm_2", error) &&
         (engine_model_has_tensor (model, "blk.%d.ffn_gate_up_exps.weight", i)
            ? engine_model_experts (model, &e->gate_up, n, 2 * n_ff, n_experts, error, "blk.%d.ffn_gate_up_exps.weight", i)
            : engine_model_experts (model, &e->gate, n, n_ff, n_experts, error, "blk.%d.ffn_gate_exps.weight", i) &&
                engine_model_experts (model, &e->up, n, n_ff, n_experts, error, "blk.%d.ffn_up_exps.weight", i)) &&
         engine_model_experts (model, &e->down, n_ff, n, n_experts, error, "blk.%d.ffn_down_exps.weight", i) && load_scales (model, gemma, e, i, error);
}

/* The keys that the layer reads: its own, or those of the last layer before it that has some and sees as it does. */
static bool
load_keys (EngineModel *model, Gemma4 *gemma, int32_t i, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  Layer *l = &gemma->layers[i];
  int64_t n_kv = (int64_t) l->n_head_kv * l->head_dim;
  int32_t from = h->n_layers - gemma->n_shared;

  if (i < from)
    return engine_model_tensor (model, &l->wk, h->n_embd, n_kv, error, "blk.%d.attn_k.weight", i) && engine_model_tensor (model, &l->k_norm, l->head_dim, 0, error, "blk.%d.attn_k_norm.weight", i) &&
           engine_model_tensor_optional (model, &l->wv, h->n_embd, n_kv, error, "blk.%d.attn_v.weight", i) &&
           engine_cache_layer_add (model, (EngineCacheLayer) { .layer = i, .kind = l->local ? ENGINE_CACHE_WINDOW : ENGINE_CACHE_FULL, .n_head_kv = l->n_head_kv, .head_dim = l->head_dim },
                                   &l->cache_layer, error);
  while (--from >= 0 && gemma->layers[from].local != l->local)
    ;
  if (from < 0 || gemma->layers[from].n_head_kv != l->n_head_kv)
    return engine_fail (error, ENGINE_BAD_FILE, "The model's layer %d has no keys, and no layer before it has such as it needs; the file is damaged.", i);
  l->cache_layer = gemma->layers[from].cache_layer;
  model->hparams.n_together = ENGINE_MAX (h->n_together, h->n_layers - from);
  return true;
}

static bool
load_layer (EngineModel *model, Gemma4 *gemma, int32_t i, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  Layer *l = &gemma->layers[i];
  int64_t n_q;

  if (!engine_layer_bool (model, "attention.sliding_window_pattern", i, &l->local))
    return engine_fail (error, ENGINE_BAD_FILE, "The model does not say for each of its %d layers whether it has a window; fetch a complete file.", h->n_layers);
  l->head_dim = l->local ? gemma->local_head_dim : h->head_dim;
  l->n_head_kv = engine_layer_number (model, "attention.head_count_kv", i, h->n_head_kv);
  l->n_ff = engine_layer_number (model, "feed_forward_length", i, h->n_ff);
  l->scale = 1;
  n_q = (int64_t) h->n_head * l->head_dim;
  if (h->n_head % l->n_head_kv)
    return engine_fail (error, ENGINE_BAD_FILE, "The model's %d attention heads cannot share %d key heads evenly.", h->n_head, l->n_head_kv);
  return engine_norm_load (model, &l->attn_norm, i, "attn_norm", error) && engine_norm_load (model, &l->attn_post_norm, i, "post_attention_norm", error) &&
         engine_norm_load (model, &l->ffn_norm, i, "ffn_norm", error) && engine_norm_load (model, &l->ffn_post_norm, i, "post_ffw_norm", error) &&
         engine_model_tensor (model, &l->wq, h->n_embd, n_q, error, "blk.%d.attn_q.weight", i) && engine_model_tensor (model, &l->q_norm, l->head_dim, 0, error, "blk.%d.attn_q_norm.weight", i) &&
         load_keys (model, gemma, i, error) && engine_model_tensor (model, &l->wo, n_q, h->n_embd, error, "blk.%d.attn_output.weight", i) &&
         engine_model_tensor (model, &l->ffn.gate, h->n_embd, l->n_ff, error, "blk.%d.ffn_gate.weight", i) &&
         engine_model_tensor (model, &l->ffn.up, h->n_embd, l->n_ff, error, "blk.%d.ffn_up.weight", i) &&
         engine_model_tensor (model, &l->ffn.down, l->n_ff, h->n_embd, error, "blk.%d.ffn_down.weight", i) &&
         (!gemma->n_experts || !engine_model_has_tensor (model, "blk.%d.ffn_gate_inp.weight", i) || load_experts (model, gemma, &l->experts, i, error)) &&
         (l->local || gemma->rope_factors || engine_model_tensor (model, &gemma->rope_factors, h->rope.n_rot / 2, 0, error, "rope_freqs.weight")) &&
         (!gemma->n_input || (engine_model_tensor (model, &l->input_gate, h->n_embd, gemma->n_input, error, "blk.%d.inp_gate.weight", i) &&
                              engine_model_tensor (model, &l->input_out, gemma->n_input, h->n_embd, error, "blk.%d.proj.weight", i) && engine_norm_load (model, &l->input_norm, i, "post_norm", error))) &&
         engine_model_number (model, &l->scale, error, "blk.%d.layer_output_scale.weight", i);
}

static bool
gemma4_load (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int64_t n_inputs;
  Gemma4 *gemma;

  if (!engine_hparams_load (model, error))
    return false;
  gemma = model->arch_data = engine_calloc (1, sizeof *gemma + (size_t) h->n_layers * sizeof *gemma->layers, error);
  if (!gemma || !load_numbers (model, gemma, error) || !engine_ends_load (model, &gemma->ends, error))
    return false;
  n_inputs = (int64_t) gemma->n_input * h->n_layers;
  if (gemma->n_input && (!engine_model_tensor (model, &gemma->input_table, n_inputs, h->n_vocab, error, "per_layer_token_embd.weight") ||
                         !engine_model_tensor (model, &gemma->input_proj, h->n_embd, n_inputs, error, "per_layer_model_proj.weight") ||
                         !engine_model_tensor (model, &gemma->input_proj_norm, gemma->n_input, 0, error, "per_layer_proj_norm.weight")))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, gemma, i, error))
      return false;
  h->whole_columns = gemma->n_input ? 0 : COLUMNS_OF_PICTURE;
  return true;
}

static void
gemma4_free (EngineModel *model)
{
  Gemma4 *gemma = model->arch_data;

  if (!gemma)
    return;
  for (int32_t i = 0; i < model->hparams.n_layers; i++)
    free (gemma->layers[i].experts.scale_numbers);
  free (gemma->zeros);
}

/* ---- the graph ------------------------------------------------------------------- */

static EngineValueId
norm (const EngineModel *model, EngineGraph *g, EngineValueId x, const EngineTensor *weight, int32_t group, const char *name)
{
  return engine_graph_name (g, engine_graph_rms_norm (g, x, weight, group, model->hparams.norm_eps), name);
}

/* What all layers are given besides, [n_input · n_layers, n_tokens]. */
static EngineValueId
build_inputs (const EngineModel *model, EngineGraph *g, const Gemma4 *gemma, EngineValueId x)
{
  EngineValueId of_token = engine_graph_scale (g, engine_graph_embed (g, gemma->input_table, NULL), sqrtf ((float) gemma->n_input));

  x = engine_graph_scale (g, engine_graph_matmul (g, gemma->input_proj, x, NULL, ENGINE_NO_VALUE), 1 / sqrtf ((float) model->hparams.n_embd));
  x = engine_graph_add (g, norm (model, g, x, gemma->input_proj_norm, gemma->n_input, "layer_inputs_of_embedding"), of_token);
  return engine_graph_name (g, engine_graph_scale (g, x, 1 / sqrtf (2)), "layer_inputs");
}

static EngineValueId
build_attention (const EngineModel *model, EngineGraph *g, const Gemma4 *gemma, const Layer *l, EngineValueId x)
{
  const EngineHparams *h = &model->hparams;
  const EngineRopeParams *rope = l->local ? &gemma->local_rope : &h->rope;
  const EngineTensor *factors = l->local ? NULL : gemma->rope_factors;
  EngineAttentionParams params = {
    .layer = l->cache_layer, .kind = model->cache_layers[l->cache_layer].kind, .n_head = h->n_head, .n_head_kv = l->n_head_kv, .head_dim = l->head_dim,
    .window = l->local ? h->window : 0, .never_behind = !l->local, .scale = 1,
  };
  EngineValueId q = engine_graph_name (g, engine_graph_matmul (g, l->wq, x, NULL, ENGINE_NO_VALUE), "q"), k, v;

  q = engine_graph_name (g, engine_graph_rope (g, norm (model, g, q, l->q_norm, l->head_dim, "q_norm"), factors, rope), "q_rope");
  if (l->wk) {
    k = engine_graph_name (g, engine_graph_matmul (g, l->wk, x, NULL, ENGINE_NO_VALUE), "k");
    v = l->wv ? engine_graph_name (g, engine_graph_matmul (g, l->wv, x, NULL, ENGINE_NO_VALUE), "v") : k;
    v = norm (model, g, v, NULL, l->head_dim, "v_norm");
    k = engine_graph_name (g, engine_graph_rope (g, norm (model, g, k, l->k_norm, l->head_dim, "k_norm"), factors, rope), "k_rope");
    engine_graph_cache_write (g, k, v, &params);
  }
  return engine_graph_name (g, engine_graph_attend (g, q, NULL, &params), "attention");
}

/* What the experts give, normed. */
static EngineValueId
build_experts (const EngineModel *model, EngineGraph *g, const Gemma4 *gemma, const Experts *e, EngineValueId x)
{
  int64_t n = model->hparams.n_embd, n_ff = gemma->n_expert_ff;
  EngineValueId logits = engine_graph_scale (g, norm (model, g, x, e->router_scale, 0, "router_norm"), 1 / sqrtf ((float) n)), routes, a, up;

  logits = engine_graph_name (g, engine_graph_matmul (g, e->router, logits, NULL, ENGINE_NO_VALUE), "router");
  routes = engine_graph_name (g, engine_graph_route (g, logits, NULL, gemma->n_used, ENGINE_ROUTING_CHOSEN), "routes");
  a = norm (model, g, x, e->norm, 0, "experts_norm");
  if (e->gate_up) {
    a = engine_graph_reshape (g, engine_graph_name (g, engine_graph_experts (g, e->gate_up, a, routes, NULL), "experts_gate_up"), 2 * n_ff);
    up = engine_graph_part (g, a, n_ff, n_ff);
    a = engine_graph_reshape (g, engine_graph_gated (g, engine_graph_part (g, a, 0, n_ff), up, ENGINE_GATE_GELU_TANH), n_ff * gemma->n_used);
  } else {
    up = engine_graph_experts (g, e->up, a, routes, NULL);
    a = engine_graph_gated (g, engine_graph_experts (g, e->gate, a, routes, NULL), up, ENGINE_GATE_GELU_TANH);
  }
  a = engine_graph_name (g, engine_graph_experts (g, e->down, a, routes, NULL), "experts_down");
  if (e->scales) { /* each part times its expert's: a mixture of one */
    EngineValueId scales = engine_graph_reshape (g, engine_graph_experts (g, e->nothing, routes, routes, e->scales), SCALE_ROWS);

    a = engine_graph_reshape (g, engine_graph_mix (g, engine_graph_reshape (g, a, n), engine_graph_part (g, scales, 0, 2), ENGINE_NO_VALUE), n * gemma->n_used);
  }
  a = engine_graph_mix (g, a, routes, ENGINE_NO_VALUE);
  return norm (model, g, a, e->post_norm, 0, "experts_post_norm");
}

/* `inputs`: of all layers; ENGINE_NO_VALUE: there are none. */
static EngineValueId
build_layer (const EngineModel *model, EngineGraph *g, const Gemma4 *gemma, const Layer *l, EngineValueId inputs, EngineValueId x)
{
  EngineValueId a = build_attention (model, g, gemma, l, norm (model, g, x, l->attn_norm, 0, "attn_norm")), input = ENGINE_NO_VALUE;

  if (gemma->n_input)
    input = engine_graph_name (g, engine_graph_part (g, inputs, (int64_t) g->layer * gemma->n_input, gemma->n_input), "layer_input");
  engine_last_layer_build (model, g, &a, &x);
  if (gemma->n_input)
    engine_last_layer_build (model, g, &input, NULL);
  a = engine_graph_name (g, engine_graph_matmul (g, l->wo, a, NULL, ENGINE_NO_VALUE), "attn_out");
  x = engine_graph_name (g, engine_graph_add (g, norm (model, g, a, l->attn_post_norm, 0, "attn_post_norm"), x), "attn_residual");
  a = engine_graph_name (g, engine_ffn_build (g, &l->ffn, norm (model, g, x, l->ffn_norm, 0, "ffn_norm"), ENGINE_GATE_GELU_TANH, ENGINE_NO_VALUE), "ffn_out");
  if (l->experts.router)
    a = engine_graph_add (g, norm (model, g, a, l->experts.dense_post_norm, 0, "dense_post_norm"), build_experts (model, g, gemma, &l->experts, x));
  x = engine_graph_name (g, engine_graph_add (g, norm (model, g, a, l->ffn_post_norm, 0, "ffn_post_norm"), x), "ffn_residual");
  if (gemma->n_input) {
    a = engine_graph_gated (g, engine_graph_matmul (g, l->input_gate, x, NULL, ENGINE_NO_VALUE), input, ENGINE_GATE_GELU_TANH);
    a = engine_graph_matmul (g, l->input_out, engine_graph_name (g, a, "input_gated"), NULL, ENGINE_NO_VALUE);
    x = engine_graph_add (g, norm (model, g, a, l->input_norm, 0, "input_norm"), x);
  }
  return engine_graph_name (g, l->scale == 1 ? x : engine_graph_scale (g, x, l->scale), "layer_out");
}

static bool
gemma4_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Gemma4 *gemma = model->arch_data;
  EngineValueId x = engine_graph_scale (g, engine_graph_embed (g, gemma->ends.embedding, NULL), sqrtf ((float) model->hparams.n_embd)), inputs = ENGINE_NO_VALUE;

  x = engine_graph_name (g, engine_graph_splice (g, x, 0, model->hparams.n_media_parts), "embedding");
  if (gemma->n_input)
    inputs = build_inputs (model, g, gemma, x);
  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++)
    x = build_layer (model, g, gemma, &gemma->layers[g->layer], inputs, x);
  x = engine_logits_build (model, g, &gemma->ends, x);
  if (gemma->logit_softcap != 0)
    x = engine_graph_softcap (g, x, gemma->logit_softcap);
  return engine_graph_finish (g, engine_graph_name (g, x, "logits"), error);
}

const EngineArch engine_arch_gemma4 = { .name = "gemma4", .layers_differ = true, .load = gemma4_load, .free = gemma4_free, .build = gemma4_build };
