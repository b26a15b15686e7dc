/* SPDX-License-Identifier: MIT */
/* Llama 1 to 3.x and what is built like it (SmolLM2, Mistral 7B, TinyLlama …): see decoder.h.
 *
 * Touvron et al., arXiv:2302.13971 and 2307.09288. The rows of Wq and Wk are ordered in
 * the file such that RoPE turns neighbours. Llama 3.1's stretched frequencies come as
 * the tensor rope_freqs. Biases are rare, but allowed. */
#include "decoder.h"

static bool
llama_load (EngineModel *model, EngineError *error)
{
  static const EngineDecoderKind kind = { .attention = ENGINE_ATTENTION_MAY_BIAS, .rope = ENGINE_ROPE_ADJACENT, .act = ENGINE_GATE_SILU };

  return engine_decoder_load (model, &kind, error) != NULL;
}

const EngineArch engine_arch_llama = { .name = "llama", .load = llama_load, .build = engine_decoder_build };
