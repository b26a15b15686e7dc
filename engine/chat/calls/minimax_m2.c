/* SPDX-License-Identifier: MIT */
/* MiniMax M2. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_minimax_m2 = {
  .name = "minimax_m2",
  .needs = { "<minimax:tool_call>" },
  .opens = { "<minimax:tool_call>" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "<invoke name=\"" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "\">" },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</invoke>" },
    { ENGINE_CALL_SPACE, "\n" },
  },
  .members = { .before = "<parameter name=\"", .between = "\">", .after = "</parameter>", .apart = "\n" },
  .between = "",
  .again = 1,
  .close = "</minimax:tool_call>",
  .one = true,
};
