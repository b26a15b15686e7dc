/* SPDX-License-Identifier: MIT */
/* Muse: a message for a tool, in ATEM. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_muse = {
  .name = "muse",
  .needs = { "<atem:invoke" },
  .opens = { "<|start|>assistant to=" },
  .bare = true,
  .begins = " to=",
  .drops = { " to=user<|message|>", "<|start|>assistant to=user<|message|>", "<|eom|>", "<|eot|>" },
  .steps = {
    { ENGINE_CALL_UNTIL, "<|message|>", "%<|message|>" },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "<atem:function_calls>" },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "<atem:invoke name=\"" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "\">" },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</atem:invoke>" },
    { ENGINE_CALL_SPACE, "\n" },
  },
  .members = { .before = "<atem:parameter name=\"", .between = "\">", .after = "</atem:parameter>", .apart = "\n" },
  .between = "",
  .again = 4,
  .close = "</atem:function_calls>",
};
