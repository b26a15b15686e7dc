/* SPDX-License-Identifier: MIT */
/* BERT, and what is trained on it (bge, e5, gte, all-MiniLM): see encoder.h.
 *
 * Devlin et al., arXiv:1810.04805. */
#include "encoder.h"

static bool
bert_load (EngineModel *model, EngineError *error)
{
  static const EngineEncoderKind kind = { .attention = ENGINE_ATTENTION_BOTH_WAYS | ENGINE_ATTENTION_BIAS, .act = ENGINE_GATE_GELU_ERF, .biases = true };

  return engine_encoder_load (model, &kind, error);
}

const EngineArch engine_arch_bert = { .name = "bert", .encoder = true, .load = bert_load, .build = engine_encoder_build };
