/* SPDX-License-Identifier: MIT */
/* Command R7B and A. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_command_r7b = {
  .name = "command_r7b",
  .needs = { "<|START_ACTION|>" },
  .opens = { "<|START_ACTION|>" },
  .drops = { "<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "[" },
    { ENGINE_CALL_SPACE, "\n    " },
    { ENGINE_CALL_OBJECT },
  },
  .between = ",",
  .again = 2,
  .close = "\n]<|END_ACTION|>",
  .name_key = "tool_name",
  .arguments_key = "parameters",
  .id_key = "tool_call_id",
  .id_first = true,
  .one = true,
};
