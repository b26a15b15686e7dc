/* SPDX-License-Identifier: MIT */
/* The eyes of InternVL 2.5 and 3: InternViT over square tiles of a picture, and over the whole picture once more, small.
 *
 * Chen et al. 2024 (arXiv 2412.05271) and Zhu et al. 2025 (arXiv 2504.10479), as transformers 5.23 has them. A picture becomes the grid of tiles whose shape is the nearest to its own. In a
 * tile there is one token more than patches, which stands for all of them; the layers see it, the projector does not:
 *
 *   x = W patch + b + table (position), and for the token its own vector + table (0);  layers: see vit.h
 *   columns = W2 gelu (W1 norm (squares of scale · scale patches) + b1) + b2
 *
 * The largest ones (InternViT 6B) have RMS norms, also over queries and keys, and no biases there: what the file has tells. Names in the file: llama.cpp's, which itself has the token behind
 * the patches but the table as it is, so that each patch gets the position before its own. Here they are as they were trained. */
#include "tiles.h"
#include "vit.h"

#include <math.h>

#define MOST_LAYERS 64
#define MOST_TILES 64
#define MOST_LENGTH 4096        /* pixels, of a tile's side */
#define PROJECTOR_EPS 1e-5f     /* PyTorch's own, which no file says */

typedef struct {
  int32_t       patch, scale, side, tile, least, most, n_embd, cache_layer; /* patches of a tile's side; pixels of it; tiles */
  EngineGate    gate;
  EngineNormalisation normalisation;
  float        *table;          /* [n_embd, side · side + 1]: what is added to each patch, and the token behind them */
  EngineTensor *patch_embed, *norm, *norm_bias, *fc1, *fc1_bias, *fc2, *fc2_bias;
  EngineVitLayer layers[MOST_LAYERS];
} Eyes;

/* ---- the file -------------------------------------------------------------------- */

static bool
load_numbers (EngineModel *model, Eyes *eyes, EngineError *error)
{
  eyes->scale = 2;
  eyes->least = 1; /* older files do not say these two */
  eyes->most = 12;
  if (!engine_vit_numbers (model, MOST_LAYERS, &eyes->n_embd, error) || !engine_vit_normalisation (model, &eyes->normalisation, error) ||
      !engine_key_int (model, "patch_size", 1, ENGINE_MAX_PATCH, &eyes->patch, error) ||
      !engine_key_int (model, "image_size", 1, MOST_LENGTH, &eyes->tile, error) ||
      !engine_key_int (model, "projector.scale_factor", 1, 16, &eyes->scale, error) ||
      !engine_key_int (model, "preproc_min_tiles", 1, MOST_TILES, &eyes->least, error) ||
      !engine_key_int (model, "preproc_max_tiles", eyes->least, MOST_TILES, &eyes->most, error))
    return false;
  eyes->side = eyes->tile / eyes->patch;
  eyes->gate = engine_vit_gate (model, ENGINE_GATE_GELU_ERF);
  if (eyes->tile % eyes->patch || eyes->side % eyes->scale || eyes->side > 256)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has tiles of %d pixels, which are no whole squares of %d patches of %d; the file is damaged.", eyes->tile, eyes->scale, eyes->patch);
  return true;
}

/* The file's table begins with the token, whose place here is behind the patches. The bias of the patches is in it too, for the token has none. */
static bool
load_table (EngineModel *model, Eyes *eyes, EngineError *error)
{
  size_t n = (size_t) eyes->n_embd, n_patches = (size_t) eyes->side * (size_t) eyes->side;
  float *positions = NULL, *own = NULL, *bias = NULL;
  bool ok = engine_vit_table (model, eyes->n_embd, (int64_t) n_patches + 1, &positions, error) && engine_vit_floats (model, "v.class_embd", eyes->n_embd, 1, &own, error) &&
            engine_vit_floats (model, "v.patch_embd.bias", eyes->n_embd, 1, &bias, error) && (eyes->table = engine_calloc ((n_patches + 1) * n, sizeof *eyes->table, error));

  for (size_t i = 0; ok && i < n_patches * n; i++)
    eyes->table[i] = positions[n + i] + bias[i % n];
  for (size_t c = 0; ok && c < n; c++)
    eyes->table[n_patches * n + c] = positions[c] + own[c];
  free (bias);
  free (own);
  free (positions);
  return ok;
}

static bool
eyes_load (EngineModel *model, EngineError *error)
{
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);
  EngineHparams *h = &model->hparams;
  EngineVitFlags flags = ENGINE_VIT_SCALED;
  int64_t wide;

  if (!eyes || !load_numbers (model, eyes, error) || !load_table (model, eyes, error) ||
      !engine_model_patches (model, &eyes->patch_embed, eyes->patch, ENGINE_PATCH_CHANNELS, eyes->n_embd, error, "v.patch_embd.weight"))
    return false;
  flags |= engine_model_has_tensor (model, "v.blk.0.ln1.bias") ? 0 : ENGINE_VIT_RMS;
  flags |= engine_model_has_tensor (model, "v.blk.0.attn_q_norm.weight") ? ENGINE_VIT_NORMED : 0;
  flags |= engine_model_has_tensor (model, "v.blk.0.attn_q.bias") || engine_model_has_tensor (model, "v.blk.0.attn_qkv.bias") ? 0 : ENGINE_VIT_BARE_SIGHT;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!engine_vit_layer_load (model, i, eyes->n_embd, flags, &eyes->layers[i], error))
      return false;
  wide = (int64_t) eyes->scale * eyes->scale * eyes->n_embd;
  return engine_model_tensor (model, &eyes->norm, wide, 0, error, "mm.model.mlp.0.weight") && engine_model_tensor (model, &eyes->norm_bias, wide, 0, error, "mm.model.mlp.0.bias") &&
         engine_model_tensor (model, &eyes->fc1, wide, h->n_embd, error, "mm.model.mlp.1.weight") && engine_model_tensor (model, &eyes->fc1_bias, h->n_embd, 0, error, "mm.model.mlp.1.bias") &&
         engine_model_tensor (model, &eyes->fc2, h->n_embd, h->n_embd, error, "mm.model.mlp.3.weight") && engine_model_tensor (model, &eyes->fc2_bias, h->n_embd, 0, error, "mm.model.mlp.3.bias") &&
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
columns_of_tile (const Eyes *eyes)
{
  return eyes->side / eyes->scale * (eyes->side / eyes->scale);
}

static void
eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;

  info->pixels_per_column = eyes->patch * eyes->scale;
  info->max_columns = (eyes->most > 1 ? eyes->most + 1 : 1) * columns_of_tile (eyes);
}

/* ---- a picture ------------------------------------------------------------------- */

/* Fewer tiles where there is less room. */
static void
choose_grid (const Eyes *eyes, int32_t width, int32_t height, int32_t max_columns, int32_t *columns, int32_t *rows)
{
  int32_t most = eyes->most, n;

  do {
    engine_prep_tiles (width, height, eyes->tile, ENGINE_MIN (eyes->least, most), most, columns, rows);
    n = *columns * *rows;
    most--;
  } while (n > 1 && max_columns > 0 && n + 1 > max_columns / columns_of_tile (eyes));
}

static bool
eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  int32_t columns, rows;

  choose_grid (eyes, width, height, max_columns, &columns, &rows);
  look->n_columns = columns_of_tile (eyes);
  look->n_tiles = columns * rows > 1 ? columns * rows + 1 : 1;
  return true;
}

static bool
eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  uint8_t *pixels, *small = NULL;
  EnginePicture whole;
  int32_t columns, rows;
  bool ok;

  choose_grid (eyes, picture->width, picture->height, max_columns, &columns, &rows);
  look->n_tokens = eyes->side * eyes->side + 1;
  look->n_columns = columns_of_tile (eyes);
  pixels = engine_tiles_resize (picture, ENGINE_FILTER_BICUBIC, columns * eyes->tile, rows * eyes->tile, error);
  whole = (EnginePicture) { columns * eyes->tile, rows * eyes->tile, picture->n_channels, pixels };
  ok = pixels && (columns * rows == 1 || (small = engine_tiles_resize (picture, ENGINE_FILTER_BICUBIC, eyes->tile, eyes->tile, error))) &&
       engine_tiles_cut (&whole, eyes->tile, small, look, error) && engine_tiles_order (eyes->side, eyes->scale, eyes->table, eyes->n_embd, look, error);
  free (small);
  free (pixels);
  look->patches.filter = ENGINE_FILTER_BICUBIC;
  look->patches.side = eyes->patch;
  look->patches.normalisation = eyes->normalisation;
  return ok;
}

/* ---- the graph ------------------------------------------------------------------- */

static bool
eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  const EngineHparams *h = &model->hparams;
  const EngineVitParams params = {
    .norm_eps = h->norm_eps, .gate = eyes->gate,
    .attention = { .layer = eyes->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .sight = ENGINE_SEES_SEQUENCE,
                   .scale = 1 / sqrtf ((float) h->head_dim) },
  };
  EngineValueId positions = engine_graph_input (g, eyes->n_embd, g->n_tokens), x = engine_graph_patches (g, eyes->patch);

  x = engine_graph_name (g, engine_graph_matmul (g, eyes->patch_embed, x, NULL, positions), "patches");
  for (g->layer = 0; g->layer < h->n_layers; g->layer++)
    x = engine_vit_layer_build (g, &eyes->layers[g->layer], &params, x);
  g->layer = -1;
  x = engine_graph_reshape (g, engine_graph_first (g, x, g->n_tokens - 1), (int64_t) eyes->scale * eyes->scale * eyes->n_embd);
  x = engine_graph_layer_norm (g, x, eyes->norm, eyes->norm_bias, PROJECTOR_EPS);
  x = engine_graph_gated (g, engine_graph_matmul (g, eyes->fc1, x, eyes->fc1_bias, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, eyes->fc2, x, eyes->fc2_bias, ENGINE_NO_VALUE), "picture"), error);
}

const EngineProjector engine_projector_internvl = {
  .type = "internvl", .kind = ENGINE_TOWER_PICTURES, .describe = eyes_describe, .plan = eyes_plan, .look = eyes_look, .before = "<img>", .after = "</img>",
  .arch = { .name = "clip.vision", .tower = true, .load = eyes_load, .build = eyes_build, .free = eyes_free },
};
