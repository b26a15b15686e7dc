/* SPDX-License-Identifier: MIT */
/* GLM 4.7, Spark 2.5: without lines. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_glm_tight = {
  .name = "glm_tight",
  .needs = { "<arg_key>", "<arg_value>" },
  .opens = { "<tool_call>" },
  .drops = { "<|role_end|>" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "</tool_call>" },
  },
  .members = { .before = "<arg_key>", .between = "</arg_key>", .opener = "<arg_value>", .after = "</arg_value>" },
  .free_text = true,
};
