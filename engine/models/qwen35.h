/* SPDX-License-Identifier: MIT */
/* Qwen3.5 with one feed-forward or with a mixture of experts: see qwen35.c. Internal. */
#pragma once

#include "common.h"

bool engine_qwen35_load (EngineModel *model, bool experts, EngineError *error);
bool engine_qwen35_build (const EngineModel *model, EngineGraph *graph, EngineError *error);
