/* SPDX-License-Identifier: MIT */
/* Kimi K3. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_kimi_k3 = {
  .name = "kimi_k3",
  .needs = { "<|open|>", "<|sep|>" },
  .opens = { "<|open|>tools<|sep|>" },
  .drops = { "<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|close|>message<|sep|>" },
  .steps = {
    { ENGINE_CALL_MARK, "<|open|>call tool=\"" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_UNTIL, "<|sep|>", "\" index=\"1\"<|sep|>" },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_MARK, "<|close|>call<|sep|>" },
  },
  .members = { .before = "<|open|>argument key=\"", .between = "\" type=\"", .texts = "\" type=\"string\"<|sep|>", .until = "<|sep|>", .kind = "number\"<|sep|>", .after = "<|close|>argument<|sep|>" },
  .between = "",
  .close = "<|close|>tools<|sep|>",
  .one = true,
};
