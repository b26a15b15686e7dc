/* SPDX-License-Identifier: MIT */
/* Gemma 3, text: see decoder.h.
 *
 * Gemma Team, arXiv:2503.19786. As Gemma 2, without soft caps, but with norms of q and k. Five layers of six see only the
 * last `window` tokens and turn their heads at base 10,000 without scaling; every sixth sees all. The columns of a picture see
 * each other in both directions, in layers with a window those behind them as far as the picture goes. */
#include "decoder.h"

#include <math.h>

#define LOCAL_FREQ_BASE 10000
#define GLOBAL_FREQ_BASE 1e6f
#define WINDOW_PATTERN 6
#define LAYERS_OF_27B 62
#define COLUMNS_OF_PICTURE 256

static bool
gemma3_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_QK_NORM, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_GELU_TANH, .post_norms = true };
  EngineDecoder *decoder = engine_decoder_load (model, &kind, error);
  EngineHparams *h = &model->hparams;
  int32_t pattern = WINDOW_PATTERN, window = 0;

  if (!decoder ||
      !engine_key_int (model, "attention.sliding_window", 0, 1 << 20, &window, error) ||
      !engine_key_int (model, "attention.sliding_window_pattern", 1, h->n_layers + 1024, &pattern, error) ||
      !engine_key_float (model, "final_logit_softcapping", 0, 1e6, &decoder->logit_softcap, error))
    return false;
  h->rope.freq_base = GLOBAL_FREQ_BASE; /* some files leave it out */
  decoder->local_rope = (EngineRopeParams) {
    .head_dim = h->head_dim, .n_rot = h->rope.n_rot, .style = ENGINE_ROPE_HALVES,
    .freq_base = LOCAL_FREQ_BASE, .freq_scale = 1, .attn_factor = 1,
  };
  if (!engine_key_float (model, "rope.freq_base", 1, 1e12, &h->rope.freq_base, error) ||
      !engine_key_float (model, "rope.freq_base_swa", 1, 1e12, &decoder->local_rope.freq_base, error))
    return false;
  decoder->embedding_scale = sqrtf (h->n_embd);
  h->whole_columns = COLUMNS_OF_PICTURE;
  /* The 27B model alone divides by the width that its heads would share, 168, not by theirs. */
  decoder->attention_scale = 1 / sqrtf (h->n_layers == LAYERS_OF_27B ? (float) h->n_embd / h->n_head : (float) h->head_dim);
  engine_decoder_windows (model, window, pattern, &decoder->local_rope);
  return true;
}

const EngineArch engine_arch_gemma3 = { .name = "gemma3", .load = gemma3_load, .build = engine_decoder_build };
