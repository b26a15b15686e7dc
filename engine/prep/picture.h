/* SPDX-License-Identifier: MIT */
/* What towers want of a picture: another size, by the filter that the model was trained with; numbers instead of bytes; patches in rows.
 *
 * Internal. Pictures are rows of pixels of `n_channels` bytes, without gaps. Sizes are in pixels and at least 1. */
#pragma once

#include "../backend.h"

typedef enum { ENGINE_FILTER_BILINEAR, ENGINE_FILTER_BICUBIC, ENGINE_FILTER_LANCZOS, ENGINE_N_FILTERS } EngineFilter;

#define ENGINE_WINDOW_PRECISION 22

/* Each place of a new row, or column, is a weighted sum of places of the old one: weights are whole numbers of 2^-ENGINE_WINDOW_PRECISION. */
typedef struct {
  int32_t *first, *n; /* [n_out] the places first … first + n - 1 of the old one */
  int32_t *weights;   /* [most, n_out] */
  int32_t  most, n_out;
} EngineWindows;

/* The most places of any window; 0: more than can be. */
int32_t engine_prep_windows_most (EngineFilter filter, int32_t n_in, int32_t n_out);
bool    engine_prep_windows_init (EngineWindows *windows, EngineFilter filter, int32_t n_in, int32_t n_out, EngineError *error);
void    engine_prep_windows_clear (EngineWindows *windows);

/* Rows begin … end - 1 of a picture, as wide as the windows say, of the first n_channels of its channels; `out` begins with row 0. Then rows begin … end - 1 of one that is as high as they
 * say, from `wide`, whose rows have `row` bytes. */
void engine_prep_across (const EngineWindows *windows, const EnginePicture *picture, int32_t n_channels, int32_t begin, int32_t end, uint8_t *out);
void engine_prep_down (const EngineWindows *windows, const uint8_t *wide, size_t row, int32_t begin, int32_t end, uint8_t *out);

/* Another size, first across and then down, each rounded to bytes: the same bytes as Pillow's Image.resize () before version 13 (which turns the order round for some sizes) and
 * torchvision's resize with antialias, which processors of models use. `out` takes n_channels · width · height bytes. Any thread. NO_MEMORY. */
bool engine_prep_resize (const EnginePicture *picture, EngineFilter filter, int32_t width, int32_t height, uint8_t *out, EngineError *error);

/* A picture with an alpha somewhere below 255 becomes one without: what is transparent lies on white. *made: the new pixels, to be freed when the picture is not needed any more; NULL: it
 * was opaque and stays as it is. Any thread. NO_MEMORY. */
bool engine_prep_opaque (EnginePicture *picture, uint8_t **made, EngineError *error);

/* The grid of `unit` pixels square, at most most_units of them, whose shape is the nearest to the picture's, which is made no larger than it has to be. */
void engine_prep_grid (int32_t width, int32_t height, int32_t unit, int32_t most_units, int32_t *columns, int32_t *rows);

/* The grid of `unit` pixels square whose sides are the nearest to the picture's; where it has fewer than least_units or more than most_units, the picture is made larger or smaller first. */
void engine_prep_grid_within (int32_t width, int32_t height, int32_t unit, int32_t least_units, int32_t most_units, int32_t *columns, int32_t *rows);

/* Of all grids of least … most tiles of `side` pixels the one whose shape is the nearest to the picture's; of two that are as near, the one with more tiles if the picture has more than
 * half of their pixels. InternVL's and LFM2-VL's processors, transformers 5.23. */
void engine_prep_tiles (int32_t width, int32_t height, int32_t side, int32_t least, int32_t most, int32_t *columns, int32_t *rows);

/* What bytes become: (byte / 255 - mean) / deviation, each channel with its own. */
typedef struct { float mean[3], deviation[3]; } EngineNormalisation;

#define ENGINE_PATCH_CHANNELS 3

/* A picture in another size, cut into patches: [side, side, 3, width / side · height / side] floats, each channel by itself. What is grey is the same in all three; an
 * alpha is not looked at. Patch i, row after row, is the places[i]-th of them; places NULL: the i-th. */
struct EnginePatches {
  EnginePicture       picture;
  EngineFilter        filter;
  int32_t             width, height, side; /* multiples of side */
  EngineNormalisation normalisation;
  const int32_t      *places;
};

/* How many patches there are. */
int32_t engine_prep_count (const EnginePatches *patches);
/* Channels of the picture that say something: 1 or 3. */
int32_t engine_prep_colours (const EnginePicture *picture);
/* Rows begin … end - 1 of pixels, of the picture in its new size with engine_prep_colours () channels, to where they belong. */
void    engine_prep_patches (const EnginePatches *patches, const uint8_t *pixels, int32_t begin, int32_t end, float *out);
/* All of it, on this thread. */
bool    engine_prep_all (const EnginePatches *patches, float *out, EngineError *error);
