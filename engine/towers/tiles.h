/* SPDX-License-Identifier: MIT */
/* Pictures as square tiles, which a tower looks at one after the other, and behind them the whole picture, small. */
#pragma once

#include "tower.h"

/* The picture in another size, malloc'd; NULL on error. */
uint8_t *engine_tiles_resize (const EnginePicture *picture, EngineFilter filter, int32_t width, int32_t height, EngineError *error);

/* Fills in a look's pixels, how many tiles they are, and the size of one: those of `whole`, a picture of whole tiles, row after row, and behind them `small`, one more (NULL: none). */
bool engine_tiles_cut (const EnginePicture *whole, int32_t side, const uint8_t *small, EngineLook *look, EngineError *error);

/* Fills in where the patches of a tile of `side` by `side` go: squares of merge · merge lie side by side, and a column is where its square is. The one input has for each of n_tokens what
 * the table [n_embd, n_tokens] has for its place; tokens behind the patches stay where they are. */
bool engine_tiles_order (int32_t side, int32_t merge, const float *table, int32_t n_embd, EngineLook *look, EngineError *error);
