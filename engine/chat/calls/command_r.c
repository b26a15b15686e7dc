/* SPDX-License-Identifier: MIT */
/* Command R and R+: an array in a fence. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_command_r = {
  .name = "command_r",
  .needs = { "Action:", "```json", "tool_name" },
  .opens = { "Action:" },
  .drops = { "<|CHATBOT_TOKEN|>", "<|END_OF_TURN_TOKEN|>" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "```json" },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "[" },
    { ENGINE_CALL_SPACE, "\n    " },
    { ENGINE_CALL_OBJECT },
  },
  .between = ",",
  .again = 4,
  .close = "\n]\n```",
  .one = true,
  .name_key = "tool_name",
  .arguments_key = "parameters",
};
