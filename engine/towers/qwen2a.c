/* SPDX-License-Identifier: MIT */
/* Qwen2-Audio's ears (Chu et al. 2024, arXiv 2407.10759), as transformers 5.23 has them: W x + b of the means of two of Whisper's columns. Nothing sees the silence behind a sound. */
#include "whisper_ears.h"

enum { MATRIX, BIAS };

static bool
load_own (EngineModel *model, EngineWhisperEars *ears, EngineError *error)
{
  return engine_model_tensor (model, &ears->own[MATRIX], ears->n_embd, model->hparams.n_embd, error, "mm.a.fc.weight") &&
         engine_model_tensor (model, &ears->own[BIAS], model->hparams.n_embd, 0, error, "mm.a.fc.bias");
}

static EngineValueId
build_own (EngineGraph *g, const EngineWhisperEars *ears, EngineValueId x)
{
  return engine_graph_matmul (g, ears->own[MATRIX], x, ears->own[BIAS], ENGINE_NO_VALUE);
}

static bool
load (EngineModel *model, EngineError *error)
{
  static const EngineWhisperEarsKind kind = { .rest = ENGINE_EARS_LEAVE_SILENCE, .mean = true, .load = load_own, .build = build_own };

  return engine_whisper_ears_load (model, &kind, error);
}

const EngineProjector engine_projector_qwen2a = {
  .type = "qwen2a", .kind = ENGINE_TOWER_SOUND, .before = "<|audio_bos|>", .after = "<|audio_eos|>",
  .describe = engine_whisper_ears_describe, .windows = engine_whisper_ears_windows, .columns = engine_whisper_ears_columns, .hear = engine_whisper_ears_hear,
  .arch = { .name = "clip.audio", .tower = true, .load = load, .build = engine_whisper_ears_build },
};
