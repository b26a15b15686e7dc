/* SPDX-License-Identifier: MIT */
/* The eyes of the Muses: a vision transformer over patches of a picture of any shape.
 *
 * Meta, Muse Glimmer 30B and Muse Spark Open 816B-A42B (2026), as transformers 5.23 has them:
 *
 *   x = layer_norm (W patch + table (position));  layers: see vit.h
 *   columns = norm (W gelu (W gelu (W turned (four neighbours of layer_norm (x))))), the outer norm without a weight: it is that of the model's embeddings
 *
 * Queries and keys turn with two positions, across with the first half of their pairs and down with the second, from 1. Of four layers three attend within windows of `side` by
 * `side` patches, and the fourth and the last one over the whole picture.
 *
 * Patches go through the graph window by window, and within a window by squares of merge · merge, which become one column each: so a window is a span of the sequence, and a square
 * is what lies side by side. No layer needs keys of another one: all share one layer of the cache, which each writes before it reads.
 *
 * The table has positions of `side` by `side` places; a picture of other sides is laid over it, and each patch takes a mean of the four places around its middle, places outside counting
 * as zeros. Spark lays it crossed: patch i, row after row, of a picture of w by h patches takes the place of patch i of one of h by w.
 *
 * A kernel of two pictures in time, for films, is the sum of both for a picture that stands still: the file has the sum. */
#include "muse_eyes.h"
#include "vit.h"

#include <math.h>
#include <string.h>

#define MOST_LAYERS 128
#define MOST_COLUMNS 4096 /* what the large models were made for; a smaller one says how many pixels */
#define EVERY_WHOLE 4     /* of so many layers the last one attends to the whole picture */

typedef struct {
  bool          crossed;
  int32_t       patch, merge, side, n_embd, cache_layer, most_columns;
  float         embed_eps;
  EngineNormalisation normalisation;
  float        *table;            /* [n_embd, side · side] */
  EngineTensor *patch_embed;      /* [patch · patch · 3, n_embd] */
  EngineTensor *pre_norm, *pre_norm_bias, *post_norm, *post_norm_bias;
  EngineTensor *fc[3];            /* the last one to the model's width */
  EngineVitLayer layers[MOST_LAYERS];
} Eyes;

/* ---- the file -------------------------------------------------------------------- */

static bool
load_numbers (EngineModel *model, Eyes *eyes, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  int32_t image_size = 0, most_pixels = 0;

  eyes->merge = 2;
  h->rope.freq_base = 10000;
  eyes->embed_eps = 1e-5f;
  if (!engine_vit_numbers (model, MOST_LAYERS, &eyes->n_embd, error) ||
      !engine_key_int (model, "patch_size", 1, 256, &eyes->patch, error) ||
      !engine_key_int (model, "image_size", 1, 1 << 20, &image_size, error) ||
      !engine_key_int (model, "spatial_merge_size", 1, 16, &eyes->merge, error) ||
      !engine_key_int (model, "image_max_pixels", 0, MOST_COLUMNS << 16, &most_pixels, error) ||
      !engine_key_float (model, "rope.freq_base", 1, 1e12, &h->rope.freq_base, error) ||
      !engine_key_float (model, "projector.norm_epsilon", 1e-12, 1, &eyes->embed_eps, error))
    return false;
  eyes->side = image_size / eyes->patch / eyes->merge;
  eyes->most_columns = most_pixels ? ENGINE_MAX (most_pixels / (eyes->patch * eyes->merge * eyes->patch * eyes->merge), 1) : MOST_COLUMNS;
  if (h->head_dim % 4)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has %d numbers for %d heads, which do not turn on two axes; the file is damaged.", eyes->n_embd, h->n_head);
  if (eyes->side < 1 || eyes->side > 1024 || eyes->side % eyes->merge)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has windows of %d patches, which are no whole squares of %d; the file is damaged.", eyes->side, eyes->merge);
  return true;
}

/* Of the two matrices between, as wide as the file says. */
static bool
load_projection (EngineModel *model, Eyes *eyes, EngineError *error)
{
  const EngineTensor *first = engine_gguf_find_tensor (model->gguf, "mm.0.weight");
  int64_t width = first ? first->ne[1] : 1;

  return engine_model_tensor (model, &eyes->fc[0], (int64_t) eyes->merge * eyes->merge * eyes->n_embd, width, error, "mm.0.weight") &&
         engine_model_tensor (model, &eyes->fc[1], width, width, error, "mm.1.weight") &&
         engine_model_tensor (model, &eyes->fc[2], width, model->hparams.n_embd, error, "mm.2.weight");
}

bool
engine_muse_eyes_load (EngineModel *model, bool crossed, EngineError *error)
{
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);

  if (!eyes)
    return false;
  eyes->crossed = crossed;
  if (!load_numbers (model, eyes, error) || !engine_vit_normalisation (model, &eyes->normalisation, error) ||
      !engine_vit_table (model, eyes->n_embd, (int64_t) eyes->side * eyes->side, &eyes->table, error) ||
      !engine_model_patches (model, &eyes->patch_embed, eyes->patch, ENGINE_PATCH_CHANNELS, eyes->n_embd, error, "v.patch_embd.weight") ||
      !engine_model_tensor (model, &eyes->pre_norm, eyes->n_embd, 0, error, "v.pre_ln.weight") || !engine_model_tensor (model, &eyes->pre_norm_bias, eyes->n_embd, 0, error, "v.pre_ln.bias") ||
      !engine_model_tensor (model, &eyes->post_norm, eyes->n_embd, 0, error, "v.post_ln.weight") || !engine_model_tensor (model, &eyes->post_norm_bias, eyes->n_embd, 0, error, "v.post_ln.bias"))
    return false;
  for (int32_t i = 0; i < model->hparams.n_layers; i++)
    if (!engine_vit_layer_load (model, i, eyes->n_embd, 0, &eyes->layers[i], error))
      return false;
  return load_projection (model, eyes, error) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .n_head_kv = model->hparams.n_head, .head_dim = model->hparams.head_dim, .kind = ENGINE_CACHE_FULL }, &eyes->cache_layer, error);
}

void
engine_muse_eyes_free (EngineModel *model)
{
  Eyes *eyes = model->arch_data;

  if (eyes)
    free (eyes->table);
}

void
engine_muse_eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;

  info->pixels_per_column = eyes->patch * eyes->merge;
  info->max_columns = eyes->most_columns;
}

/* ---- a picture ------------------------------------------------------------------- */

/* The mean of places of the table that patch i of a picture takes. */
static void
add_positions (const Eyes *eyes, const EngineVitSquares *squares, EngineLook *look)
{
  int32_t columns = eyes->crossed ? squares->rows : squares->columns, rows = eyes->crossed ? squares->columns : squares->rows;

  for (int32_t i = 0; i < look->n_tokens; i++)
    engine_vit_table_add (eyes->table, eyes->side, eyes->n_embd, engine_vit_between_middles (i % columns, columns, eyes->side), engine_vit_between_middles (i / columns, rows, eyes->side),
                          look->inputs[0] + (size_t) look->patches.places[i] * (size_t) eyes->n_embd);
}

static void
choose_grid (const Eyes *eyes, int32_t width, int32_t height, int32_t max_columns, int32_t *columns, int32_t *rows)
{
  engine_prep_grid (width, height, eyes->patch * eyes->merge, max_columns > 0 ? ENGINE_MIN (max_columns, eyes->most_columns) : eyes->most_columns, columns, rows);
}

bool
engine_muse_eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error)
{
  int32_t columns, rows;

  choose_grid (model->arch_data, width, height, max_columns, &columns, &rows);
  look->n_columns = columns * rows;
  return true;
}

bool
engine_muse_eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  EngineVitSquares squares = { .merge = eyes->merge, .side = eyes->side };

  choose_grid (eyes, picture->width, picture->height, max_columns, &squares.columns, &squares.rows);
  squares.columns *= eyes->merge;
  squares.rows *= eyes->merge;
  look->patches = (EnginePatches) {
    .picture = *picture, .filter = ENGINE_FILTER_LANCZOS, .width = squares.columns * eyes->patch, .height = squares.rows * eyes->patch, .side = eyes->patch, .normalisation = eyes->normalisation,
  };
  if (!engine_vit_squares_look (&squares, 0, 1, eyes->n_embd, look, error))
    return false;
  add_positions (eyes, &squares, look);
  return true;
}

/* ---- the graph ------------------------------------------------------------------- */

bool
engine_muse_eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  const EngineHparams *h = &model->hparams;
  EngineValueId positions = engine_graph_input (g, eyes->n_embd, g->n_tokens), x = engine_graph_patches (g, eyes->patch);
  int32_t square = eyes->merge * eyes->merge;
  const EngineRopeParams rope = {
    .head_dim = h->head_dim, .n_rot = h->head_dim, .style = ENGINE_ROPE_ADJACENT, .freq_base = h->rope.freq_base, .freq_scale = 1, .attn_factor = 1,
    .n_axes = 2, .axes = { h->head_dim / 4, h->head_dim / 4 },
  };
  EngineVitParams params = {
    .norm_eps = h->norm_eps, .gate = ENGINE_GATE_GELU_ERF, .rope = &rope,
    .attention = { .layer = eyes->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .scale = 1 / sqrtf ((float) h->head_dim) },
  };

  x = engine_graph_matmul (g, eyes->patch_embed, x, NULL, positions);
  x = engine_graph_name (g, engine_graph_layer_norm (g, x, eyes->pre_norm, eyes->pre_norm_bias, h->norm_eps), "patches");
  for (g->layer = 0; g->layer < h->n_layers; g->layer++) {
    bool whole = (g->layer + 1) % EVERY_WHOLE == 0 || g->layer == h->n_layers - 1;

    params.attention.sight = whole ? ENGINE_SEES_SEQUENCE : ENGINE_SEES_SPAN;
    x = engine_vit_layer_build (g, &eyes->layers[g->layer], &params, x);
  }
  g->layer = -1;
  x = engine_graph_layer_norm (g, x, eyes->post_norm, eyes->post_norm_bias, h->norm_eps);
  /* Of a square's columns first the first number of each, then the second, … */
  x = engine_graph_name (g, engine_graph_transpose (g, engine_graph_reshape (g, x, (int64_t) square * eyes->n_embd), square), "squares");
  x = engine_graph_gated (g, engine_graph_matmul (g, eyes->fc[0], x, NULL, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  x = engine_graph_gated (g, engine_graph_matmul (g, eyes->fc[1], x, NULL, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  x = engine_graph_matmul (g, eyes->fc[2], x, NULL, ENGINE_NO_VALUE);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_rms_norm (g, x, NULL, 0, eyes->embed_eps), "picture"), error);
}
