/* SPDX-License-Identifier: MIT */
/* DeepSeek V3.1. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_deepseek_v31 = {
  .name = "deepseek_v31",
  .needs = { "<｜tool▁calls▁begin｜>" },
  .opens = { "<｜tool▁calls▁begin｜>" },
  .steps = {
    { ENGINE_CALL_MARK, "<｜tool▁call▁begin｜>" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "<｜tool▁sep｜>" },
    { ENGINE_CALL_ARGUMENTS },
    { ENGINE_CALL_MARK, "<｜tool▁call▁end｜>" },
  },
  .between = "",
  .close = "<｜tool▁calls▁end｜>",
  .one = true,
};
