/* SPDX-License-Identifier: MIT */
/* The eyes of Gemma 4 (Google DeepMind; transformers 5.23): a vision transformer over patches of a picture that keeps its shape and is made as large as its number of columns allows.
 *
 *   x = W patch + across (column) + down (row)
 *   each layer:  a = norm (x);  q = turn (norm (Wq a)), k = turn (norm (Wk a)), v = norm (Wv a);  x = x + norm (Wo attention (q, k, v))
 *                b = norm (x);  x = x + norm (Wdown (gelu (Wgate b) · Wup b))
 *   columns = W norm (scale · (sqrt (n) · mean of a square of x - bias)), scale and bias only where the file has them
 *
 * All norms are RMS; that of values and the last have no weight. Scores are not scaled. Products are clamped (clamped.h). Of each head the first half turns with the place across, the other with the
 * place down. How large a picture is made is no key of the file: at most 280 columns, the processor's default. */
#include "clamped.h"
#include "vit.h"

#include <math.h>
#include <string.h>

#define MOST_LAYERS 128
#define MOST_COLUMNS 280
#define FREQ_BASE 100

typedef struct {
  EngineTensor *norm1, *post_norm1, *norm2, *post_norm2; /* [n_embd] */
  EngineTensor *q_norm, *k_norm;                         /* [head_dim] */
  EngineClamped q, k, v, out, gate, up, down;
} Layer;

typedef struct {
  int32_t             patch, scale, n_embd, cache_layer; /* scale: patches of the side of a square that becomes a column */
  int32_t             n_places;                          /* of the table that are ever asked for, on each axis */
  EngineNormalisation normalisation;
  float              *across, *down;                     /* [n_embd, n_places] */
  float              *scaled_bias;                       /* [n_embd] -scale · bias; NULL: none */
  EngineTensor       *std_scale, *patch_embed, *projection;
  Layer               layers[MOST_LAYERS];
} Eyes;

/* ---- the file -------------------------------------------------------------------- */

/* The first places of the table, which has many more: [n_embd, places, 2], across and then down. */
static bool
load_table (EngineModel *model, Eyes *eyes, EngineError *error)
{
  const EngineTensor *table = engine_gguf_find_tensor (model->gguf, "v.position_embd.weight");
  float **halves[] = { &eyes->across, &eyes->down };
  size_t n, bytes;
  void *raw;
  bool ok = true;

  if (!table || table->ne[0] != eyes->n_embd || table->ne[1] < eyes->scale || table->ne[2] != 2 || table->ne[3] != 1 || engine_types[table->type].block_elements != 1)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has no table of places across and down with %d numbers each; fetch a complete file.", eyes->n_embd);
  eyes->n_places = (int32_t) ENGINE_MIN (table->ne[1], (int64_t) MOST_COLUMNS * eyes->scale);
  n = (size_t) eyes->n_places * (size_t) eyes->n_embd;
  bytes = table->bytes / (2 * (size_t) table->ne[1]) * (size_t) eyes->n_places;
  raw = engine_calloc (bytes, 1, error);
  for (size_t i = 0; (ok = ok && raw) && i < 2; i++) {
    *halves[i] = engine_calloc (n, sizeof (float), error);
    ok = *halves[i] && engine_gguf_read (model->gguf, table, i * (table->bytes / 2), raw, bytes, error);
    if (ok)
      engine_type_to_float (table->type, raw, *halves[i], n);
  }
  free (raw);
  return ok;
}

static bool
load_standard (EngineModel *model, Eyes *eyes, EngineError *error)
{
  float *scale = NULL;
  bool ok;

  if (!engine_model_tensor_optional (model, &eyes->std_scale, eyes->n_embd, 0, error, "v.std_scale"))
    return false;
  if (!eyes->std_scale)
    return true;
  ok = engine_vit_floats (model, "v.std_bias", eyes->n_embd, 1, &eyes->scaled_bias, error) && engine_vit_floats (model, "v.std_scale", eyes->n_embd, 1, &scale, error);
  for (int32_t i = 0; ok && i < eyes->n_embd; i++)
    eyes->scaled_bias[i] *= -scale[i];
  free (scale);
  return ok;
}

static bool
load_layer (EngineModel *model, Layer *l, int32_t i, int64_t n, EngineError *error)
{
  int64_t n_ff = model->hparams.n_ff, head_dim = model->hparams.head_dim;

  return engine_model_tensor (model, &l->norm1, n, 0, error, "v.blk.%d.ln1.weight", i) && engine_model_tensor (model, &l->post_norm1, n, 0, error, "v.blk.%d.attn_post_norm.weight", i) &&
         engine_model_tensor (model, &l->norm2, n, 0, error, "v.blk.%d.ln2.weight", i) && engine_model_tensor (model, &l->post_norm2, n, 0, error, "v.blk.%d.ffn_post_norm.weight", i) &&
         engine_model_tensor (model, &l->q_norm, head_dim, 0, error, "v.blk.%d.attn_q_norm.weight", i) &&
         engine_model_tensor (model, &l->k_norm, head_dim, 0, error, "v.blk.%d.attn_k_norm.weight", i) && engine_clamped_load (model, &l->q, n, n, error, "v.blk.%d.attn_q", i) &&
         engine_clamped_load (model, &l->k, n, n, error, "v.blk.%d.attn_k", i) && engine_clamped_load (model, &l->v, n, n, error, "v.blk.%d.attn_v", i) &&
         engine_clamped_load (model, &l->out, n, n, error, "v.blk.%d.attn_out", i) && engine_clamped_load (model, &l->gate, n, n_ff, error, "v.blk.%d.ffn_gate", i) &&
         engine_clamped_load (model, &l->up, n, n_ff, error, "v.blk.%d.ffn_up", i) && engine_clamped_load (model, &l->down, n_ff, n, error, "v.blk.%d.ffn_down", i);
}

static bool
eyes_load (EngineModel *model, EngineError *error)
{
  EngineHparams *h = &model->hparams;
  Eyes *eyes = model->arch_data = engine_calloc (1, sizeof *eyes, error);

  if (!eyes)
    return false;
  eyes->scale = 3;
  if (!engine_vit_numbers (model, MOST_LAYERS, &eyes->n_embd, error) || !engine_vit_normalisation (model, &eyes->normalisation, error) ||
      !engine_key_int (model, "patch_size", 1, ENGINE_MAX_PATCH, &eyes->patch, error) || !engine_key_int (model, "projector.scale_factor", 1, 16, &eyes->scale, error))
    return false;
  if (h->head_dim % 4)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has %d numbers for %d heads, which do not turn on two axes; the file is damaged.", eyes->n_embd, h->n_head);
  /* The processor's numbers lie from 0 to 1, the model's from -1 to 1. */
  for (int c = 0; c < ENGINE_PATCH_CHANNELS; c++) {
    eyes->normalisation.deviation[c] /= 2;
    eyes->normalisation.mean[c] += eyes->normalisation.deviation[c];
  }
  if (!load_table (model, eyes, error) || !load_standard (model, eyes, error) ||
      !engine_model_patches (model, &eyes->patch_embed, eyes->patch, ENGINE_PATCH_CHANNELS, eyes->n_embd, error, "v.patch_embd.weight") ||
      !engine_model_tensor (model, &eyes->projection, eyes->n_embd, h->n_embd, error, "mm.input_projection.weight"))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!load_layer (model, &eyes->layers[i], i, eyes->n_embd, error))
      return false;
  return engine_cache_layer_add (model, (EngineCacheLayer) { .n_head_kv = h->n_head, .head_dim = h->head_dim, .kind = ENGINE_CACHE_FULL }, &eyes->cache_layer, error);
}

static void
eyes_free (EngineModel *model)
{
  Eyes *eyes = model->arch_data;

  if (!eyes)
    return;
  free (eyes->across);
  free (eyes->down);
  free (eyes->scaled_bias);
}

static void
eyes_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Eyes *eyes = model->arch_data;

  info->pixels_per_column = eyes->patch * eyes->scale;
  info->max_columns = MOST_COLUMNS;
}

/* ---- a picture ------------------------------------------------------------------- */

/* The largest grid of whole columns within the picture's shape; of a strip that is thinner than one, as many as it is longer than wide. */
static void
choose_grid (const Eyes *eyes, int32_t width, int32_t height, int32_t max_columns, int32_t *columns, int32_t *rows)
{
  int32_t most = max_columns > 0 ? ENGINE_MIN (max_columns, MOST_COLUMNS) : MOST_COLUMNS, unit = eyes->patch * eyes->scale, longest = eyes->n_places / eyes->scale;
  double factor = sqrt ((double) most * unit * unit / ((double) width * height));

  *columns = (int32_t) floor (factor * width / unit);
  *rows = (int32_t) floor (factor * height / unit);
  if (*rows < 1)
    *columns = ENGINE_MIN (width / height, most);
  else if (*columns < 1)
    *rows = ENGINE_MIN (height / width, most);
  *columns = ENGINE_MIN (ENGINE_MAX (*columns, 1), longest);
  *rows = ENGINE_MIN (ENGINE_MAX (*rows, 1), longest);
}

static bool
eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error)
{
  int32_t columns, rows;

  choose_grid (model->arch_data, width, height, max_columns, &columns, &rows);
  look->n_columns = columns * rows;
  return true;
}

static bool
eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  EngineVitSquares squares = { .merge = eyes->scale };
  size_t n = (size_t) eyes->n_embd, square = (size_t) eyes->scale * (size_t) eyes->scale;
  int32_t columns, rows;

  choose_grid (eyes, picture->width, picture->height, max_columns, &columns, &rows);
  squares.columns = columns * eyes->scale;
  squares.rows = rows * eyes->scale;
  look->patches = (EnginePatches) {
    .picture = *picture, .filter = ENGINE_FILTER_BICUBIC, .width = squares.columns * eyes->patch, .height = squares.rows * eyes->patch, .side = eyes->patch, .normalisation = eyes->normalisation,
  };
  if (!engine_vit_squares_look (&squares, 0, 0, eyes->n_embd, look, error) || !(look->inputs[1] = engine_calloc (2 * square * (size_t) look->n_columns, sizeof (float), error)) ||
      (eyes->scaled_bias && !(look->inputs[2] = engine_calloc (n * (size_t) look->n_columns, sizeof (float), error))))
    return false;
  for (int32_t y = 0; y < squares.rows; y++)
    for (int32_t x = 0; x < squares.columns; x++) {
      float *place = look->inputs[0] + (size_t) look->patches.places[y * squares.columns + x] * n;

      for (size_t c = 0; c < n; c++)
        place[c] = eyes->across[(size_t) x * n + c] + eyes->down[(size_t) y * n + c];
    }
  for (size_t c = 0; c < (size_t) look->n_columns; c++) {
    for (size_t i = 0; i < square; i++)
      look->inputs[1][(2 * c + 1) * square + i] = sqrtf ((float) n) / (float) square;
    if (eyes->scaled_bias)
      memcpy (look->inputs[2] + c * n, eyes->scaled_bias, n * sizeof (float));
  }
  return true;
}

/* ---- the graph ------------------------------------------------------------------- */

static EngineValueId
build_layer (const EngineModel *model, EngineGraph *g, const Eyes *eyes, const Layer *l, EngineValueId x)
{
  const EngineHparams *h = &model->hparams;
  const EngineRopeParams rope = {
    .head_dim = h->head_dim, .n_rot = h->head_dim, .style = ENGINE_ROPE_QUARTERS, .freq_base = FREQ_BASE, .freq_scale = 1, .attn_factor = 1, .n_axes = 2, .axes = { h->head_dim / 4, h->head_dim / 4 },
  };
  const EngineAttentionParams attention = {
    .layer = eyes->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .sight = ENGINE_SEES_SEQUENCE, .scale = 1,
  };
  EngineValueId a = engine_graph_rms_norm (g, x, l->norm1, 0, h->norm_eps), qkv[3], gate_up[2];

  engine_clamped_build_all (g, (const EngineClamped *[]) { &l->q, &l->k, &l->v }, 3, a, qkv);
  qkv[0] = engine_graph_rope (g, engine_graph_rms_norm (g, qkv[0], l->q_norm, h->head_dim, h->norm_eps), NULL, &rope);
  qkv[2] = engine_graph_rms_norm (g, qkv[2], NULL, h->head_dim, h->norm_eps);
  qkv[1] = engine_graph_rope (g, engine_graph_rms_norm (g, qkv[1], l->k_norm, h->head_dim, h->norm_eps), NULL, &rope);
  a = engine_graph_name (g, engine_graph_attention (g, qkv[0], qkv[1], qkv[2], NULL, &attention), "attention");
  x = engine_graph_add (g, engine_graph_rms_norm (g, engine_clamped_build (g, &l->out, a), l->post_norm1, 0, h->norm_eps), x);
  engine_clamped_build_all (g, (const EngineClamped *[]) { &l->gate, &l->up }, 2, engine_graph_rms_norm (g, x, l->norm2, 0, h->norm_eps), gate_up);
  a = engine_clamped_build (g, &l->down, engine_graph_gated (g, gate_up[0], gate_up[1], ENGINE_GATE_GELU_TANH));
  return engine_graph_name (g, engine_graph_add (g, engine_graph_rms_norm (g, a, l->post_norm2, 0, h->norm_eps), x), "layer_out");
}

static bool
eyes_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Eyes *eyes = model->arch_data;
  int32_t square = eyes->scale * eyes->scale;
  EngineValueId places = engine_graph_input (g, eyes->n_embd, g->n_tokens), alike = engine_graph_input (g, 2 * square, g->n_tokens / square);
  EngineValueId bias = eyes->scaled_bias ? engine_graph_input (g, eyes->n_embd, g->n_tokens / square) : ENGINE_NO_VALUE;
  EngineValueId x = engine_graph_matmul (g, eyes->patch_embed, engine_graph_patches (g, eyes->patch), NULL, places);

  x = engine_graph_name (g, x, "patches");
  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++)
    x = build_layer (model, g, eyes, &eyes->layers[g->layer], x);
  g->layer = -1;
  /* The mean of a square is a mixture of its patches in which all weigh the same. */
  x = engine_graph_name (g, engine_graph_mix (g, engine_graph_reshape (g, x, (int64_t) square * eyes->n_embd), alike, ENGINE_NO_VALUE), "squares");
  if (eyes->scaled_bias)
    x = engine_graph_add_scaled (g, bias, x, eyes->std_scale);
  x = engine_graph_rms_norm (g, x, NULL, 0, model->hparams.norm_eps);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, eyes->projection, x, NULL, ENGINE_NO_VALUE), "picture"), error);
}

const EngineProjector engine_projector_gemma4v = {
  .type = "gemma4v", .kind = ENGINE_TOWER_PICTURES, .describe = eyes_describe, .plan = eyes_plan, .look = eyes_look, .before = "<|image>", .after = "<image|>",
  .arch = { .name = "clip.vision", .tower = true, .load = eyes_load, .build = eyes_build, .free = eyes_free },
};
