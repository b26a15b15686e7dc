/* SPDX-License-Identifier: MIT */
/* Tools as files have them: a JSON array of objects, as they are or in a "function" each. */
#pragma once

#include "grammar/json.h"
#include "tool.h"

/* [*n], in memory of the build, which is left on errors. */
EngineTool *tool_take_tools (EngineBuild *build, const EngineJson *json, size_t *n);
EngineTool *tool_read_tools (EngineBuild *build, const char *path, size_t *n);
