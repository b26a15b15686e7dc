/* SPDX-License-Identifier: MIT */
/* What most vision towers are made of: transformer layers with a norm before each half.
 *
 *   x = x + Wo attention (norm (x)) + bo;  x = x + W2 act (W1 norm (x) + b1) + b2
 *
 * with act (W1 …) · (Wu …) where it is gated. Names in the file are llama.cpp's: attn_q, attn_k and attn_v, or attn_qkv with the rows of all three. Some old files have up and down swapped,
 * which their shapes tell. */
#pragma once

#include "tower.h"

typedef enum {
  ENGINE_VIT_RMS = 1 << 0,         /* norms take no mean away and have no bias */
  ENGINE_VIT_GATED = 1 << 1,       /* the feed-forward has a gate */
  ENGINE_VIT_SCALED = 1 << 2,      /* what each half adds is multiplied by a number for each element (LayerScale) */
  ENGINE_VIT_NORMED = 1 << 3,      /* queries and keys have a norm of their own over all heads, without a mean */
  ENGINE_VIT_BARE_SIGHT = 1 << 4,  /* queries, keys and values have no biases */
  ENGINE_VIT_BARE = 1 << 5,        /* nothing has biases */
} EngineVitFlags;

typedef struct {
  EngineTensor *norm1, *norm1_bias, *norm2, *norm2_bias; /* [n_embd]; no biases with RMS */
  EngineTensor *q, *k, *v, *out;                         /* [n_embd, n_embd] */
  EngineTensor *q_bias, *k_bias, *v_bias, *out_bias;
  EngineTensor *gate, *gate_bias;                        /* [n_embd, n_ff]; NULL: none */
  EngineTensor *up, *up_bias, *down, *down_bias;         /* [n_embd, n_ff], [n_ff, n_embd] */
  EngineTensor *q_norm, *k_norm, *scale1, *scale2;       /* [n_embd]; NULL: none */
} EngineVitLayer;

/* How all layers are computed; the sight may differ from one to the next. */
typedef struct {
  float                   norm_eps;
  EngineGate              gate;
  EngineAttentionParams   attention;
  const EngineRopeParams *rope;     /* NULL: positions are in x already */
} EngineVitParams;

/* The sizes of a tower: layers, width, feed-forward, heads, and the width of what it makes, in the model's hparams; `*n_embd` is its own width. */
bool engine_vit_numbers (EngineModel *model, int32_t max_layers, int32_t *n_embd, EngineError *error);
bool engine_vit_layer_load (EngineModel *model, int32_t layer, int32_t n_embd, EngineVitFlags flags, EngineVitLayer *l, EngineError *error);
EngineValueId engine_vit_layer_build (EngineGraph *graph, const EngineVitLayer *l, const EngineVitParams *params, EngineValueId x);
/* A norm with a bias, or one of its own kind without. */
EngineValueId engine_vit_norm (EngineGraph *graph, EngineValueId x, const EngineTensor *weight, const EngineTensor *bias, float eps);

/* What the feed-forward does, where the file says; otherwise `gate`. */
EngineGate engine_vit_gate (const EngineModel *model, EngineGate gate);

/* How colours become numbers. */
bool engine_vit_normalisation (const EngineModel *model, EngineNormalisation *normalisation, EngineError *error);

/* ---- a table of positions ---- */

/* A tensor of the file as floats, [width, n], malloc'd. */
bool engine_vit_floats (const EngineModel *model, const char *name, int64_t width, int64_t n, float **floats, EngineError *error);
/* "v.position_embd.weight" so, [n_embd, n]. */
bool engine_vit_table (const EngineModel *model, int32_t n_embd, int64_t n, float **table, EngineError *error);

/* The two places of a table of `side` places, along one side, that position i of n lies between, and the weights of both. */
typedef struct { int32_t at[2]; float weight[2]; } EngineVitBetween;

/* The middles of places lie over one another; a place outside counts as zeros. */
EngineVitBetween engine_vit_between_middles (int32_t i, int32_t n, int32_t side);
/* The first and the last place lie over one another. */
EngineVitBetween engine_vit_between_ends (int32_t i, int32_t n, int32_t side);
/* Adds the mean of four places of the table [n_embd, side · side] to `out` [n_embd]. */
void engine_vit_table_add (const float *table, int32_t side, int32_t n_embd, EngineVitBetween across, EngineVitBetween down, float *out);

/* The table [n_embd, side · side] as a picture of as many channels, brought to columns by rows places as pictures are: place i to out + places[i] · n_embd. */
bool engine_vit_table_resize (const float *table, int32_t side, int32_t n_embd, int32_t columns, int32_t rows, const int32_t *places, float *out, EngineError *error);

/* ---- patches in windows and squares ---- */

/* Patches of a picture go through the graph window by window of `side` by `side` patches, and within one by squares of merge · merge, which become one column each: so a window is a span of
 * the sequence, and a square is what lies side by side. All in patches; `side`, and the picture's sides, are multiples of merge; a side of 0 stands for one window over all. */
typedef struct { int32_t merge, side, columns, rows; } EngineVitSquares;

/* Where the patch at x, y is in that order. */
int32_t engine_vit_squares_place (const EngineVitSquares *squares, int32_t x, int32_t y);
/* Fills in all that a look says of patches but their pixels: how many there are, their places, the span of each one's window, its axes (two: which one is across is for the caller to
 * say, 0 or 1; they count from `from`), where columns belong, and one input of zeros, [n_embd, n_tokens], if n_embd is not 0. */
bool engine_vit_squares_look (const EngineVitSquares *squares, int32_t across, int32_t from, int32_t n_embd, EngineLook *look, EngineError *error);
