/* SPDX-License-Identifier: MIT */
/* Voxtral's ears (Liu et al. 2025, arXiv 2507.13264), as transformers 5.23 has them: columns of four of Whisper's, W2 gelu (W1 x). The silence behind a sound is heard up to the half minute. */
#include "whisper_ears.h"

enum { UP, DOWN };

static bool
load_own (EngineModel *model, EngineWhisperEars *ears, EngineError *error)
{
  int64_t n = model->hparams.n_embd;

  return engine_model_tensor (model, &ears->own[UP], (int64_t) ears->stack * ears->n_embd, n, error, "mm.a.mlp.1.weight") &&
         engine_model_tensor (model, &ears->own[DOWN], n, n, error, "mm.a.mlp.2.weight");
}

static EngineValueId
build_own (EngineGraph *g, const EngineWhisperEars *ears, EngineValueId x)
{
  x = engine_graph_gated (g, engine_graph_matmul (g, ears->own[UP], x, NULL, ENGINE_NO_VALUE), ENGINE_NO_VALUE, ENGINE_GATE_GELU_ERF);
  return engine_graph_matmul (g, ears->own[DOWN], x, NULL, ENGINE_NO_VALUE);
}

static bool
load (EngineModel *model, EngineError *error)
{
  static const EngineWhisperEarsKind kind = { .rest = ENGINE_EARS_HEAR_SILENCE, .load = load_own, .build = build_own };

  return engine_whisper_ears_load (model, &kind, error);
}

const EngineProjector engine_projector_voxtral = {
  .type = "voxtral", .kind = ENGINE_TOWER_SOUND, .before = "[BEGIN_AUDIO]", .after = "",
  .describe = engine_whisper_ears_describe, .windows = engine_whisper_ears_windows, .columns = engine_whisper_ears_columns, .hear = engine_whisper_ears_hear,
  .arch = { .name = "clip.audio", .tower = true, .load = load, .build = engine_whisper_ears_build },
};
