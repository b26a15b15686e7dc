/* SPDX-License-Identifier: MIT */
/* What is transparent lies on white, rounded to the nearest whole number, as in the processors of transformers since 5.23. */
#include "picture.h"

static bool
is_opaque (const EnginePicture *picture, size_t n)
{
  size_t channels = (size_t) picture->n_channels;

  for (const uint8_t *alpha = picture->pixels + channels - 1; n; n--, alpha += channels)
    if (*alpha != 255)
      return false;
  return true;
}

static uint8_t
on_white (uint32_t colour, uint32_t alpha)
{
  uint32_t sum = colour * alpha + 255 * (255 - alpha) + 128;

  return (uint8_t) ((sum + (sum >> 8)) >> 8);
}

bool
engine_prep_opaque (EnginePicture *picture, uint8_t **made, EngineError *error)
{
  size_t n = (size_t) picture->width * (size_t) picture->height, channels = (size_t) picture->n_channels, colours = channels - 1;
  const uint8_t *pixel = picture->pixels;
  uint8_t *out;

  *made = NULL;
  if (channels % 2 || is_opaque (picture, n))
    return true;
  out = *made = engine_calloc (n, colours, error);
  if (!out)
    return false;
  for (; n; n--, pixel += channels)
    for (size_t c = 0; c < colours; c++)
      *out++ = on_white (pixel[c], pixel[colours]);
  picture->pixels = *made;
  picture->n_channels = (int32_t) colours;
  return true;
}
