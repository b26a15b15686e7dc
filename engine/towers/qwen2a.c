/* SPDX-License-Identifier: MIT */
/* Qwen2-Audio's ears (Chu et al. 2024, arXiv 2407.10759), as transformers 5.23 has them: W x + b of the means of two of Whisper's columns. Nothing sees the silence behind a sound. */
#include "whisper_ears.h"

static bool
load (EngineModel *model, EngineError *error)
{
  static const EngineWhisperEarsKind kind = { .rest = ENGINE_EARS_LEAVE_SILENCE, .mean = true, .load = engine_whisper_ears_matrix_load, .build = engine_whisper_ears_matrix_build };

  return engine_whisper_ears_load (model, &kind, error);
}

const EngineProjector engine_projector_qwen2a = {
  .type = "qwen2a", .kind = ENGINE_TOWER_SOUND, .before = "<|audio_bos|>", .after = "<|audio_eos|>",
  .describe = engine_whisper_ears_describe, .windows = engine_whisper_ears_windows, .columns = engine_whisper_ears_columns, .hear = engine_whisper_ears_hear,
  .arch = { .name = "clip.audio", .tower = true, .load = load, .build = engine_whisper_ears_build },
};
