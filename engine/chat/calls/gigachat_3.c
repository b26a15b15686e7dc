/* SPDX-License-Identifier: MIT */
/* GigaChat 3. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_gigachat_3 = {
  .name = "gigachat_3",
  .needs = { "function call", "<|role_sep|>" },
  .opens = { "<|message_sep|>\n\nfunction call<|role_sep|>\n" },
  .steps = {
    { ENGINE_CALL_OBJECT },
  },
  .one = true,
  .name_key = "name",
  .arguments_key = "arguments",
};
