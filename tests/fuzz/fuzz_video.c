/* SPDX-License-Identifier: MIT */
/* A video file: any bytes end with pictures of the size that was asked for and samples that are numbers from -1 to 1, or with a fault. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "video.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MAX_SECONDS 10
#define MAX_SIDE 32
#define RATE 16000
/* Questions whether it is late, so that one input does not take minutes. */
#define PATIENCE 200

/* Of the helper, which pictures ask for when there is no memory. */
void
job_fail (MediaFault fault, uint64_t at, uint64_t of)
{
  abort ();
}

static bool
is_late (void *data)
{
  return (*(int *) data)++ > PATIENCE;
}

static void
look (Video *video, double second)
{
  Image image;

  if (!video_take (video, second, &image))
    return;
  if (image.width == 0 || image.height == 0 || image.width > MAX_SIDE || image.height > MAX_SIDE)
    abort ();
  g_free (image.rgba);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy of the exact size, so that reading behind it is seen. */
  g_autofree uint8_t *copy = g_memdup2 (data, size);
  int asked = 0;
  Video video = { .input = copy, .size = size, .max_side = MAX_SIDE, .max_seconds = MAX_SECONDS, .is_late = is_late, .data = &asked };

  if (video_open (&video)) {
    g_autofree float *samples = g_new (float, RATE);

    if (video.format == NULL || video.width == 0 || video.height == 0 || !(video.seconds >= 0 && video.seconds <= MAX_SECONDS))
      abort ();
    look (&video, 0);
    look (&video, video.seconds / 2);
    look (&video, video.seconds);
    size_t n = video_hear (&video, video.seconds / 3, RATE, samples, RATE);
    if (n > RATE)
      abort ();
    for (size_t i = 0; i < n; i++)
      if (!(samples[i] >= -1 && samples[i] <= 1))
        abort ();
  } else if (video.fault == MEDIA_FAULT_NONE || video.fault >= MEDIA_FAULT_N)
    abort ();
  video_clear (&video);
  return 0;
}
