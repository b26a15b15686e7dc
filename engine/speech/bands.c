/* SPDX-License-Identifier: MIT */
#include "bands.h"

#include <math.h>

static void
fill (EngineBands *bands, int32_t band, const double edges[3], double step, bool equal_areas)
{
  double left = edges[0], middle = edges[1], right = edges[2];

  bands->begin[band] = bands->n_bins;
  for (int32_t k = 0; k < bands->n_bins; k++) {
    double hertz = k * step, up = (hertz - left) / (middle - left), down = (right - hertz) / (right - middle), height = fmax (0, fmin (up, down));

    bands->weights[band * bands->n_bins + k] = (float) (equal_areas ? height * 2 / (right - left) : height);
    if (height > 0) {
      bands->begin[band] = ENGINE_MIN (bands->begin[band], k);
      bands->end[band] = k + 1;
    }
  }
}

bool
engine_bands_init (EngineBands *bands, const EnginePitchScale *scale, int32_t n, int32_t size, double rate, EngineError *error)
{
  double top = scale->pitch_of (rate / 2);

  *bands = (EngineBands) { .n = n, .n_bins = size / 2 + 1 };
  bands->weights = engine_calloc ((size_t) n * (size_t) bands->n_bins, sizeof *bands->weights, error);
  bands->begin = bands->weights ? engine_calloc ((size_t) n, sizeof *bands->begin, error) : NULL;
  bands->end = bands->begin ? engine_calloc ((size_t) n, sizeof *bands->end, error) : NULL;
  for (int32_t b = 0; bands->end && b < n; b++) {
    double edges[3];

    for (int32_t i = 0; i < 3; i++)
      edges[i] = scale->hertz_of (top * (b + i) / (n + 1));
    fill (bands, b, edges, rate / size, scale->equal_areas);
  }
  return bands->end != NULL;
}

void
engine_bands_clear (EngineBands *bands)
{
  free (bands->weights);
  free (bands->begin);
  free (bands->end);
}

double
engine_bands_sum (const EngineBands *bands, int32_t band, const float *bins)
{
  const float *weights = bands->weights + band * bands->n_bins;
  double sum = 0;

  for (int32_t k = bands->begin[band]; k < bands->end[band]; k++)
    sum += (double) weights[k] * bins[k];
  return sum;
}
