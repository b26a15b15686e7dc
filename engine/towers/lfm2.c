/* SPDX-License-Identifier: MIT */
/* The eyes of LFM2-VL and LFM2.5-VL: SigLIP 2 over a picture in a size near its own, or over square tiles of a large one and the whole once more.
 *
 * Amini et al. 2025 (arXiv 2511.23404) and Tschannen et al. 2025 (arXiv 2502.14786, NaFlex), as transformers 5.23 has them. The table of positions is a small picture itself, which gets the
 * size of the patches; squares of scale · scale patches become one column:
 *
 *   x: see siglip.h, with the table in the size of the patches
 *   columns = W2 gelu (W1 norm (squares of x) + b1) + b2, some without the norm of squares
 *
 * What the processor is told of sizes is in no file of llama.cpp's: the numbers here are its own, from before it is told any. Names in the file: llama.cpp's. */
#include "siglip.h"
#include "tiles.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST_SIDE 1024          /* places of the table's side */
#define MOST_COLUMNS 256        /* of a picture that is not cut */
#define LEAST_PART 4            /* of the most, which is the least */
#define TOLERANCE 2             /* a picture with so many times as many is cut */
#define TILE 512                /* pixels */
#define LEAST_TILES 2
#define MOST_TILES 10
#define PROJECTOR_EPS 1e-5f     /* PyTorch's own, which no file says */

typedef struct {
  EngineSiglip  siglip;                                              /* first, for engine_siglip_free () */
  EngineTensor *norm, *norm_bias, *fc1, *fc1_bias, *fc2, *fc2_bias; /* norm: NULL: none */
} Eyes;

/* ---- the file -------------------------------------------------------------------- */

static bool
load_projector (EngineModel *model, Eyes *eyes, EngineError *error)
{
  const EngineTensor *fc1 = engine_gguf_find_tensor (model->gguf, "mm.1.weight");
  int64_t wide = (int64_t) eyes->siglip.scale * eyes->siglip.scale * eyes->siglip.n_embd, n_hidden = fc1 ? fc1->ne[1] : 1;

  return engine_model_tensor_optional (model, &eyes->norm, wide, 0, error, "mm.input_norm.weight") &&
         (!eyes->norm || engine_model_tensor (model, &eyes->norm_bias, wide, 0, error, "mm.input_norm.bias")) &&
         engine_model_tensor (model, &eyes->fc1, wide, n_hidden, error, "mm.1.weight") && engine_model_tensor_optional (model, &eyes->fc1_bias, n_hidden, 0, error, "mm.1.bias") &&
         engine_model_tensor (model, &eyes->fc2, n_hidden, model->hparams.n_embd, error, "mm.2.weight") &&
         engine_model_tensor_optional (model, &eyes->fc2_bias, model->hparams.n_embd, 0, error, "mm.2.bias");
}

static bool
eyes_load (EngineModel *model, EngineError *error)
{
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);
  const EngineTensor *table = engine_gguf_find_tensor (model->gguf, "v.position_embd.weight");

  if (!eyes)
    return false;
  eyes->siglip.scale = 2;
  if (!engine_siglip_numbers (model, &eyes->siglip, error))
    return false;
  if (TILE % (eyes->siglip.patch * eyes->siglip.scale))
    return engine_fail (error, ENGINE_UNSUPPORTED, "The part for pictures has squares of %d patches of %d pixels, which do not fill tiles of %d; this version needs some that do.", eyes->siglip.scale,
                        eyes->siglip.patch, TILE);
  while (table && eyes->siglip.side < MOST_SIDE && (int64_t) eyes->siglip.side * eyes->siglip.side < engine_tensor_rows (table))
    eyes->siglip.side++;
  return engine_siglip_load (model, &eyes->siglip, error) && load_projector (model, eyes, error);
}

static void
eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;
  int32_t across = TILE / (eyes->siglip.patch * eyes->siglip.scale);

  info->pixels_per_column = eyes->siglip.patch * eyes->siglip.scale;
  info->max_columns = MOST_TILES * across * across + MOST_COLUMNS;
}

/* ---- a picture ------------------------------------------------------------------- */

/* How a picture is seen. */
typedef struct {
  int32_t tiles_across, tiles_down; /* 0: it is not cut */
  int32_t columns, rows;            /* of the whole, in squares */
} Plan;

/* The size of the whole, in squares. */
static void
choose_size (const Eyes *eyes, int32_t width, int32_t height, int32_t most, Plan *plan)
{
  double unit = (double) eyes->siglip.patch * eyes->siglip.scale, most_pixels = most * unit * unit, pixels = (double) width * height;
  double columns = ENGINE_MAX (1, nearbyint (width / unit)), rows = ENGINE_MAX (1, nearbyint (height / unit)); /* halves to even */

  if (columns * rows > most) {
    double shrink = sqrt (pixels / most_pixels);

    columns = ENGINE_MAX (1, floor (width / shrink / unit));
    rows = ENGINE_MAX (1, floor (height / shrink / unit));
  } else if (columns * rows < most / LEAST_PART) {
    double grow = sqrt (most / LEAST_PART * unit * unit / pixels);

    columns = ceil (width * grow / unit);
    rows = ceil (height * grow / unit);
  }
  /* A strip, for which the processor makes more than its model reads. */
  plan->columns = (int32_t) ENGINE_MIN (columns, floor (most / ENGINE_MIN (rows, most)));
  plan->rows = (int32_t) ENGINE_MIN (rows, floor (most / (double) plan->columns));
}

/* Fewer tiles where there is less room. */
static Plan
make_plan (const Eyes *eyes, int32_t width, int32_t height, int32_t max_columns)
{
  double unit = (double) eyes->siglip.patch * eyes->siglip.scale, wide = ENGINE_MAX (eyes->siglip.patch, nearbyint (width / unit) * unit), high = ENGINE_MAX (eyes->siglip.patch, nearbyint (height / unit) * unit);
  int32_t across = TILE / (eyes->siglip.patch * eyes->siglip.scale), most = max_columns > 0 ? ENGINE_MIN (max_columns, MOST_COLUMNS) : MOST_COLUMNS;
  Plan plan = { 0 };

  choose_size (eyes, width, height, most, &plan);
  for (int32_t tiles = MOST_TILES; wide * high > TOLERANCE * MOST_COLUMNS * unit * unit && tiles >= LEAST_TILES; tiles--) {
    engine_prep_tiles (width, height, TILE, LEAST_TILES, tiles, &plan.tiles_across, &plan.tiles_down);
    if (max_columns <= 0 || plan.tiles_across * plan.tiles_down * across * across + plan.columns * plan.rows <= max_columns)
      return plan;
  }
  plan.tiles_across = plan.tiles_down = 0;
  return plan;
}

/* What stands before each tile, and before the whole behind them. */
static bool
name_tiles (const Plan *plan, EngineLook *look, EngineError *error)
{
  look->runs = engine_calloc ((size_t) look->n_tiles + 1, sizeof *look->runs, error);
  if (!look->runs)
    return false;
  look->n_runs = look->n_tiles + 1;
  for (int32_t t = 0; t < look->n_runs; t++) {
    char words[96] = "<|img_thumbnail|>";

    if (t < look->n_tiles)
      snprintf (words, sizeof words, "%s<|img_row_%d_col_%d|>", t ? "" : "<|image_start|>", t / plan->tiles_across + 1, t % plan->tiles_across + 1);
    look->runs[t] = (EngineMediaRun) { strdup (words), t < look->n_tiles ? look->n_columns : look->behind->n_columns };
    if (!look->runs[t].before)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a picture or a sound.");
  }
  return true;
}

static bool
eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  Plan plan = make_plan (eyes, width, height, max_columns);
  int32_t across = TILE / (eyes->siglip.patch * eyes->siglip.scale);

  if (!plan.tiles_across) {
    look->n_columns = plan.columns * plan.rows;
    return true;
  }
  look->behind = engine_calloc (1, sizeof *look->behind, error);
  if (!look->behind)
    return false;
  look->n_tiles = plan.tiles_across * plan.tiles_down;
  look->n_columns = across * across;
  look->behind->n_tiles = 1;
  look->behind->n_columns = plan.columns * plan.rows;
  return name_tiles (&plan, look, error);
}

/* All of a look but the picture: it has so many squares. */
static bool
look_at_squares (const Eyes *eyes, int32_t columns, int32_t rows, EngineLook *look, EngineError *error)
{
  EngineVitSquares squares = { .merge = eyes->siglip.scale, .columns = columns * eyes->siglip.scale, .rows = rows * eyes->siglip.scale };

  look->patches.filter = ENGINE_FILTER_BILINEAR;
  look->patches.width = squares.columns * eyes->siglip.patch;
  look->patches.height = squares.rows * eyes->siglip.patch;
  look->patches.side = eyes->siglip.patch;
  look->patches.normalisation = eyes->siglip.normalisation;
  return engine_vit_squares_look (&squares, 1, 0, eyes->siglip.n_embd, look, error) &&
         engine_vit_table_resize (eyes->siglip.table, eyes->siglip.side, eyes->siglip.n_embd, squares.columns, squares.rows, look->patches.places, look->inputs[0], error);
}

static bool
eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  Plan plan = make_plan (eyes, picture->width, picture->height, max_columns);
  int32_t across = TILE / (eyes->siglip.patch * eyes->siglip.scale), width = plan.tiles_across * TILE, height = plan.tiles_down * TILE;
  EngineLook *whole = look;
  uint8_t *pixels;
  bool ok;

  if (plan.tiles_across) {
    look->behind = whole = engine_calloc (1, sizeof *whole, error);
    pixels = whole ? engine_tiles_resize (picture, ENGINE_FILTER_BILINEAR, width, height, error) : NULL;
    ok = pixels && engine_tiles_cut (&(EnginePicture) { width, height, picture->n_channels, pixels }, TILE, NULL, look, error) && look_at_squares (eyes, across, across, look, error);
    free (pixels);
    if (!ok)
      return false;
  }
  whole->n_tiles = 1;
  whole->patches.picture = *picture;
  return look_at_squares (eyes, plan.columns, plan.rows, whole, error) && (whole == look || name_tiles (&plan, look, error));
}

/* ---- the graph ------------------------------------------------------------------- */

static bool
eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  EngineValueId places = engine_graph_input (g, eyes->siglip.n_embd, g->n_tokens), x = engine_siglip_build (model, &eyes->siglip, g, places);

  x = engine_graph_reshape (g, x, (int64_t) eyes->siglip.scale * eyes->siglip.scale * eyes->siglip.n_embd);
  if (eyes->norm)
    x = engine_graph_layer_norm (g, x, eyes->norm, eyes->norm_bias, PROJECTOR_EPS);
  x = engine_graph_gated (g, engine_graph_matmul (g, eyes->fc1, x, eyes->fc1_bias, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, eyes->fc2, x, eyes->fc2_bias, ENGINE_NO_VALUE), "picture"), error);
}

const EngineProjector engine_projector_lfm2 = {
  .type = "lfm2", .kind = ENGINE_TOWER_PICTURES, .describe = eyes_describe, .plan = eyes_plan, .look = eyes_look, .before = "<|image_start|>", .after = "<|image_end|>",
  .arch = { .name = "clip.vision", .tower = true, .load = eyes_load, .build = eyes_build, .free = engine_siglip_free },
};
