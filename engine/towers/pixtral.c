/* SPDX-License-Identifier: MIT */
/* The eyes of Pixtral, Mistral Small 3.1 and 3.2, and Ministral 3: a vision transformer over patches of a picture of any shape, whose rows stand in the prompt one by one.
 *
 * Agrawal et al. 2024 (arXiv 2410.07073), as transformers 5.23 has them:
 *
 *   x = norm (W patch);  layers: see vit.h, without any bias
 *   columns = W2 gelu (W1 x + b1) + b2
 *
 * Queries and keys turn with two positions: down the even frequencies with the first half of their pairs, across the odd ones with the second. Those after Pixtral have a merger before the
 * end, Wm squares of norm (x), a square's patches element by element. Behind each row but the last stands [IMG_BREAK]: the model's own token, though llama.cpp's files, whose names these
 * are, have its vector too. */
#include "vit.h"

#include <math.h>
#include <string.h>

#define MOST_LAYERS 128
#define MOST_LENGTH 4096 /* pixels, of the longer side, as the processor has it */

typedef struct {
  int32_t       patch, merge, longest, n_embd, cache_layer; /* pixels of the longer side */
  EngineGate    gate;
  EngineNormalisation normalisation;
  EngineTensor *patch_embed, *norm;
  EngineTensor *merger_norm, *merger;                       /* NULL: none */
  EngineTensor *fc1, *fc1_bias, *fc2, *fc2_bias;            /* biases: NULL: none */
  EngineVitLayer layers[MOST_LAYERS];
} Eyes;

/* ---- the file -------------------------------------------------------------------- */

static bool
load_projector (EngineModel *model, Eyes *eyes, EngineError *error)
{
  int64_t n = eyes->n_embd, n_out = model->hparams.n_embd;

  if ((eyes->merge > 1 || engine_model_has_tensor (model, "mm.patch_merger.weight")) &&
      (!engine_model_tensor (model, &eyes->merger_norm, n, 0, error, "mm.input_norm.weight") || !engine_model_tensor (model, &eyes->merger, n * eyes->merge * eyes->merge, n, error, "mm.patch_merger.weight")))
    return false;
  return engine_model_tensor (model, &eyes->fc1, n, n_out, error, "mm.1.weight") && engine_model_tensor_optional (model, &eyes->fc1_bias, n_out, 0, error, "mm.1.bias") &&
         engine_model_tensor (model, &eyes->fc2, n_out, n_out, error, "mm.2.weight") && engine_model_tensor_optional (model, &eyes->fc2_bias, n_out, 0, error, "mm.2.bias");
}

static bool
eyes_load (EngineModel *model, EngineError *error)
{
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);
  EngineHparams *h = &model->hparams;

  if (!eyes)
    return false;
  eyes->merge = 1;
  if (!engine_vit_numbers (model, MOST_LAYERS, &eyes->n_embd, error) || !engine_vit_normalisation (model, &eyes->normalisation, error) ||
      !engine_key_int (model, "patch_size", 1, ENGINE_MAX_PATCH, &eyes->patch, error) || !engine_key_int (model, "spatial_merge_size", 1, 16, &eyes->merge, error) ||
      !engine_key_int (model, "image_size", eyes->patch * eyes->merge, MOST_LENGTH, &eyes->longest, error))
    return false;
  eyes->gate = engine_vit_gate (model, ENGINE_GATE_SILU);
  if (h->head_dim % 4)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has %d numbers for %d heads, which do not turn on two axes; the file is damaged.", eyes->n_embd, h->n_head);
  if (!engine_model_patches (model, &eyes->patch_embed, eyes->patch, ENGINE_PATCH_CHANNELS, eyes->n_embd, error, "v.patch_embd.weight") ||
      !engine_model_tensor (model, &eyes->norm, eyes->n_embd, 0, error, "v.pre_ln.weight"))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!engine_vit_layer_load (model, i, eyes->n_embd, ENGINE_VIT_RMS | ENGINE_VIT_GATED | ENGINE_VIT_BARE, &eyes->layers[i], error))
      return false;
  return load_projector (model, eyes, error) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .n_head_kv = h->n_head, .head_dim = h->head_dim, .kind = ENGINE_CACHE_FULL }, &eyes->cache_layer, error);
}

static void
eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;
  int32_t unit = eyes->patch * eyes->merge, most = (eyes->longest + unit - 1) / unit;

  info->pixels_per_column = unit;
  info->max_columns = most * most;
}

/* ---- a picture ------------------------------------------------------------------- */

/* Whole squares that the picture fills, once it is not longer than `longest`, which is less where there is less room. */
static void
choose_grid (const Eyes *eyes, int32_t width, int32_t height, int32_t max_columns, int32_t *columns, int32_t *rows)
{
  int32_t unit = eyes->patch * eyes->merge, longest = eyes->longest;

  for (;;) {
    double shrink = ENGINE_MAX ((double) height / longest, (double) width / longest);
    int32_t wide = shrink > 1 ? (int32_t) floor (width / shrink) : width, high = shrink > 1 ? (int32_t) floor (height / shrink) : height;

    *columns = (ENGINE_MAX (wide, 1) + unit - 1) / unit; /* a strip keeps a row, where the processor leaves it none */
    *rows = (ENGINE_MAX (high, 1) + unit - 1) / unit;
    if (max_columns <= 0 || longest <= unit || *columns <= max_columns / *rows)
      return;
    longest = ENGINE_MAX (longest - unit, unit);
  }
}

/* Each row by itself. */
static bool
name_rows (int32_t columns, int32_t rows, EngineLook *look, EngineError *error)
{
  look->runs = engine_calloc ((size_t) rows, sizeof *look->runs, error);
  if (!look->runs)
    return false;
  look->n_runs = rows;
  for (int32_t y = 0; y < rows; y++) {
    look->runs[y] = (EngineMediaRun) { strdup (y ? "[IMG_BREAK]" : ""), columns };
    if (!look->runs[y].before)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a picture or a sound.");
  }
  return true;
}

static bool
eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error)
{
  int32_t columns, rows;

  choose_grid (model->arch_data, width, height, max_columns, &columns, &rows);
  look->n_columns = columns * rows;
  return name_rows (columns, rows, look, error);
}

static bool
eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  EngineVitSquares squares = { .merge = eyes->merge };
  int32_t columns, rows;

  choose_grid (eyes, picture->width, picture->height, max_columns, &columns, &rows);
  squares.columns = columns * eyes->merge;
  squares.rows = rows * eyes->merge;
  look->patches = (EnginePatches) {
    .picture = *picture, .filter = ENGINE_FILTER_BICUBIC, .width = squares.columns * eyes->patch, .height = squares.rows * eyes->patch, .side = eyes->patch, .normalisation = eyes->normalisation,
  };
  return engine_vit_squares_look (&squares, 1, 0, 0, look, error) && name_rows (columns, rows, look, error);
}

/* ---- the graph ------------------------------------------------------------------- */

static bool
eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  const EngineHparams *h = &model->hparams;
  const EngineRopeParams rope = {
    .head_dim = h->head_dim, .n_rot = h->head_dim, .style = ENGINE_ROPE_ADJACENT, .freq_base = 10000, .freq_scale = 1, .attn_factor = 1, .n_axes = 2, .axes = { h->head_dim / 4, h->head_dim / 4 },
    .axes_order = ENGINE_AXES_STRIDED,
  };
  const EngineVitParams params = {
    .norm_eps = h->norm_eps, .gate = eyes->gate, .rope = &rope,
    .attention = { .layer = eyes->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .sight = ENGINE_SEES_SEQUENCE,
                   .scale = 1 / sqrtf ((float) h->head_dim) },
  };
  int32_t square = eyes->merge * eyes->merge;
  EngineValueId x = engine_graph_patches (g, eyes->patch);

  x = engine_graph_name (g, engine_graph_matmul (g, eyes->patch_embed, x, NULL, ENGINE_NO_VALUE), "patches");
  x = engine_graph_rms_norm (g, x, eyes->norm, 0, h->norm_eps);
  for (g->layer = 0; g->layer < h->n_layers; g->layer++)
    x = engine_vit_layer_build (g, &eyes->layers[g->layer], &params, x);
  g->layer = -1;
  if (eyes->merger) {
    x = engine_graph_reshape (g, engine_graph_rms_norm (g, x, eyes->merger_norm, 0, h->norm_eps), (int64_t) square * eyes->n_embd);
    x = engine_graph_matmul (g, eyes->merger, engine_graph_transpose (g, x, square), NULL, ENGINE_NO_VALUE);
  }
  x = engine_graph_gated (g, engine_graph_matmul (g, eyes->fc1, x, eyes->fc1_bias, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, eyes->fc2, x, eyes->fc2_bias, ENGINE_NO_VALUE), "picture"), error);
}

const EngineProjector engine_projector_pixtral = {
  .type = "pixtral", .kind = ENGINE_TOWER_PICTURES, .describe = eyes_describe, .plan = eyes_plan, .look = eyes_look, .before = "", .after = "[IMG_END]",
  .arch = { .name = "clip.vision", .tower = true, .load = eyes_load, .build = eyes_build },
};
