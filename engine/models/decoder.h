/* SPDX-License-Identifier: MIT */
/* The decoder that Llama made common, and that many others are but for a detail:
 *
 *   x = embedding
 *   each layer:  a = rms_norm (x);  q, k, v = W a (+ biases);  rope (q, k)
 *                x = x + Wo attention (q, k, v)
 *                b = rms_norm (x);  x = x + Wdown (act (Wgate b) · Wup b)
 *   logits = Woutput rms_norm (x)
 *
 * Internal. An architecture of this kind says its details in an EngineDecoderKind; one that departs from the
 * lines above writes its own lines out of the same blocks (block.h), as gemma3.c does. */
#pragma once

#include "block.h"

typedef struct {
  EngineAttentionFlags attention;
  EngineRopeStyle      rope;
  EngineGate           act;
} EngineDecoderKind;

/* Reads keys and claims tensors into model->arch_data. `kind` is static. */
bool engine_decoder_load (EngineModel *model, const EngineDecoderKind *kind, EngineError *error);
bool engine_decoder_build (const EngineModel *model, EngineGraph *graph, EngineError *error);
