/* SPDX-License-Identifier: MIT */
/* What Muse Glimmer and Muse Spark share: see muse_glimmer.c. Internal. */
#pragma once

#include "decoder.h"

#define ENGINE_MUSE_PATTERN 4 /* every fourth layer sees everything, where the file does not say which */

bool engine_muse_load (EngineModel *model, const EngineDecoderKind *kind, EngineError *error);
