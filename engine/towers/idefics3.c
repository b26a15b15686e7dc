/* SPDX-License-Identifier: MIT */
/* The eyes of Idefics3 and SmolVLM: SigLIP over square tiles of a picture, and over the whole picture once more, small.
 *
 * Laurençon et al. 2024 (arXiv 2408.12637) and Marafioti et al. 2025 (arXiv 2504.05299), as transformers 5.23 has them. The picture is brought to a length of `longest` pixels on its longer side, then to
 * whole tiles on both; each tile is `side` by `side` patches with a table of positions, whose squares of scale · scale become one column, side by side, row after row. In the prompt each tile
 * has its place before it, <row_1_col_2>, and each row ends with a line break.
 *
 * Up to the squares: see siglip.h. Names in the file: llama.cpp's. */
#include "siglip.h"
#include "tiles.h"

#include <stdio.h>
#include <string.h>

#define MOST_TILES 64      /* on one side */
#define MOST_LENGTH 4096   /* pixels, of the longer side, as the processor has it */

typedef struct {
  EngineSiglip  siglip;        /* first, for engine_siglip_free (); its side is a tile's, in patches */
  int32_t       tile, longest; /* pixels of a tile's side, and of the longer side of a picture */
  EngineTensor *fc;
} Eyes;

static bool
eyes_load (EngineModel *model, EngineError *error)
{
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);
  EngineHparams *h = &model->hparams;

  if (!eyes)
    return false;
  eyes->siglip.scale = 2;
  if (!engine_siglip_numbers (model, &eyes->siglip, error) || !engine_key_int (model, "image_size", 1, MOST_LENGTH, &eyes->tile, error))
    return false;
  eyes->longest = eyes->tile;
  if (!engine_key_int (model, "preproc_image_size", 1, MOST_LENGTH, &eyes->longest, error))
    return false;
  eyes->siglip.side = eyes->tile / eyes->siglip.patch;
  if (eyes->tile % eyes->siglip.patch || eyes->siglip.side % eyes->siglip.scale || eyes->siglip.side > 256 || (eyes->longest + eyes->tile - 1) / eyes->tile > MOST_TILES)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has tiles of %d pixels, which are no whole squares of %d patches of %d; the file is damaged.", eyes->tile, eyes->siglip.scale, eyes->siglip.patch);
  return engine_siglip_load (model, &eyes->siglip, error) && engine_model_tensor (model, &eyes->fc, (int64_t) eyes->siglip.scale * eyes->siglip.scale * eyes->siglip.n_embd, h->n_embd, error, "mm.model.fc.weight");
}

static int32_t
columns_of_tile (const Eyes *eyes)
{
  return eyes->siglip.side / eyes->siglip.scale * (eyes->siglip.side / eyes->siglip.scale);
}

static void
eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;
  int32_t tiles = (eyes->longest + eyes->tile - 1) / eyes->tile;

  info->pixels_per_column = eyes->siglip.patch * eyes->siglip.scale;
  info->max_columns = (tiles > 1 ? tiles * tiles + 1 : 1) * columns_of_tile (eyes);
}

/* ---- a picture ------------------------------------------------------------------- */

typedef struct { int32_t width, height; } Size;

/* The longer side becomes `longest`, the other one even. */
static Size
rescaled (Size from, int32_t longest)
{
  double ratio = (double) from.width / from.height;
  bool wide = from.width >= from.height;
  int32_t other = (int32_t) (wide ? longest / ratio : longest * ratio);

  other = ENGINE_MAX (other + other % 2, 1);
  return wide ? (Size) { longest, other } : (Size) { other, longest };
}

static int32_t
whole_tiles (int32_t pixels, int32_t tile)
{
  return (pixels + tile - 1) / tile * tile;
}

/* Whole tiles on both sides, about as the picture is shaped. */
static Size
tiled (Size from, int32_t tile)
{
  double ratio = (double) from.width / from.height;

  if (from.width >= from.height) {
    from.width = whole_tiles (from.width, tile);
    from.height = whole_tiles (ENGINE_MAX ((int32_t) (from.width / ratio), 1), tile);
  } else {
    from.height = whole_tiles (from.height, tile);
    from.width = whole_tiles (ENGINE_MAX ((int32_t) (from.height * ratio), 1), tile);
  }
  return from;
}

static int32_t
count_tiles (Size size, int32_t tile)
{
  int32_t n = size.width / tile * (size.height / tile);

  return n > 1 ? n + 1 : 1;
}

/* What stands before each tile; the last one is the whole picture. */
static bool
name_tiles (const Eyes *eyes, int32_t across, EngineLook *look, EngineError *error)
{
  look->runs = engine_calloc ((size_t) look->n_tiles, sizeof *look->runs, error);
  if (!look->runs)
    return false;
  look->n_runs = look->n_tiles;
  for (int32_t t = 0; t < look->n_tiles; t++) {
    char words[96];

    if (t < look->n_tiles - 1)
      snprintf (words, sizeof words, "%s<fake_token_around_image><row_%d_col_%d>", t && t % across == 0 ? "\n" : "", t / across + 1, t % across + 1);
    else
      snprintf (words, sizeof words, "%s<fake_token_around_image><global-img>", t ? "\n\n" : "");
    look->runs[t] = (EngineMediaRun) { strdup (words), look->n_columns };
    if (!look->runs[t].before)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a picture or a sound.");
  }
  return true;
}

/* The sizes that a picture gets one after the other. Fewer tiles where there is less room. */
static void
choose_sizes (const Eyes *eyes, Size size, int32_t max_columns, Size *first, Size *second)
{
  int32_t longest = eyes->longest;

  while (*first = rescaled (size, longest), *second = tiled (*first, eyes->tile), max_columns > 0 && longest > eyes->tile && count_tiles (*second, eyes->tile) > max_columns / columns_of_tile (eyes))
    longest = ENGINE_MAX (longest - eyes->tile, eyes->tile);
}

static bool
eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  Size first, second;

  choose_sizes (eyes, (Size) { width, height }, max_columns, &first, &second);
  look->n_columns = columns_of_tile (eyes);
  look->n_tiles = count_tiles (second, eyes->tile);
  return name_tiles (eyes, second.width / eyes->tile, look, error);
}

static bool
eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  Size first, second;
  EnginePicture resized, whole;
  uint8_t *once, *twice = NULL, *small = NULL;
  bool ok;

  look->n_tokens = eyes->siglip.side * eyes->siglip.side;
  look->n_columns = columns_of_tile (eyes);
  choose_sizes (eyes, (Size) { picture->width, picture->height }, max_columns, &first, &second);
  once = engine_tiles_resize (picture, ENGINE_FILTER_LANCZOS, first.width, first.height, error);
  resized = (EnginePicture) { first.width, first.height, picture->n_channels, once };
  if (once)
    twice = engine_tiles_resize (&resized, ENGINE_FILTER_LANCZOS, second.width, second.height, error);
  whole = (EnginePicture) { second.width, second.height, picture->n_channels, twice };
  ok = twice && (count_tiles (second, eyes->tile) == 1 || (small = engine_tiles_resize (&whole, ENGINE_FILTER_LANCZOS, eyes->tile, eyes->tile, error))) &&
       engine_tiles_cut (&whole, eyes->tile, small, look, error) && engine_tiles_order (eyes->siglip.side, eyes->siglip.scale, eyes->siglip.table, eyes->siglip.n_embd, look, error) &&
       name_tiles (eyes, second.width / eyes->tile, look, error);
  free (small);
  free (twice);
  free (once);
  look->patches.filter = ENGINE_FILTER_LANCZOS;
  look->patches.side = eyes->siglip.patch;
  look->patches.normalisation = eyes->siglip.normalisation;
  return ok;
}

/* ---- the graph ------------------------------------------------------------------- */

static bool
eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  EngineValueId places = engine_graph_input (g, eyes->siglip.n_embd, g->n_tokens), x = engine_siglip_build (model, &eyes->siglip, g, places);

  x = engine_graph_reshape (g, x, (int64_t) eyes->siglip.scale * eyes->siglip.scale * eyes->siglip.n_embd);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, eyes->fc, x, NULL, ENGINE_NO_VALUE), "picture"), error);
}

const EngineProjector engine_projector_idefics3 = {
  .type = "idefics3", .kind = ENGINE_TOWER_PICTURES, .describe = eyes_describe, .plan = eyes_plan, .look = eyes_look, .before = "<fake_token_around_image><global-img>", .after = "<fake_token_around_image>",
  .arch = { .name = "clip.vision", .tower = true, .load = eyes_load, .build = eyes_build, .free = engine_siglip_free },
};
