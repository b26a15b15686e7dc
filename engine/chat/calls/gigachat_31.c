/* SPDX-License-Identifier: MIT */
/* GigaChat 3.1. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_gigachat_31 = {
  .name = "gigachat_31",
  .needs = { "<|function_call|>" },
  .opens = { "<|function_call|>" },
  .steps = {
    { ENGINE_CALL_OBJECT },
  },
  .one = true,
  .name_key = "name",
  .arguments_key = "arguments",
};
