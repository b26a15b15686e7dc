/* SPDX-License-Identifier: MIT */
/* LFM2: calls as in Python. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_lfm2 = {
  .name = "lfm2",
  .needs = { "<|tool_call_start|>" },
  .enough = { "<|tool_list_start|>", "List of tools: [" },
  .opens = { "<|tool_call_start|>" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "[" },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_KEYWORDS },
  },
  .between = ", ",
  .again = 2,
  .close = "]<|tool_call_end|>",
  .free_text = true,
};
