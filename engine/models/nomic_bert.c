/* SPDX-License-Identifier: MIT */
/* nomic-embed-text 1 and 1.5: see encoder.h.
 *
 * Nussbaum et al., arXiv:2402.01613. BERT without biases, with a gate and with turned positions. */
#include "encoder.h"

static bool
nomic_bert_load (EngineModel *model, EngineError *error)
{
  static const EngineEncoderKind kind = {
    .attention = ENGINE_ATTENTION_BOTH_WAYS | ENGINE_ATTENTION_FUSED, .act = ENGINE_GATE_SILU, .gated = true, .turned = true,
  };

  return engine_encoder_load (model, &kind, error);
}

const EngineArch engine_arch_nomic_bert = { .name = "nomic-bert", .encoder = true, .load = nomic_bert_load, .build = engine_encoder_build };
