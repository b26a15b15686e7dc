/* SPDX-License-Identifier: MIT */
/* Each pixel of the new picture is a weighted mean of those under a window around its place in the old one; where the picture shrinks, the window grows with it.
 *
 * The weights are whole numbers of 2^-22, as Pillow has them: so the bytes are the same. Filters: bilinear, the triangle; bicubic, Keys 1981 with a = -1/2; Lanczos, sinc (x)
 * sinc (x/3). */
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PRECISION 22

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

/* For each of n_out places the pixels first … first + n - 1 of n_in, and their weights. */
typedef struct {
  int32_t *first, *n; /* [n_out] */
  int32_t *weights;   /* [most, n_out] */
  int32_t  most;
  int32_t  n_out;
} Windows;

static void
windows_clear (Windows *windows)
{
  free (windows->first);
  free (windows->weights);
}

static int32_t
whole (double weight)
{
  return (int32_t) (weight * (1 << PRECISION) + (weight < 0 ? -0.5 : 0.5));
}

static void
window_at (Windows *windows, EngineFilter filter, int32_t i, int32_t n_in, double scale, double *weights)
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

static bool
windows_init (Windows *windows, EngineFilter filter, int32_t n_in, int32_t n_out, EngineError *error)
{
  double scale = (double) n_in / n_out, stretch = scale > 1 ? scale : 1, *weights;
  size_t n;

  *windows = (Windows) { .most = (int32_t) ceil (filters[filter].reach * stretch) * 2 + 1, .n_out = n_out };
  if (!engine_mul (windows->most, n_out, &n) || !engine_mul ((int64_t) n, sizeof *windows->weights, &n))
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
  sum >>= PRECISION;
  return (uint8_t) ENGINE_MIN (ENGINE_MAX (sum, 0), 255);
}

/* The n_channels bytes of place i of the windows over pixels that are `stride` bytes apart. */
static void
mean_at (const Windows *windows, int32_t i, const uint8_t *pixels, size_t stride, int32_t n_channels, uint8_t *out)
{
  const int32_t *weights = windows->weights + (size_t) i * (size_t) windows->most;

  for (int32_t c = 0; c < n_channels; c++) {
    const uint8_t *from = pixels + (size_t) windows->first[i] * stride + c;
    int32_t sum = 1 << (PRECISION - 1);

    for (int32_t k = 0; k < windows->n[i]; k++, from += stride)
      sum += *from * weights[k];
    out[c] = to_byte (sum);
  }
}

bool
engine_prep_resize (const EnginePicture *picture, EngineFilter filter, int32_t width, int32_t height, uint8_t *out, EngineError *error)
{
  size_t pixel = (size_t) picture->n_channels, row_in = (size_t) picture->width * pixel, row_out = (size_t) width * pixel, bytes;
  Windows across = { 0 }, down = { 0 };
  const uint8_t *wide = picture->pixels;
  uint8_t *narrow = NULL;
  bool ok = true;

  /* A side that stays as it is needs no pass. */
  if (picture->width != width) {
    narrow = engine_mul ((int64_t) row_out, picture->height, &bytes) ? engine_calloc (bytes, 1, error) : NULL;
    ok = narrow && windows_init (&across, filter, picture->width, width, error);
    for (int32_t y = 0; ok && y < picture->height; y++)
      for (int32_t x = 0; x < width; x++)
        mean_at (&across, x, picture->pixels + (size_t) y * row_in, pixel, picture->n_channels, narrow + (size_t) y * row_out + (size_t) x * pixel);
    wide = narrow;
  }
  if (ok && picture->height != height) {
    ok = windows_init (&down, filter, picture->height, height, error);
    for (int32_t y = 0; ok && y < height; y++)
      for (int32_t x = 0; x < width; x++)
        mean_at (&down, y, wide + (size_t) x * pixel, row_out, picture->n_channels, out + (size_t) y * row_out + (size_t) x * pixel);
  } else if (ok)
    memcpy (out, wide, row_out * (size_t) height);
  windows_clear (&across);
  windows_clear (&down);
  free (narrow);
  if (!ok && error && error->code == ENGINE_OK)
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to bring a picture to another size.");
  return ok;
}
