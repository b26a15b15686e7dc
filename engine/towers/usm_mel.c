/* SPDX-License-Identifier: MIT */
#include "usm_mel.h"

#include <math.h>

enum { WINDOW = 320, N = 512, BINS = N / 2 + 1 };

struct EngineUsmMel {
  int32_t n_bands;
  float  *turns;          /* the window's cosines [BINS, WINDOW], then its sines: of sample i those of all bins stand together */
  float  *bands;          /* [BINS, n_bands] */
  int32_t *begin, *end;   /* [n_bands] bins that a band has */
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

/* The uppermost bands may have no bin. */
static void
fill_bands (EngineUsmMel *mel)
{
  double top = mel_of_hertz (ENGINE_USM_RATE / 2.0);

  for (int32_t b = 0; b < mel->n_bands; b++) {
    double left = hertz_of_mel (top * b / (mel->n_bands + 1)), middle = hertz_of_mel (top * (b + 1) / (mel->n_bands + 1)), right = hertz_of_mel (top * (b + 2) / (mel->n_bands + 1));

    mel->begin[b] = BINS;
    for (int32_t k = 0; k < BINS; k++) {
      double hertz = (double) k * ENGINE_USM_RATE / N, height = fmax (0, fmin ((hertz - left) / (middle - left), (right - hertz) / (right - middle)));

      mel->bands[b * BINS + k] = (float) height;
      if (height > 0) {
        mel->begin[b] = ENGINE_MIN (mel->begin[b], k);
        mel->end[b] = k + 1;
      }
    }
  }
}

EngineUsmMel *
engine_usm_mel_new (int32_t n_bands, EngineError *error)
{
  EngineUsmMel *mel = engine_calloc (1, sizeof *mel, error);

  if (!mel)
    return NULL;
  mel->n_bands = n_bands;
  mel->turns = engine_calloc (2 * (size_t) BINS * WINDOW, sizeof *mel->turns, error);
  mel->bands = mel->turns ? engine_calloc ((size_t) n_bands * BINS, sizeof *mel->bands, error) : NULL;
  mel->begin = mel->bands ? engine_calloc ((size_t) n_bands, sizeof *mel->begin, error) : NULL;
  mel->end = mel->begin ? engine_calloc ((size_t) n_bands, sizeof *mel->end, error) : NULL;
  if (!mel->end) {
    engine_usm_mel_free (mel);
    return NULL;
  }
  for (int32_t i = 0; i < WINDOW; i++)
    for (int32_t k = 0; k < BINS; k++) {
      double window = 0.5 - 0.5 * cos (2 * M_PI * i / WINDOW), angle = 2 * M_PI * (i * k % N) / N;

      mel->turns[i * BINS + k] = (float) (window * cos (angle));
      mel->turns[(WINDOW + i) * BINS + k] = (float) (window * sin (angle));
    }
  fill_bands (mel);
  return mel;
}

void
engine_usm_mel_free (EngineUsmMel *mel)
{
  if (!mel)
    return;
  free (mel->turns);
  free (mel->bands);
  free (mel->begin);
  free (mel->end);
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
    for (int32_t b = 0; b < mel->n_bands; b++) {
      double sum = 0;

      for (int32_t k = mel->begin[b]; k < mel->end[b]; k++)
        sum += (double) mel->bands[b * BINS + k] * real[k];
      out[f * (size_t) mel->n_bands + (size_t) b] = (float) log (sum + 0.001);
    }
  }
}
