/* SPDX-License-Identifier: MIT */
/* nomic-embed-text 2: see encoder.h.
 *
 * Nussbaum and Duderstadt, arXiv:2502.07972. Texts in many languages: the vocabulary of XLM-RoBERTa, biases, and a mixture of
 * experts in every second layer. */
#include "encoder.h"

static bool
nomic_bert_moe_load (EngineModel *model, EngineError *error)
{
  static const EngineEncoderKind kind = {
    .attention = ENGINE_ATTENTION_BOTH_WAYS | ENGINE_ATTENTION_FUSED | ENGINE_ATTENTION_BIAS, .act = ENGINE_GATE_GELU_ERF, .biases = true, .turned = true,
    .experts = true, .moe = ENGINE_MOE_UNGATED | ENGINE_MOE_OF_ALL,
  };

  return engine_encoder_load (model, &kind, error);
}

const EngineArch engine_arch_nomic_bert_moe = { .name = "nomic-bert-moe", .encoder = true, .load = nomic_bert_moe_load, .build = engine_encoder_build };
