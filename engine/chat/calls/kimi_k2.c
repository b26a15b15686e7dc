/* SPDX-License-Identifier: MIT */
/* Kimi K2: each call has its number behind the name. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_kimi_k2 = {
  .name = "kimi_k2",
  .needs = { "<|tool_calls_section_begin|>" },
  .opens = { "<|tool_calls_section_begin|>" },
  .peeks = { "<|tool_call_begin|>" },
  .steps = {
    { ENGINE_CALL_MARK, "<|tool_call_begin|>" },
    { ENGINE_CALL_MAY, "functions." },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_UNTIL, "<|tool_call_argument_begin|>", ":0<|tool_call_argument_begin|>" },
    { ENGINE_CALL_ARGUMENTS },
    { ENGINE_CALL_MAY, "<|tool_call_end|>" },
  },
  .between = "",
  .close = "<|tool_calls_section_end|>",
  .one = true,
};
