/* SPDX-License-Identifier: MIT */
/* MiniCPM 5. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_minicpm5 = {
  .name = "minicpm5",
  .needs = { "<function name=\"" },
  .opens = { "<function name=\"" },
  .steps = {
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "\">" },
    { ENGINE_CALL_MEMBERS },
    { ENGINE_CALL_SPACE },
    { ENGINE_CALL_MARK, "</function>" },
  },
  .members = { .before = "<param name=\"", .between = "\">", .after = "</param>", .literal = "<![CDATA[", .literal_after = "]]></param>" },
  .free_text = true,
};
