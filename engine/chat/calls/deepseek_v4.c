/* SPDX-License-Identifier: MIT */
/* DeepSeek V4: as V3.2, with another word around. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_deepseek_v4 = {
  .name = "deepseek_v4",
  .needs = { "｜DSML｜", "dsml_token + 'tool_calls" },
  .opens = { "<｜DSML｜tool_calls>" },
  .steps = {
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "<｜DSML｜invoke name=\"" },
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "\">" },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_SPACE, "\n" },
    { ENGINE_CALL_MARK, "</｜DSML｜invoke>" },
    { ENGINE_CALL_SPACE, "\n" },
  },
  .members = { .before = "<｜DSML｜parameter name=\"", .between = "\" string=\"false\">", .texts = "\" string=\"true\">", .after = "</｜DSML｜parameter>", .apart = "\n" },
  .between = "",
  .again = 1,
  .close = "</｜DSML｜tool_calls>",
  .one = true,
};
