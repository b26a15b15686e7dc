/* SPDX-License-Identifier: MIT */
/* MiniMax M1: objects on lines. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_minimax_m1 = {
  .name = "minimax_m1",
  .needs = { "<tool_calls>", "</tool_calls>" },
  .opens = { "<tool_calls>" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_OBJECT },
  },
  .close = "\n</tool_calls>",
  .fenced = true,
  .one = true,
  .name_key = "name",
  .arguments_key = "arguments",
};
