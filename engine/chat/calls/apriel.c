/* SPDX-License-Identifier: MIT */
/* Apriel 1.5 and 1.6. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_apriel = {
  .name = "apriel",
  .needs = { "<tool_calls>[" },
  .opens = { "<tool_calls>" },
  .drops = { "[BEGIN FINAL RESPONSE]", "[END FINAL RESPONSE]" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "[" },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_OBJECT },
  },
  .between = ", ",
  .again = 2,
  .close = "]</tool_calls>",
  .name_key = "name",
  .arguments_key = "arguments",
  .one = true,
};
