/* SPDX-License-Identifier: MIT */
/* What towers want of a picture: another size, by the filter that the model was trained with; numbers instead of bytes; patches in rows.
 *
 * Internal. Pictures are rows of pixels of `n_channels` bytes, without gaps. Sizes are in pixels and at least 1. */
#pragma once

#include "../engine.h"
#include "../base.h"

typedef enum { ENGINE_FILTER_BILINEAR, ENGINE_FILTER_BICUBIC, ENGINE_FILTER_LANCZOS, ENGINE_N_FILTERS } EngineFilter;

/* Another size, first across and then down, each rounded to bytes: the same bytes as Pillow's Image.resize () before version 13 (which turns the order
 * round for some sizes) and torchvision's resize with antialias, which processors of models use. `out` takes n_channels · width · height bytes. Any thread. NO_MEMORY. */
bool engine_prep_resize (const EnginePicture *picture, EngineFilter filter, int32_t width, int32_t height, uint8_t *out, EngineError *error);

/* The grid of `unit` pixels square, at most most_units of them, whose shape is the nearest to the picture's, which is made no larger than it has to be. */
void engine_prep_grid (int32_t width, int32_t height, int32_t unit, int32_t most_units, int32_t *columns, int32_t *rows);

/* The first n_channels of each pixel: [n_channels, width, height] bytes. What is transparent shows the colour that it has, as it does for the processors of models. */
void engine_prep_channels (const EnginePicture *picture, int32_t n_channels, uint8_t *out);

/* What bytes become: (byte / 255 - mean) / deviation, each channel with its own. */
typedef struct { float mean[4], deviation[4]; } EngineNormalisation;

/* Patches of a picture whose sides are multiples of `side`: [side, side, n_channels, columns · rows] floats, each channel by itself. Patch i, row after row, is the places[i]-th
 * of them; places NULL: the i-th. */
void engine_prep_patches (const EnginePicture *picture, int32_t side, const EngineNormalisation *normalisation, const int32_t *places, float *patches);
