/* SPDX-License-Identifier: MIT */
/* Qwen3.5 (Qwen team 2026), as transformers 5.23 has it: three layers of four have Gated DeltaNet in the place of attention, whose result each fourth multiplies by a gate:
 *
 *   a = rms_norm (x);   x = x + delta (a)      or, in some layers,
 *                       q, g, k, v = W a; norms of q and k; rope;   x = x + Wo (sigmoid (g) · attention (q, k, v))
 *   x = x + Wdown (silu (Wgate b) · Wup b), b = rms_norm (x)
 *
 * or, with experts, x = x + experts (b) + sigmoid (w b) · Wdown (silu (Wgate b) · Wup b): one that all tokens share stands beside those that the router chooses.
 *
 * Tokens have positions in time, height and width, as Qwen3-VL's. Files may have layers behind the last that guess several tokens at once: they are left alone. */
#include "block.h"
#include "delta.h"
#include "qwen35.h"

#define ATTENDS_EVERY 4

typedef struct {
  EngineTensor        *norm, *ffn_norm; /* [n_embd] */
  bool                 attends;
  EngineAttentionBlock attention;       /* where it attends… */
  EngineDeltaBlock     delta;           /* …and where not */
  EngineFfnBlock       ffn;             /* with experts the shared one… */
  EngineTensor        *shared_gate;     /* …its w [n_embd, 1]; NULL: there are none */
  EngineMoeBlock       moe;
} Layer;

typedef struct {
  EngineEnds ends;
  Layer      layers[];
} Qwen35;

/* Says which layers attend, for each or as one of so many. */
static bool
attends (const EngineModel *model, int32_t layer, int32_t every)
{
  bool recurs;

  return engine_layer_bool (model, "attention.recurrent_layers", layer, &recurs) ? !recurs : (layer + 1) % every == 0;
}

static bool
load_experts (EngineModel *model, Layer *l, int32_t i, EngineError *error)
{
  int32_t n_embd = model->hparams.n_embd, n_ff = model->hparams.n_ff;

  if (!engine_key_int (model, "expert_shared_feed_forward_length", 1, 1 << 20, &n_ff, error) || !engine_moe_block_load (model, &l->moe, i, ENGINE_MOE_PLAIN, error) ||
      !engine_model_tensor (model, &l->ffn.gate, n_embd, n_ff, error, "blk.%d.ffn_gate_shexp.weight", i) ||
      !engine_model_tensor (model, &l->ffn.up, n_embd, n_ff, error, "blk.%d.ffn_up_shexp.weight", i) ||
      !engine_model_tensor (model, &l->ffn.down, n_ff, n_embd, error, "blk.%d.ffn_down_shexp.weight", i) ||
      !engine_model_tensor (model, &l->shared_gate, n_embd, 1, error, "blk.%d.ffn_gate_inp_shexp.weight", i))
    return false;
  l->shared_gate->n_dims = 2; /* a matrix, though some files have a vector */
  return true;
}

static bool
load_layer (EngineModel *model, Layer *l, int32_t i, int32_t every, bool experts, EngineError *error)
{
  l->attends = attends (model, i, every);
  return engine_norm_load (model, &l->norm, i, "attn_norm", error) && engine_norm_load (model, &l->ffn_norm, i, "post_attention_norm", error) &&
         (l->attends ? engine_attention_block_load (model, &l->attention, i, ENGINE_ATTENTION_QK_NORM | ENGINE_ATTENTION_GATED_QUERIES, error)
                     : engine_delta_block_load (model, &l->delta, i, error)) &&
         (experts ? load_experts (model, l, i, error) : engine_ffn_block_load (model, &l->ffn, i, false, error));
}

bool
engine_qwen35_load (EngineModel *model, bool experts, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int32_t n_behind = 0, every = ATTENDS_EVERY;
  Qwen35 *qwen;

  if (experts && !engine_key_int (model, "expert_feed_forward_length", 1, 1 << 20, &h->n_ff, error)) /* such files need not have feed_forward_length */
    return false;
  if (!engine_hparams_load (model, error) || (!experts && !engine_no_experts (model, error)) || !engine_key_int (model, "nextn_predict_layers", 0, h->n_layers - 1, &n_behind, error) ||
      !engine_key_int (model, "full_attention_interval", 1, 1 << 16, &every, error) || !engine_rope_sections_load (model, ENGINE_AXES_INTERLEAVED, error))
    return false;
  h->n_layers -= n_behind;
  h->rope.style = ENGINE_ROPE_HALVES;
  qwen = model->arch_data = engine_calloc (1, sizeof *qwen + (size_t) h->n_layers * sizeof *qwen->layers, error);
  if (!qwen || !engine_ends_load (model, &qwen->ends, error))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, &qwen->layers[i], i, every, experts, error))
      return false;
  return true;
}

static bool
qwen35_load (EngineModel *model, EngineError *error)
{
  return engine_qwen35_load (model, false, error);
}

/* Of the shared expert's gate a route to it, as engine_graph_mix () wants one: nobody looks at its number. */
static EngineValueId
build_ffn (EngineGraph *g, const Layer *l, EngineValueId x, EngineValueId residual)
{
  EngineValueId gate, shared;

  if (!l->shared_gate)
    return engine_ffn_build (g, &l->ffn, x, ENGINE_GATE_SILU, residual);
  shared = engine_graph_name (g, engine_ffn_build (g, &l->ffn, x, ENGINE_GATE_SILU, ENGINE_NO_VALUE), "shared_expert");
  gate = engine_graph_gated (g, engine_graph_matmul (g, l->shared_gate, x, NULL, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_SIGMOID);
  shared = engine_graph_name (g, engine_graph_mix (g, shared, engine_graph_concat (g, gate, gate), residual), "shared_out");
  return engine_moe_build (g, &l->moe, x, ENGINE_GATE_SILU, shared);
}

static EngineValueId
build_layer (const EngineModel *model, EngineGraph *g, const Layer *l, EngineValueId x)
{
  EngineAttentionOptions options = { .rope = &model->hparams.rope };
  EngineValueId a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->norm, 0, model->hparams.norm_eps), "attn_norm");

  a = l->attends ? engine_attention_build (model, g, &l->attention, a, &options) : engine_delta_build (model, g, &l->delta, a);
  engine_last_layer_build (model, g, &a, &x);
  x = engine_graph_name (g, engine_graph_matmul (g, l->attends ? l->attention.wo : l->delta.out, a, NULL, x), l->attends ? "attn_out" : "delta_out");
  a = engine_graph_name (g, engine_graph_rms_norm (g, x, l->ffn_norm, 0, model->hparams.norm_eps), "ffn_norm");
  return engine_graph_name (g, build_ffn (g, l, a, x), "layer_out");
}

bool
engine_qwen35_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Qwen35 *qwen = model->arch_data;
  EngineValueId x = engine_graph_name (g, engine_graph_splice (g, engine_graph_embed (g, qwen->ends.embedding, NULL), 0, model->hparams.n_media_parts), "embedding");

  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++)
    x = build_layer (model, g, &qwen->layers[g->layer], x);
  return engine_graph_finish (g, engine_logits_build (model, g, &qwen->ends, x), error);
}

const EngineArch engine_arch_qwen35 = { .name = "qwen35", .load = qwen35_load, .build = engine_qwen35_build };
