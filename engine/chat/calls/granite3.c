/* SPDX-License-Identifier: MIT */
/* Granite 3. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_granite3 = {
  .name = "granite3",
  .needs = { "<|tool_call|>" },
  .opens = { "<|tool_call|>" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "[" },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_OBJECT },
  },
  .between = ", ",
  .again = 2,
  .close = "]",
  .name_key = "name",
  .arguments_key = "arguments",
  .one = true,
};
