/* SPDX-License-Identifier: MIT */
#include "whisper.h"

#include <math.h>

#define MOST_LAYERS 64
#define MOST_AUDIO (1 << 14)

typedef struct { EngineTensor *weight, *bias; } Linear; /* a norm too; bias NULL: none */

typedef struct {
  Linear  norm, q, k, v, o;
  int32_t cache_layer;
} Attention;

typedef struct {
  Attention self, cross; /* cross: the decoder's alone */
  Linear    norm, up, down;
} Layer;

typedef struct {
  EngineWhisperInfo info;
  int32_t       n_encoder, scratch; /* layers of the encoder, and what they all write to and read from */
  EngineTensor *conv[2], *conv_bias[2];
  Linear        encoder_norm, decoder_norm;
  EngineTensor *encoder_table, *decoder_table, *embedding;
  Layer         encoder[MOST_LAYERS], decoder[MOST_LAYERS];
} Whisper;

/* ---- the file -------------------------------------------------------------------- */

static bool
load_linear (EngineModel *model, Linear *l, int64_t n_in, int64_t n_out, bool bias, EngineError *error, const char *side, int32_t layer, const char *name)
{
  return engine_model_tensor (model, &l->weight, n_in, n_out, error, "%s.blk.%d.%s.weight", side, layer, name) &&
         (!bias || engine_model_tensor (model, &l->bias, n_out ? n_out : n_in, 0, error, "%s.blk.%d.%s.bias", side, layer, name));
}

static bool
load_attention (EngineModel *model, Attention *a, const char *side, int32_t i, bool cross, EngineError *error)
{
  static const char *const names[2][5] = { { "attn_norm", "attn_q", "attn_k", "attn_v", "attn_o" }, { "cross_attn_norm", "cross_attn_q", "cross_attn_k", "cross_attn_v", "cross_attn_o" } };
  int64_t n = model->hparams.n_embd;

  return load_linear (model, &a->norm, n, 0, true, error, side, i, names[cross][0]) && load_linear (model, &a->q, n, n, true, error, side, i, names[cross][1]) &&
         load_linear (model, &a->k, n, n, false, error, side, i, names[cross][2]) && load_linear (model, &a->v, n, n, true, error, side, i, names[cross][3]) &&
         load_linear (model, &a->o, n, n, true, error, side, i, names[cross][4]);
}

static bool
load_layers (EngineModel *model, Layer *layers, int32_t n_layers, const char *side, bool crosses, EngineError *error)
{
  int64_t n = model->hparams.n_embd, n_ff = model->hparams.n_ff;

  for (int32_t i = 0; i < n_layers; i++) {
    Layer *l = &layers[i];

    if (!load_attention (model, &l->self, side, i, false, error) || (crosses && !load_attention (model, &l->cross, side, i, true, error)) ||
        !load_linear (model, &l->norm, n, 0, true, error, side, i, "ffn_norm") || !load_linear (model, &l->up, n, n_ff, true, error, side, i, "ffn_up") ||
        !load_linear (model, &l->down, n_ff, n, true, error, side, i, "ffn_down"))
      return false;
  }
  return true;
}

static bool
load_numbers (EngineModel *model, Whisper *w, EngineError *error)
{
  EngineHparams *h = &model->hparams;

  h->n_vocab = (int32_t) ENGINE_MIN (engine_gguf_array_length (model->gguf, "tokenizer.ggml.tokens"), (size_t) 1 << 20);
  h->norm_eps = 1e-5f;
  h->n_media_parts = 1;
  if (!engine_key_int (model, "encoder.block_count", 1, MOST_LAYERS, &w->n_encoder, error) || !engine_key_int (model, "block_count", 1, MOST_LAYERS, &h->n_layers, error) ||
      !engine_key_int (model, "embedding_length", 1, 1 << 16, &h->n_embd, error) || !engine_key_int (model, "feed_forward_length", 1, 1 << 18, &h->n_ff, error) ||
      !engine_key_int (model, "attention.head_count", 1, 1024, &h->n_head, error) || !engine_key_float (model, "attention.layer_norm_epsilon", 1e-12, 1, &h->norm_eps, error) ||
      !engine_key_int (model, "context_length", 8, 1 << 16, &h->n_context_train, error) || !engine_key_int (model, "audio.context_length", 1, MOST_AUDIO, &w->info.n_audio, error) ||
      !engine_key_int (model, "audio.num_mel_bins", 1, 1024, &w->info.n_mel, error))
    return false;
  if (h->n_embd % h->n_head)
    return engine_fail (error, ENGINE_BAD_FILE, "The model for speech has %d numbers in a column for %d heads; fetch a complete file.", h->n_embd, h->n_head);
  h->n_head_kv = h->n_head;
  h->head_dim = h->n_embd / h->n_head;
  return true;
}

static bool
add_cache_layers (EngineModel *model, Whisper *w, EngineError *error)
{
  EngineCacheLayer words = { .n_head_kv = model->hparams.n_head, .head_dim = model->hparams.head_dim, .kind = ENGINE_CACHE_FULL }, sound = words;

  sound.kind = ENGINE_CACHE_WINDOW;
  for (int32_t i = 0; i < model->hparams.n_layers; i++)
    if (!engine_cache_layer_add (model, words, &w->decoder[i].self.cache_layer, error) || !engine_cache_layer_add (model, sound, &w->decoder[i].cross.cache_layer, error))
      return false;
  return engine_cache_layer_add (model, sound, &w->scratch, error);
}

static bool
whisper_load (EngineModel *model, EngineError *error)
{
  Whisper *w = model->arch_data = engine_calloc (1, sizeof *w, error);
  const EngineHparams *h = &model->hparams;

  if (!w || !load_numbers (model, w, error) || !load_layers (model, w->encoder, w->n_encoder, "enc", false, error) || !load_layers (model, w->decoder, h->n_layers, "dec", true, error))
    return false;
  return engine_model_kernels (model, &w->conv[0], 3, w->info.n_mel, h->n_embd, error, "enc.conv1.weight") &&
         engine_model_tensor (model, &w->conv_bias[0], h->n_embd, 0, error, "enc.conv1.bias") &&
         engine_model_kernels (model, &w->conv[1], 3, h->n_embd, h->n_embd, error, "enc.conv2.weight") &&
         engine_model_tensor (model, &w->conv_bias[1], h->n_embd, 0, error, "enc.conv2.bias") &&
         engine_model_tensor (model, &w->encoder_table, h->n_embd, w->info.n_audio, error, "enc.position_embd.weight") &&
         engine_model_tensor (model, &w->encoder_norm.weight, h->n_embd, 0, error, "enc.output_norm.weight") &&
         engine_model_tensor (model, &w->encoder_norm.bias, h->n_embd, 0, error, "enc.output_norm.bias") &&
         engine_model_tensor (model, &w->embedding, h->n_embd, h->n_vocab, error, "token_embd.weight") &&
         engine_model_tensor (model, &w->decoder_table, h->n_embd, h->n_context_train, error, "dec.position_embd.weight") &&
         engine_model_tensor (model, &w->decoder_norm.weight, h->n_embd, 0, error, "dec.output_norm.weight") &&
         engine_model_tensor (model, &w->decoder_norm.bias, h->n_embd, 0, error, "dec.output_norm.bias") && add_cache_layers (model, w, error);
}

EngineWhisperInfo
engine_whisper_info (const EngineModel *model)
{
  return ((const Whisper *) model->arch_data)->info;
}

/* ---- the graphs ------------------------------------------------------------------ */

static EngineValueId
linear (EngineGraph *g, const Linear *l, EngineValueId x)
{
  return engine_graph_matmul (g, l->weight, x, l->bias, ENGINE_NO_VALUE);
}

static EngineValueId
norm (const EngineModel *model, EngineGraph *g, const Linear *l, EngineValueId x)
{
  return engine_graph_layer_norm (g, x, l->weight, l->bias, model->hparams.norm_eps);
}

static EngineAttentionParams
heads (const EngineModel *model, int32_t layer, EngineCacheKind kind, EngineSight sight)
{
  const EngineHparams *h = &model->hparams;

  return (EngineAttentionParams) { .layer = layer, .kind = kind, .n_head = h->n_head, .n_head_kv = h->n_head, .head_dim = h->head_dim, .sight = sight, .scale = 1 / sqrtf ((float) h->head_dim) };
}

static EngineValueId
attend_itself (const EngineModel *model, EngineGraph *g, const Attention *a, const EngineAttentionParams *params, EngineValueId x)
{
  EngineValueId n = norm (model, g, &a->norm, x), q = linear (g, &a->q, n), k = linear (g, &a->k, n), v = linear (g, &a->v, n);

  return engine_graph_matmul (g, a->o.weight, engine_graph_attention (g, q, k, v, NULL, params), a->o.bias, x);
}

static EngineValueId
feed_forward (const EngineModel *model, EngineGraph *g, const Layer *l, EngineValueId x)
{
  EngineValueId a = engine_graph_gated (g, linear (g, &l->up, norm (model, g, &l->norm, x)), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);

  return engine_graph_name (g, engine_graph_matmul (g, l->down.weight, a, l->down.bias, x), "layer_out");
}

EngineValueId
engine_whisper_convolutions_build (EngineGraph *g, EngineTensor *const *weights, EngineTensor *const *biases, EngineValueId frames, int32_t piece, EngineValueId there)
{
  EngineValueId x = frames;

  for (int32_t i = 0; i < 2; i++) {
    x = engine_graph_unfold (g, x, &(EngineUnfoldParams) { .kernel = { 3, 1 }, .stride = { 1 + i, 1 }, .pad = { 1, 0 }, .n_across = piece });
    x = engine_graph_gated (g, engine_graph_matmul (g, weights[i], x, biases[i], ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
    if (i == 0 && there != ENGINE_NO_VALUE)
      x = engine_graph_mix (g, x, there, ENGINE_NO_VALUE);
  }
  return x;
}

bool
engine_whisper_encoder_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Whisper *w = model->arch_data;
  EngineAttentionParams sound = heads (model, w->scratch, ENGINE_CACHE_WINDOW, ENGINE_SEES_SEQUENCE);
  EngineValueId x = engine_graph_input (g, w->info.n_mel, 2 * (int64_t) w->info.n_audio);

  x = engine_graph_add (g, engine_whisper_convolutions_build (g, w->conv, w->conv_bias, x, 0, ENGINE_NO_VALUE), engine_graph_embed_positions (g, w->encoder_table));
  for (g->layer = 0; g->layer < w->n_encoder; g->layer++)
    x = feed_forward (model, g, &w->encoder[g->layer], attend_itself (model, g, &w->encoder[g->layer].self, &sound, x));
  g->layer = -1;
  x = engine_graph_name (g, norm (model, g, &w->encoder_norm, x), "sound");
  for (int32_t i = 0; i < model->hparams.n_layers; i++) {
    const Attention *a = &w->decoder[i].cross;
    EngineAttentionParams params = heads (model, a->cache_layer, ENGINE_CACHE_WINDOW, ENGINE_SEES_SPAN);

    engine_graph_cache_write (g, linear (g, &a->k, x), linear (g, &a->v, x), &params);
  }
  return engine_graph_finish (g, x, error);
}

static bool
decoder_build (const EngineModel *model, EngineGraph *g, EngineError *error)
{
  const Whisper *w = model->arch_data;
  EngineValueId x = engine_graph_add (g, engine_graph_embed (g, w->embedding, NULL), engine_graph_embed_positions (g, w->decoder_table));

  for (g->layer = 0; g->layer < model->hparams.n_layers; g->layer++) {
    const Layer *l = &w->decoder[g->layer];
    EngineAttentionParams words = heads (model, l->self.cache_layer, ENGINE_CACHE_FULL, ENGINE_SEES_BEFORE), sound = heads (model, l->cross.cache_layer, ENGINE_CACHE_WINDOW, ENGINE_SEES_SPAN);
    EngineValueId q;

    x = attend_itself (model, g, &l->self, &words, x);
    q = linear (g, &l->cross.q, norm (model, g, &l->cross.norm, x));
    x = engine_graph_matmul (g, l->cross.o.weight, engine_graph_attend (g, q, NULL, &sound), l->cross.o.bias, x);
    x = feed_forward (model, g, l, x);
  }
  g->layer = -1;
  x = norm (model, g, &w->decoder_norm, engine_graph_output_rows (g, x));
  return engine_graph_finish (g, engine_graph_name (g, engine_graph_matmul (g, w->embedding, x, NULL, ENGINE_NO_VALUE), "logits"), error);
}

const EngineArch engine_arch_whisper = { .name = "whisper", .whole = true, .load = whisper_load, .build = decoder_build };
