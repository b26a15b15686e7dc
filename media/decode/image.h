/* SPDX-License-Identifier: MIT */
/* A picture on its way through the helper: decoders give rows, the sink shrinks them while they come, so that the size of the
 * whole picture never has to fit in memory. */
#pragma once

#include <stdint.h>

/* R, G, B, A bytes, straight alpha, rows top to bottom without gaps. */
typedef struct {
  uint32_t width, height;
  uint8_t *rgba; /* malloc () */
} Image;

/* How a decoder hands over its rows. Averages over the area that each target pixel covers (premultiplied, in float). */
typedef struct {
  Image target;
  uint32_t width, height; /* of the rows that come */
  uint32_t rows;          /* that have come */
  float *line;            /* one row at target width, premultiplied RGBA; NULL when nothing is shrunk */
  float *sum;             /* the target row that is being collected */
  uint32_t row;           /* its number */
} ImageSink;

/* The size that a picture gets when no side may be longer than max_side; never larger than it is, never 0. */
void image_fit (uint32_t width, uint32_t height, uint32_t max_side, uint32_t *fit_width, uint32_t *fit_height);

/* Rows of `width` × `height` will come and end up as target_width × target_height, each at most the former. */
void image_sink_begin (ImageSink *sink, uint32_t width, uint32_t height, uint32_t target_width, uint32_t target_height);
void image_sink_row (ImageSink *sink, const uint8_t *rgba);
/* All rows must have come. Gives the picture away and frees the rest. */
Image image_sink_end (ImageSink *sink);

/* Turns and mirrors in place of `image` by an EXIF orientation, 1–8; other numbers do nothing. */
void image_orient (Image *image, int orientation);

/* Grey, one byte a pixel, over a background that contrasts with what is drawn; malloc (). */
uint8_t *image_grey (const Image *image);
