/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

#include "picture.h"

typedef struct {
  struct jpeg_error_mgr base;
  const Job *job;
} Errors;

static bool
matches (const uint8_t *bytes, size_t size)
{
  return size >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

static void
fail (j_common_ptr jpeg)
{
  const Job *job = ((Errors *) jpeg->err)->job;
  const struct jpeg_source_mgr *source = jpeg->is_decompressor ? ((j_decompress_ptr) jpeg)->src : NULL;
  size_t left = source != NULL && source->bytes_in_buffer <= job->input_size ? source->bytes_in_buffer : 0;
  job_fail (MEDIA_FAULT_DAMAGED, job->input_size - left, job->input_size);
}

/* A picture that ends early is damaged; a few wrong bits inside are only that. */
static void
message (j_common_ptr jpeg, int level)
{
  if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF)
    job_fail (MEDIA_FAULT_DAMAGED, ((Errors *) jpeg->err)->job->input_size, ((Errors *) jpeg->err)->job->input_size);
}

/* Printers' colours, as Adobe's programs store them: inverted. */
static void
from_cmyk (uint8_t *row, uint32_t width)
{
  for (uint32_t x = 0; x < width; x++, row += 4) {
    unsigned black = row[3];
    for (int c = 0; c < 3; c++)
      row[c] = (uint8_t) (row[c] * black / 255);
    row[3] = 255;
  }
}

static void
decode (Job *job, Picture *picture)
{
  struct jpeg_decompress_struct jpeg;
  Errors errors;
  ImageSink sink;

  jpeg.err = jpeg_std_error (&errors.base);
  errors.base.error_exit = fail;
  errors.base.emit_message = message;
  errors.job = job;
  jpeg_create_decompress (&jpeg);
  jpeg_mem_src (&jpeg, job->input, job->input_size);
  jpeg_read_header (&jpeg, TRUE);
  picture->width = jpeg.image_width;
  picture->height = jpeg.image_height;
  picture_check_size (picture->width, picture->height);

  uint32_t width, height;
  image_fit (picture->width, picture->height, picture->max_side, &width, &height);
  /* The decoder shrinks by eighths almost for free; the sink does the rest. */
  unsigned eighths = 1;
  while (eighths < 8 && ((uint64_t) picture->width * eighths / 8 < width || (uint64_t) picture->height * eighths / 8 < height))
    eighths++;
  bool cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  jpeg.scale_num = eighths;
  jpeg.scale_denom = 8;
  jpeg.out_color_space = cmyk ? JCS_CMYK : JCS_EXT_RGBA;
  jpeg_start_decompress (&jpeg);
  if (jpeg.output_components != 4 || jpeg.output_width < width || jpeg.output_height < height)
    fail ((j_common_ptr) &jpeg);

  uint8_t *row = malloc ((size_t) jpeg.output_width * 4);
  if (row == NULL)
    job_fail (MEDIA_FAULT_MEMORY, (size_t) jpeg.output_width * 4, job->request->memory_limit);
  image_sink_begin (&sink, jpeg.output_width, jpeg.output_height, width, height);
  while (jpeg.output_scanline < jpeg.output_height) {
    jpeg_read_scanlines (&jpeg, &row, 1);
    if (cmyk)
      from_cmyk (row, jpeg.output_width);
    image_sink_row (&sink, row);
  }
  free (row);
  picture->image = image_sink_end (&sink);
  jpeg_abort_decompress (&jpeg);
  jpeg_destroy_decompress (&jpeg);
}

const PictureFormat picture_jpeg = { NULL, matches, decode, "JPEG", false };
