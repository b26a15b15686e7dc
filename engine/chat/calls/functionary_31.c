/* SPDX-License-Identifier: MIT */
/* Functionary 3.1. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_functionary_31 = {
  .name = "functionary_31",
  .needs = { "<function=" },
  .lacks = "<parameter=",
  .opens = { "<function=" },
  .steps = {
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, ">" },
    { ENGINE_CALL_ARGUMENTS },
    { ENGINE_CALL_MARK, "</function>" },
  },
  .free_text = true,
};
