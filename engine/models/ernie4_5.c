/* SPDX-License-Identifier: MIT */
/* ERNIE 4.5, the dense models: see decoder.h. Baidu, ERNIE 4.5 Technical Report (2025). As Llama, with heads of a width
 * of their own. */
#include "decoder.h"

static bool
ernie4_5_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_MAY_BIAS, .rope = ENGINE_ROPE_ADJACENT, .act = ENGINE_GATE_SILU };

  return engine_decoder_load (model, &kind, error) != NULL;
}

const EngineArch engine_arch_ernie4_5 = { .name = "ernie4_5", .load = ernie4_5_load, .build = engine_decoder_build };
