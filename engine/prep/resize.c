/* SPDX-License-Identifier: MIT */
/* Each pixel of the new picture is a weighted mean of those under a window around its place in the old one; where the picture shrinks, the window grows with it.
 *
 * The weights are whole numbers of 2^-22, as Pillow has them: so the bytes are the same. Filters: bilinear, the triangle; bicubic, Keys 1981 with a = -1/2; Lanczos, sinc (x)
 * sinc (x/3). */
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- filters --------------------------------------------------------------------- */

static double
bilinear (double x)
{
  x = fabs (x);
  return x < 1 ? 1 - x : 0;
}

static double
bicubic (double x)
{
  const double a = -0.5;

  x = fabs (x);
  if (x < 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

static double
sinc (double x)
{
  return x == 0 ? 1 : sin (x * M_PI) / (x * M_PI);
}

static double
lanczos (double x)
{
  return x >= -3 && x < 3 ? sinc (x) * sinc (x / 3) : 0;
}

static const struct {
  double (*weight) (double x);
  double reach; /* where it becomes 0 */
} filters[ENGINE_N_FILTERS] = {
  [ENGINE_FILTER_BILINEAR] = { bilinear, 1 },
  [ENGINE_FILTER_BICUBIC] = { bicubic, 2 },
  [ENGINE_FILTER_LANCZOS] = { lanczos, 3 },
};

/* ---- windows --------------------------------------------------------------------- */

void
engine_prep_windows_clear (EngineWindows *windows)
{
  free (windows->first);
  free (windows->weights);
}

static int32_t
whole (double weight)
{
  return (int32_t) (weight * (1 << ENGINE_WINDOW_PRECISION) + (weight < 0 ? -0.5 : 0.5));
}

static void
window_at (EngineWindows *windows, EngineFilter filter, int32_t i, int32_t n_in, double scale, double *weights)
{
  double stretch = scale > 1 ? scale : 1, center = (i + 0.5) * scale, reach = filters[filter].reach * stretch, sum = 0;
  int32_t first = ENGINE_MAX ((int32_t) (center - reach + 0.5), 0), end = ENGINE_MIN ((int32_t) (center + reach + 0.5), n_in);

  for (int32_t k = 0; k < end - first; k++)
    sum += weights[k] = filters[filter].weight ((k + first - center + 0.5) * (1 / stretch));
  for (int32_t k = 0; k < end - first; k++)
    windows->weights[(size_t) i * (size_t) windows->most + (size_t) k] = whole (sum != 0 ? weights[k] / sum : weights[k]);
  windows->first[i] = first;
  windows->n[i] = end - first;
}

int32_t
engine_prep_windows_most (EngineFilter filter, int32_t n_in, int32_t n_out)
{
  double scale = (double) n_in / n_out, most = ceil (filters[filter].reach * (scale > 1 ? scale : 1)) * 2 + 1;

  return most * n_out < INT32_MAX ? (int32_t) most : 0;
}

bool
engine_prep_windows_init (EngineWindows *windows, EngineFilter filter, int32_t n_in, int32_t n_out, EngineError *error)
{
  double scale = (double) n_in / n_out, *weights = NULL;

  *windows = (EngineWindows) { .most = engine_prep_windows_most (filter, n_in, n_out), .n_out = n_out };
  if (!windows->most)
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to bring a picture to another size.");
  windows->first = engine_calloc (2 * (size_t) n_out, sizeof *windows->first, error);
  windows->weights = windows->first ? engine_calloc ((size_t) windows->most * (size_t) n_out, sizeof *windows->weights, error) : NULL;
  weights = windows->weights ? engine_calloc ((size_t) windows->most, sizeof *weights, error) : NULL;
  if (!weights)
    return false;
  windows->n = windows->first + n_out;
  for (int32_t i = 0; i < n_out; i++)
    window_at (windows, filter, i, n_in, scale, weights);
  free (weights);
  return true;
}

/* ---- the two passes -------------------------------------------------------------- */

static uint8_t
to_byte (int32_t sum)
{
  sum >>= ENGINE_WINDOW_PRECISION;
  return (uint8_t) ENGINE_MIN (ENGINE_MAX (sum, 0), 255);
}

void
engine_prep_across (const EngineWindows *windows, const EnginePicture *picture, int32_t n_channels, int32_t begin, int32_t end, uint8_t *out)
{
  size_t pixel = (size_t) picture->n_channels, row_in = (size_t) picture->width * pixel, row_out = (size_t) windows->n_out * (size_t) n_channels;

  for (int32_t y = begin; y < end; y++)
    for (int32_t x = 0; x < windows->n_out; x++) {
      const int32_t *weights = windows->weights + (size_t) x * (size_t) windows->most;

      for (int32_t c = 0; c < n_channels; c++) {
        const uint8_t *from = picture->pixels + (size_t) y * row_in + (size_t) windows->first[x] * pixel + c;
        int32_t sum = 1 << (ENGINE_WINDOW_PRECISION - 1);

        for (int32_t k = 0; k < windows->n[x]; k++, from += pixel)
          sum += *from * weights[k];
        out[(size_t) y * row_out + (size_t) x * (size_t) n_channels + (size_t) c] = to_byte (sum);
      }
    }
}

/* Some bytes of a row at a time, whose sums stay near. */
#define SUMS 256

void
engine_prep_down (const EngineWindows *windows, const uint8_t *wide, size_t row, int32_t begin, int32_t end, uint8_t *out)
{
  int32_t sums[SUMS];

  for (int32_t y = begin; y < end; y++) {
    const int32_t *weights = windows->weights + (size_t) y * (size_t) windows->most;

    for (size_t x = 0; x < row; x += SUMS) {
      size_t n = ENGINE_MIN (SUMS, row - x);

      for (size_t i = 0; i < n; i++)
        sums[i] = 1 << (ENGINE_WINDOW_PRECISION - 1);
      for (int32_t k = 0; k < windows->n[y]; k++) {
        const uint8_t *from = wide + (size_t) (windows->first[y] + k) * row + x;

        for (size_t i = 0; i < n; i++)
          sums[i] += from[i] * weights[k];
      }
      for (size_t i = 0; i < n; i++)
        out[(size_t) y * row + x + i] = to_byte (sums[i]);
    }
  }
}

bool
engine_prep_resize (const EnginePicture *picture, EngineFilter filter, int32_t width, int32_t height, uint8_t *out, EngineError *error)
{
  size_t row = (size_t) width * (size_t) picture->n_channels, bytes;
  EngineWindows across = { 0 }, down = { 0 };
  uint8_t *wide = NULL;

  if (!engine_mul ((int64_t) row, picture->height, &bytes))
    return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to bring a picture to another size.");
  if (engine_prep_windows_init (&across, filter, picture->width, width, error) && engine_prep_windows_init (&down, filter, picture->height, height, error))
    wide = engine_calloc (bytes, 1, error);
  if (wide) {
    engine_prep_across (&across, picture, picture->n_channels, 0, picture->height, wide);
    engine_prep_down (&down, wide, row, 0, height, out);
  }
  engine_prep_windows_clear (&across);
  engine_prep_windows_clear (&down);
  free (wide);
  return wide != NULL;
}
