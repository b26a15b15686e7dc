/* SPDX-License-Identifier: MIT */
/* FireFunction 2. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_firefunction = {
  .name = "firefunction",
  .needs = { " functools[" },
  .opens = { " functools" },
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
  .one = true,
};
