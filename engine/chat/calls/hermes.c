/* SPDX-License-Identifier: MIT */
/* <tool_call>{"name": …, "arguments": {…}}</tool_call>: Hermes, Qwen 2.5 and 3, Granite 4, SmolLM3 and many others. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_hermes = {
  .name = "hermes",
  .needs = { "<tool_call>" },
  .opens = { "<tool_call>" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_OBJECT },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</tool_call>" },
  },
  .between = NULL,
  .free_text = true,
  .name_key = "name",
  .arguments_key = "arguments",
};
