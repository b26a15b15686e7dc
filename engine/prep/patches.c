/* SPDX-License-Identifier: MIT */
#include "picture.h"

void
engine_prep_patches (const EnginePicture *picture, int32_t side, float mean, float deviation, float *patches)
{
  int32_t columns = picture->width / side, n = picture->n_channels;
  size_t row = (size_t) picture->width * (size_t) n, area = (size_t) side * (size_t) side, patch = area * (size_t) n;

  for (int32_t y = 0; y < picture->height; y++)
    for (int32_t x = 0; x < picture->width; x++) {
      const uint8_t *pixel = picture->pixels + (size_t) y * row + (size_t) x * (size_t) n;
      float *to = patches + (size_t) (y / side * columns + x / side) * patch + (size_t) (y % side) * (size_t) side + (size_t) (x % side);

      for (int32_t c = 0; c < n; c++)
        to[(size_t) c * area] = ((float) pixel[c] / 255.0f - mean) / deviation;
    }
}
