/* SPDX-License-Identifier: MIT */
#include "picture.h"

void
engine_prep_channels (const EnginePicture *picture, int32_t n_channels, uint8_t *out)
{
  size_t n = (size_t) picture->width * (size_t) picture->height;
  const uint8_t *from = picture->pixels;

  for (size_t i = 0; i < n; i++, from += picture->n_channels, out += n_channels)
    for (int32_t c = 0; c < n_channels; c++)
      out[c] = from[picture->n_channels < 3 ? 0 : c]; /* grey is the same in all */
}

void
engine_prep_patches (const EnginePicture *picture, int32_t side, const EngineNormalisation *normalisation, const int32_t *places, float *patches)
{
  int32_t columns = picture->width / side, n = picture->n_channels;
  size_t row = (size_t) picture->width * (size_t) n, area = (size_t) side * (size_t) side, patch = area * (size_t) n;

  for (int32_t y = 0; y < picture->height; y++)
    for (int32_t x = 0; x < picture->width; x++) {
      const uint8_t *pixel = picture->pixels + (size_t) y * row + (size_t) x * (size_t) n;
      int32_t i = y / side * columns + x / side;
      float *to = patches + (size_t) (places ? places[i] : i) * patch + (size_t) (y % side) * (size_t) side + (size_t) (x % side);

      for (int32_t c = 0; c < n; c++)
        to[(size_t) c * area] = ((float) pixel[c] / 255.0f - normalisation->mean[c]) / normalisation->deviation[c];
    }
}
