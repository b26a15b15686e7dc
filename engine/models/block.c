/* SPDX-License-Identifier: MIT */
#include "block.h"

#include <math.h>

/* ---- tensors ------------------------------------------------------------------ */

bool
engine_ends_load (EngineModel *model, EngineEnds *ends, EngineError *error)
{
  const EngineHparams *h = &model->hparams;

  if (!engine_model_tensor (model, &ends->embedding, h->n_embd, h->n_vocab, error, "token_embd.weight") ||
      !engine_model_tensor (model, &ends->output_norm, h->n_embd, 0, error, "output_norm.weight") ||
      !engine_model_tensor_optional (model, &ends->output, h->n_embd, h->n_vocab, error, "output.weight"))
    return false;
  if (!ends->output)
    ends->output = ends->embedding;
  return true;
}

bool
engine_norm_load (EngineModel *model, EngineTensor **norm, int32_t layer, const char *name, EngineError *error)
{
  return engine_model_tensor (model, norm, model->hparams.n_embd, 0, error, "blk.%d.%s.weight", layer, name);
}

static bool
load_biases (EngineModel *model, EngineAttentionBlock *b, int32_t layer, bool required, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  int64_t q = (int64_t) h->n_head * h->head_dim, kv = (int64_t) h->n_head_kv * h->head_dim;
  bool (*tensor) (EngineModel *, EngineTensor **, int64_t, int64_t, EngineError *, const char *, ...) = required ? engine_model_tensor : engine_model_tensor_optional;

  return tensor (model, &b->bq, q, 0, error, "blk.%d.attn_q.bias", layer) &&
         tensor (model, &b->bk, kv, 0, error, "blk.%d.attn_k.bias", layer) &&
         tensor (model, &b->bv, kv, 0, error, "blk.%d.attn_v.bias", layer) &&
         (required || tensor (model, &b->bo, h->n_embd, 0, error, "blk.%d.attn_output.bias", layer));
}

/* The rows of q, k and v one below the other; so their biases. */
static bool
load_fused (EngineModel *model, EngineAttentionBlock *b, int32_t layer, bool biases, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  int64_t q = (int64_t) h->n_head * h->head_dim, kv = (int64_t) h->n_head_kv * h->head_dim, all = q + 2 * kv;

  return engine_model_tensor_rows (model, &b->wq, h->n_embd, all, 0, q, error, "blk.%d.attn_qkv.weight", layer) &&
         engine_model_tensor_rows (model, &b->wk, h->n_embd, all, q, kv, error, "blk.%d.attn_qkv.weight", layer) &&
         engine_model_tensor_rows (model, &b->wv, h->n_embd, all, q + kv, kv, error, "blk.%d.attn_qkv.weight", layer) &&
         (!biases || (engine_model_vector_part (model, &b->bq, all, 0, q, error, "blk.%d.attn_qkv.bias", layer) &&
                      engine_model_vector_part (model, &b->bk, all, q, kv, error, "blk.%d.attn_qkv.bias", layer) &&
                      engine_model_vector_part (model, &b->bv, all, q + kv, kv, error, "blk.%d.attn_qkv.bias", layer)));
}

bool
engine_attention_block_load (EngineModel *model, EngineAttentionBlock *b, int32_t layer, EngineAttentionFlags flags, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  int64_t q = (int64_t) h->n_head * h->head_dim, kv = (int64_t) h->n_head_kv * h->head_dim;
  bool wide = flags & ENGINE_ATTENTION_WIDE_NORM, doubled = flags & ENGINE_ATTENTION_GATED_QUERIES;

  if (doubled && h->head_dim % 16)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The model's heads have %d elements; this version needs a multiple of 16.", h->head_dim);
  if (!engine_cache_layer_add (model, (EngineCacheLayer) { .layer = layer, .kind = ENGINE_CACHE_FULL, .n_head_kv = h->n_head_kv, .head_dim = h->head_dim }, &b->cache_layer, error))
    return false;
  if (flags & ENGINE_ATTENTION_FUSED ? !load_fused (model, b, layer, flags & ENGINE_ATTENTION_BIAS, error)
                                     : !engine_model_tensor (model, &b->wq, h->n_embd, doubled ? 2 * q : q, error, "blk.%d.attn_q.weight", layer) ||
                                       !engine_model_tensor (model, &b->wk, h->n_embd, kv, error, "blk.%d.attn_k.weight", layer) ||
                                       !engine_model_tensor (model, &b->wv, h->n_embd, kv, error, "blk.%d.attn_v.weight", layer))
    return false;
  if (!engine_model_tensor (model, &b->wo, q, h->n_embd, error, "blk.%d.attn_output.weight", layer))
    return false;
  b->sight = flags & ENGINE_ATTENTION_BOTH_WAYS ? ENGINE_SEES_SEQUENCE : ENGINE_SEES_BEFORE;
  b->out_norm = flags & ENGINE_ATTENTION_OUT_NORM;
  b->gated_queries = doubled;
  if (flags & ENGINE_ATTENTION_GATED && !engine_model_tensor (model, &b->gate, h->n_embd, q, error, "blk.%d.attn_gate.weight", layer))
    return false;
  if (flags & ENGINE_ATTENTION_SINKS && (!engine_model_tensor (model, &b->sinks, h->n_head, 0, error, "blk.%d.attn_sinks.weight", layer) ||
                                         !engine_model_tensor (model, &b->bo, h->n_embd, 0, error, "blk.%d.attn_output.bias", layer)))
    return false;
  if (!(flags & ENGINE_ATTENTION_FUSED) && flags & (ENGINE_ATTENTION_BIAS | ENGINE_ATTENTION_MAY_BIAS) && !load_biases (model, b, layer, flags & ENGINE_ATTENTION_BIAS, error))
    return false;
  return !(flags & (ENGINE_ATTENTION_QK_NORM | ENGINE_ATTENTION_WIDE_NORM)) ||
         (engine_model_tensor (model, &b->q_norm, wide ? q : h->head_dim, 0, error, "blk.%d.attn_q_norm.weight", layer) &&
          engine_model_tensor (model, &b->k_norm, wide ? kv : h->head_dim, 0, error, "blk.%d.attn_k_norm.weight", layer));
}

bool
engine_ffn_block_load (EngineModel *model, EngineFfnBlock *b, int32_t layer, bool fused, EngineError *error)
{
  const EngineHparams *h = &model->hparams;

  if (fused ? !engine_model_tensor_rows (model, &b->gate, h->n_embd, 2 * (int64_t) h->n_ff, 0, h->n_ff, error, "blk.%d.ffn_up.weight", layer) ||
              !engine_model_tensor_rows (model, &b->up, h->n_embd, 2 * (int64_t) h->n_ff, h->n_ff, h->n_ff, error, "blk.%d.ffn_up.weight", layer)
            : !engine_model_tensor (model, &b->gate, h->n_embd, h->n_ff, error, "blk.%d.ffn_gate.weight", layer) ||
              !engine_model_tensor (model, &b->up, h->n_embd, h->n_ff, error, "blk.%d.ffn_up.weight", layer))
    return false;
  return engine_model_tensor (model, &b->down, h->n_ff, h->n_embd, error, "blk.%d.ffn_down.weight", layer);
}

static bool
load_latent (EngineModel *model, EngineMoeBlock *b, int32_t layer, int32_t *width, EngineError *error)
{
  const EngineHparams *h = &model->hparams;

  *width = 0;
  return engine_key_int (model, "expert_latent_length", 1, 1 << 20, width, error) &&
         engine_model_tensor (model, &b->latent_in, h->n_embd, *width, error, "blk.%d.ffn_latent_down.weight", layer) &&
         engine_model_tensor (model, &b->latent_norm, *width, 0, error, "blk.%d.ffn_latent_norm.weight", layer) &&
         engine_model_tensor (model, &b->latent_out, *width, h->n_embd, error, "blk.%d.ffn_latent_up.weight", layer);
}

bool
engine_moe_block_load (EngineModel *model, EngineMoeBlock *b, int32_t layer, EngineMoeFlags flags, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  int32_t n = 0, n_ff = h->n_ff, width = h->n_embd;

  if (!engine_key_int (model, "expert_count", 1, 1 << 16, &n, error) ||
      !engine_key_int (model, "expert_used_count", 1, n, &b->n_used, error) ||
      !engine_key_int (model, "expert_feed_forward_length", 1, 1 << 20, &n_ff, error))
    return false;
  b->routing = flags & ENGINE_MOE_SIGMOID ? ENGINE_ROUTING_SIGMOID : flags & ENGINE_MOE_OF_ALL ? ENGINE_ROUTING_ALL : ENGINE_ROUTING_CHOSEN;
  b->norm_eps = b->post_norm_eps = h->norm_eps;
  if ((flags & ENGINE_MOE_LATENT && !load_latent (model, b, layer, &width, error)) ||
      (flags & ENGINE_MOE_SIGMOID && !engine_model_tensor_optional (model, &b->choice_bias, n, 0, error, "blk.%d.exp_probs_b.bias", layer)))
    return false;
  if (!engine_model_tensor (model, &b->router, h->n_embd, n, error, "blk.%d.ffn_gate_inp.weight", layer) ||
      (!(flags & ENGINE_MOE_UNGATED) && !engine_model_experts (model, &b->gate, width, n_ff, n, error, "blk.%d.ffn_gate_exps.weight", layer)) ||
      !engine_model_experts (model, &b->up, width, n_ff, n, error, "blk.%d.ffn_up_exps.weight", layer) ||
      !engine_model_experts (model, &b->down, n_ff, width, n, error, "blk.%d.ffn_down_exps.weight", layer))
    return false;
  return !(flags & ENGINE_MOE_BIASES) ||
         (engine_model_tensor (model, &b->router_bias, n, 0, error, "blk.%d.ffn_gate_inp.bias", layer) &&
          engine_model_vector (model, &b->gate_bias, n_ff, n, error, "blk.%d.ffn_gate_exps.bias", layer) &&
          engine_model_vector (model, &b->up_bias, n_ff, n, error, "blk.%d.ffn_up_exps.bias", layer) &&
          engine_model_vector (model, &b->down_bias, h->n_embd, n, error, "blk.%d.ffn_down_exps.bias", layer));
}

/* ---- nodes -------------------------------------------------------------------- */

/* Of each head the query, or what stands behind it. */
static EngineValueId
part_of_queries (EngineGraph *g, EngineValueId q, int32_t head_dim, int32_t part)
{
  int64_t width;

  if (q == ENGINE_NO_VALUE)
    return q;
  width = g->values[q].width / 2;
  q = engine_graph_behind (g, engine_graph_reshape (g, q, head_dim), part);
  return engine_graph_reshape (g, engine_graph_unfold (g, q, &(EngineUnfoldParams) { .kernel = { 1, 1 }, .stride = { 2, 1 } }), width);
}

EngineValueId
engine_attention_build (const EngineModel *model, EngineGraph *g, const EngineAttentionBlock *b, EngineValueId x, const EngineAttentionOptions *options)
{
  const EngineHparams *h = &model->hparams;
  EngineAttentionParams params = {
    .layer = b->cache_layer, .kind = model->cache_layers[b->cache_layer].kind, .n_head = h->n_head, .n_head_kv = h->n_head_kv, .head_dim = h->head_dim,
    .window = options->window, .scale = options->scale != 0 ? options->scale : 1 / sqrtf (h->head_dim), .softcap = options->softcap,
    .sight = b->sight,
  };
  EngineRopeParams of_queries;
  EngineValueId q, k, v, gate = ENGINE_NO_VALUE;

  q = engine_graph_name (g, engine_graph_matmul (g, b->wq, x, b->bq, ENGINE_NO_VALUE), "q");
  k = engine_graph_name (g, engine_graph_matmul (g, b->wk, x, b->bk, ENGINE_NO_VALUE), "k");
  v = engine_graph_name (g, engine_graph_matmul (g, b->wv, x, b->bv, ENGINE_NO_VALUE), "v");
  if (b->gated_queries) {
    gate = engine_graph_name (g, part_of_queries (g, q, h->head_dim, 1), "attention_gate");
    q = part_of_queries (g, q, h->head_dim, 0);
  }
  if (b->q_norm) {
    q = engine_graph_name (g, engine_graph_rms_norm (g, q, b->q_norm, (int32_t) b->q_norm->ne[0], h->norm_eps), "q_norm");
    k = engine_graph_name (g, engine_graph_rms_norm (g, k, b->k_norm, (int32_t) b->k_norm->ne[0], h->norm_eps), "k_norm");
  }
  if (options->rope) {
    of_queries = *options->rope;
    of_queries.temperature = options->temperature;
    q = engine_graph_name (g, engine_graph_rope (g, q, options->rope_factors, &of_queries), "q_rope");
    k = engine_graph_name (g, engine_graph_rope (g, k, options->rope_factors, options->rope), "k_rope");
  }
  v = engine_graph_name (g, engine_graph_attention (g, q, k, v, b->sinks, &params), "attention");
  if (b->out_norm)
    v = engine_graph_name (g, engine_graph_rms_norm (g, v, NULL, h->head_dim, h->norm_eps), "attention_norm");
  if (b->gate)
    gate = engine_graph_matmul (g, b->gate, x, NULL, ENGINE_NO_VALUE);
  return gate == ENGINE_NO_VALUE ? v : engine_graph_name (g, engine_graph_gated (g, gate, v, ENGINE_GATE_SIGMOID), "attention_gated");
}

EngineValueId
engine_ffn_build (EngineGraph *g, const EngineFfnBlock *b, EngineValueId x, EngineGate act, EngineValueId residual)
{
  EngineValueId gate, up;

  gate = engine_graph_name (g, engine_graph_matmul (g, b->gate, x, NULL, ENGINE_NO_VALUE), "ffn_gate");
  up = engine_graph_name (g, engine_graph_matmul (g, b->up, x, NULL, ENGINE_NO_VALUE), "ffn_up");
  x = engine_graph_name (g, engine_graph_gated (g, gate, up, act), "ffn_gated");
  return engine_graph_matmul (g, b->down, x, NULL, residual);
}

EngineValueId
engine_moe_build (EngineGraph *g, const EngineMoeBlock *b, EngineValueId x, EngineGate act, EngineValueId residual)
{
  EngineValueId routes, gate, up;

  routes = engine_graph_name (g, engine_graph_matmul (g, b->router, x, b->router_bias, ENGINE_NO_VALUE), "router");
  routes = engine_graph_name (g, engine_graph_route (g, routes, b->choice_bias, b->n_used, b->routing), "routes");
  if (b->latent_in) {
    x = engine_graph_matmul (g, b->latent_in, x, NULL, ENGINE_NO_VALUE);
    x = engine_graph_name (g, engine_graph_rms_norm (g, x, b->latent_norm, 0, b->norm_eps), "experts_in");
  }
  gate = b->gate ? engine_graph_name (g, engine_graph_experts (g, b->gate, x, routes, b->gate_bias), "experts_gate") : ENGINE_NO_VALUE;
  up = engine_graph_name (g, engine_graph_experts (g, b->up, x, routes, b->up_bias), "experts_up");
  x = engine_graph_name (g, b->gate ? engine_graph_gated (g, gate, up, act) : engine_graph_gated (g, up, ENGINE_NO_VALUE, act), "experts_gated");
  x = engine_graph_name (g, engine_graph_experts (g, b->down, x, routes, b->down_bias), "experts_down");
  if (!b->latent_in)
    return engine_graph_mix (g, x, routes, residual);
  x = engine_graph_rms_norm (g, x, NULL, (int32_t) b->latent_norm->ne[0], b->post_norm_eps);
  return engine_graph_matmul (g, b->latent_out, engine_graph_name (g, engine_graph_mix (g, x, routes, ENGINE_NO_VALUE), "experts_out"), NULL, residual);
}

void
engine_last_layer_build (const EngineModel *model, EngineGraph *g, EngineValueId *x, EngineValueId *y)
{
  if (g->layer != model->hparams.n_layers - 1)
    return;
  *x = engine_graph_output_rows (g, *x);
  if (y)
    *y = engine_graph_output_rows (g, *y);
}

EngineValueId
engine_logits_build (const EngineModel *model, EngineGraph *g, const EngineEnds *ends, EngineValueId x)
{
  g->layer = -1;
  x = engine_graph_name (g, engine_graph_rms_norm (g, x, ends->output_norm, 0, model->hparams.norm_eps), "output_norm");
  return engine_graph_name (g, engine_graph_matmul (g, ends->output, x, NULL, ENGINE_NO_VALUE), "logits");
}
