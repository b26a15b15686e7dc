/* SPDX-License-Identifier: MIT */
/* DeepSeek R1 and V3: the arguments stand in a fence. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_deepseek_r1 = {
  .name = "deepseek_r1",
  .needs = { "<｜tool▁calls▁begin｜>", "```json" },
  .opens = { "<｜tool▁calls▁begin｜>" },
  .steps = {
    { ENGINE_CALL_MARK, "<｜tool▁call▁begin｜>" },
    { ENGINE_CALL_MARK, "function" },
    { ENGINE_CALL_MARK, "<｜tool▁sep｜>" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "\n```json" },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_ARGUMENTS },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "```" },
    { ENGINE_CALL_MARK, "<｜tool▁call▁end｜>" },
  },
  .between = "\n",
  .close = "<｜tool▁calls▁end｜>",
  .one = true,
};
