/* SPDX-License-Identifier: MIT */
/* For templates that know nothing of tools: as Hermes, since many models have seen that; the system message explains it (calls-prompt.c). */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_generic = {
  .name = "generic",
  .opens = { "<tool_call>" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_OBJECT },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</tool_call>" },
  },
  .free_text = true,
  .name_key = "name",
  .arguments_key = "arguments",
};
