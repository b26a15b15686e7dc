/* SPDX-License-Identifier: MIT */
/* Mistral Small 3.2: each call with an id. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_mistral_id = {
  .name = "mistral_id",
  .needs = { "[TOOL_CALLS]", "[CALL_ID]", "[ARGS]" },
  .opens = { "[TOOL_CALLS]" },
  .steps = {
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "[CALL_ID]" },
    { ENGINE_CALL_ID },
    { ENGINE_CALL_MARK, "[ARGS]" },
    { ENGINE_CALL_ARGUMENTS },
  },
};
