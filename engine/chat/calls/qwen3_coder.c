/* SPDX-License-Identifier: MIT */
/* <tool_call><function=…><parameter=…>: Qwen3-Coder, Qwen 3.5, Nemotron 3, Step 3.5. The first mark is sometimes forgotten. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_qwen3_coder = {
  .name = "qwen3_coder",
  .needs = { "<tool_call>", "<function=", "<parameter=" },
  .opens = { "<tool_call>" },
  .peeks = { "<function=" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "<function=" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, ">" },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</function>" },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MAY, "</tool_call>" },
  },
  .members = { .before = "<parameter=", .between = ">", .after = "</parameter>", .lines = true, .apart = "\n" },
  .free_text = true,
};
