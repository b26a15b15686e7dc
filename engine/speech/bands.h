/* SPDX-License-Identifier: MIT */
/* The bands of a spectrogram: triangles between three of the pitches that stand evenly between 0 and half the rate, on one of the scales of how high a tone is heard. Internal. */
#pragma once

#include "../base.h"

typedef struct {
  double (*pitch_of) (double hertz);
  double (*hertz_of) (double pitch);
  bool   equal_areas; /* each triangle has the area 1; not: the height 1 */
} EnginePitchScale;

typedef struct {
  int32_t  n, n_bins;
  float   *weights;     /* [n_bins, n] */
  int32_t *begin, *end; /* [n] bins that a band has; the uppermost may have none */
} EngineBands;

/* `size`: of the transform, whose n_bins = size / 2 + 1 bins reach up to half of `rate`. What is made is cleared in any case. */
bool engine_bands_init (EngineBands *bands, const EnginePitchScale *scale, int32_t n, int32_t size, double rate, EngineError *error);
void engine_bands_clear (EngineBands *bands);
/* Of the bins of one frame. */
double engine_bands_sum (const EngineBands *bands, int32_t band, const float *bins);
