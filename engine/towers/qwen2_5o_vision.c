/* SPDX-License-Identifier: MIT */
/* Qwen2.5-Omni's eyes, which are Qwen2.5-VL's; the words around a picture have other names. */
#include "qwen_eyes.h"

static bool
load (EngineModel *model, EngineError *error)
{
  static const EngineQwenEyesKind kind = { .windows = true, .least_columns = 4 };

  return engine_qwen_eyes_load (model, &kind, error);
}

const EngineProjector engine_projector_qwen2_5o_vision = {
  .type = "qwen2.5o", .kind = ENGINE_TOWER_PICTURES, .describe = engine_qwen_eyes_describe, .plan = engine_qwen_eyes_plan, .look = engine_qwen_eyes_look,
  .before = "<|vision_bos|>", .after = "<|vision_eos|>",
  .arch = { .name = "clip.vision", .tower = true, .load = load, .build = engine_qwen_eyes_build, .free = engine_qwen_eyes_free },
};
