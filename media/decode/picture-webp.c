/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include "picture.h"

static bool
matches (const uint8_t *bytes, size_t size)
{
  return size >= 12 && memcmp (bytes, "RIFF", 4) == 0 && memcmp (bytes + 8, "WEBP", 4) == 0;
}

static void __attribute__ ((noreturn))
fail (const Job *job, VP8StatusCode status)
{
  if (status == VP8_STATUS_OUT_OF_MEMORY)
    job_fail (MEDIA_FAULT_MEMORY, 0, job->request->memory_limit);
  /* The decoder does not say where it was; only an early end is known. */
  job_fail (MEDIA_FAULT_DAMAGED, status == VP8_STATUS_NOT_ENOUGH_DATA ? job->input_size : 0, job->input_size);
}

/* Decodes one frame to width × height RGBA. */
static void
decode_frame (const Job *job, const uint8_t *bytes, size_t size, uint32_t width, uint32_t height, uint8_t *rgba)
{
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig (&config))
    fail (job, VP8_STATUS_BITSTREAM_ERROR);
  VP8StatusCode status = WebPGetFeatures (bytes, size, &config.input);
  if (status != VP8_STATUS_OK)
    fail (job, status);
  if ((uint32_t) config.input.width != width || (uint32_t) config.input.height != height) {
    config.options.use_scaling = 1;
    config.options.scaled_width = (int) width;
    config.options.scaled_height = (int) height;
  }
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = rgba;
  config.output.u.RGBA.stride = (int) (width * 4);
  config.output.u.RGBA.size = (size_t) width * height * 4;
  status = WebPDecode (bytes, size, &config);
  if (status != VP8_STATUS_OK)
    fail (job, status);
}

/* The first frame of a moving picture, on its canvas. */
static void
decode_animation (Job *job, Picture *picture)
{
  WebPData data = { job->input, job->input_size };
  WebPDemuxer *demuxer = WebPDemux (&data);
  WebPIterator frame;
  ImageSink sink;
  uint32_t width, height;

  if (demuxer == NULL || !WebPDemuxGetFrame (demuxer, 1, &frame))
    fail (job, VP8_STATUS_NOT_ENOUGH_DATA);
  if (frame.x_offset < 0 || frame.y_offset < 0 || frame.width <= 0 || frame.height <= 0 ||
      (uint64_t) frame.x_offset + (uint64_t) frame.width > picture->width || (uint64_t) frame.y_offset + (uint64_t) frame.height > picture->height)
    fail (job, VP8_STATUS_BITSTREAM_ERROR);
  uint8_t *rgba = malloc ((size_t) frame.width * (size_t) frame.height * 4);
  uint8_t *row = calloc (picture->width, 4);
  if (rgba == NULL || row == NULL)
    fail (job, VP8_STATUS_OUT_OF_MEMORY);
  decode_frame (job, frame.fragment.bytes, frame.fragment.size, (uint32_t) frame.width, (uint32_t) frame.height, rgba);

  image_fit (picture->width, picture->height, picture->max_side, &width, &height);
  image_sink_begin (&sink, picture->width, picture->height, width, height);
  for (uint32_t y = 0; y < picture->height; y++) {
    memset (row, 0, (size_t) picture->width * 4);
    if (y >= (uint32_t) frame.y_offset && y - (uint32_t) frame.y_offset < (uint32_t) frame.height)
      memcpy (row + 4 * (size_t) frame.x_offset, rgba + (size_t) (y - (uint32_t) frame.y_offset) * (size_t) frame.width * 4, (size_t) frame.width * 4);
    image_sink_row (&sink, row);
  }
  picture->image = image_sink_end (&sink);
  free (rgba);
  free (row);
  WebPDemuxReleaseIterator (&frame);
  WebPDemuxDelete (demuxer);
}

static void
decode (Job *job, Picture *picture)
{
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures (job->input, job->input_size, &features);
  if (status != VP8_STATUS_OK)
    fail (job, status);
  picture_check_size ((uint64_t) features.width, (uint64_t) features.height);
  picture->width = (uint32_t) features.width;
  picture->height = (uint32_t) features.height;
  if (features.has_animation) {
    decode_animation (job, picture);
    return;
  }
  Image *image = &picture->image;
  image_fit (picture->width, picture->height, picture->max_side, &image->width, &image->height);
  image->rgba = calloc ((size_t) image->width * image->height, 4);
  if (image->rgba == NULL)
    fail (job, VP8_STATUS_OUT_OF_MEMORY);
  decode_frame (job, job->input, job->input_size, image->width, image->height, image->rgba);
}

const PictureFormat picture_webp = { NULL, matches, decode, "WebP", false };
