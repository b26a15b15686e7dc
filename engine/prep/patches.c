/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdlib.h>

int32_t
engine_prep_count (const EnginePatches *patches)
{
  return patches->width / patches->side * (patches->height / patches->side);
}

int32_t
engine_prep_colours (const EnginePicture *picture)
{
  return picture->n_channels < ENGINE_PATCH_CHANNELS ? 1 : ENGINE_PATCH_CHANNELS;
}

void
engine_prep_patches (const EnginePatches *patches, const uint8_t *pixels, int32_t begin, int32_t end, float *out)
{
  const EngineNormalisation *normal = &patches->normalisation;
  int32_t side = patches->side, columns = patches->width / side, n = engine_prep_colours (&patches->picture);
  size_t area = (size_t) side * (size_t) side;

  for (int32_t y = begin; y < end; y++)
    for (int32_t x = 0; x < patches->width; x++) {
      const uint8_t *pixel = pixels + ((size_t) y * (size_t) patches->width + (size_t) x) * (size_t) n;
      int32_t i = y / side * columns + x / side;
      float *to = out + (size_t) (patches->places ? patches->places[i] : i) * area * ENGINE_PATCH_CHANNELS + (size_t) (y % side) * (size_t) side + (size_t) (x % side);

      for (int32_t c = 0; c < ENGINE_PATCH_CHANNELS; c++)
        to[(size_t) c * area] = ((float) pixel[n == 1 ? 0 : c] / 255.0f - normal->mean[c]) / normal->deviation[c];
    }
}

bool
engine_prep_all (const EnginePatches *patches, float *out, EngineError *error)
{
  int32_t n = engine_prep_colours (&patches->picture);
  size_t row = (size_t) patches->width * (size_t) n;
  EngineWindows across = { 0 }, down = { 0 };
  bool ok = engine_prep_windows_init (&across, patches->filter, patches->picture.width, patches->width, error) &&
            engine_prep_windows_init (&down, patches->filter, patches->picture.height, patches->height, error);
  uint8_t *wide = ok ? engine_calloc ((size_t) patches->picture.height * row, 1, error) : NULL, *pixels = wide ? engine_calloc ((size_t) patches->height * row, 1, error) : NULL;

  if (pixels) {
    engine_prep_across (&across, &patches->picture, n, 0, patches->picture.height, wide);
    engine_prep_down (&down, wide, row, 0, patches->height, pixels);
    engine_prep_patches (patches, pixels, 0, patches->height, out);
  }
  free (pixels);
  free (wide);
  engine_prep_windows_clear (&across);
  engine_prep_windows_clear (&down);
  return pixels != NULL;
}
