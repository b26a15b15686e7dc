/* SPDX-License-Identifier: MIT */
/* DeepSeek V3.2: its markup says of each argument whether it is a text. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_deepseek_v32 = {
  .name = "deepseek_v32",
  .needs = { "｜DSML｜", "dsml_token + 'function_calls" },
  .opens = { "<｜DSML｜function_calls>" },
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
  .close = "</｜DSML｜function_calls>",
  .one = true,
};
