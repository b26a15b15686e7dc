/* SPDX-License-Identifier: MIT */
#include "siglip.h"

#include <math.h>

#define MOST_SCALE 16

bool
engine_siglip_numbers (EngineModel *model, EngineSiglip *s, EngineError *error)
{
  return engine_vit_numbers (model, ENGINE_SIGLIP_MOST_LAYERS, &s->n_embd, error) && engine_vit_normalisation (model, &s->normalisation, error) &&
         engine_key_int (model, "patch_size", 1, ENGINE_MAX_PATCH, &s->patch, error) && engine_key_int (model, "projector.scale_factor", 1, MOST_SCALE, &s->scale, error);
}

bool
engine_siglip_load (EngineModel *model, EngineSiglip *s, EngineError *error)
{
  const EngineHparams *h = &model->hparams;

  if (!engine_vit_table (model, s->n_embd, (int64_t) s->side * s->side, &s->table, error) ||
      !engine_model_patches (model, &s->patch_embed, s->patch, ENGINE_PATCH_CHANNELS, s->n_embd, error, "v.patch_embd.weight") ||
      !engine_model_tensor (model, &s->patch_bias, s->n_embd, 0, error, "v.patch_embd.bias") ||
      !engine_model_tensor (model, &s->post_norm, s->n_embd, 0, error, "v.post_ln.weight") || !engine_model_tensor (model, &s->post_norm_bias, s->n_embd, 0, error, "v.post_ln.bias"))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!engine_vit_layer_load (model, i, s->n_embd, 0, &s->layers[i], error))
      return false;
  return engine_cache_layer_add (model, (EngineCacheLayer) { .n_head_kv = h->n_head, .head_dim = h->head_dim, .kind = ENGINE_CACHE_FULL }, &s->cache_layer, error);
}

void
engine_siglip_free (EngineModel *model)
{
  EngineSiglip *s = model->arch_data;

  if (s)
    free (s->table);
}

EngineValueId
engine_siglip_build (const EngineModel *model, const EngineSiglip *s, EngineGraph *g, EngineValueId places)
{
  const EngineHparams *h = &model->hparams;
  const EngineVitParams params = {
    .norm_eps = h->norm_eps, .gate = ENGINE_GATE_GELU_TANH,
    .attention = { .layer = s->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .sight = ENGINE_SEES_SEQUENCE,
                   .scale = 1 / sqrtf ((float) h->head_dim) },
  };
  EngineValueId x = engine_graph_patches (g, s->patch);

  x = engine_graph_name (g, engine_graph_matmul (g, s->patch_embed, x, s->patch_bias, places), "patches");
  for (g->layer = 0; g->layer < h->n_layers; g->layer++)
    x = engine_vit_layer_build (g, &s->layers[g->layer], &params, x);
  g->layer = -1;
  return engine_graph_layer_norm (g, x, s->post_norm, s->post_norm_bias, h->norm_eps);
}
