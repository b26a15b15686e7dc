/* SPDX-License-Identifier: MIT */
/* Muse Spark's eyes. Names in the file follow Muse Glimmer's (data/convert/muse_parts.py). */
#include "muse_eyes.h"

static bool
load (EngineModel *model, EngineError *error)
{
  return engine_muse_eyes_load (model, true, error);
}

const EngineProjector engine_projector_muse_spark_vision = {
  .type = "muse-spark", .kind = ENGINE_TOWER_PICTURES, .describe = engine_muse_eyes_describe, .plan = engine_muse_eyes_plan, .look = engine_muse_eyes_look,
  .before = "<|image_start|>", .after = "<|image_end|>",
  .arch = { .name = "clip.vision", .tower = true, .load = load, .build = engine_muse_eyes_build, .free = engine_muse_eyes_free },
};
