/* SPDX-License-Identifier: MIT */
/* Functionary 3.2: what an answer begins with is whom it is for. */
#include "chat/calls.h"

const EngineCallFormat engine_call_format_functionary_32 = {
  .name = "functionary_32",
  .needs = { ">>>all" },
  .opens = { ">>>" },
  .bare = true,
  .drops = { "all\n" },
  .steps = {
    { ENGINE_CALL_NAME },
    { ENGINE_CALL_MARK, "\n" },
    { ENGINE_CALL_ARGUMENTS },
  },
};
