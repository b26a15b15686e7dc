/* SPDX-License-Identifier: MIT */
#include "usm_mel.h"

#include <math.h>

#include "../speech/bands.h"

enum { WINDOW = 320, N = 512, BINS = N / 2 + 1 };

struct EngineUsmMel {
  float  *turns;          /* the window's cosines [BINS, WINDOW], then its sines: of sample i those of all bins stand together */
  EngineBands bands;
};

static double
mel_of_hertz (double hertz)
{
  return 2595 * log10 (1 + hertz / 700);
}

static double
hertz_of_mel (double mel)
{
  return 700 * (pow (10, mel / 2595) - 1);
}

static const EnginePitchScale scale = { mel_of_hertz, hertz_of_mel, false };

EngineUsmMel *
engine_usm_mel_new (int32_t n_bands, EngineError *error)
{
  EngineUsmMel *mel = engine_calloc (1, sizeof *mel, error);

  if (!mel)
    return NULL;
  mel->turns = engine_calloc (2 * (size_t) BINS * WINDOW, sizeof *mel->turns, error);
  if (!mel->turns || !engine_bands_init (&mel->bands, &scale, n_bands, N, ENGINE_USM_RATE, error)) {
    engine_usm_mel_free (mel);
    return NULL;
  }
  for (int32_t i = 0; i < WINDOW; i++)
    for (int32_t k = 0; k < BINS; k++) {
      double window = 0.5 - 0.5 * cos (2 * M_PI * i / WINDOW), angle = 2 * M_PI * (i * k % N) / N;

      mel->turns[i * BINS + k] = (float) (window * cos (angle));
      mel->turns[(WINDOW + i) * BINS + k] = (float) (window * sin (angle));
    }
  return mel;
}

void
engine_usm_mel_free (EngineUsmMel *mel)
{
  if (!mel)
    return;
  free (mel->turns);
  engine_bands_clear (&mel->bands);
  free (mel);
}

size_t
engine_usm_mel_count (size_t n_samples)
{
  return n_samples ? (n_samples - 1) / ENGINE_USM_HOP : 0;
}

void
engine_usm_mel_frames (const EngineUsmMel *mel, const float *samples, size_t n, float *out)
{
  size_t n_frames = engine_usm_mel_count (n);

  for (size_t f = 0; f < n_frames; f++) {
    float real[BINS] = { 0 }, imaginary[BINS] = { 0 };

    for (int32_t i = f ? 0 : WINDOW / 2; i < WINDOW; i++) {
      float x = samples[f * ENGINE_USM_HOP + (size_t) i - WINDOW / 2];
      const float *cosines = mel->turns + i * BINS, *sines = mel->turns + (WINDOW + i) * BINS;

      for (int32_t k = 0; k < BINS; k++) {
        real[k] += x * cosines[k];
        imaginary[k] += x * sines[k];
      }
    }
    for (int32_t k = 0; k < BINS; k++)
      real[k] = sqrtf (real[k] * real[k] + imaginary[k] * imaginary[k]);
    for (int32_t b = 0; b < mel->bands.n; b++)
      out[f * (size_t) mel->bands.n + (size_t) b] = (float) log (engine_bands_sum (&mel->bands, b, real) + 0.001);
  }
}
