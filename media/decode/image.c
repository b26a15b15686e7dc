/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"

/* In the helper an allocation that fails ends the job by itself (memory.h); under a sanitizer this does. */
static void *
need (size_t count, size_t size)
{
  void *memory = calloc (count, size);
  if (memory == NULL)
    job_fail (MEDIA_FAULT_MEMORY, count * size, 0);
  return memory;
}

void
image_fit (uint32_t width, uint32_t height, uint32_t max_side, uint32_t *fit_width, uint32_t *fit_height)
{
  uint32_t longer = width > height ? width : height;
  *fit_width = width;
  *fit_height = height;
  if (longer <= max_side)
    return;
  *fit_width = (uint32_t) (((uint64_t) width * max_side + longer / 2) / longer);
  *fit_height = (uint32_t) (((uint64_t) height * max_side + longer / 2) / longer);
  if (*fit_width == 0)
    *fit_width = 1;
  if (*fit_height == 0)
    *fit_height = 1;
}

void
image_sink_begin (ImageSink *sink, uint32_t width, uint32_t height, uint32_t target_width, uint32_t target_height)
{
  memset (sink, 0, sizeof *sink);
  sink->width = width;
  sink->height = height;
  sink->target.width = target_width;
  sink->target.height = target_height;
  sink->target.rgba = need ((size_t) target_width * target_height, 4);
  if (target_width != width || target_height != height) {
    sink->line = need ((size_t) target_width * 4, sizeof (float));
    sink->sum = need ((size_t) target_width * 4, sizeof (float));
  }
}

/* One row of the source, averaged to the target's width. Target pixel i covers [i·w/t, (i+1)·w/t) of the source. */
static void
shrink_line (const ImageSink *sink, const uint8_t *rgba)
{
  const double step = (double) sink->width / sink->target.width;
  uint32_t x = 0;
  double from = 0;

  for (uint32_t i = 0; i < sink->target.width; i++) {
    double to = i + 1 == sink->target.width ? sink->width : (i + 1) * step;
    float sum[4] = { 0, 0, 0, 0 };
    double at = from;
    while (at < to && x < sink->width) {
      double end = x + 1 < to ? x + 1 : to;
      float alpha = (float) (end - at) * rgba[4 * x + 3];
      sum[0] += alpha * rgba[4 * x];
      sum[1] += alpha * rgba[4 * x + 1];
      sum[2] += alpha * rgba[4 * x + 2];
      sum[3] += alpha;
      at = end;
      if (end >= x + 1)
        x++;
    }
    for (int c = 0; c < 4; c++)
      sink->line[4 * i + c] = sum[c] / (float) step;
    from = to;
  }
}

static void
add_line (ImageSink *sink, double weight)
{
  for (size_t i = 0; i < (size_t) sink->target.width * 4; i++)
    sink->sum[i] += (float) weight * sink->line[i];
}

static void
finish_row (ImageSink *sink)
{
  uint8_t *out = sink->target.rgba + (size_t) sink->row * sink->target.width * 4;
  float area = (float) sink->height / (float) sink->target.height;

  for (uint32_t i = 0; i < sink->target.width; i++) {
    const float *sum = sink->sum + 4 * i;
    for (int c = 0; c < 3; c++) {
      float value = sum[3] > 0 ? sum[c] / sum[3] + 0.5f : 0;
      out[4 * i + c] = value > 255 ? 255 : (uint8_t) value;
    }
    float alpha = sum[3] / area + 0.5f;
    out[4 * i + 3] = alpha > 255 ? 255 : (uint8_t) alpha;
  }
  memset (sink->sum, 0, (size_t) sink->target.width * 4 * sizeof (float));
  sink->row++;
}

void
image_sink_row (ImageSink *sink, const uint8_t *rgba)
{
  if (sink->rows >= sink->height)
    return;
  uint32_t y = sink->rows++;
  if (sink->line == NULL) {
    memcpy (sink->target.rgba + (size_t) y * sink->width * 4, rgba, (size_t) sink->width * 4);
    return;
  }
  shrink_line (sink, rgba);
  double step = (double) sink->height / sink->target.height;
  double at = y;
  while (sink->row < sink->target.height && at < y + 1) {
    bool last = sink->row + 1 == sink->target.height;
    double end = last ? sink->height : (sink->row + 1) * step;
    double to = end < y + 1 ? end : y + 1;
    add_line (sink, to - at);
    at = to;
    if (end <= y + 1)
      finish_row (sink);
  }
}

Image
image_sink_end (ImageSink *sink)
{
  free (sink->line);
  free (sink->sum);
  return sink->target;
}

void
image_orient (Image *image, int orientation)
{
  if (orientation < 2 || orientation > 8)
    return;
  bool turned = orientation >= 5;
  Image result = { turned ? image->height : image->width, turned ? image->width : image->height, NULL };
  result.rgba = need ((size_t) result.width * result.height, 4);

  for (uint32_t y = 0; y < result.height; y++)
    for (uint32_t x = 0; x < result.width; x++) {
      uint32_t from_x = turned ? y : x, from_y = turned ? x : y;
      /* 2, 3: mirrored and turned round; 5–8: the same after swapping the axes. */
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        from_x = image->width - 1 - from_x;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        from_y = image->height - 1 - from_y;
      memcpy (result.rgba + 4 * ((size_t) y * result.width + x), image->rgba + 4 * ((size_t) from_y * image->width + from_x), 4);
    }
  free (image->rgba);
  *image = result;
}

static unsigned
luminance (const uint8_t *rgba)
{
  return (77u * rgba[0] + 150u * rgba[1] + 29u * rgba[2]) >> 8;
}

uint8_t *
image_grey (const Image *image)
{
  size_t n = (size_t) image->width * image->height;
  uint8_t *grey = need (n, 1);
  uint64_t drawn = 0, light = 0;

  for (size_t i = 0; i < n; i++) {
    drawn += image->rgba[4 * i + 3];
    light += (uint64_t) image->rgba[4 * i + 3] * luminance (image->rgba + 4 * i);
  }
  /* Mostly transparent with light ink: a logo for a dark page. */
  unsigned background = drawn < n * 255 / 2 && drawn > 0 && light / drawn > 127 ? 0 : 255;
  for (size_t i = 0; i < n; i++) {
    unsigned alpha = image->rgba[4 * i + 3];
    grey[i] = (uint8_t) ((luminance (image->rgba + 4 * i) * alpha + background * (255 - alpha) + 127) / 255);
  }
  return grey;
}
