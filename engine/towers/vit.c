/* SPDX-License-Identifier: MIT */
#include "vit.h"

#include <math.h>

bool
engine_vit_numbers (EngineModel *model, int32_t max_layers, int32_t *n_embd, EngineError *error)
{
  EngineHparams *h = &model->hparams;

  if (!engine_key_int (model, "block_count", 1, max_layers, &h->n_layers, error) ||
      !engine_key_int (model, "embedding_length", 1, 1 << 16, n_embd, error) ||
      !engine_key_int (model, "feed_forward_length", 1, 1 << 18, &h->n_ff, error) ||
      !engine_key_int (model, "attention.head_count", 1, 1024, &h->n_head, error) ||
      !engine_key_int (model, "projection_dim", 1, 1 << 20, &h->n_embd, error) ||
      !engine_key_float (model, "attention.layer_norm_epsilon", 1e-12, 1, &h->norm_eps, error))
    return false;
  h->head_dim = *n_embd / h->n_head;
  if (*n_embd % h->n_head || h->head_dim > 512)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has %d numbers in a column for %d heads; the file is damaged.", *n_embd, h->n_head);
  return true;
}

/* The matrices of queries, keys and values, each by itself or all three in one. */
static bool
load_qkv (EngineModel *model, int32_t i, int64_t n, bool bare, EngineVitLayer *l, EngineError *error)
{
  EngineTensor **matrices[] = { &l->q, &l->k, &l->v }, **biases[] = { &l->q_bias, &l->k_bias, &l->v_bias };
  static const char names[] = { 'q', 'k', 'v' };
  bool fused = engine_model_has_tensor (model, "v.blk.%d.attn_qkv.weight", i);

  for (int part = 0; part < 3; part++)
    if (fused ? !engine_model_tensor_rows (model, matrices[part], n, 3 * n, part * n, n, error, "v.blk.%d.attn_qkv.weight", i) ||
                  (!bare && !engine_model_vector_part (model, biases[part], 3 * n, part * n, n, error, "v.blk.%d.attn_qkv.bias", i))
              : !engine_model_tensor (model, matrices[part], n, n, error, "v.blk.%d.attn_%c.weight", i, names[part]) ||
                  (!bare && !engine_model_tensor (model, biases[part], n, 0, error, "v.blk.%d.attn_%c.bias", i, names[part])))
      return false;
  return true;
}

bool
engine_vit_layer_load (EngineModel *model, int32_t i, int32_t n_embd, EngineVitFlags flags, EngineVitLayer *l, EngineError *error)
{
  const EngineTensor *down = engine_gguf_find_tensor (model->gguf, "v.blk.0.ffn_down.weight");
  int64_t n = n_embd, n_ff = model->hparams.n_ff;
  bool swapped = down && n_ff != n && down->ne[0] == n, rms = flags & ENGINE_VIT_RMS, gated = flags & ENGINE_VIT_GATED, bare = flags & ENGINE_VIT_BARE;
  const char *first = swapped ? "down" : "up", *second = swapped ? "up" : "down";

  return engine_model_tensor (model, &l->norm1, n, 0, error, "v.blk.%d.ln1.weight", i) && (rms || engine_model_tensor (model, &l->norm1_bias, n, 0, error, "v.blk.%d.ln1.bias", i)) &&
         engine_model_tensor (model, &l->norm2, n, 0, error, "v.blk.%d.ln2.weight", i) && (rms || engine_model_tensor (model, &l->norm2_bias, n, 0, error, "v.blk.%d.ln2.bias", i)) &&
         load_qkv (model, i, n, bare || flags & ENGINE_VIT_BARE_SIGHT, l, error) &&
         (!(flags & ENGINE_VIT_NORMED) || (engine_model_tensor (model, &l->q_norm, n, 0, error, "v.blk.%d.attn_q_norm.weight", i) &&
                                           engine_model_tensor (model, &l->k_norm, n, 0, error, "v.blk.%d.attn_k_norm.weight", i))) &&
         (!(flags & ENGINE_VIT_SCALED) || (engine_model_tensor (model, &l->scale1, n, 0, error, "v.blk.%d.ls1.weight", i) &&
                                           engine_model_tensor (model, &l->scale2, n, 0, error, "v.blk.%d.ls2.weight", i))) &&
         engine_model_tensor (model, &l->out, n, n, error, "v.blk.%d.attn_out.weight", i) && (bare || engine_model_tensor (model, &l->out_bias, n, 0, error, "v.blk.%d.attn_out.bias", i)) &&
         (!gated || engine_model_tensor (model, &l->gate, n, n_ff, error, "v.blk.%d.ffn_gate.weight", i)) &&
         (!gated || bare || engine_model_tensor (model, &l->gate_bias, n_ff, 0, error, "v.blk.%d.ffn_gate.bias", i)) &&
         engine_model_tensor (model, &l->up, n, n_ff, error, "v.blk.%d.ffn_%s.weight", i, first) && (bare || engine_model_tensor (model, &l->up_bias, n_ff, 0, error, "v.blk.%d.ffn_%s.bias", i, first)) &&
         engine_model_tensor (model, &l->down, n_ff, n, error, "v.blk.%d.ffn_%s.weight", i, second) && (bare || engine_model_tensor (model, &l->down_bias, n, 0, error, "v.blk.%d.ffn_%s.bias", i, second));
}

EngineValueId
engine_vit_norm (EngineGraph *g, EngineValueId x, const EngineTensor *weight, const EngineTensor *bias, float eps)
{
  return bias ? engine_graph_layer_norm (g, x, weight, bias, eps) : engine_graph_rms_norm (g, x, weight, 0, eps);
}

/* x and what a half adds to it. */
static EngineValueId
add_half (EngineGraph *g, const EngineTensor *weight, const EngineTensor *bias, const EngineTensor *scale, EngineValueId a, EngineValueId x)
{
  return scale ? engine_graph_add_scaled (g, x, engine_graph_matmul (g, weight, a, bias, ENGINE_NO_VALUE), scale) : engine_graph_matmul (g, weight, a, bias, x);
}

EngineValueId
engine_vit_layer_build (EngineGraph *g, const EngineVitLayer *l, const EngineVitParams *p, EngineValueId x)
{
  EngineValueId a = engine_vit_norm (g, x, l->norm1, l->norm1_bias, p->norm_eps), q, k, v, up;

  q = engine_graph_matmul (g, l->q, a, l->q_bias, ENGINE_NO_VALUE);
  q = l->q_norm ? engine_graph_rms_norm (g, q, l->q_norm, 0, p->norm_eps) : q;
  q = p->rope ? engine_graph_rope (g, q, NULL, p->rope) : q;
  v = engine_graph_matmul (g, l->v, a, l->v_bias, ENGINE_NO_VALUE);
  k = engine_graph_matmul (g, l->k, a, l->k_bias, ENGINE_NO_VALUE);
  k = l->k_norm ? engine_graph_rms_norm (g, k, l->k_norm, 0, p->norm_eps) : k;
  k = p->rope ? engine_graph_rope (g, k, NULL, p->rope) : k;
  a = engine_graph_name (g, engine_graph_attention (g, q, k, v, NULL, &p->attention), "attention");
  x = add_half (g, l->out, l->out_bias, l->scale1, a, x);
  a = engine_vit_norm (g, x, l->norm2, l->norm2_bias, p->norm_eps);
  up = engine_graph_matmul (g, l->up, a, l->up_bias, ENGINE_NO_VALUE);
  a = l->gate ? engine_graph_gated (g, engine_graph_matmul (g, l->gate, a, l->gate_bias, ENGINE_NO_VALUE), up, p->gate) : engine_graph_gated (g, up, ENGINE_NO_VALUE, p->gate);
  return engine_graph_name (g, add_half (g, l->down, l->down_bias, l->scale2, a, x), "layer_out");
}

bool
engine_vit_floats (const EngineModel *model, const char *name, int64_t width, int64_t n, float **floats, EngineError *error)
{
  const EngineTensor *tensor = engine_gguf_find_tensor (model->gguf, name);
  void *bytes;
  bool ok;

  if (!tensor || tensor->ne[0] != width || engine_tensor_rows (tensor) != n)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures lacks the tensor %s of %lld by %lld numbers; fetch a complete file.", name, (long long) width, (long long) n);
  *floats = engine_calloc ((size_t) width * (size_t) n, sizeof **floats, error);
  bytes = *floats ? engine_calloc (tensor->bytes, 1, error) : NULL;
  ok = bytes && engine_gguf_read (model->gguf, tensor, 0, bytes, tensor->bytes, error);
  if (ok)
    engine_type_to_float (tensor->type, bytes, *floats, (size_t) width * (size_t) n);
  free (bytes);
  return ok;
}

bool
engine_vit_table (const EngineModel *model, int32_t n_embd, int64_t n, float **table, EngineError *error)
{
  const EngineTensor *tensor = engine_gguf_find_tensor (model->gguf, "v.position_embd.weight");

  if (!tensor || tensor->ne[0] != n_embd || engine_tensor_rows (tensor) != n)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures has no table of %lld positions with %d numbers each; fetch a complete file.", (long long) n, n_embd);
  return engine_vit_floats (model, tensor->name, n_embd, n, table, error);
}

EngineGate
engine_vit_gate (const EngineModel *model, EngineGate gate)
{
  bool has = false;

  if (engine_gguf_bool (model->gguf, "clip.use_silu", &has) && has)
    return ENGINE_GATE_SILU;
  return engine_gguf_bool (model->gguf, "clip.use_gelu", &has) && has ? ENGINE_GATE_GELU_ERF : gate;
}

bool
engine_vit_normalisation (const EngineModel *model, EngineNormalisation *normalisation, EngineError *error)
{
  for (int32_t c = 0; c < ENGINE_PATCH_CHANNELS; c++) {
    double mean = 0.5, deviation = 0.5;
    bool has = engine_gguf_array_float (model->gguf, "clip.vision.image_mean", (size_t) c, &mean), has_deviation = engine_gguf_array_float (model->gguf, "clip.vision.image_std", (size_t) c, &deviation);

    if (has != has_deviation || !(deviation > 1e-3 && deviation < 1e3) || !(fabs (mean) < 1e3))
      return engine_fail (error, ENGINE_BAD_FILE, "The part for pictures does not say how colours become numbers; fetch a complete file.");
    normalisation->mean[c] = (float) mean;
    normalisation->deviation[c] = (float) deviation;
  }
  return true;
}

/* ---- a table of positions -------------------------------------------------------- */

EngineVitBetween
engine_vit_between_middles (int32_t i, int32_t n, int32_t side)
{
  float place = ((float) i + 0.5f) * (float) side / (float) n - 0.5f, low = floorf (place);
  EngineVitBetween b = { { (int32_t) low, (int32_t) low + 1 }, { 1 - (place - low), place - low } };

  for (int k = 0; k < 2; k++)
    if (b.at[k] < 0 || b.at[k] >= side)
      b.at[k] = 0, b.weight[k] = 0;
  return b;
}

EngineVitBetween
engine_vit_between_ends (int32_t i, int32_t n, int32_t side)
{
  float place = (float) i * (float) (side - 1) / (float) ENGINE_MAX (n - 1, 1), low = floorf (place);

  return (EngineVitBetween) { { (int32_t) low, ENGINE_MIN ((int32_t) low + 1, side - 1) }, { 1 - (place - low), place - low } };
}

void
engine_vit_table_add (const float *table, int32_t side, int32_t n_embd, EngineVitBetween across, EngineVitBetween down, float *out)
{
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < 2; k++) {
      const float *row = table + ((size_t) down.at[i] * (size_t) side + (size_t) across.at[k]) * (size_t) n_embd;
      float weight = down.weight[i] * across.weight[k];

      for (int32_t c = 0; weight != 0 && c < n_embd; c++)
        out[c] += weight * row[c];
    }
}

/* The sum under window i of numbers that stand `stride` apart, [n] each. */
static void
sum_window (const EngineWindows *windows, int32_t i, const float *from, size_t stride, size_t n, float *out)
{
  for (int32_t k = 0; k < windows->n[i]; k++) {
    const float *row = from + (size_t) (windows->first[i] + k) * stride;
    float weight = (float) windows->weights[(size_t) i * (size_t) windows->most + (size_t) k] / (1 << ENGINE_WINDOW_PRECISION);

    for (size_t c = 0; c < n; c++)
      out[c] += weight * row[c];
  }
}

bool
engine_vit_table_resize (const float *table, int32_t side, int32_t n_embd, int32_t columns, int32_t rows, const int32_t *places, float *out, EngineError *error)
{
  size_t n = (size_t) n_embd, row = (size_t) columns * n;
  EngineWindows across = { 0 }, down = { 0 };
  float *wide = NULL;

  if (engine_prep_windows_init (&across, ENGINE_FILTER_BILINEAR, side, columns, error) && engine_prep_windows_init (&down, ENGINE_FILTER_BILINEAR, side, rows, error))
    wide = engine_calloc ((size_t) side * row, sizeof *wide, error);
  for (int32_t y = 0; wide && y < side; y++)
    for (int32_t x = 0; x < columns; x++)
      sum_window (&across, x, table + (size_t) y * (size_t) side * n, n, n, wide + (size_t) y * row + (size_t) x * n);
  for (int32_t y = 0; wide && y < rows; y++)
    for (int32_t x = 0; x < columns; x++)
      sum_window (&down, y, wide + (size_t) x * n, row, n, out + (size_t) places[y * columns + x] * n);
  engine_prep_windows_clear (&across);
  engine_prep_windows_clear (&down);
  free (wide);
  return wide != NULL;
}

/* ---- patches in windows and squares ---------------------------------------------- */

/* The window that a patch is in. */
typedef struct { int32_t left, top, width, height; } Window;

static Window
window_at (const EngineVitSquares *s, int32_t x, int32_t y)
{
  int32_t side = s->side ? s->side : ENGINE_MAX (s->columns, s->rows), left = x / side * side, top = y / side * side;

  return (Window) { left, top, ENGINE_MIN (side, s->columns - left), ENGINE_MIN (side, s->rows - top) };
}

int32_t
engine_vit_squares_place (const EngineVitSquares *s, int32_t x, int32_t y)
{
  Window w = window_at (s, x, y);
  int32_t merge = s->merge, before = w.top * s->columns + w.left * w.height; /* patches of windows before this one */

  x -= w.left;
  y -= w.top;
  return before + (y / merge * (w.width / merge) + x / merge) * merge * merge + y % merge * merge + x % merge;
}

bool
engine_vit_squares_look (const EngineVitSquares *s, int32_t across, int32_t from, int32_t n_embd, EngineLook *look, EngineError *error)
{
  int32_t square = s->merge * s->merge, *places;
  size_t n;

  look->n_tokens = s->columns * s->rows;
  look->n_columns = look->n_tokens / square;
  n = (size_t) look->n_tokens;
  look->patches.places = places = engine_calloc (n, sizeof *places, error);
  if (!places || !(look->spans = engine_calloc (2 * n, sizeof *look->spans, error)) || !(look->axes = engine_calloc (2 * n, sizeof *look->axes, error)) ||
      !(look->places = engine_calloc ((size_t) look->n_columns, sizeof *look->places, error)) || (n_embd && !(look->inputs[0] = engine_calloc (n * (size_t) n_embd, sizeof (float), error)))) {
    engine_look_clear (look);
    return false;
  }
  for (int32_t y = 0; y < s->rows; y++)
    for (int32_t x = 0; x < s->columns; x++) {
      int32_t place = places[y * s->columns + x] = engine_vit_squares_place (s, x, y);
      Window w = window_at (s, x, y);

      look->spans[2 * place] = engine_vit_squares_place (s, w.left, w.top);
      look->spans[2 * place + 1] = look->spans[2 * place] + w.width * w.height;
      look->axes[2 * place + across] = x + from;
      look->axes[2 * place + 1 - across] = y + from;
      look->places[place / square] = y / s->merge * (s->columns / s->merge) + x / s->merge;
    }
  return true;
}
