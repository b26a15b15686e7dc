/* SPDX-License-Identifier: MIT */
/* SigLIP, which some families see with (Zhai et al. 2023, arXiv 2303.15343): patches with a table of positions, layers (vit.h), a norm behind them. What is made of its patches, and which
 * pictures it is shown, is each family's own.
 *
 *   x = W patch + b + place;  layers: see vit.h;  out = norm (x)
 *
 * Names in the file: llama.cpp's. */
#pragma once

#include "vit.h"

#define ENGINE_SIGLIP_MOST_LAYERS 64

typedef struct {
  int32_t             patch, scale, side; /* pixels of a patch; patches of the side of a square that becomes one column; places of the table's side */
  int32_t             n_embd, cache_layer;
  EngineNormalisation normalisation;
  float              *table;              /* [n_embd, side · side] */
  EngineTensor       *patch_embed, *patch_bias, *post_norm, *post_norm_bias;
  EngineVitLayer      layers[ENGINE_SIGLIP_MOST_LAYERS];
} EngineSiglip;

/* What the file says of sizes and colours, all but `side`; a scale that it does not name stays as it is. */
bool engine_siglip_numbers (EngineModel *model, EngineSiglip *siglip, EngineError *error);
/* The table, whose `side` is known, and the tensors. */
bool engine_siglip_load (EngineModel *model, EngineSiglip *siglip, EngineError *error);
/* For EngineArch.free, of models whose arch_data begins with one. */
void engine_siglip_free (EngineModel *model);
/* [n_embd, n_tokens] of the patches; `places`: of the table, for each, [n_embd, n_tokens], an input of the graph. */
EngineValueId engine_siglip_build (const EngineModel *model, const EngineSiglip *siglip, EngineGraph *graph, EngineValueId places);
