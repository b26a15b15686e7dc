/* SPDX-License-Identifier: MIT */
/* Ultravox's ears (Fixie AI; of version 0.5 and those after it, which have a norm in the middle), of columns of several of Whisper's, side by side:
 *
 *   u, g = the two halves of W1 rms_norm (x);  W2 rms_norm (silu (g) · u)
 *
 * A sound is not filled up with silence: it ends. */
#include "whisper_ears.h"

#define EPS 1e-6f /* the files do not say it */

enum { NORM, UP, GATE, MIDDLE, DOWN };

static bool
load_own (EngineModel *model, EngineWhisperEars *ears, EngineError *error)
{
  const EngineTensor *down = engine_gguf_find_tensor (model->gguf, "mm.a.mlp.2.weight");
  int64_t n_in = (int64_t) ears->stack * ears->n_embd, n_middle = down && down->ne[0] <= 1 << 20 ? down->ne[0] : 1;

  return engine_model_tensor (model, &ears->own[NORM], n_in, 0, error, "mm.a.norm_pre.weight") &&
         engine_model_tensor_rows (model, &ears->own[UP], n_in, 2 * n_middle, 0, n_middle, error, "mm.a.mlp.1.weight") &&
         engine_model_tensor_rows (model, &ears->own[GATE], n_in, 2 * n_middle, n_middle, n_middle, error, "mm.a.mlp.1.weight") &&
         engine_model_tensor (model, &ears->own[MIDDLE], n_middle, 0, error, "mm.a.norm_mid.weight") &&
         engine_model_tensor (model, &ears->own[DOWN], n_middle, model->hparams.n_embd, error, "mm.a.mlp.2.weight");
}

static EngineValueId
build_own (EngineGraph *g, const EngineWhisperEars *ears, EngineValueId x)
{
  EngineValueId up;

  x = engine_graph_rms_norm (g, x, ears->own[NORM], 0, EPS);
  up = engine_graph_matmul (g, ears->own[UP], x, NULL, ENGINE_NO_VALUE);
  x = engine_graph_gated (g, engine_graph_matmul (g, ears->own[GATE], x, NULL, ENGINE_NO_VALUE), up, ENGINE_GATE_SILU);
  return engine_graph_matmul (g, ears->own[DOWN], engine_graph_rms_norm (g, x, ears->own[MIDDLE], 0, EPS), NULL, ENGINE_NO_VALUE);
}

static bool
load (EngineModel *model, EngineError *error)
{
  static const EngineWhisperEarsKind kind = { .rest = ENGINE_EARS_END, .load = load_own, .build = build_own };

  return engine_whisper_ears_load (model, &kind, error);
}

const EngineProjector engine_projector_ultravox = {
  .type = "ultravox", .kind = ENGINE_TOWER_SOUND, .before = "", .after = "",
  .describe = engine_whisper_ears_describe, .windows = engine_whisper_ears_windows, .columns = engine_whisper_ears_columns, .hear = engine_whisper_ears_hear,
  .arch = { .name = "clip.audio", .tower = true, .load = load, .build = engine_whisper_ears_build },
};
