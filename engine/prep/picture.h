/* SPDX-License-Identifier: MIT */
/* What towers want of a picture: another size, by the filter that the model was trained with; numbers instead of bytes; patches in rows.
 *
 * Internal. Pictures are rows of pixels of `n_channels` bytes, without gaps. Sizes are in pixels and at least 1. */
#pragma once

#include "../base.h"

typedef enum { ENGINE_FILTER_BILINEAR, ENGINE_FILTER_BICUBIC, ENGINE_FILTER_LANCZOS, ENGINE_N_FILTERS } EngineFilter;

typedef struct {
  int32_t        width, height, n_channels; /* 1 to 4 channels */
  const uint8_t *pixels;                    /* [n_channels, width, height] */
} EnginePicture;

/* Another size, first across and then down, each rounded to bytes: the same bytes as Pillow's Image.resize () and torchvision's resize with antialias, which
 * processors of models use. `out` takes n_channels · width · height bytes. Any thread. NO_MEMORY. */
bool engine_prep_resize (const EnginePicture *picture, EngineFilter filter, int32_t width, int32_t height, uint8_t *out, EngineError *error);

/* The grid of `unit` pixels square, at most most_units of them, whose shape is the nearest to the picture's, which is made no larger than it has to be. */
void engine_prep_grid (int32_t width, int32_t height, int32_t unit, int32_t most_units, int32_t *columns, int32_t *rows);

/* Patches of a picture whose sides are multiples of `side`: [side, side, n_channels, columns · rows] floats, row after row of patches, each channel by itself. Bytes become
 * (byte / 255 - mean) / deviation. */
void engine_prep_patches (const EnginePicture *picture, int32_t side, float mean, float deviation, float *patches);
