/* SPDX-License-Identifier: MIT */
/* The eyes of Gemma 3: SigLIP over the whole picture in one square, whatever its shape.
 *
 * Gemma Team 2025 (arXiv 2503.19786), as transformers 5.23 has them. The square is side by side patches with a table of positions; squares of scale · scale patches become one column, their mean,
 * which is normed and brought to the model's width. The processor can cut long pictures up as well ("pan and scan"), which it does only when asked to, and this does not.
 *
 * Layers: see vit.h. Names in the file: llama.cpp's. */
#include "tiles.h"
#include "vit.h"

#include <math.h>

#define MOST_LAYERS 64
#define MOST_SIDE 256 /* patches */
#define MOST_SCALE 16

typedef struct {
  int32_t       patch, scale, side, pixels, n_embd, cache_layer; /* patches of the square's side; its pixels */
  EngineNormalisation normalisation;
  float        *table;       /* [n_embd, side · side] */
  EngineTensor *patch_embed, *patch_bias, *post_norm, *post_norm_bias, *norm, *projection;
  EngineVitLayer layers[MOST_LAYERS];
} Eyes;

static bool
eyes_load (EngineModel *model, EngineError *error)
{
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);
  EngineHparams *h = &model->hparams;

  if (!eyes)
    return false;
  eyes->scale = 4;
  if (!engine_vit_numbers (model, MOST_LAYERS, &eyes->n_embd, error) || !engine_vit_normalisation (model, &eyes->normalisation, error) ||
      !engine_key_int (model, "patch_size", 1, ENGINE_MAX_PATCH, &eyes->patch, error) ||
      !engine_key_int (model, "image_size", 1, MOST_SIDE * ENGINE_MAX_PATCH, &eyes->pixels, error) ||
      !engine_key_int (model, "projector.scale_factor", 1, MOST_SCALE, &eyes->scale, error))
    return false;
  eyes->side = eyes->pixels / eyes->patch;
  if (eyes->pixels % eyes->patch || eyes->side % eyes->scale || eyes->side > MOST_SIDE)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has tiles of %d pixels, which are no whole squares of %d patches of %d; the file is damaged.", eyes->pixels, eyes->scale, eyes->patch);
  if (!engine_vit_table (model, eyes->n_embd, (int64_t) eyes->side * eyes->side, &eyes->table, error) ||
      !engine_model_patches (model, &eyes->patch_embed, eyes->patch, ENGINE_PATCH_CHANNELS, eyes->n_embd, error, "v.patch_embd.weight") ||
      !engine_model_tensor (model, &eyes->patch_bias, eyes->n_embd, 0, error, "v.patch_embd.bias") ||
      !engine_model_tensor (model, &eyes->post_norm, eyes->n_embd, 0, error, "v.post_ln.weight") || !engine_model_tensor (model, &eyes->post_norm_bias, eyes->n_embd, 0, error, "v.post_ln.bias"))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!engine_vit_layer_load (model, i, eyes->n_embd, 0, &eyes->layers[i], error))
      return false;
  return engine_model_tensor (model, &eyes->norm, eyes->n_embd, 0, error, "mm.soft_emb_norm.weight") &&
         engine_model_turned (model, &eyes->projection, eyes->n_embd, h->n_embd, error, "mm.input_projection.weight") &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .n_head_kv = h->n_head, .head_dim = h->head_dim, .kind = ENGINE_CACHE_FULL }, &eyes->cache_layer, error);
}

static void
eyes_free (EngineModel *model)
{
  Eyes *eyes = model->arch_data;

  if (eyes)
    free (eyes->table);
}

static int32_t
count_columns (const Eyes *eyes)
{
  return eyes->side / eyes->scale * (eyes->side / eyes->scale);
}

static void
eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;

  info->pixels_per_column = eyes->patch * eyes->scale;
  info->max_columns = count_columns (eyes);
}

/* ---- a picture ------------------------------------------------------------------- */

/* Always as many columns: the model knows no other number. */
static bool
eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error)
{
  look->n_columns = count_columns (model->arch_data);
  return true;
}

static bool
eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  size_t square = (size_t) eyes->scale * (size_t) eyes->scale, n_columns = (size_t) count_columns (eyes);

  look->n_tokens = eyes->side * eyes->side;
  look->n_columns = (int32_t) n_columns;
  if (!engine_tiles_order (eyes->side, eyes->scale, eyes->table, eyes->n_embd, look, error) || !(look->inputs[1] = engine_calloc (2 * square * n_columns, sizeof (float), error)))
    return false;
  for (size_t c = 0; c < n_columns; c++)
    for (size_t i = 0; i < square; i++)
      look->inputs[1][(2 * c + 1) * square + i] = 1 / (float) square;
  look->patches = (EnginePatches) { .picture = *picture, .filter = ENGINE_FILTER_BILINEAR, .width = eyes->pixels, .height = eyes->pixels, .side = eyes->patch,
                                    .normalisation = eyes->normalisation, .places = look->patches.places };
  return true;
}

/* ---- the graph ------------------------------------------------------------------- */

static bool
eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  const EngineHparams *h = &model->hparams;
  const EngineVitParams params = {
    .norm_eps = h->norm_eps, .gate = ENGINE_GATE_GELU_TANH,
    .attention = { .layer = eyes->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .sight = ENGINE_SEES_SEQUENCE,
                   .scale = 1 / sqrtf ((float) h->head_dim) },
  };
  int32_t square = eyes->scale * eyes->scale;
  EngineValueId positions = engine_graph_input (g, eyes->n_embd, g->n_tokens), alike = engine_graph_input (g, 2 * square, g->n_tokens / square), x = engine_graph_patches (g, eyes->patch);

  x = engine_graph_name (g, engine_graph_matmul (g, eyes->patch_embed, x, eyes->patch_bias, positions), "patches");
  for (g->layer = 0; g->layer < h->n_layers; g->layer++)
    x = engine_vit_layer_build (g, &eyes->layers[g->layer], &params, x);
  g->layer = -1;
  x = engine_graph_layer_norm (g, x, eyes->post_norm, eyes->post_norm_bias, h->norm_eps);
  /* The mean of a square is a mixture of its patches in which all weigh the same. */
  x = engine_graph_name (g, engine_graph_mix (g, engine_graph_reshape (g, x, (int64_t) square * eyes->n_embd), alike, ENGINE_NO_VALUE), "squares");
  x = engine_graph_rms_norm (g, x, eyes->norm, 0, h->norm_eps);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, eyes->projection, x, NULL, ENGINE_NO_VALUE), "picture"), error);
}

const EngineProjector engine_projector_gemma3 = {
  .type = "gemma3", .kind = ENGINE_TOWER_PICTURES, .describe = eyes_describe, .plan = eyes_plan, .look = eyes_look, .before = "\n\n<start_of_image>", .after = "<end_of_image>\n\n",
  .arch = { .name = "clip.vision", .tower = true, .load = eyes_load, .build = eyes_build, .free = eyes_free },
};
