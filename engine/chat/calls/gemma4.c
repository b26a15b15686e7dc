/* SPDX-License-Identifier: MIT */
/* Gemma 4: keys without quotes, texts between marks. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_gemma4 = {
  .name = "gemma4",
  .needs = { "<|tool_call>" },
  .opens = { "<|tool_call>" },
  .steps = {
    { ENGINE_CALL_MARK, "call:" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_BRACES },
    { ENGINE_CALL_MARK, "<tool_call|>" },
  },
  .quote = "<|\"|>",
  .free_text = true,
};
