/* SPDX-License-Identifier: MIT */
/* MiniMax M3: arguments are elements, also within each other, with a token before each mark. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_minimax_m3 = {
  .name = "minimax_m3",
  .needs = { "]<]minimax[>[" },
  .opens = { "]<]minimax[>[<tool_call>" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "]<]minimax[>[<invoke name=\"" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "\">" },
    { ENGINE_CALL_TAGS },
    { ENGINE_CALL_MARK, "]<]minimax[>[</invoke>" },
    { ENGINE_CALL_SPACE, "\n" },
  },
  .members = { .before = "]<]minimax[>[" },
  .between = "",
  .again = 1,
  .close = "]<]minimax[>[</tool_call>",
  .one = true,
};
