/* SPDX-License-Identifier: MIT */
/* Nemotron Nano 2. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_nemotron_v2 = {
  .name = "nemotron_v2",
  .needs = { "<TOOLCALL>" },
  .opens = { "<TOOLCALL>" },
  .steps = {
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "[" },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_OBJECT },
  },
  .between = ", ",
  .again = 2,
  .close = "]</TOOLCALL>",
  .name_key = "name",
  .arguments_key = "arguments",
  .one = true,
};
