/* SPDX-License-Identifier: MIT */
/* Qwen3-VL's eyes, which Qwen3.5 has too. Names in the file: llama.cpp's. */
#include "qwen_eyes.h"

static bool
load (EngineModel *model, EngineError *error)
{
  static const EngineQwenEyesKind kind = { .least_columns = 64 };

  return engine_qwen_eyes_load (model, &kind, error);
}

const EngineProjector engine_projector_qwen3vl = {
  .type = "qwen3vl_merger", .kind = ENGINE_TOWER_PICTURES, .describe = engine_qwen_eyes_describe, .plan = engine_qwen_eyes_plan, .look = engine_qwen_eyes_look,
  .before = "<|vision_start|>", .after = "<|vision_end|>",
  .arch = { .name = "clip.vision", .tower = true, .load = load, .build = engine_qwen_eyes_build, .free = engine_qwen_eyes_free },
};
