/* SPDX-License-Identifier: MIT */
/* ByteDance Seed. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_seed = {
  .name = "seed",
  .needs = { "<seed:tool_call>" },
  .opens = { "<seed:tool_call>" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "<function=" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, ">" },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</function>" },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</seed:tool_call>" },
  },
  .members = { .before = "<parameter=", .between = ">", .after = "</parameter>", .apart = "\n" },
  .free_text = true,
};
