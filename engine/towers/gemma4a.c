/* SPDX-License-Identifier: MIT */
/* The ears of Gemma 4 (Google DeepMind; transformers 5.23): a conformer over the spectrogram of usm_mel.h, in half minutes that know nothing of each other.
 *
 *   x = W (two convolutions over time and bands, each with half as many, a norm over its channels, and relu)
 *   each layer:  x = x + half (1) (x);  x = x + norm (Wo attention (norm (x)));  x = x + Wend silu (norm (conv (gate))), gate of Wstart norm (x);  x = norm (x + half (2) (x))
 *                half (x) = ½ norm (Wdown silu (Wup norm (x)))
 *   columns = W norm (Wout x + b)
 *
 * All norms but those behind convolutions are RMS. Products are clamped (clamped.h). Attention sees the last 12 columns, with scores
 *
 *   cap (q · (k + r (i - j))),  r (distance) = Wr (sines of the distance, cosines)
 *
 * Sums of waves are what rope makes: with eight waves of half-odd turns in 16 places, any numbers f (0) … f (15) are f (d) = Σ a cos (w d) + b sin (w d), so f (i - j) is the product of
 * (a, -b) turned by i and (1, 0) turned by j. Each head is so many numbers longer: queries by the waves of q · r, one matrix, made here; keys by ones and zeros; values by zeros.
 *
 * Convolutions look ahead, all else looks back: the graph is run for a few columns after the other, on one cache. */
#include "clamped.h"
#include "usm_mel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST_LAYERS 64
#define MOST_CHANNELS 4096
#define SIGHT 12          /* columns that are seen */
#define WAVES 8
#define LONGER (2 * WAVES) /* numbers of a head */
#define CAP 50
#define EPS 1e-6f
#define SLICE ENGINE_PAGE_TOKENS
#define N_FRAMES 3000     /* of half a minute, one more than there can be */
#define MOST_COLUMNS (N_FRAMES / 4)

typedef struct {
  EngineTensor *norm, *post_norm; /* [n_embd] */
  EngineClamped up, down;
} Half;

typedef struct {
  Half          first, second;
  EngineTensor *pre_norm, *post_norm, *conv_pre_norm, *conv_norm, *out_norm; /* [n_embd] */
  EngineClamped q, k, v, out, start, end;
  EngineTensor *q_scale;   /* [head_dim] */
  EngineTensor *relative;  /* [n_embd, n_head · LONGER] */
  float        *q_scale_numbers, *relative_numbers;
  EngineTensor *conv;      /* [n_taps, n_embd] */
  int32_t       conv_layer, cache_layer;
} Layer;

typedef struct {
  int32_t       n_embd, n_mel, n_channels[2], n_bands[2]; /* behind each convolution */
  EngineTensor *conv[2], *conv_norm[2], *in, *out, *out_bias, *projection, *waves;
  float         wave_numbers[WAVES];
  Layer         layers[MOST_LAYERS];
} Ears;

/* ---- the file -------------------------------------------------------------------- */

static double
wave (int i)
{
  return 2 * M_PI * (i + 0.5) / LONGER;
}

static bool
load_numbers (EngineModel *model, Ears *ears, EngineError *error)
{
  EngineHparams *h = &model->hparams;

  h->norm_eps = EPS; /* what files say is another module's */
  if (!engine_key_int (model, "block_count", 1, MOST_LAYERS, &h->n_layers, error) || !engine_key_int (model, "embedding_length", 2, 1 << 14, &ears->n_embd, error) ||
      !engine_key_int (model, "feed_forward_length", 1, 1 << 18, &h->n_ff, error) || !engine_key_int (model, "attention.head_count", 1, 1024, &h->n_head, error) ||
      !engine_key_int (model, "projection_dim", 1, 1 << 20, &h->n_embd, error) || !engine_key_int (model, "num_mel_bins", 1, 1024, &ears->n_mel, error))
    return false;
  h->head_dim = ears->n_embd / h->n_head;
  if (ears->n_embd % h->n_head || ears->n_embd % 2 || h->head_dim > 512 - LONGER)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound has %d numbers in a column for %d heads; the file is damaged.", ears->n_embd, h->n_head);
  return true;
}

static bool
load_convolution (EngineModel *model, Ears *ears, int i, EngineError *error)
{
  char name[32];
  const EngineTensor *kernel;
  int64_t n_in = i ? ears->n_channels[0] : 1;

  snprintf (name, sizeof name, "a.conv1d.%d.weight", i);
  kernel = engine_gguf_find_tensor (model->gguf, name);
  ears->n_channels[i] = kernel ? (int32_t) ENGINE_MIN (kernel->ne[3], MOST_CHANNELS) : 1;
  ears->n_bands[i] = ((i ? ears->n_bands[0] : ears->n_mel) + 1) / 2;
  return engine_model_patches (model, &ears->conv[i], 3, n_in, ears->n_channels[i], error, "a.conv1d.%d.weight", i) &&
         engine_model_tensor (model, &ears->conv_norm[i], ears->n_channels[i], 0, error, "a.conv1d.%d.norm.weight", i);
}

/* The matrix that makes the waves of q · r of queries as they come: what scales them is in it. */
static bool
make_relative (EngineModel *model, const Ears *ears, Layer *l, int32_t i, const float *scale, EngineError *error)
{
  int32_t n = ears->n_embd, n_head = model->hparams.n_head, dim = model->hparams.head_dim;
  float *matrix = NULL, *r;
  double place[SIGHT * 2];

  l->relative_numbers = engine_calloc ((size_t) n * (size_t) n_head * LONGER, sizeof (float), error);
  r = engine_calloc ((size_t) n * SIGHT, sizeof *r, error);
  if (!l->relative_numbers || !r || !engine_model_floats (model, &matrix, n, n, error, "a.blk.%d.attn_k_rel.weight", i)) {
    free (matrix);
    free (r);
    return false;
  }
  for (int32_t wide = 0; wide < n / 2; wide++) {
    double speed = exp (-wide * log (10000) / ENGINE_MAX (n / 2 - 1, 1));

    for (int d = 0; d < SIGHT; d++) {
      place[d] = sin (d * speed);
      place[SIGHT + d] = cos (d * speed);
    }
    for (int32_t row = 0; row < n; row++)
      for (int d = 0; d < SIGHT; d++)
        r[(size_t) row * SIGHT + d] += (float) (matrix[(size_t) row * n + wide] * place[d] + matrix[(size_t) row * n + n / 2 + wide] * place[SIGHT + d]);
  }
  for (int32_t row = 0; row < n; row++)
    for (int w = 0; w < WAVES; w++) {
      float *cosine = l->relative_numbers + ((size_t) (row / dim) * LONGER + w) * n + row, *sine = cosine + (size_t) WAVES * n;
      double a = 0, b = 0;

      for (int d = 0; d < SIGHT; d++) {
        a += cos (wave (w) * d) * r[(size_t) row * SIGHT + d];
        b += sin (wave (w) * d) * r[(size_t) row * SIGHT + d];
      }
      *cosine = (float) (a * scale[row % dim] / WAVES);
      *sine = (float) (-b * scale[row % dim] / WAVES);
    }
  free (matrix);
  free (r);
  l->relative = engine_model_made (model, n, (int64_t) n_head * LONGER, l->relative_numbers, "a.blk.%d.waves", i);
  return true;
}

/* What queries are multiplied by, for themselves and their keys. */
static bool
load_scores (EngineModel *model, const Ears *ears, Layer *l, int32_t i, EngineError *error)
{
  int32_t dim = model->hparams.head_dim;

  if (!engine_model_floats (model, &l->q_scale_numbers, dim, 1, error, "a.blk.%d.per_dim_scale.weight", i))
    return false;
  for (int32_t k = 0; k < dim; k++)
    l->q_scale_numbers[k] *= (float) (1 / sqrt (dim) / log (2));
  if (!make_relative (model, ears, l, i, l->q_scale_numbers, error))
    return false;
  for (int32_t k = 0; k < dim; k++)
    l->q_scale_numbers[k] *= (float) (log (1 + exp (1)) / log (2));
  l->q_scale = engine_model_made (model, dim, 0, l->q_scale_numbers, "a.blk.%d.scale", i);
  return true;
}

static bool
load_half (EngineModel *model, Half *half, int32_t i, int64_t n, const char *which, EngineError *error)
{
  int64_t n_ff = model->hparams.n_ff;

  return engine_model_tensor (model, &half->norm, n, 0, error, "a.blk.%d.ffn_norm%s.weight", i, which) && engine_clamped_load (model, &half->up, n, n_ff, error, "a.blk.%d.ffn_up%s", i, which) &&
         engine_clamped_load (model, &half->down, n_ff, n, error, "a.blk.%d.ffn_down%s", i, which) &&
         engine_model_tensor (model, &half->post_norm, n, 0, error, "a.blk.%d.ffn_post_norm%s.weight", i, which);
}

static bool
load_layer (EngineModel *model, const Ears *ears, Layer *l, int32_t i, EngineError *error)
{
  const EngineHparams *h = &model->hparams;
  int64_t n = ears->n_embd, n_taps;
  char name[32];
  const EngineTensor *taps;

  snprintf (name, sizeof name, "a.blk.%d.conv_dw.weight", i);
  taps = engine_gguf_find_tensor (model->gguf, name);
  n_taps = taps ? ENGINE_MIN (ENGINE_MAX (taps->ne[0], 2), ENGINE_MAX_TAPS) : 2;
  return load_half (model, &l->first, i, n, "", error) && load_half (model, &l->second, i, n, "_1", error) &&
         engine_model_tensor (model, &l->pre_norm, n, 0, error, "a.blk.%d.attn_pre_norm.weight", i) &&
         engine_model_tensor (model, &l->post_norm, n, 0, error, "a.blk.%d.attn_post_norm.weight", i) && engine_clamped_load (model, &l->q, n, n, error, "a.blk.%d.attn_q", i) &&
         engine_clamped_load (model, &l->k, n, n, error, "a.blk.%d.attn_k", i) && engine_clamped_load (model, &l->v, n, n, error, "a.blk.%d.attn_v", i) &&
         engine_clamped_load (model, &l->out, n, n, error, "a.blk.%d.attn_out", i) && load_scores (model, ears, l, i, error) &&
         /* The two norms have each other's names in files. */
         engine_model_tensor (model, &l->conv_pre_norm, n, 0, error, "a.blk.%d.conv_norm.weight", i) && engine_clamped_load (model, &l->start, n, 2 * n, error, "a.blk.%d.conv_pw1", i) &&
         engine_model_conv (model, &l->conv, n_taps, n, error, "a.blk.%d.conv_dw.weight", i) && engine_model_tensor (model, &l->conv_norm, n, 0, error, "a.blk.%d.norm_conv.weight", i) &&
         engine_clamped_load (model, &l->end, n, n, error, "a.blk.%d.conv_pw2", i) && engine_model_tensor (model, &l->out_norm, n, 0, error, "a.blk.%d.ln2.weight", i) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .layer = i, .kind = ENGINE_CACHE_FULL, .n_head_kv = h->n_head, .head_dim = LONGER + h->head_dim }, &l->cache_layer, error) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .layer = i, .kind = ENGINE_CACHE_STATE, .n_state = (n_taps - 1) * n }, &l->conv_layer, error);
}

static bool
ears_load (EngineModel *model, EngineError *error)
{
  Ears *ears = model->arch_data = engine_calloc (1, sizeof *ears, error);
  const EngineTensor *bias = engine_gguf_find_tensor (model->gguf, "a.pre_encode.out.bias");
  int64_t n, n_out = bias ? ENGINE_MIN (bias->ne[0], 1 << 20) : 1;

  if (!ears || !load_numbers (model, ears, error) || !load_convolution (model, ears, 0, error) || !load_convolution (model, ears, 1, error))
    return false;
  n = ears->n_embd;
  if (!engine_model_tensor (model, &ears->in, (int64_t) ears->n_channels[1] * ears->n_bands[1], n, error, "a.input_projection.weight"))
    return false;
  for (int32_t i = 0; i < model->hparams.n_layers; i++)
    if (!load_layer (model, ears, &ears->layers[i], i, error))
      return false;
  for (int w = 0; w < WAVES; w++)
    ears->wave_numbers[w] = (float) (1 / wave (w));
  ears->waves = engine_model_made (model, WAVES, 0, ears->wave_numbers, "a.waves");
  return engine_model_tensor (model, &ears->out, n, n_out, error, "a.pre_encode.out.weight") &&
         engine_model_tensor (model, &ears->out_bias, n_out, 0, error, "a.pre_encode.out.bias") &&
         engine_model_tensor (model, &ears->projection, n_out, model->hparams.n_embd, error, "mm.a.input_projection.weight");
}

static void
ears_free (EngineModel *model)
{
  Ears *ears = model->arch_data;

  for (int i = 0; ears && i < MOST_LAYERS; i++) {
    free (ears->layers[i].q_scale_numbers);
    free (ears->layers[i].relative_numbers);
  }
}

static void
ears_describe (const EngineModel *model, EngineTowerInfo *info)
{
  info->sample_rate = ENGINE_USM_RATE;
  info->samples_per_token = 4 * ENGINE_USM_HOP;
}

/* ---- windows --------------------------------------------------------------------- */

static EngineTowerWindows
ears_windows (const EngineModel *model)
{
  const Ears *ears = model->arch_data;

  return (EngineTowerWindows) {
    .shape = { .n_mel = ears->n_mel, .n_frames = N_FRAMES, .apart = true }, .n_frames = N_FRAMES, .n_columns = MOST_COLUMNS, .n_pages = (MOST_COLUMNS + SLICE - 1) / SLICE,
  };
}

static int32_t
ears_columns (const EngineModel *model, int32_t n_heard)
{
  return (n_heard + 3) / 4;
}

/* What the graph is given for n columns from `first` on: frames from one column before them, which convolutions begin in and nobody is given; of what the first convolution makes what is there; ones
 * for keys. */
static void
fill_inputs (const EngineModel *model, const float *frames, int32_t n_heard, int32_t first, int32_t n, float *const *inputs)
{
  const Ears *ears = model->arch_data;
  size_t n_mel = (size_t) ears->n_mel, n_bands = (size_t) ears->n_bands[0];

  for (int32_t i = 0; i < 4 * (n + 1); i++) {
    int32_t frame = 4 * (first - 1) + i;

    if (frame >= 0 && frame < n_heard)
      memcpy (inputs[0] + (size_t) i * n_mel, frames + (size_t) frame * n_mel, n_mel * sizeof (float));
    else
      memset (inputs[0] + (size_t) i * n_mel, 0, n_mel * sizeof (float));
  }
  for (int32_t i = 0; i < 2 * (n + 1); i++) {
    int32_t place = 2 * (first - 1) + i;

    for (size_t band = 0; band < n_bands; band++)
      inputs[1][2 * ((size_t) i * n_bands + band) + 1] = place >= 0 && 2 * place < n_heard;
  }
  for (size_t i = 0; i < (size_t) n * (size_t) model->hparams.n_head; i++)
    for (size_t k = 0; k < LONGER; k++)
      inputs[2][i * LONGER + k] = k < WAVES;
}

static bool
ears_hear (EngineTower *tower, EngineCacheStore *store, float *frames, int32_t n_heard, bool first, float *out, EngineError *error)
{
  const EngineModel *model = tower->model;
  const Ears *ears = model->arch_data;
  int32_t n_columns = ears_columns (model, n_heard), tokens[SLICE] = { 0 }, positions[SLICE];
  uint32_t pages[(MOST_COLUMNS + SLICE - 1) / SLICE], states[ENGINE_LENGTH (pages)];
  EngineBatchSequence sequence = { .pages = { [ENGINE_CACHE_FULL] = pages, [ENGINE_CACHE_STATE] = states }, .n_pages = ENGINE_LENGTH (pages), .state = ENGINE_NO_PAGE };
  EngineBatch batch = { .tokens = tokens, .positions = positions, .sequence = tokens, .n_sequences = 1, .sequences = &sequence };
  size_t n_frames = 4 * (SLICE + 1) * (size_t) ears->n_mel, n_weights = 4 * (SLICE + 1) * (size_t) ears->n_bands[0], n_ones = SLICE * LONGER * (size_t) model->hparams.n_head;
  float *memory = engine_calloc (n_frames + n_weights + n_ones, sizeof *memory, error), *inputs[ENGINE_MAX_INPUTS] = { memory, memory + n_frames, memory + n_frames + n_weights };
  bool ok = memory != NULL;

  for (size_t i = 0; i < ENGINE_LENGTH (pages); i++) {
    pages[i] = (uint32_t) i;
    states[i] = ENGINE_NO_PAGE;
  }
  for (int32_t at = 0; ok && at < n_columns; at += SLICE) {
    int32_t n = ENGINE_MIN (SLICE, n_columns - at);

    for (int32_t i = 0; i < n; i++)
      positions[i] = at + i;
    states[at / SLICE] = sequence.state == 0;
    fill_inputs (model, frames, n_heard, at, n, inputs);
    ok = engine_tower_run (tower, &batch, n, n, inputs, store, out + (size_t) at * (size_t) tower->info.n_embd, error);
    sequence.state = states[at / SLICE];
  }
  free (memory);
  return ok;
}

/* ---- the graph ------------------------------------------------------------------- */

static EngineValueId
norm (EngineGraph *g, EngineValueId x, const EngineTensor *weight)
{
  return engine_graph_rms_norm (g, x, weight, 0, EPS);
}

static EngineValueId
convolve (EngineGraph *g, const Ears *ears, int i, EngineValueId x)
{
  const EngineUnfoldParams kernel = { .n_across = i ? ears->n_bands[0] : ears->n_mel, .kernel = { 3, 3 }, .stride = { 2, 2 }, .pad = { 1, 1 } };

  x = engine_graph_matmul (g, ears->conv[i], engine_graph_unfold (g, x, &kernel), NULL, ENGINE_NO_VALUE);
  return engine_graph_clamp (g, engine_graph_layer_norm (g, x, ears->conv_norm[i], NULL, EPS), 0, INFINITY);
}

/* Columns of frames, without the first. */
static EngineValueId
build_columns (EngineGraph *g, const Ears *ears, EngineValueId frames, EngineValueId there)
{
  int64_t width = (int64_t) ears->n_channels[1] * ears->n_bands[1];
  EngineValueId x = engine_graph_mix (g, convolve (g, ears, 0, engine_graph_reshape (g, frames, 1)), there, ENGINE_NO_VALUE);

  x = engine_graph_reshape (g, convolve (g, ears, 1, x), width * (g->n_tokens + 1));
  x = engine_graph_reshape (g, engine_graph_part (g, x, width, width * g->n_tokens), width);
  return engine_graph_name (g, engine_graph_matmul (g, ears->in, x, NULL, ENGINE_NO_VALUE), "frames");
}

static EngineValueId
build_half (EngineGraph *g, const Half *half, EngineValueId x)
{
  EngineValueId a = engine_graph_gated (g, engine_clamped_build (g, &half->up, norm (g, x, half->norm)), ENGINE_NO_VALUE, ENGINE_GATE_SILU);

  return engine_graph_add (g, engine_graph_scale (g, norm (g, engine_clamped_build (g, &half->down, a), half->post_norm), 0.5f), x);
}

/* Each head of x behind its part of `longer`. */
static EngineValueId
lengthen (EngineGraph *g, EngineValueId longer, EngineValueId x, int64_t head_dim, int64_t n_head)
{
  return engine_graph_reshape (g, engine_graph_concat (g, engine_graph_reshape (g, longer, LONGER), engine_graph_reshape (g, x, head_dim)), n_head * (LONGER + head_dim));
}

static EngineValueId
build_attention (const EngineModel *model, EngineGraph *g, const Layer *l, EngineValueId ones, EngineValueId x)
{
  const EngineHparams *h = &model->hparams;
  const Ears *ears = model->arch_data;
  int32_t dim = h->head_dim, head = LONGER + dim;
  const EngineRopeParams rope = { .head_dim = head, .n_rot = LONGER, .style = ENGINE_ROPE_HALVES, .freq_base = 1, .freq_scale = 1, .attn_factor = 1 };
  const EngineAttentionParams params = {
    .layer = l->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = head, .window = SIGHT, .scale = 1, .softcap = CAP,
  };
  EngineValueId qkv[3], q, zeros = engine_graph_scale (g, ones, 0), waves;

  engine_clamped_build_all (g, (const EngineClamped *[]) { &l->q, &l->k, &l->v }, 3, norm (g, x, l->pre_norm), qkv);
  waves = engine_graph_matmul (g, l->relative, qkv[0], NULL, ENGINE_NO_VALUE);
  q = engine_graph_reshape (g, qkv[0], dim);
  q = engine_graph_add_scaled (g, engine_graph_scale (g, q, 0), q, l->q_scale);
  q = engine_graph_rope (g, lengthen (g, waves, q, dim, h->n_head), ears->waves, &rope);
  qkv[2] = lengthen (g, zeros, qkv[2], dim, h->n_head);
  qkv[1] = engine_graph_rope (g, lengthen (g, ones, qkv[1], dim, h->n_head), ears->waves, &rope);
  x = engine_graph_reshape (g, engine_graph_attention (g, q, qkv[1], qkv[2], NULL, &params), head);
  x = engine_graph_name (g, engine_graph_reshape (g, engine_graph_part (g, x, LONGER, dim), ears->n_embd), "attention");
  return norm (g, engine_clamped_build (g, &l->out, x), l->post_norm);
}

static EngineValueId
build_convolution (EngineGraph *g, const Layer *l, int64_t n, EngineValueId x)
{
  x = engine_clamped_build (g, &l->start, norm (g, x, l->conv_pre_norm));
  x = engine_graph_gated (g, engine_graph_part (g, x, n, n), engine_graph_part (g, x, 0, n), ENGINE_GATE_SIGMOID);
  x = norm (g, engine_graph_conv (g, x, l->conv, NULL, l->conv_layer), l->conv_norm);
  return engine_clamped_build (g, &l->end, engine_graph_gated (g, x, ENGINE_NO_VALUE, ENGINE_GATE_SILU));
}

static bool
ears_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Ears *ears = model->arch_data;
  int64_t n = g->n_tokens;
  EngineValueId frames = engine_graph_input (g, ears->n_mel, 4 * (n + 1)), there = engine_graph_input (g, 2, 2 * (n + 1) * ears->n_bands[0]);
  EngineValueId ones = engine_graph_input (g, (int64_t) LONGER * model->hparams.n_head, n), x = build_columns (g, ears, frames, there);

  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++) {
    const Layer *l = &ears->layers[g->layer];

    x = build_half (g, &l->first, x);
    x = engine_graph_add (g, build_attention (model, g, l, ones, x), x);
    x = engine_graph_add (g, build_convolution (g, l, ears->n_embd, x), x);
    x = engine_graph_name (g, norm (g, build_half (g, &l->second, x), l->out_norm), "layer_out");
  }
  g->layer = -1;
  x = norm (g, engine_graph_matmul (g, ears->out, x, ears->out_bias, ENGINE_NO_VALUE), NULL);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, ears->projection, x, NULL, ENGINE_NO_VALUE), "sound"), error);
}

const EngineProjector engine_projector_gemma4a = {
  .type = "gemma4a", .kind = ENGINE_TOWER_SOUND, .before = "<|audio>", .after = "<audio|>", .describe = ears_describe, .windows = ears_windows, .columns = ears_columns, .hear = ears_hear,
  .arch = { .name = "clip.audio", .tower = true, .load = ears_load, .build = ears_build, .free = ears_free },
};
