/* SPDX-License-Identifier: MIT */
/* OLMo 2 and 3: see decoder.h.
 *
 * OLMo Team, arXiv:2501.00656. The norms stand behind attention and feed-forward alone, and q and k are normed over all
 * heads together. OLMo 3 gives three layers of four a window, and those turn positions without scaling. */
#include "decoder.h"

#define WINDOW_PATTERN 4

static bool
olmo2_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = {
    .attention = ENGINE_ATTENTION_WIDE_NORM, .rope = ENGINE_ROPE_HALVES, .act = ENGINE_GATE_SILU, .no_pre_norms = true, .post_norms = true,
  };
  EngineDecoder *decoder = engine_decoder_load (model, &kind, error);
  int32_t window = 0, pattern = WINDOW_PATTERN;

  if (!decoder || !engine_key_int (model, "attention.sliding_window", 0, 1 << 20, &window, error) ||
      !engine_key_float (model, "rope.freq_base_swa", 1, 1e12, &decoder->local_rope.freq_base, error))
    return false;
  decoder->local_rope.freq_scale = decoder->local_rope.attn_factor = 1;
  decoder->local_rope.ext_factor = 0;
  engine_decoder_windows (model, window, pattern, &decoder->local_rope);
  return true;
}

const EngineArch engine_arch_olmo2 = { .name = "olmo2", .load = olmo2_load, .build = engine_decoder_build };
