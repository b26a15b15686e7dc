/* SPDX-License-Identifier: MIT */
/* The encoder that BERT made common: it reads a text as a whole, every token sees all others, and gives a state for each.
 *
 *   x = layer_norm (embedding + type 0 + position)
 *   each layer:  x = layer_norm (x + Wo attention (W x))
 *                x = layer_norm (x + Wdown act (Wup x)),  or  … Wdown (act (Wgate x) · Wup x),  or a mixture of experts
 *
 * Positions are learned vectors, or q and k are turned. The graph's output is x; embed.c makes one vector of it.
 *
 * Internal. An architecture of this kind says its details in an EngineEncoderKind. */
#pragma once

#include "block.h"

typedef struct {
  EngineAttentionFlags attention; /* ENGINE_ATTENTION_BOTH_WAYS among them */
  EngineGate           act;
  bool                 gated;     /* the feed-forward has a gate… */
  bool                 biases;    /* all products have biases, but for those of experts */
  bool                 experts;   /* layers at regular distances have a mixture of experts… */
  EngineMoeFlags       moe;       /* …of this kind */
  bool                 turned;    /* positions by rope; else by vectors of their own */
} EngineEncoderKind;

/* `kind` is static. */
bool engine_encoder_load (EngineModel *model, const EngineEncoderKind *kind, EngineError *error);
bool engine_encoder_build (const EngineModel *model, EngineGraph *graph, EngineError *error);
