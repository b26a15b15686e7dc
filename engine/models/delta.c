/* SPDX-License-Identifier: MIT */
#include "delta.h"

#define MAX_INNER (1 << 20)
#define MAX_STATE (1 << 12)
#define MAX_HEADS (1 << 12)
#define LENGTH_EPS 1e-6f /* the files do not say it */

/* Keys are those of state-space models: a state is as long as a key, the heads are those of values, and their groups those of keys. */
static bool
load_sizes (EngineModel *model, EngineDeltaParams *p, int32_t *n_taps, EngineError *error)
{
  int32_t n_inner = 0;

  *p = (EngineDeltaParams) { .eps = LENGTH_EPS };
  *n_taps = 0;
  if (!engine_key_int (model, "ssm.conv_kernel", 2, ENGINE_MAX_TAPS, n_taps, error) ||
      !engine_key_int (model, "ssm.inner_size", 1, MAX_INNER, &n_inner, error) ||
      !engine_key_int (model, "ssm.state_size", 1, MAX_STATE, &p->n_state, error) ||
      !engine_key_int (model, "ssm.time_step_rank", 1, ENGINE_MIN (n_inner, MAX_HEADS), &p->n_head, error) ||
      !engine_key_int (model, "ssm.group_count", 1, p->n_head, &p->n_group, error))
    return false;
  p->head_dim = n_inner / p->n_head;
  return (n_inner % p->n_head == 0 && p->n_head % p->n_group == 0) ||
         engine_fail (error, ENGINE_BAD_FILE, "The model's %d state-space channels do not make %d heads in %d groups.", n_inner, p->n_head, p->n_group);
}

bool
engine_delta_block_load (EngineModel *model, EngineDeltaBlock *b, int32_t layer, EngineError *error)
{
  EngineDeltaParams *p = &b->params;
  int64_t n_embd = model->hparams.n_embd, n_inner, n_conv;
  int32_t n_taps;

  if (!load_sizes (model, p, &n_taps, error))
    return false;
  n_inner = (int64_t) p->n_head * p->head_dim;
  n_conv = n_inner + 2 * (int64_t) p->n_group * p->n_state;
  return engine_model_tensor (model, &b->input, n_embd, n_conv, error, "blk.%d.attn_qkv.weight", layer) &&
         engine_model_tensor (model, &b->gate, n_embd, n_inner, error, "blk.%d.attn_gate.weight", layer) &&
         engine_model_tensor (model, &b->steps, n_embd, p->n_head, error, "blk.%d.ssm_alpha.weight", layer) &&
         engine_model_tensor (model, &b->betas, n_embd, p->n_head, error, "blk.%d.ssm_beta.weight", layer) &&
         engine_model_tensor (model, &b->step_bias, p->n_head, 0, error, "blk.%d.ssm_dt.bias", layer) &&
         engine_model_tensor (model, &b->a, p->n_head, 0, error, "blk.%d.ssm_a", layer) &&
         engine_model_conv (model, &b->conv, n_taps, n_conv, error, "blk.%d.ssm_conv1d.weight", layer) &&
         engine_model_tensor (model, &b->norm, p->head_dim, 0, error, "blk.%d.ssm_norm.weight", layer) &&
         engine_model_tensor (model, &b->out, n_inner, n_embd, error, "blk.%d.ssm_out.weight", layer) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .layer = layer, .kind = ENGINE_CACHE_STATE, .n_state = (n_taps - 1) * n_conv }, &b->conv_layer, error) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .layer = layer, .kind = ENGINE_CACHE_STATE, .n_state = n_inner * p->n_state }, &p->layer, error);
}

EngineValueId
engine_delta_build (const EngineModel *model, EngineGraph *g, const EngineDeltaBlock *b, EngineValueId x)
{
  EngineValueId gate, steps, betas;

  gate = engine_graph_name (g, engine_graph_matmul (g, b->gate, x, NULL, ENGINE_NO_VALUE), "delta_gate");
  steps = engine_graph_name (g, engine_graph_matmul (g, b->steps, x, b->step_bias, ENGINE_NO_VALUE), "delta_steps");
  betas = engine_graph_name (g, engine_graph_matmul (g, b->betas, x, NULL, ENGINE_NO_VALUE), "delta_betas");
  x = engine_graph_name (g, engine_graph_matmul (g, b->input, x, NULL, ENGINE_NO_VALUE), "delta_in");
  x = engine_graph_name (g, engine_graph_conv (g, x, b->conv, NULL, b->conv_layer), "delta_conv");
  x = engine_graph_name (g, engine_graph_gated (g, x, ENGINE_NO_VALUE, ENGINE_GATE_SILU), "delta_act");
  x = engine_graph_name (g, engine_graph_delta_rule (g, x, steps, betas, b->a, &b->params), "delta_rule");
  x = engine_graph_name (g, engine_graph_rms_norm (g, x, b->norm, b->params.head_dim, model->hparams.norm_eps), "delta_norm");
  return engine_graph_name (g, engine_graph_gated (g, gate, x, ENGINE_GATE_SILU), "delta_gated");
}
