/* SPDX-License-Identifier: MIT */
/* Qwen3.5 with a mixture of experts: see qwen35.c. */
#include "qwen35.h"

static bool
qwen35moe_load (EngineModel *model, EngineError *error)
{
  return engine_qwen35_load (model, true, error);
}

const EngineArch engine_arch_qwen35moe = { .name = "qwen35moe", .load = qwen35moe_load, .build = engine_qwen35_build };
