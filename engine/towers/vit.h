/* SPDX-License-Identifier: MIT */
/* What most vision towers are made of: transformer layers with a norm before each half, and biases.
 *
 *   x = x + Wo attention (norm (x)) + bo;  x = x + W2 act (W1 norm (x) + b1) + b2
 *
 * Names in the file are llama.cpp's. Some old files have up and down swapped, which their shapes tell. */
#pragma once

#include "tower.h"

typedef struct {
  EngineTensor *norm1, *norm1_bias, *norm2, *norm2_bias; /* [n_embd] */
  EngineTensor *q, *k, *v, *out;                         /* [n_embd, n_embd] */
  EngineTensor *q_bias, *k_bias, *v_bias, *out_bias;
  EngineTensor *up, *up_bias, *down, *down_bias;         /* [n_embd, n_ff], [n_ff, n_embd] */
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
bool engine_vit_layer_load (EngineModel *model, int32_t layer, int32_t n_embd, EngineVitLayer *l, EngineError *error);
EngineValueId engine_vit_layer_build (EngineGraph *graph, const EngineVitLayer *l, const EngineVitParams *params, EngineValueId x);

/* "v.position_embd.weight" as floats, [n_embd, n], malloc'd. */
bool engine_vit_table (const EngineModel *model, int32_t n_embd, int64_t n, float **table, EngineError *error);
/* How colours become numbers. */
bool engine_vit_normalisation (const EngineModel *model, EngineNormalisation *normalisation, EngineError *error);
