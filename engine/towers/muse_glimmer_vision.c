/* SPDX-License-Identifier: MIT */
/* Muse Glimmer's eyes. Names in the file: llama.cpp's. */
#include "muse_eyes.h"

static bool
load (EngineModel *model, EngineError *error)
{
  return engine_muse_eyes_load (model, false, error);
}

const EngineProjector engine_projector_muse_glimmer_vision = {
  .type = "muse-glimmer", .kind = ENGINE_TOWER_PICTURES, .describe = engine_muse_eyes_describe, .plan = engine_muse_eyes_plan, .look = engine_muse_eyes_look,
  .before = "<|image_start|>", .after = "<|image_end|>",
  .arch = { .name = "clip.vision", .tower = true, .load = load, .build = engine_muse_eyes_build, .free = engine_muse_eyes_free },
};
