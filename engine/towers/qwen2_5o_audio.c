/* SPDX-License-Identifier: MIT */
/* Qwen2.5-Omni's ears (Xu et al. 2025, arXiv 2503.20215), as transformers 5.23 has them: W x + b of the means of two of Whisper's columns. Two seconds at a time are heard as if there were nothing
 * else, each from the beginning of the table. */
#include "whisper_ears.h"

#define PIECE 100 /* the files do not say it */

static bool
load (EngineModel *model, EngineError *error)
{
  static const EngineWhisperEarsKind kind = {
    .rest = ENGINE_EARS_LEAVE_SILENCE, .mean = true, .piece = PIECE, .load = engine_whisper_ears_matrix_load, .build = engine_whisper_ears_matrix_build,
  };

  return engine_whisper_ears_load (model, &kind, error);
}

const EngineProjector engine_projector_qwen2_5o_audio = {
  .type = "qwen2.5o", .kind = ENGINE_TOWER_SOUND, .before = "<|audio_bos|>", .after = "<|audio_eos|>",
  .describe = engine_whisper_ears_describe, .windows = engine_whisper_ears_windows, .columns = engine_whisper_ears_columns, .hear = engine_whisper_ears_hear,
  .arch = { .name = "clip.audio", .tower = true, .load = load, .build = engine_whisper_ears_build },
};
