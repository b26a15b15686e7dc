/* SPDX-License-Identifier: MIT */
/* GLM 4.5 and 4.6, Ling 3: each on lines. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_glm = {
  .name = "glm",
  .needs = { "<arg_key>", "</arg_key>\n<arg_value>" },
  .opens = { "<tool_call>" },
  .drops = { "<|role_end|>" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</tool_call>" },
  },
  .members = { .before = "<arg_key>", .between = "</arg_key>", .opener = "<arg_value>", .gap = "\n", .after = "</arg_value>", .apart = "\n" },
  .free_text = true,
};
