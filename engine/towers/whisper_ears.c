/* SPDX-License-Identifier: MIT */
#include "whisper_ears.h"
#include "../speech/whisper.h"

#include <math.h>
#include <string.h>

#define MOST_AUDIO (1 << 14)

/* ---- the file -------------------------------------------------------------------- */

static bool
load_numbers (EngineModel *model, EngineWhisperEars *ears, EngineError *error)
{
  const EngineTensor *table = engine_gguf_find_tensor (model->gguf, "a.position_embd.weight");
  EngineHparams *h = &model->hparams;

  ears->stack = ears->kind->mean ? 2 : 0;
  h->norm_eps = 1e-5f;
  if (!engine_key_int (model, "block_count", 1, ENGINE_EARS_MOST_LAYERS, &h->n_layers, error) || !engine_key_int (model, "embedding_length", 1, 1 << 16, &ears->n_embd, error) ||
      !engine_key_int (model, "feed_forward_length", 1, 1 << 18, &h->n_ff, error) || !engine_key_int (model, "attention.head_count", 1, 1024, &h->n_head, error) ||
      !engine_key_int (model, "projection_dim", 1, 1 << 20, &h->n_embd, error) || !engine_key_int (model, "num_mel_bins", 1, 1024, &ears->n_mel, error) ||
      !engine_key_float (model, "attention.layer_norm_epsilon", 1e-12, 1, &h->norm_eps, error) ||
      (!ears->kind->mean && !engine_key_int (model, "projector.stack_factor", 1, 64, &ears->stack, error)))
    return false;
  h->head_dim = ears->n_embd / h->n_head;
  if (ears->n_embd % h->n_head || h->head_dim > 512)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound has %d numbers in a column for %d heads; the file is damaged.", ears->n_embd, h->n_head);
  if (!table || engine_tensor_rows (table) < 1 || engine_tensor_rows (table) > MOST_AUDIO)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound does not say how much it hears at once; fetch a complete file.");
  ears->n_audio = (int32_t) engine_tensor_rows (table);
  if (ears->kind->piece && ears->n_audio % ears->kind->piece)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound hears pieces of %d columns, and has %d; the file is damaged.", ears->kind->piece, ears->n_audio);
  if (ears->n_audio % ears->stack && ears->kind->rest != ENGINE_EARS_END)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound makes one column of %d, and has %d; the file is damaged.", ears->stack, ears->n_audio);
  return true;
}

bool
engine_whisper_ears_layer_load (EngineModel *model, int32_t i, int32_t n_embd, EngineVitLayer *l, EngineError *error)
{
  int64_t n = n_embd, n_ff = model->hparams.n_ff;

  return engine_model_tensor (model, &l->norm1, n, 0, error, "a.blk.%d.ln1.weight", i) && engine_model_tensor (model, &l->norm1_bias, n, 0, error, "a.blk.%d.ln1.bias", i) &&
         engine_model_tensor (model, &l->norm2, n, 0, error, "a.blk.%d.ln2.weight", i) && engine_model_tensor (model, &l->norm2_bias, n, 0, error, "a.blk.%d.ln2.bias", i) &&
         engine_model_tensor (model, &l->q, n, n, error, "a.blk.%d.attn_q.weight", i) && engine_model_tensor (model, &l->q_bias, n, 0, error, "a.blk.%d.attn_q.bias", i) &&
         engine_model_tensor (model, &l->k, n, n, error, "a.blk.%d.attn_k.weight", i) &&
         engine_model_tensor (model, &l->v, n, n, error, "a.blk.%d.attn_v.weight", i) && engine_model_tensor (model, &l->v_bias, n, 0, error, "a.blk.%d.attn_v.bias", i) &&
         engine_model_tensor (model, &l->out, n, n, error, "a.blk.%d.attn_out.weight", i) && engine_model_tensor (model, &l->out_bias, n, 0, error, "a.blk.%d.attn_out.bias", i) &&
         engine_model_tensor (model, &l->up, n, n_ff, error, "a.blk.%d.ffn_up.weight", i) && engine_model_tensor (model, &l->up_bias, n_ff, 0, error, "a.blk.%d.ffn_up.bias", i) &&
         engine_model_tensor (model, &l->down, n_ff, n, error, "a.blk.%d.ffn_down.weight", i) && engine_model_tensor (model, &l->down_bias, n, 0, error, "a.blk.%d.ffn_down.bias", i);
}

/* The converter writes a bias with a column for each number. */
static bool
load_conv (EngineModel *model, EngineWhisperEars *ears, int32_t i, EngineError *error)
{
  return engine_model_kernels (model, &ears->conv[i], 3, i ? ears->n_embd : ears->n_mel, ears->n_embd, error, "a.conv1d.%d.weight", i + 1) &&
         engine_model_vector (model, &ears->conv_bias[i], 1, ears->n_embd, error, "a.conv1d.%d.bias", i + 1);
}

bool
engine_whisper_ears_load (EngineModel *model, const EngineWhisperEarsKind *kind, EngineError *error)
{
  EngineWhisperEars *ears = model->arch_data = engine_calloc (1, sizeof *ears, error);
  EngineHparams *h = &model->hparams;

  if (!ears)
    return false;
  ears->kind = kind;
  if (!load_numbers (model, ears, error) || !load_conv (model, ears, 0, error) || !load_conv (model, ears, 1, error) ||
      !engine_model_tensor (model, &ears->table, ears->n_embd, ears->n_audio, error, "a.position_embd.weight"))
    return false;
  for (int32_t i = 0; i < h->n_layers; i++)
    if (!engine_whisper_ears_layer_load (model, i, ears->n_embd, &ears->layers[i], error))
      return false;
  return engine_model_tensor (model, &ears->norm, ears->n_embd, 0, error, "a.post_ln.weight") && engine_model_tensor (model, &ears->norm_bias, ears->n_embd, 0, error, "a.post_ln.bias") &&
         kind->load (model, ears, error) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .n_head_kv = h->n_head, .head_dim = h->head_dim, .kind = ENGINE_CACHE_FULL }, &ears->cache_layer, error);
}

enum { MATRIX, BIAS };

bool
engine_whisper_ears_matrix_load (EngineModel *model, EngineWhisperEars *ears, EngineError *error)
{
  return engine_model_tensor (model, &ears->own[MATRIX], ears->n_embd, model->hparams.n_embd, error, "mm.a.fc.weight") &&
         engine_model_tensor (model, &ears->own[BIAS], model->hparams.n_embd, 0, error, "mm.a.fc.bias");
}

EngineValueId
engine_whisper_ears_matrix_build (EngineGraph *g, const EngineWhisperEars *ears, EngineValueId x)
{
  return engine_graph_matmul (g, ears->own[MATRIX], x, ears->own[BIAS], ENGINE_NO_VALUE);
}

void
engine_whisper_ears_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const EngineWhisperEars *ears = model->arch_data;

  info->sample_rate = ENGINE_MEL_RATE;
  info->samples_per_token = 2 * ENGINE_MEL_HOP * ears->stack;
}

/* ---- windows --------------------------------------------------------------------- */

static int32_t
rounded_up (int32_t n, int32_t to)
{
  return (n + to - 1) / to * to;
}

EngineTowerWindows
engine_whisper_ears_windows (const EngineModel *model)
{
  const EngineWhisperEars *ears = model->arch_data;
  int32_t n_tokens = rounded_up (ears->n_audio, ears->stack);

  return (EngineTowerWindows) {
    .shape = { .n_mel = ears->n_mel, .n_frames = 2 * ears->n_audio, .filled = ears->kind->rest != ENGINE_EARS_END, .goes_on = ears->kind->piece > 0 },
    .n_frames = 2 * n_tokens, .n_columns = n_tokens / ears->stack, .n_pages = (n_tokens + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS,
  };
}

int32_t
engine_whisper_ears_columns (const EngineModel *model, int32_t n_heard)
{
  const EngineWhisperEars *ears = model->arch_data;
  int32_t n_seen = (n_heard + 1) / 2;

  switch (ears->kind->rest) {
  case ENGINE_EARS_HEAR_SILENCE:
    return ears->n_audio / ears->stack;
  case ENGINE_EARS_LEAVE_SILENCE:
    return n_seen / ears->stack;
  default:
    return rounded_up (n_seen, ears->stack) / ears->stack;
  }
}

/* A window on its way through the encoder. A batch of one sequence on fresh pages, in one piece of memory. */
typedef struct {
  int32_t   n_tokens, n_pages;
  int32_t  *memory, *places, *positions, *zeros, *spans; /* places: rows of the table */
  uint32_t *pages;
  float    *weights;         /* of the columns before the mean, of all frames and of all columns: 1, or 0 where there is nothing */
} Run;

/* Of n_tokens tokens each sees the first n_seen, or those of them that are in its piece. */
static bool
run_init (Run *run, const EngineWhisperEars *ears, int32_t n_tokens, int32_t n_seen, EngineError *error)
{
  size_t n = (size_t) n_tokens;

  run->n_tokens = n_tokens;
  run->n_pages = (n_tokens + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS;
  run->memory = engine_calloc (5 * n + (size_t) run->n_pages, sizeof *run->memory, error);
  run->weights = run->memory ? engine_calloc (6 * n, sizeof *run->weights, error) : NULL;
  if (!run->weights) {
    free (run->memory);
    return false;
  }
  run->places = run->memory;
  run->positions = run->places + n;
  run->zeros = run->positions + n;
  run->spans = run->zeros + n;
  run->pages = (uint32_t *) (run->spans + 2 * n);
  for (int32_t i = 0; i < n_tokens; i++) {
    int32_t piece = ears->kind->piece ? ears->kind->piece : n_tokens, begin = i / piece * piece;

    run->places[i] = ENGINE_MIN (i - begin, ears->n_audio - 1);
    run->positions[i] = i;
    run->spans[2 * i] = begin;
    run->spans[2 * i + 1] = ENGINE_MIN (begin + piece, n_seen);
  }
  for (int32_t i = 0; i < run->n_pages; i++)
    run->pages[i] = (uint32_t) i;
  return true;
}

/* As routes of engine_graph_mix () to one expert: its number, which nobody looks at, and its weight. */
static void
weigh (float *routes, int32_t n, int32_t n_there)
{
  for (int32_t i = 0; i < n; i++)
    routes[2 * i + 1] = i < n_there ? 1 : 0;
}

/* The first window of a sound that ends is as long as the sound. A later one is a full window, with zeros in the place of frames. In pieces, frames that are not
 * heard are not there. */
static void
fill_weights (const Run *run, const EngineWhisperEars *ears, int32_t n_heard, bool first, float **inputs)
{
  int32_t n = run->n_tokens;

  inputs[1] = run->weights;
  if (ears->kind->mean) {
    for (int32_t i = 0; i < n / 2; i++)
      inputs[1][4 * i + 2] = inputs[1][4 * i + 3] = 0.5f;
    inputs[2] = run->weights + 2 * n;
    weigh (inputs[2], 2 * n, n_heard);
    return;
  }
  inputs[2] = run->weights + 4 * n;
  weigh (inputs[1], 2 * n, first ? n_heard : 2 * ears->n_audio);
  weigh (inputs[2], n, first ? (n_heard + 1) / 2 : ears->n_audio);
}

/* No more tokens than have to be: the columns that are asked for, and where there is something behind them, one that the last convolution reaches into. */
static int32_t
count_tokens (const EngineWhisperEars *ears, int32_t n_seen)
{
  switch (ears->kind->rest) {
  case ENGINE_EARS_HEAR_SILENCE:
    return ears->n_audio;
  case ENGINE_EARS_LEAVE_SILENCE:
    return ears->kind->piece ? rounded_up (n_seen, ears->kind->piece) : ENGINE_MIN (rounded_up (n_seen + 1, ears->stack), ears->n_audio);
  default:
    return rounded_up (n_seen, ears->stack);
  }
}

bool
engine_whisper_ears_hear (EngineTower *tower, EngineCacheStore *store, float *frames, int32_t n_heard, bool first, float *out, EngineError *error)
{
  const EngineWhisperEars *ears = tower->model->arch_data;
  int32_t n_seen = ears->kind->rest == ENGINE_EARS_HEAR_SILENCE ? ears->n_audio : (n_heard + 1) / 2;
  float *inputs[ENGINE_MAX_INPUTS] = { frames };
  EngineBatchSequence sequence = { .state = ENGINE_NO_PAGE };
  EngineBatch batch = { .n_sequences = 1, .sequences = &sequence };
  Run run;
  bool ok;

  if (!run_init (&run, ears, count_tokens (ears, n_seen), n_seen, error))
    return false;
  fill_weights (&run, ears, n_heard, first, inputs);
  if (ears->kind->piece)
    memset (frames + (size_t) n_heard * (size_t) ears->n_mel, 0, (size_t) (2 * ears->n_audio - n_heard) * (size_t) ears->n_mel * sizeof *frames);
  sequence.pages[ENGINE_CACHE_FULL] = run.pages;
  sequence.n_pages = run.n_pages;
  batch.tokens = run.places;
  batch.positions = run.positions;
  batch.sequence = run.zeros;
  batch.spans = run.spans;
  ok = engine_tower_run (tower, &batch, run.n_tokens, run.n_tokens / ears->stack, inputs, store, out, error);
  free (run.memory);
  free (run.weights);
  return ok;
}

/* ---- the graph ------------------------------------------------------------------- */

bool
engine_whisper_ears_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const EngineWhisperEars *ears = model->arch_data;
  const EngineHparams *h = &model->hparams;
  const EngineVitParams params = {
    .norm_eps = h->norm_eps, .gate = ENGINE_GATE_GELU_ERF,
    .attention = { .layer = ears->cache_layer, .kind = ENGINE_CACHE_FULL, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .sight = ENGINE_SEES_SPAN,
                   .scale = 1 / sqrtf ((float) h->head_dim) },
  };
  int64_t n = g->n_tokens;
  int32_t piece = ears->kind->piece;
  bool mean = ears->kind->mean, ends = ears->kind->rest == ENGINE_EARS_END;
  EngineValueId x = engine_graph_input (g, ears->n_mel, 2 * n), weights = ENGINE_NO_VALUE, frame_weights = ENGINE_NO_VALUE;

  if (mean)
    weights = engine_graph_input (g, 4, n / 2);
  if (ends || piece)
    frame_weights = engine_graph_input (g, 2, 2 * n);
  if (ends)
    weights = engine_graph_input (g, 2, n);
  x = engine_graph_add (g, engine_whisper_convolutions_build (g, ears->conv, ears->conv_bias, x, 2 * piece, frame_weights), engine_graph_embed (g, ears->table, NULL));
  for (g->layer = 0; g->layer < h->n_layers; g->layer++)
    x = engine_vit_layer_build (g, &ears->layers[g->layer], &params, x);
  g->layer = -1;
  if (mean)
    x = engine_graph_mix (g, engine_graph_reshape (g, x, 2 * (int64_t) ears->n_embd), weights, ENGINE_NO_VALUE);
  x = engine_graph_layer_norm (g, x, ears->norm, ears->norm_bias, h->norm_eps);
  if (ends)
    x = engine_graph_mix (g, x, weights, ENGINE_NO_VALUE);
  if (!mean)
    x = engine_graph_reshape (g, x, (int64_t) ears->stack * ears->n_embd);
  return engine_graph_finish (g, engine_graph_name (g, ears->kind->build (g, ears, x), "sound"), error);
}
