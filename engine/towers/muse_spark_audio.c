/* SPDX-License-Identifier: MIT */
/* Muse Spark's ears: a pyramid over the waveform, without a spectrogram and without attention, in which nothing sees what comes later.
 *
 * Meta, Muse Spark Open 816B-A42B (2026), as transformers 5.23 has it:
 *
 *   each stage:  x = rms_norm (W [patch neighbouring columns] + b)
 *     each block:  x = x + W2 gelu (W1 rms_norm (conv (x)) + b1) + b2
 *   result = norm (rms_norm (W rms_norm (x) + b)), the outer norm without a weight: it is that of the model's embeddings
 *
 * The first stage's columns are `patch` samples of the waveform; each later stage joins columns of the one before it, so a stage has several for each token.
 * The convolutions' last columns are layers of the cache, one for each block. Names in the file are ours (data/convert/muse_parts.py). */
#include "tower.h"

#include <math.h>

#define MOST_STAGES 8
#define MOST_BLOCKS 16
#define MOST_SAMPLES (1 << 20) /* of a token */

typedef struct {
  EngineTensor *conv, *conv_bias; /* [n_taps, width]; [width] */
  EngineTensor *norm;             /* [width] */
  EngineTensor *up, *up_bias, *down, *down_bias;
  int32_t       cache_layer;
} Block;

typedef struct {
  int32_t       patch, width, n_blocks, n_ff;
  EngineTensor *patch_embed, *patch_bias, *norm; /* [patch · width before, width]; [width]; [width] */
  Block         blocks[MOST_BLOCKS];
} Stage;

typedef struct {
  int32_t       n_stages, samples_per_token, sample_rate;
  float         embed_eps;
  EngineTensor *norm, *fc, *fc_bias, *fc_norm;
  Stage         stages[MOST_STAGES];
} Ears;

/* ---- the file -------------------------------------------------------------------- */

static bool
stage_numbers (const EngineModel *model, int32_t s, Stage *stage, EngineError *error)
{
  int64_t patch = 0, width = 0, depth = 0, n_ff = 0;

  if (!engine_layer_int (model, "stage.patch_size", s, &patch) || !engine_layer_int (model, "stage.embedding_length", s, &width) ||
      !engine_layer_int (model, "stage.block_count", s, &depth) || !engine_layer_int (model, "stage.feed_forward_length", s, &n_ff))
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound does not say how its stage %d is made; fetch a complete file.", s + 1);
  if (patch < 1 || patch > 4096 || width < 1 || width > 1 << 16 || depth < 1 || depth > MOST_BLOCKS || n_ff < 1 || n_ff > 1 << 18)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound has a stage %d of %lld blocks and %lld numbers in a column; the file is damaged.", s + 1, (long long) depth,
                        (long long) width);
  *stage = (Stage) { .patch = (int32_t) patch, .width = (int32_t) width, .n_blocks = (int32_t) depth, .n_ff = (int32_t) n_ff };
  return true;
}

static bool
load_block (EngineModel *model, const Stage *stage, int32_t s, int32_t b, int32_t n_taps, Block *block, EngineError *error)
{
  return engine_model_conv (model, &block->conv, n_taps, stage->width, error, "a.stage.%d.blk.%d.conv.weight", s, b) &&
         engine_model_tensor (model, &block->conv_bias, stage->width, 0, error, "a.stage.%d.blk.%d.conv.bias", s, b) &&
         engine_model_tensor (model, &block->norm, stage->width, 0, error, "a.stage.%d.blk.%d.ln.weight", s, b) &&
         engine_model_tensor (model, &block->up, stage->width, stage->n_ff, error, "a.stage.%d.blk.%d.ffn_up.weight", s, b) &&
         engine_model_tensor (model, &block->up_bias, stage->n_ff, 0, error, "a.stage.%d.blk.%d.ffn_up.bias", s, b) &&
         engine_model_tensor (model, &block->down, stage->n_ff, stage->width, error, "a.stage.%d.blk.%d.ffn_down.weight", s, b) &&
         engine_model_tensor (model, &block->down_bias, stage->width, 0, error, "a.stage.%d.blk.%d.ffn_down.bias", s, b) &&
         engine_cache_layer_add (model, (EngineCacheLayer) { .layer = s, .kind = ENGINE_CACHE_STATE, .n_state = (int64_t) (n_taps - 1) * stage->width }, &block->cache_layer, error);
}

static bool
load_stage (EngineModel *model, Ears *ears, int32_t s, int32_t n_taps, EngineError *error)
{
  Stage *stage = &ears->stages[s];
  int64_t before = s ? ears->stages[s - 1].width : 1;

  if (!stage_numbers (model, s, stage, error) ||
      !engine_model_tensor (model, &stage->patch_embed, stage->patch * before, stage->width, error, "a.stage.%d.patch_embd.weight", s) ||
      !engine_model_tensor (model, &stage->patch_bias, stage->width, 0, error, "a.stage.%d.patch_embd.bias", s) ||
      !engine_model_tensor (model, &stage->norm, stage->width, 0, error, "a.stage.%d.patch_norm.weight", s))
    return false;
  for (int32_t b = 0; b < stage->n_blocks; b++)
    if (!load_block (model, stage, s, b, n_taps, &stage->blocks[b], error))
      return false;
  if (ears->samples_per_token > MOST_SAMPLES / stage->patch)
    return engine_fail (error, ENGINE_BAD_FILE, "The part for sound makes one token of more than %d samples; the file is damaged.", MOST_SAMPLES);
  ears->samples_per_token *= stage->patch;
  return true;
}

static bool
ears_load (EngineModel *model, EngineError *error)
{
  Ears *ears = model->arch_data = engine_calloc (1, sizeof *ears, error);
  EngineHparams *h = &model->hparams;
  int32_t n_taps = 0;

  if (!ears)
    return false;
  ears->samples_per_token = 1;
  if (!engine_key_int (model, "block_count", 1, MOST_STAGES, &ears->n_stages, error) ||
      !engine_key_int (model, "conv_kernel_size", 2, ENGINE_MAX_TAPS, &n_taps, error) ||
      !engine_key_int (model, "sample_rate", 1000, 1000000, &ears->sample_rate, error) ||
      !engine_key_int (model, "projection_dim", 1, 1 << 20, &h->n_embd, error) ||
      !engine_key_float (model, "attention.layer_norm_epsilon", 1e-12, 1, &h->norm_eps, error) ||
      !engine_key_float (model, "projector.norm_epsilon", 1e-12, 1, &ears->embed_eps, error))
    return false;
  h->n_layers = ears->n_stages;
  for (int32_t s = 0; s < ears->n_stages; s++)
    if (!load_stage (model, ears, s, n_taps, error))
      return false;
  return engine_model_tensor (model, &ears->norm, ears->stages[ears->n_stages - 1].width, 0, error, "a.post_ln.weight") &&
         engine_model_tensor (model, &ears->fc, ears->stages[ears->n_stages - 1].width, h->n_embd, error, "mm.a.fc.weight") &&
         engine_model_tensor (model, &ears->fc_bias, h->n_embd, 0, error, "mm.a.fc.bias") &&
         engine_model_tensor (model, &ears->fc_norm, h->n_embd, 0, error, "mm.a.norm.weight");
}

static void
ears_describe (const EngineModel *model, EngineTowerInfo *info)
{
  const Ears *ears = model->arch_data;

  info->sample_rate = ears->sample_rate;
  info->samples_per_token = ears->samples_per_token;
}

/* ---- the graph ------------------------------------------------------------------- */

static EngineValueId
build_block (EngineGraph *g, const Block *block, EngineValueId x, float eps)
{
  EngineValueId a = engine_graph_name (g, engine_graph_conv (g, x, block->conv, block->conv_bias, block->cache_layer), "conv");

  a = engine_graph_rms_norm (g, a, block->norm, 0, eps);
  a = engine_graph_matmul (g, block->up, a, block->up_bias, ENGINE_NO_VALUE);
  a = engine_graph_gated (g, a, ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  return engine_graph_name (g, engine_graph_matmul (g, block->down, a, block->down_bias, x), "block_out");
}

static bool
ears_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Ears *ears = model->arch_data;
  float eps = model->hparams.norm_eps;
  EngineValueId x = engine_graph_input (g, ears->stages[0].patch, (int64_t) g->n_tokens * (ears->samples_per_token / ears->stages[0].patch));

  for (g->layer = 0; g->layer < ears->n_stages; g->layer++) {
    const Stage *stage = &ears->stages[g->layer];

    if (g->layer > 0)
      x = engine_graph_reshape (g, x, (int64_t) stage->patch * ears->stages[g->layer - 1].width);
    x = engine_graph_matmul (g, stage->patch_embed, x, stage->patch_bias, ENGINE_NO_VALUE);
    x = engine_graph_name (g, engine_graph_rms_norm (g, x, stage->norm, 0, eps), "patches");
    for (int32_t b = 0; b < stage->n_blocks; b++)
      x = build_block (g, &stage->blocks[b], x, eps);
  }
  g->layer = -1;
  x = engine_graph_matmul (g, ears->fc, engine_graph_rms_norm (g, x, ears->norm, 0, eps), ears->fc_bias, ENGINE_NO_VALUE);
  x = engine_graph_rms_norm (g, x, ears->fc_norm, 0, eps);
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_rms_norm (g, x, NULL, 0, ears->embed_eps), "sound"), error);
}

const EngineProjector engine_projector_muse_spark_audio = {
  .type = "muse-spark", .kind = ENGINE_TOWER_SOUND, .before = "<|soft_audio_start|>", .after = "<|soft_audio_end|>", .arch = { .name = "clip.audio", .tower = true, .load = ears_load, .build = ears_build }, .describe = ears_describe,
};
