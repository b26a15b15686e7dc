/* SPDX-License-Identifier: MIT */
/* Qwen3-ASR's ears (Shi et al. 2026, arXiv 2601.21337), as transformers 5.23 has them: Whisper's spectrogram, a second at a time, goes through three convolutions over time and pitch, each of which
 * halves both.
 *
 *   x = gelu (conv (gelu (conv (gelu (conv (mel)))))), of each second by itself;  x = W [pitches of a moment side by side] + table
 *   layers: see vit.h, over eight seconds;  W2 gelu (W1 norm (x) + b1) + b2
 *
 * A second becomes thirteen columns, and each second begins at the top of the table. So eight seconds are a window that knows nothing of others. Names in the file: llama.cpp's. */
#include "whisper_ears.h"

#include <math.h>

#define MOST_CHANNELS (1 << 14)

/* The files do not say these. */
enum { N_CONVS = 3, SECOND = 100 /* frames */, MOMENTS = 13 /* columns of a second */, SECONDS = 8, LEAST_SAMPLES = 8000 };

typedef struct {
  int32_t        n_mel, n_pitches, n_embd, n_channels, cache_layer; /* n_pitches: what is left of n_mel */
  EngineTensor  *conv[N_CONVS], *conv_bias[N_CONVS];                /* [9 · channels before, n_channels]; [n_channels] */
  EngineTensor  *moment, *table;                                    /* [n_pitches · n_channels, n_embd]; [n_embd, at least MOMENTS] */
  EngineTensor  *norm, *norm_bias, *up, *up_bias, *down, *down_bias;
  EngineVitLayer layers[ENGINE_EARS_MOST_LAYERS];
} Ears;

/* Of so many places in a row, those that the convolutions leave. */
static int32_t
convolved (int32_t n)
{
  for (int i = 0; i < N_CONVS; i++)
    n = (n + 1) / 2;
  return n;
}

/* ---- the file -------------------------------------------------------------------- */

static bool
load_numbers (EngineModel *model, Ears *ears, EngineError *error)
{
  const EngineTensor *first = engine_gguf_find_tensor (model->gguf, "a.conv2d.1.weight"), *table = engine_gguf_find_tensor (model->gguf, "a.position_embd.weight");
  EngineHparams *h = &model->hparams;

  h->norm_eps = 1e-5f;
  if (!engine_key_int (model, "block_count", 1, ENGINE_EARS_MOST_LAYERS, &h->n_layers, error) || !engine_key_int (model, "embedding_length", 1, 1 << 16, &ears->n_embd, error) ||
      !engine_key_int (model, "feed_forward_length", 1, 1 << 18, &h->n_ff, error) || !engine_key_int (model, "attention.head_count", 1, 1024, &h->n_head, error) ||
      !engine_key_int (model, "projection_dim", 1, 1 << 20, &h->n_embd, error) || !engine_key_int (model, "num_mel_bins", 1, 1024, &ears->n_mel, error) ||
      !engine_key_float (model, "attention.layer_norm_epsilon", 1e-12, 1, &h->norm_eps, error))
    return false;
  h->head_dim = ears->n_embd / h->n_head;
  if (ears->n_embd % h->n_head || h->head_dim > 512)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound has %d numbers in a column for %d heads; the file is damaged.", ears->n_embd, h->n_head);
  if (!first || first->ne[3] < 1 || first->ne[3] > MOST_CHANNELS)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound does not say how wide its convolutions are; fetch a complete file.");
  if (!table || engine_tensor_rows (table) < MOMENTS || engine_tensor_rows (table) > 1 << 20)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound does not say how much it hears at once; fetch a complete file.");
  if (ears->n_mel % 4)
    return engine_fail (error, ENGINE_UNSUPPORTED, "The part for sound hears %d bands; this version needs a multiple of 4.", ears->n_mel);
  ears->n_channels = (int32_t) first->ne[3];
  ears->n_pitches = convolved (ears->n_mel);
  return engine_model_tensor (model, &ears->table, ears->n_embd, engine_tensor_rows (table), error, "a.position_embd.weight");
}

static bool
load_convs (EngineModel *model, Ears *ears, EngineError *error)
{
  for (int32_t i = 0; i < N_CONVS; i++)
    if (!engine_model_patches (model, &ears->conv[i], 3, i ? ears->n_channels : 1, ears->n_channels, error, "a.conv2d.%d.weight", i + 1) ||
        !engine_model_channels (model, &ears->conv_bias[i], ears->n_channels, error, "a.conv2d.%d.bias", i + 1))
      return false;
  return engine_model_tensor (model, &ears->moment, (int64_t) ears->n_pitches * ears->n_channels, ears->n_embd, error, "a.conv_out.weight");
}

static bool
ears_load (EngineModel *model, EngineError *error)
{
  Ears *ears = model->arch_data = engine_calloc (1, sizeof *ears, error);
  EngineHparams *h = &model->hparams;
  int64_t n;

  if (!ears || !load_numbers (model, ears, error) || !load_convs (model, ears, error))
    return false;
  n = ears->n_embd;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!engine_whisper_ears_layer_load (model, i, ears->n_embd, &ears->layers[i], error) || !engine_model_tensor (model, &ears->layers[i].k_bias, n, 0, error, "a.blk.%d.attn_k.bias", i))
      return false;
  return engine_model_tensor (model, &ears->norm, n, 0, error, "a.post_ln.weight") && engine_model_tensor (model, &ears->norm_bias, n, 0, error, "a.post_ln.bias") &&
         engine_model_tensor (model, &ears->up, n, n, error, "mm.a.mlp.1.weight") && engine_model_tensor (model, &ears->up_bias, n, 0, error, "mm.a.mlp.1.bias") &&
         engine_model_tensor (model, &ears->down, n, h->n_embd, error, "mm.a.mlp.2.weight") && engine_model_tensor (model, &ears->down_bias, h->n_embd, 0, error, "mm.a.mlp.2.bias") &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .n_head_kv = h->n_head, .head_dim = h->head_dim, .kind = ENGINE_CACHE_FULL }, &ears->cache_layer, error);
}

static void
ears_describe (const EngineModel *model, EngineTowerInfo *info)
{
  info->sample_rate = ENGINE_MEL_RATE;
  info->samples_per_token = SECOND * ENGINE_MEL_HOP / MOMENTS;
}

/* ---- windows --------------------------------------------------------------------- */

static EngineTowerWindows
ears_windows (const EngineModel *model)
{
  const Ears *ears = model->arch_data;

  return (EngineTowerWindows) {
    .shape = { .n_mel = ears->n_mel, .n_frames = SECONDS * SECOND, .cut = true, .least = LEAST_SAMPLES },
    .n_frames = SECONDS * SECOND, .n_columns = SECONDS * MOMENTS, .n_pages = (SECONDS * MOMENTS + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS,
  };
}

static int32_t
ears_columns (const EngineModel *model, int32_t n_heard)
{
  return n_heard / SECOND * MOMENTS + convolved (n_heard % SECOND);
}

/* The last second is a whole one too, with zeros behind what is heard, but nothing sees the columns that they alone become. */
static bool
ears_hear (EngineTower *tower, EngineCacheStore *store, float *frames, int32_t n_heard, bool first, float *out, EngineError *error)
{
  int32_t places[SECONDS * MOMENTS], positions[SECONDS * MOMENTS], zeros[SECONDS * MOMENTS] = { 0 }, spans[2 * SECONDS * MOMENTS];
  int32_t n_tokens = (n_heard + SECOND - 1) / SECOND * MOMENTS, n_columns = ears_columns (tower->model, n_heard);
  uint32_t pages[(SECONDS * MOMENTS + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS];
  EngineBatchSequence sequence = { .pages = { [ENGINE_CACHE_FULL] = pages }, .n_pages = (n_tokens + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS, .state = ENGINE_NO_PAGE };
  EngineBatch batch = { .tokens = places, .positions = positions, .sequence = zeros, .n_sequences = 1, .sequences = &sequence, .spans = spans };
  float *inputs[ENGINE_MAX_INPUTS] = { frames };

  for (int32_t i = 0; i < n_tokens; i++) {
    places[i] = i % MOMENTS;
    positions[i] = i;
    spans[2 * i] = 0;
    spans[2 * i + 1] = n_columns;
  }
  for (int32_t i = 0; i < sequence.n_pages; i++)
    pages[i] = (uint32_t) i;
  return engine_tower_run (tower, &batch, n_tokens, n_columns, inputs, store, out, error);
}

/* ---- the graph ------------------------------------------------------------------- */

/* A second's frames [n_mel, SECOND] to its moments, each with all its pitches, as one column. The kernels run over time before pitch, so the second is turned first, and at the end again: then
 * pitches stand side by side. */
static EngineValueId
build_second (EngineGraph *g, const Ears *ears, EngineValueId x)
{
  int32_t across = SECOND, down = ears->n_mel;

  x = engine_graph_transpose (g, engine_graph_reshape (g, x, (int64_t) ears->n_mel * SECOND), SECOND);
  x = engine_graph_reshape (g, x, 1);
  for (int i = 0; i < N_CONVS; i++) {
    x = engine_graph_unfold (g, x, &(EngineUnfoldParams) { .n_across = across, .kernel = { 3, 3 }, .stride = { 2, 2 }, .pad = { 1, 1 } });
    x = engine_graph_matmul (g, ears->conv[i], x, ears->conv_bias[i], ENGINE_NO_VALUE);
    x = engine_graph_name (g, engine_graph_gated (g, x, ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF), "conv");
    across = (across + 1) / 2;
    down = (down + 1) / 2;
  }
  return engine_graph_transpose (g, engine_graph_reshape (g, x, (int64_t) down * across * ears->n_channels), down);
}

/* One second after the other: eight at once would take 160 MB in a tower of the usual size, more than some drivers let a shader see. */
static EngineValueId
build_convs (EngineGraph *g, const Ears *ears, EngineValueId frames)
{
  EngineValueId x = ENGINE_NO_VALUE;

  for (int32_t i = 0; i < g->n_tokens / MOMENTS; i++) {
    EngineValueId second = build_second (g, ears, engine_graph_first (g, engine_graph_behind (g, frames, i * SECOND), SECOND));

    x = i ? engine_graph_concat (g, x, second) : second;
  }
  return engine_graph_matmul (g, ears->moment, engine_graph_reshape (g, x, (int64_t) ears->n_pitches * ears->n_channels), NULL, ENGINE_NO_VALUE);
}

static bool
ears_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Ears *ears = model->arch_data;
  const EngineHparams *h = &model->hparams;
  const EngineVitParams params = {
    .norm_eps = h->norm_eps, .gate = ENGINE_GATE_GELU_ERF,
    .attention = { .layer = ears->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .sight = ENGINE_SEES_SPAN,
                   .scale = 1 / sqrtf ((float) h->head_dim) },
  };
  EngineValueId x = engine_graph_input (g, ears->n_mel, g->n_tokens / MOMENTS * SECOND);

  x = engine_graph_add (g, build_convs (g, ears, x), engine_graph_embed (g, ears->table, NULL));
  for (g->layer = 0; g->layer < h->n_layers; g->layer++)
    x = engine_vit_layer_build (g, &ears->layers[g->layer], &params, x);
  g->layer = -1;
  x = engine_graph_layer_norm (g, engine_graph_first (g, x, g->n_outputs), ears->norm, ears->norm_bias, h->norm_eps);
  x = engine_graph_gated (g, engine_graph_matmul (g, ears->up, x, ears->up_bias, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, ears->down, x, ears->down_bias, ENGINE_NO_VALUE), "sound"), error);
}

const EngineProjector engine_projector_qwen3a = {
  .type = "qwen3a", .kind = ENGINE_TOWER_SOUND, .before = "<|audio_start|>", .after = "<|audio_end|>",
  .describe = ears_describe, .windows = ears_windows, .columns = ears_columns, .hear = ears_hear,
  .arch = { .name = "clip.audio", .tower = true, .load = ears_load, .build = ears_build },
};
