/* SPDX-License-Identifier: MIT */
/* The eyes of Qwen2.5-VL and of Qwen3-VL, which share patches, squares, turning and what makes columns of squares. */
#pragma once

#include "tower.h"

typedef struct {
  bool    windows;       /* 2.5: most layers see windows, norms take no mean away, the feed-forward has a gate; 3: a table of positions, and layers that speak to layers of the model */
  int32_t least_columns; /* a smaller picture is made larger */
} EngineQwenEyesKind;

/* `kind` is static. */
bool engine_qwen_eyes_load (EngineModel *model, const EngineQwenEyesKind *kind, EngineError *error);
void engine_qwen_eyes_free (EngineModel *model);
bool engine_qwen_eyes_build (const EngineModel *model, EngineGraph *graph, EngineError *error);
void engine_qwen_eyes_describe (const EngineModel *model, EngineTowerInfo *info);
bool engine_qwen_eyes_look (const EngineModel *model, const EnginePicture *picture, int32_t max_columns, EngineLook *look, EngineError *error);
bool engine_qwen_eyes_plan (const EngineModel *model, int32_t width, int32_t height, int32_t max_columns, EngineLook *look, EngineError *error);
