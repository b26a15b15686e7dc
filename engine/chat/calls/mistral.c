/* SPDX-License-Identifier: MIT */
/* Mistral 7B 0.3, Nemo: a JSON array, each call with an id. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_mistral = {
  .name = "mistral",
  .needs = { "[TOOL_CALLS]" },
  .opens = { "[TOOL_CALLS]" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "[" },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_OBJECT },
  },
  .between = ", ",
  .again = 2,
  .close = "]",
  .name_key = "name",
  .arguments_key = "arguments",
  .id_key = "id",
  .one = true,
};
