/* SPDX-License-Identifier: MIT */
/* Solar Open: an id, a name and arguments, each behind its mark. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_solar = {
  .name = "solar",
  .needs = { "<|tool_call:begin|>" },
  .opens = { "<|tool_calls|>" },
  .peeks = { "<|tool_call:begin|>" },
  .drops = { "<|begin|>assistant" },
  .steps = {
    { ENGINE_CALL_MARK, "<|tool_call:begin|>" },
    { ENGINE_CALL_ID },
    { ENGINE_CALL_MARK, "<|tool_call:name|>" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "<|tool_call:args|>" },
    { ENGINE_CALL_ARGUMENTS },
    { ENGINE_CALL_MARK, "<|tool_call:end|>" },
  },
  .between = "",
  .one = true,
};
