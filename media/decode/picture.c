/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include "exif.h"

static const PictureFormat *const formats[] = {
#define PICTURE_FORMAT(name) &picture_##name,
#include "formats.def"
#undef PICTURE_FORMAT
};
#define N_FORMATS (sizeof formats / sizeof *formats)

void
picture_prepare (void)
{
  exif_prepare ();
  for (size_t i = 0; i < N_FORMATS; i++)
    if (formats[i]->prepare != NULL)
      formats[i]->prepare ();
}

void
picture_check_size (uint64_t width, uint64_t height)
{
  if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX || width * height > PICTURE_MAX_PIXELS)
    job_fail (MEDIA_FAULT_PIXELS, width, height);
}

const char *
picture_decode (Job *job, uint32_t max_side, Image *image, uint32_t *width, uint32_t *height)
{
  for (size_t i = 0; i < N_FORMATS; i++) {
    const PictureFormat *format = formats[i];
    if (!format->matches (job->input, job->input_size))
      continue;
    Picture picture = { 0, 0, max_side, { 0, 0, NULL } };
    format->decode (job, &picture);
    int orientation = format->upright ? 1 : exif_orientation (job->input, job->input_size);
    image_orient (&picture.image, orientation);
    *width = orientation >= 5 ? picture.height : picture.width;
    *height = orientation >= 5 ? picture.width : picture.height;
    *image = picture.image;
    return format->label;
  }
  job_fail (MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
}
