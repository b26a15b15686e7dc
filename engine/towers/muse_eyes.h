/* SPDX-License-Identifier: MIT */
/* The eyes of the Muses: Glimmer's and Spark's differ in how the table of positions is read. */
#pragma once

#include "tower.h"

/* `crossed`: see muse_eyes.c. */
bool engine_muse_eyes_load (EngineModel *model, bool crossed, EngineError *error);
void engine_muse_eyes_free (EngineModel *model);
bool engine_muse_eyes_build (const EngineModel *model, EngineGraph *graph, EngineError *error);
void engine_muse_eyes_describe (const EngineModel *model, EngineTowerInfo *info);
bool engine_muse_eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error);
bool engine_muse_eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error);
