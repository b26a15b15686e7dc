/* SPDX-License-Identifier: MIT */
/* Devstral, Ministral 3: a name and arguments. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_mistral_args = {
  .name = "mistral_args",
  .needs = { "[TOOL_CALLS]", "[ARGS]" },
  .opens = { "[TOOL_CALLS]" },
  .steps = {
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "[ARGS]" },
    { ENGINE_CALL_ARGUMENTS },
  },
};
