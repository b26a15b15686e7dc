/* SPDX-License-Identifier: MIT */
/* Apertus: the name is the key of the arguments. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_apertus = {
  .name = "apertus",
  .needs = { "<|tools_prefix|>" },
  .opens = { "<|tools_prefix|>" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "[" },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_OBJECT },
  },
  .between = ", ",
  .again = 2,
  .close = "]<|tools_suffix|>",
  .name_key = "name",
  .arguments_key = "arguments",
  .keyed = true,
  .one = true,
};
