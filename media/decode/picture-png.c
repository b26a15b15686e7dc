/* SPDX-License-Identifier: MIT */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"

typedef struct {
  const Job *job;
  size_t at;
} Source;

static bool
matches (const uint8_t *bytes, size_t size)
{
  return size >= 8 && png_sig_cmp (bytes, 0, 8) == 0;
}

static void
fail (png_structp png, png_const_charp message)
{
  Source *source = png_get_error_ptr (png);
  job_fail (MEDIA_FAULT_DAMAGED, source->at, source->job->input_size);
}

static void
ignore (png_structp png, png_const_charp message)
{
}

static void
read_bytes (png_structp png, png_bytep out, size_t length)
{
  Source *source = png_get_io_ptr (png);
  size_t left = source->job->input_size - source->at;
  if (length > left) {
    source->at = source->job->input_size;
    png_error (png, "early end");
  }
  memcpy (out, source->job->input + source->at, length);
  source->at += length;
}

static void
decode (Job *job, Picture *picture)
{
  Source source = { job, 0 };
  png_structp png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &source, fail, ignore);
  png_infop info = png_create_info_struct (png);
  ImageSink sink;

  png_set_read_fn (png, &source, read_bytes);
  png_set_user_limits (png, INT32_MAX, INT32_MAX);
  png_set_chunk_cache_max (png, 1000);
  png_set_chunk_malloc_max (png, 8u << 20);
  png_read_info (png, info);
  picture->width = png_get_image_width (png, info);
  picture->height = png_get_image_height (png, info);
  picture_check_size (picture->width, picture->height);

  png_set_expand (png);
  png_set_scale_16 (png);
  png_set_gray_to_rgb (png);
  png_set_add_alpha (png, 0xff, PNG_FILLER_AFTER);
  int passes = png_set_interlace_handling (png);
  png_read_update_info (png, info);
  size_t stride = (size_t) picture->width * 4;
  if (png_get_rowbytes (png, info) != stride)
    png_error (png, "not four bytes a pixel");

  uint32_t width, height;
  image_fit (picture->width, picture->height, picture->max_side, &width, &height);
  image_sink_begin (&sink, picture->width, picture->height, width, height);
  /* An interlaced picture comes in passes over all rows: it has to be held whole. */
  uint8_t *rows = calloc (passes > 1 ? picture->height : 1, stride);
  if (rows == NULL)
    job_fail (MEDIA_FAULT_MEMORY, stride * picture->height, job->request->memory_limit);
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < picture->height; y++) {
      uint8_t *row = passes > 1 ? rows + y * stride : rows;
      png_read_row (png, row, NULL);
      if (pass == passes - 1)
        image_sink_row (&sink, row);
    }
  free (rows);
  picture->image = image_sink_end (&sink);
  png_destroy_read_struct (&png, &info, NULL);
}

const PictureFormat picture_png = { NULL, matches, decode, "PNG", false };
