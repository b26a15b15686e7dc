/* SPDX-License-Identifier: MIT */
/* The eyes of Qwen2.5-VL and Qwen3-VL: a vision transformer over patches of a picture of any shape.
 *
 * Bai et al. 2025 (arXiv 2502.13923) and Bai et al. 2025 (arXiv 2511.21631), as transformers 5.23 has them:
 *
 *   x = W patch + b + table (position);  layers: see vit.h
 *   columns = W2 gelu (W1 (four neighbours of norm (x)) + b1) + b2
 *
 * Queries and keys turn with two positions, down with the first half of their pairs and across with the second, from 0. Qwen2.5 has no table, and of its layers only every few see the
 * whole picture; the others see windows. Qwen3 has no windows, but what some of its layers have made becomes columns too, W2 gelu (W1 norm (four neighbours of x) + b1) + b2, which stand behind
 * the others: the model adds them to the results of its first layers (DeepStack).
 *
 * Patches go through the graph in the order of vit.h. A kernel is of two pictures in time, for films; a picture that stands still is both. */
#include "qwen_eyes.h"
#include "vit.h"

#include <math.h>

#define MOST_LAYERS 128
#define MOST_DEEP 8
#define MOST_COLUMNS 4096 /* of one picture; the processors of the models allow four times as many, which take sixteen times as long */

/* What makes columns of squares. */
typedef struct {
  int32_t       layer; /* whose result it takes; -1: of all */
  EngineTensor *norm, *norm_bias, *fc1, *fc1_bias, *fc2, *fc2_bias;
} Merger;

typedef struct {
  const EngineQwenEyesKind *kind;
  int32_t       patch, merge, window, every_whole, side, n_embd, cache_layer; /* window: patches; side: of the table */
  EngineNormalisation normalisation;
  float        *table;          /* [n_embd, side · side], or NULL */
  EngineTensor *kernels[2], *patch_bias;
  Merger        merger, deep[MOST_DEEP];
  int32_t       n_deep;
  EngineVitLayer layers[MOST_LAYERS];
} Eyes;

/* ---- the file -------------------------------------------------------------------- */

static bool
load_numbers (EngineModel *model, Eyes *eyes, EngineError *error)
{
  int32_t image_size = 0, window = 112;

  eyes->merge = 2;
  if (!engine_vit_numbers (model, MOST_LAYERS, &eyes->n_embd, error) ||
      !engine_key_int (model, "patch_size", 1, ENGINE_MAX_PATCH, &eyes->patch, error) ||
      !engine_key_int (model, "image_size", 1, 1 << 20, &image_size, error) ||
      !engine_key_int (model, "spatial_merge_size", 1, 16, &eyes->merge, error) ||
      (eyes->kind->windows && (!engine_key_int (model, "n_wa_pattern", 1, MOST_LAYERS, &eyes->every_whole, error) || !engine_key_int (model, "window_size", 1, 1 << 20, &window, error))))
    return false;
  if (model->hparams.head_dim % 4)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has %d numbers for %d heads, which do not turn on two axes; the file is damaged.", eyes->n_embd, model->hparams.n_head);
  eyes->window = eyes->kind->windows ? window / eyes->patch / eyes->merge * eyes->merge : 0;
  eyes->side = image_size / eyes->patch;
  if (eyes->kind->windows && eyes->window < 1)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has windows of %d pixels, which hold no %d patches of %d; the file is damaged.", window, eyes->merge, eyes->patch);
  if (eyes->side < 1 || eyes->side > 1024)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has pictures of %d pixels in patches of %d; the file is damaged.", image_size, eyes->patch);
  return true;
}

/* `norm`, `fc1` and `fc2` are names by printf with the layer's number, which only some of them have. */
static bool
load_merger (EngineModel *model, const Eyes *eyes, Merger *m, EngineError *error)
{
  int64_t n = eyes->n_embd, wide = n * eyes->merge * eyes->merge, n_out = model->hparams.n_embd;
  int32_t i = m->layer;

  if (i < 0)
    return engine_model_tensor (model, &m->norm, n, 0, error, "v.post_ln.weight") && (eyes->kind->windows || engine_model_tensor (model, &m->norm_bias, n, 0, error, "v.post_ln.bias")) &&
           engine_model_tensor (model, &m->fc1, wide, wide, error, "mm.0.weight") && engine_model_tensor (model, &m->fc1_bias, wide, 0, error, "mm.0.bias") &&
           engine_model_tensor (model, &m->fc2, wide, n_out, error, "mm.2.weight") && engine_model_tensor (model, &m->fc2_bias, n_out, 0, error, "mm.2.bias");
  return engine_model_tensor (model, &m->norm, wide, 0, error, "v.deepstack.%d.norm.weight", i) && engine_model_tensor (model, &m->norm_bias, wide, 0, error, "v.deepstack.%d.norm.bias", i) &&
         engine_model_tensor (model, &m->fc1, wide, wide, error, "v.deepstack.%d.fc1.weight", i) && engine_model_tensor (model, &m->fc1_bias, wide, 0, error, "v.deepstack.%d.fc1.bias", i) &&
         engine_model_tensor (model, &m->fc2, wide, n_out, error, "v.deepstack.%d.fc2.weight", i) && engine_model_tensor (model, &m->fc2_bias, n_out, 0, error, "v.deepstack.%d.fc2.bias", i);
}

static bool
load_mergers (EngineModel *model, Eyes *eyes, EngineError *error)
{
  eyes->merger.layer = -1;
  for (int32_t i = 0; i < model->hparams.n_layers; i++) {
    bool deep = false;

    if (eyes->kind->windows || !engine_gguf_array_bool (model->gguf, "clip.vision.is_deepstack_layers", (size_t) i, &deep) || !deep)
      continue;
    if (eyes->n_deep == MOST_DEEP)
      return engine_fail (error, ENGINE_UNSUPPORTED, "The part for pictures speaks to more than %d layers of its model; this version knows no such model.", MOST_DEEP);
    eyes->deep[eyes->n_deep].layer = i;
    if (!load_merger (model, eyes, &eyes->deep[eyes->n_deep++], error))
      return false;
  }
  return load_merger (model, eyes, &eyes->merger, error);
}

bool
engine_qwen_eyes_load (EngineModel *model, const EngineQwenEyesKind *kind, EngineError *error)
{
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);

  if (!eyes)
    return false;
  eyes->kind = kind;
  if (!load_numbers (model, eyes, error) || !engine_vit_normalisation (model, &eyes->normalisation, error) ||
      (!kind->windows && !engine_vit_table (model, eyes->n_embd, (int64_t) eyes->side * eyes->side, &eyes->table, error)) ||
      !engine_model_patches (model, &eyes->kernels[0], eyes->patch, ENGINE_PATCH_CHANNELS, eyes->n_embd, error, "v.patch_embd.weight") ||
      !engine_model_patches (model, &eyes->kernels[1], eyes->patch, ENGINE_PATCH_CHANNELS, eyes->n_embd, error, "v.patch_embd.weight.1") ||
      (!kind->windows && !engine_model_tensor (model, &eyes->patch_bias, eyes->n_embd, 0, error, "v.patch_embd.bias")))
    return false;
  for (int32_t i = 0; i < model->hparams.n_layers; i++)
    if (!engine_vit_layer_load (model, i, eyes->n_embd, kind->windows ? ENGINE_VIT_RMS | ENGINE_VIT_GATED : 0, &eyes->layers[i], error))
      return false;
  return load_mergers (model, eyes, error) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .n_head_kv = model->hparams.n_head, .head_dim = model->hparams.head_dim, .kind = ENGINE_CACHE_FULL }, &eyes->cache_layer, error);
}

void
engine_qwen_eyes_free (EngineModel *model)
{
  Eyes *eyes = model->arch_data;

  if (eyes)
    free (eyes->table);
}

void
engine_qwen_eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;

  info->n_embd = model->hparams.n_embd * (1 + eyes->n_deep);
  info->pixels_per_column = eyes->patch * eyes->merge;
  info->max_columns = MOST_COLUMNS;
}

/* ---- a picture ------------------------------------------------------------------- */

static void
choose_grid (const Eyes *eyes, int32_t width, int32_t height, int32_t max_columns, int32_t *columns, int32_t *rows)
{
  int32_t most = max_columns > 0 ? ENGINE_MIN (max_columns, MOST_COLUMNS) : MOST_COLUMNS;

  engine_prep_grid_within (width, height, eyes->patch * eyes->merge, ENGINE_MIN (eyes->kind->least_columns, most), most, columns, rows);
}

bool
engine_qwen_eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error)
{
  int32_t rows;

  choose_grid (model->arch_data, width, height, max_columns, &look->n_across, &rows);
  look->n_columns = look->n_across * rows;
  return true;
}

bool
engine_qwen_eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  EngineVitSquares squares = { .merge = eyes->merge, .side = eyes->window };

  choose_grid (eyes, picture->width, picture->height, max_columns, &squares.columns, &squares.rows);
  look->n_across = squares.columns;
  squares.columns *= eyes->merge;
  squares.rows *= eyes->merge;
  look->patches = (EnginePatches) {
    .picture = *picture, .filter = ENGINE_FILTER_BICUBIC, .width = squares.columns * eyes->patch, .height = squares.rows * eyes->patch, .side = eyes->patch, .normalisation = eyes->normalisation,
  };
  if (!engine_vit_squares_look (&squares, 1, 0, eyes->table ? eyes->n_embd : 0, look, error))
    return false;
  for (int32_t i = 0; eyes->table && i < look->n_tokens; i++)
    engine_vit_table_add (eyes->table, eyes->side, eyes->n_embd, engine_vit_between_ends (i % squares.columns, squares.columns, eyes->side),
                          engine_vit_between_ends (i / squares.columns, squares.rows, eyes->side), look->inputs[0] + (size_t) look->patches.places[i] * (size_t) eyes->n_embd);
  return true;
}

/* ---- the graph ------------------------------------------------------------------- */

static EngineValueId
merge (EngineGraph *g, const Eyes *eyes, const Merger *m, float eps, EngineValueId x)
{
  int64_t wide = (int64_t) eyes->n_embd * eyes->merge * eyes->merge;

  if (m->layer < 0)
    x = engine_graph_reshape (g, engine_vit_norm (g, x, m->norm, m->norm_bias, eps), wide);
  else
    x = engine_vit_norm (g, engine_graph_reshape (g, x, wide), m->norm, m->norm_bias, eps);
  x = engine_graph_gated (g, engine_graph_matmul (g, m->fc1, x, m->fc1_bias, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  return engine_graph_matmul (g, m->fc2, x, m->fc2_bias, ENGINE_NO_VALUE);
}

bool
engine_qwen_eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  const EngineHparams *h = &model->hparams;
  EngineValueId positions = eyes->table ? engine_graph_input (g, eyes->n_embd, g->n_tokens) : ENGINE_NO_VALUE, x = engine_graph_patches (g, eyes->patch);
  EngineValueId deep[MOST_DEEP];
  int32_t n_deep = 0;
  const EngineRopeParams rope = {
    .head_dim = h->head_dim, .n_rot = h->head_dim, .style = ENGINE_ROPE_HALVES, .freq_base = 10000, .freq_scale = 1, .attn_factor = 1, .n_axes = 2, .axes = { h->head_dim / 4, h->head_dim / 4 },
  };
  EngineVitParams params = {
    .norm_eps = h->norm_eps, .gate = eyes->kind->windows ? ENGINE_GATE_SILU : ENGINE_GATE_GELU_TANH, .rope = &rope,
    .attention = { .layer = eyes->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .scale = 1 / sqrtf ((float) h->head_dim) },
  };

  positions = engine_graph_matmul (g, eyes->kernels[0], x, eyes->patch_bias, positions);
  x = engine_graph_name (g, engine_graph_matmul (g, eyes->kernels[1], x, NULL, positions), "patches");
  for (g->layer = 0; g->layer < h->n_layers; g->layer++) {
    bool whole = !eyes->kind->windows || (g->layer + 1) % eyes->every_whole == 0;

    params.attention.sight = whole ? ENGINE_SEES_SEQUENCE : ENGINE_SEES_SPAN;
    x = engine_vit_layer_build (g, &eyes->layers[g->layer], &params, x);
    if (n_deep < eyes->n_deep && eyes->deep[n_deep].layer == g->layer) {
      deep[n_deep] = merge (g, eyes, &eyes->deep[n_deep], h->norm_eps, x);
      n_deep++;
    }
  }
  g->layer = -1;
  x = merge (g, eyes, &eyes->merger, h->norm_eps, x);
  for (int32_t i = 0; i < n_deep; i++)
    x = engine_graph_concat (g, x, deep[i]);
  return engine_graph_finish (g, engine_graph_name (g, x, "picture"), error);
}
