/* SPDX-License-Identifier: MIT */
#include "tiles.h"

#include <string.h>

uint8_t *
engine_tiles_resize (const EnginePicture *picture, EngineFilter filter, int32_t width, int32_t height, EngineError *error)
{
  uint8_t *out;
  size_t n;

  if (!engine_mul ((int64_t) width * picture->n_channels, height, &n)) {
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to bring a picture to another size.");
    return NULL;
  }
  out = engine_calloc (n, 1, error);
  if (out && engine_prep_resize (picture, filter, width, height, out, error))
    return out;
  free (out);
  return NULL;
}

bool
engine_tiles_cut (const EnginePicture *whole, int32_t side, const uint8_t *small, EngineLook *look, EngineError *error)
{
  size_t row = (size_t) side * (size_t) whole->n_channels;
  int32_t across = whole->width / side, n = across * (whole->height / side);

  look->tile_bytes = row * (size_t) side;
  look->n_tiles = small ? n + 1 : n;
  look->pixels = engine_calloc ((size_t) look->n_tiles, look->tile_bytes, error);
  if (!look->pixels)
    return false;
  for (int32_t t = 0; t < n; t++)
    for (int32_t y = 0; y < side; y++)
      memcpy (look->pixels + (size_t) t * look->tile_bytes + (size_t) y * row,
              whole->pixels + ((size_t) (t / across * side + y) * (size_t) across + (size_t) (t % across)) * row, row);
  if (small)
    memcpy (look->pixels + (size_t) n * look->tile_bytes, small, look->tile_bytes);
  look->patches.picture = (EnginePicture) { side, side, whole->n_channels, look->pixels };
  look->patches.width = look->patches.height = side;
  return true;
}

bool
engine_tiles_order (int32_t side, int32_t merge, const float *table, int32_t n_embd, EngineLook *look, EngineError *error)
{
  int32_t across = side / merge, *places = engine_calloc ((size_t) side * (size_t) side, sizeof *places, error);
  size_t width = (size_t) n_embd;

  look->patches.places = places;
  look->inputs[0] = places ? engine_calloc ((size_t) look->n_tokens * width, sizeof (float), error) : NULL;
  if (!look->inputs[0])
    return false;
  for (int32_t i = 0; i < look->n_tokens; i++) {
    int32_t x = i % side, y = i / side, to = i;

    if (i < side * side)
      to = places[i] = (y / merge * across + x / merge) * merge * merge + y % merge * merge + x % merge;
    memcpy (look->inputs[0] + (size_t) to * width, table + (size_t) i * width, width * sizeof (float));
  }
  return true;
}
