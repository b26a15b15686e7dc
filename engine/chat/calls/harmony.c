/* SPDX-License-Identifier: MIT */
/* gpt-oss: a message whose recipient is a function. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_harmony = {
  .name = "harmony",
  .needs = { "<|start|>assistant to=", "<|channel|>" },
  .opens = { "<|channel|>commentary to=functions.", "<|channel|>analysis to=functions.", "<|channel|>final to=functions.", "<|start|>assistant to=functions.", " to=functions." },
  .trigger = " to=functions.",
  .drops = { "<|channel|>final<|message|>", "<|channel|>commentary<|message|>", "<|start|>assistant", "<|end|>", "<|return|>" },
  .steps = {
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_UNTIL, "<|message|>", " <|constrain|>json<|message|>" },
    { ENGINE_CALL_ARGUMENTS },
    { ENGINE_CALL_MAY_NOT, "<|call|>" },
  },
  .one = true,
};
