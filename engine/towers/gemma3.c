/* SPDX-License-Identifier: MIT */
/* The eyes of Gemma 3: SigLIP over the whole picture in one square, whatever its shape.
 *
 * Gemma Team 2025 (arXiv 2503.19786), as transformers 5.23 has them. The square is side by side patches with a table of positions; squares of scale · scale patches become one column, their mean,
 * which is normed and brought to the model's width. The processor can cut long pictures up as well ("pan and scan"), which it does only when asked to, and this does not.
 *
 * Up to the squares: see siglip.h. Names in the file: llama.cpp's. */
#include "siglip.h"
#include "tiles.h"


#define MOST_SIDE 256 /* patches */

typedef struct {
  EngineSiglip  siglip; /* first, for engine_siglip_free (); its side is the square's, in patches */
  int32_t       pixels; /* of the square's side */
  EngineTensor *norm, *projection;
} Eyes;

static bool
eyes_load (EngineModel *model, EngineError *error)
{
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);
  EngineHparams *h = &model->hparams;

  if (!eyes)
    return false;
  eyes->siglip.scale = 4;
  if (!engine_siglip_numbers (model, &eyes->siglip, error) || !engine_key_int (model, "image_size", 1, MOST_SIDE * ENGINE_MAX_PATCH, &eyes->pixels, error))
    return false;
  eyes->siglip.side = eyes->pixels / eyes->siglip.patch;
  if (eyes->pixels % eyes->siglip.patch || eyes->siglip.side % eyes->siglip.scale || eyes->siglip.side > MOST_SIDE)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has tiles of %d pixels, which are no whole squares of %d patches of %d; the file is damaged.", eyes->pixels, eyes->siglip.scale, eyes->siglip.patch);
  return engine_siglip_load (model, &eyes->siglip, error) && engine_model_tensor (model, &eyes->norm, eyes->siglip.n_embd, 0, error, "mm.soft_emb_norm.weight") &&
         engine_model_turned (model, &eyes->projection, eyes->siglip.n_embd, h->n_embd, error, "mm.input_projection.weight");
}

static int32_t
count_columns (const Eyes *eyes)
{
  return eyes->siglip.side / eyes->siglip.scale * (eyes->siglip.side / eyes->siglip.scale);
}

static void
eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;

  info->pixels_per_column = eyes->siglip.patch * eyes->siglip.scale;
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
  size_t square = (size_t) eyes->siglip.scale * (size_t) eyes->siglip.scale, n_columns = (size_t) count_columns (eyes);

  look->n_tokens = eyes->siglip.side * eyes->siglip.side;
  look->n_columns = (int32_t) n_columns;
  if (!engine_tiles_order (eyes->siglip.side, eyes->siglip.scale, eyes->siglip.table, eyes->siglip.n_embd, look, error) || !(look->inputs[1] = engine_calloc (2 * square * n_columns, sizeof (float), error)))
    return false;
  for (size_t c = 0; c < n_columns; c++)
    for (size_t i = 0; i < square; i++)
      look->inputs[1][(2 * c + 1) * square + i] = 1 / (float) square;
  look->patches = (EnginePatches) { .picture = *picture, .filter = ENGINE_FILTER_BILINEAR, .width = eyes->pixels, .height = eyes->pixels, .side = eyes->siglip.patch,
                                    .normalisation = eyes->siglip.normalisation, .places = look->patches.places };
  return true;
}

/* ---- the graph ------------------------------------------------------------------- */

static bool
eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  const EngineHparams *h = &model->hparams;
  int32_t square = eyes->siglip.scale * eyes->siglip.scale;
  EngineValueId places = engine_graph_input (g, eyes->siglip.n_embd, g->n_tokens), alike = engine_graph_input (g, 2 * square, g->n_tokens / square);
  EngineValueId x = engine_siglip_build (model, &eyes->siglip, g, places);

  /* The mean of a square is a mixture of its patches in which all weigh the same. */
  x = engine_graph_name (g, engine_graph_mix (g, engine_graph_reshape (g, x, (int64_t) square * eyes->siglip.n_embd), alike, ENGINE_NO_VALUE), "squares");
  x = engine_graph_rms_norm (g, x, eyes->norm, 0, h->norm_eps);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, eyes->projection, x, NULL, ENGINE_NO_VALUE), "picture"), error);
}

const EngineProjector engine_projector_gemma3 = {
  .type = "gemma3", .kind = ENGINE_TOWER_PICTURES, .describe = eyes_describe, .plan = eyes_plan, .look = eyes_look, .before = "\n\n<start_of_image>", .after = "<end_of_image>\n\n",
  .arch = { .name = "clip.vision", .tower = true, .load = eyes_load, .build = eyes_build, .free = engine_siglip_free },
};
