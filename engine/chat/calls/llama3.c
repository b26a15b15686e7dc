/* SPDX-License-Identifier: MIT */
/* Llama 3.1 to 3.3: an object alone, or behind a mark. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_llama3 = {
  .name = "llama3",
  .needs = { "\"parameters\": dictionary of argument name" },
  .opens = { "<|python_tag|>" },
  .bare = true,
  .steps = {
    { ENGINE_CALL_OBJECT },
  },
  .fenced = true,
  .name_key = "name",
  .arguments_key = "parameters",
};
