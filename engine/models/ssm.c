/* SPDX-License-Identifier: MIT */
#include "ssm.h"

#include <stdio.h>

#define MAX_INNER (1 << 20)
#define MAX_STATE (1 << 16)

static bool
load_sizes (EngineModel *model, EngineSsmParams *p, int32_t *n_taps, EngineError *error)
{
  int32_t n_inner = 0;

  *p = (EngineSsmParams) { 0 };
  *n_taps = 0;
  if (!engine_key_int (model, "ssm.conv_kernel", 2, ENGINE_MAX_TAPS, n_taps, error) ||
      !engine_key_int (model, "ssm.inner_size", 1, MAX_INNER, &n_inner, error) ||
      !engine_key_int (model, "ssm.state_size", 1, MAX_STATE, &p->n_state, error) ||
      !engine_key_int (model, "ssm.time_step_rank", 1, n_inner, &p->n_head, error) ||
      !engine_key_int (model, "ssm.group_count", 1, p->n_head, &p->n_group, error))
    return false;
  p->head_dim = n_inner / p->n_head;
  return (n_inner % p->n_head == 0 && p->n_head % p->n_group == 0) ||
         engine_fail (error, ENGINE_BAD_FILE, "The model's %d state-space channels do not make %d heads in %d groups.", n_inner, p->n_head, p->n_group);
}

/* Numbers, one for each head; in files they stand in a row of one column. */
static bool
load_heads (EngineModel *model, EngineSsmBlock *b, int32_t layer, EngineError *error)
{
  int32_t n_head = b->params.n_head;

  return engine_model_tensor (model, &b->step_bias, n_head, 0, error, "blk.%d.ssm_dt.bias", layer) &&
         engine_model_vector (model, &b->a, 1, n_head, error, "blk.%d.ssm_a", layer) &&
         engine_model_vector (model, &b->skip, 1, n_head, error, "blk.%d.ssm_d", layer);
}

static bool
load_norm (EngineModel *model, EngineSsmBlock *b, int32_t layer, int64_t n_inner, EngineError *error)
{
  int32_t n_group = b->params.n_group;
  char name[64];

  snprintf (name, sizeof name, "blk.%d.ssm_norm.weight", layer);
  return !engine_gguf_find_tensor (model->gguf, name) || engine_model_vector (model, &b->norm, n_inner / n_group, n_group, error, "%s", name);
}

bool
engine_ssm_block_load (EngineModel *model, EngineSsmBlock *b, int32_t layer, EngineError *error)
{
  EngineSsmParams *p = &b->params;
  int64_t n_embd = model->hparams.n_embd, n_inner, n_conv, all;
  int32_t n_taps;

  if (!load_sizes (model, p, &n_taps, error))
    return false;
  n_inner = (int64_t) p->n_head * p->head_dim;
  n_conv = n_inner + 2 * (int64_t) p->n_group * p->n_state;
  all = n_inner + n_conv + p->n_head;
  if (!engine_model_tensor_rows (model, &b->gate, n_embd, all, 0, n_inner, error, "blk.%d.ssm_in.weight", layer) ||
      !engine_model_tensor_rows (model, &b->input, n_embd, all, n_inner, n_conv, error, "blk.%d.ssm_in.weight", layer) ||
      !engine_model_tensor_rows (model, &b->steps, n_embd, all, n_inner + n_conv, p->n_head, error, "blk.%d.ssm_in.weight", layer) ||
      !engine_model_conv (model, &b->conv, n_taps, n_conv, error, "blk.%d.ssm_conv1d.weight", layer) ||
      !engine_model_tensor (model, &b->conv_bias, n_conv, 0, error, "blk.%d.ssm_conv1d.bias", layer) ||
      !load_heads (model, b, layer, error) || !load_norm (model, b, layer, n_inner, error) ||
      !engine_model_tensor (model, &b->out, n_inner, n_embd, error, "blk.%d.ssm_out.weight", layer))
    return false;
  return engine_cache_layer_add (model, (EngineCacheLayer) { .layer = layer, .kind = ENGINE_CACHE_STATE, .n_state = (n_taps - 1) * n_conv }, &b->conv_layer, error) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .layer = layer, .kind = ENGINE_CACHE_STATE, .n_state = n_inner * p->n_state }, &p->layer, error);
}

EngineValueId
engine_ssm_build (const EngineModel *model, EngineGraph *g, const EngineSsmBlock *b, EngineValueId x)
{
  int32_t group = b->params.n_head / b->params.n_group * b->params.head_dim;
  EngineValueId gate, steps;

  gate = engine_graph_name (g, engine_graph_matmul (g, b->gate, x, NULL, ENGINE_NO_VALUE), "ssm_gate");
  steps = engine_graph_name (g, engine_graph_matmul (g, b->steps, x, b->step_bias, ENGINE_NO_VALUE), "ssm_steps");
  x = engine_graph_name (g, engine_graph_matmul (g, b->input, x, NULL, ENGINE_NO_VALUE), "ssm_in");
  x = engine_graph_name (g, engine_graph_conv (g, x, b->conv, b->conv_bias, b->conv_layer), "ssm_conv");
  x = engine_graph_name (g, engine_graph_gated (g, x, ENGINE_NO_VALUE, ENGINE_GATE_SILU), "ssm_act");
  x = engine_graph_name (g, engine_graph_ssm_scan (g, x, steps, b->a, b->skip, &b->params), "ssm_scan");
  x = engine_graph_name (g, engine_graph_gated (g, gate, x, ENGINE_GATE_SILU), "ssm_gated");
  return b->norm ? engine_graph_name (g, engine_graph_rms_norm (g, x, b->norm, group, model->hparams.norm_eps), "ssm_norm") : x;
}
