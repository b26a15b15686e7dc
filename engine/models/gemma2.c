/* SPDX-License-Identifier: MIT */
/* Gemma 2: see decoder.h.
 *
 * Gemma Team, arXiv:2408.00118. Embeddings are multiplied by sqrt (n_embd); attention and feed-forward are normed on
 * both sides; scores and logits are soft-capped; every other layer, from the first on, has a window. The norms' weights
 * lie in the file with their 1 added. */
#include "decoder.h"

#include <math.h>

#define WINDOW_PATTERN 2
#define WINDOW 4096
#define LAYERS_OF_27B 46

static bool
gemma2_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_GELU_TANH, .post_norms = true };
  EngineDecoder *decoder = engine_decoder_load (model, &kind, error);
  EngineHparams *h = &model->hparams;
  int32_t window = WINDOW;

  if (!decoder)
    return false;
  decoder->attention_softcap = 50;
  decoder->logit_softcap = 30;
  if (!engine_key_int (model, "attention.sliding_window", 0, 1 << 20, &window, error) ||
      !engine_key_float (model, "attn_logit_softcapping", 0, 1e6, &decoder->attention_softcap, error) ||
      !engine_key_float (model, "final_logit_softcapping", 0, 1e6, &decoder->logit_softcap, error))
    return false;
  decoder->embedding_scale = sqrtf (h->n_embd);
  /* The 27B model alone divides by the width that its heads would share, not by theirs. */
  decoder->attention_scale = 1 / sqrtf (h->n_layers == LAYERS_OF_27B ? (float) h->n_embd / h->n_head : (float) h->head_dim);
  engine_decoder_windows (model, window, WINDOW_PATTERN, &h->rope);
  return true;
}

const EngineArch engine_arch_gemma2 = { .name = "gemma2", .load = gemma2_load, .build = engine_decoder_build };
