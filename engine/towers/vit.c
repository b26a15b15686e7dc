/* SPDX-License-Identifier: MIT */
#include "vit.h"

#include <math.h>

bool
engine_vit_numbers (EngineModel *model, int32_t max_layers, int32_t *n_embd, EngineError *error)
{
  EngineHparams *h = &model->hparams;

  if (!engine_key_int (model, "block_count", 1, max_layers, &h->n_layers, error) ||
      !engine_key_int (model, "embedding_length", 1, 1 << 16, n_embd, error) ||
      !engine_key_int (model, "feed_forward_length", 1, 1 << 18, &h->n_ff, error) ||
      !engine_key_int (model, "attention.head_count", 1, 1024, &h->n_head, error) ||
      !engine_key_int (model, "projection_dim", 1, 1 << 20, &h->n_embd, error) ||
      !engine_key_float (model, "attention.layer_norm_epsilon", 1e-12, 1, &h->norm_eps, error))
    return false;
  h->head_dim = *n_embd / h->n_head;
  if (*n_embd % h->n_head || h->head_dim > 512)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has %d numbers in a column for %d heads; the file is damaged.", *n_embd, h->n_head);
  return true;
}

bool
engine_vit_layer_load (EngineModel *model, int32_t i, int32_t n_embd, EngineVitLayer *l, EngineError *error)
{
  const EngineTensor *down = engine_gguf_find_tensor (model->gguf, "v.blk.0.ffn_down.weight");
  int64_t n = n_embd, n_ff = model->hparams.n_ff;
  bool swapped = down && n_ff != n && down->ne[0] == n;
  const char *first = swapped ? "down" : "up", *second = swapped ? "up" : "down";

  return engine_model_tensor (model, &l->norm1, n, 0, error, "v.blk.%d.ln1.weight", i) && engine_model_tensor (model, &l->norm1_bias, n, 0, error, "v.blk.%d.ln1.bias", i) &&
         engine_model_tensor (model, &l->norm2, n, 0, error, "v.blk.%d.ln2.weight", i) && engine_model_tensor (model, &l->norm2_bias, n, 0, error, "v.blk.%d.ln2.bias", i) &&
         engine_model_tensor (model, &l->q, n, n, error, "v.blk.%d.attn_q.weight", i) && engine_model_tensor (model, &l->q_bias, n, 0, error, "v.blk.%d.attn_q.bias", i) &&
         engine_model_tensor (model, &l->k, n, n, error, "v.blk.%d.attn_k.weight", i) && engine_model_tensor (model, &l->k_bias, n, 0, error, "v.blk.%d.attn_k.bias", i) &&
         engine_model_tensor (model, &l->v, n, n, error, "v.blk.%d.attn_v.weight", i) && engine_model_tensor (model, &l->v_bias, n, 0, error, "v.blk.%d.attn_v.bias", i) &&
         engine_model_tensor (model, &l->out, n, n, error, "v.blk.%d.attn_out.weight", i) && engine_model_tensor (model, &l->out_bias, n, 0, error, "v.blk.%d.attn_out.bias", i) &&
         engine_model_tensor (model, &l->up, n, n_ff, error, "v.blk.%d.ffn_%s.weight", i, first) && engine_model_tensor (model, &l->up_bias, n_ff, 0, error, "v.blk.%d.ffn_%s.bias", i, first) &&
         engine_model_tensor (model, &l->down, n_ff, n, error, "v.blk.%d.ffn_%s.weight", i, second) && engine_model_tensor (model, &l->down_bias, n, 0, error, "v.blk.%d.ffn_%s.bias", i, second);
}

EngineValueId
engine_vit_layer_build (EngineGraph *g, const EngineVitLayer *l, const EngineVitParams *p, EngineValueId x)
{
  EngineValueId a = engine_graph_layer_norm (g, x, l->norm1, l->norm1_bias, p->norm_eps), q, k, v;

  q = engine_graph_matmul (g, l->q, a, l->q_bias, ENGINE_NO_VALUE);
  q = p->rope ? engine_graph_rope (g, q, NULL, p->rope) : q;
  v = engine_graph_matmul (g, l->v, a, l->v_bias, ENGINE_NO_VALUE);
  k = engine_graph_matmul (g, l->k, a, l->k_bias, ENGINE_NO_VALUE);
  k = p->rope ? engine_graph_rope (g, k, NULL, p->rope) : k;
  a = engine_graph_name (g, engine_graph_attention (g, q, k, v, NULL, &p->attention), "attention");
  x = engine_graph_matmul (g, l->out, a, l->out_bias, x);
  a = engine_graph_matmul (g, l->up, engine_graph_layer_norm (g, x, l->norm2, l->norm2_bias, p->norm_eps), l->up_bias, ENGINE_NO_VALUE);
  a = engine_graph_gated (g, a, ENGINE_NO_VALUE, p->gate);
  return engine_graph_name (g, engine_graph_matmul (g, l->down, a, l->down_bias, x), "layer_out");
}

bool
engine_vit_table (const EngineModel *model, int32_t n_embd, int64_t n, float **table, EngineError *error)
{
  const EngineTensor *tensor = engine_gguf_find_tensor (model->gguf, "v.position_embd.weight");
  void *bytes;
  bool ok;

  if (!tensor || tensor->ne[0] != n_embd || engine_tensor_rows (tensor) != n)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has no table of %lld positions with %d numbers each; fetch a complete file.", (long long) n, n_embd);
  *table = engine_calloc ((size_t) n_embd * (size_t) n, sizeof **table, error);
  bytes = *table ? engine_calloc (tensor->bytes, 1, error) : NULL;
  ok = bytes && engine_gguf_read (model->gguf, tensor, 0, bytes, tensor->bytes, error);
  if (ok)
    engine_type_to_float (tensor->type, bytes, *table, (size_t) n_embd * (size_t) n);
  free (bytes);
  return ok;
}

bool
engine_vit_normalisation (const EngineModel *model, EngineNormalisation *normalisation, EngineError *error)
{
  for (int32_t c = 0; c < ENGINE_PATCH_CHANNELS; c++) {
    double mean = 0.5, deviation = 0.5;
    bool has = engine_gguf_array_float (model->gguf, "clip.vision.image_mean", (size_t) c, &mean), has_deviation = engine_gguf_array_float (model->gguf, "clip.vision.image_std", (size_t) c, &deviation);

    if (has != has_deviation || !(deviation > 1e-3 && deviation < 1e3) || !(fabs (mean) < 1e3))
      return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures does not say how colours become numbers; fetch a complete file.");
    normalisation->mean[c] = (float) mean;
    normalisation->deviation[c] = (float) deviation;
  }
  return true;
}
