/* SPDX-License-Identifier: MIT */
#include "mel.h"

#include <math.h>
#include <string.h>

enum { N = 400, BINS = N / 2 + 1 };

struct EngineMel {
  int32_t n_bands;
  float   window[N];
  float  *turns;   /* cosines [BINS, N / 2 + 1], then sines: of sample i those of all bins stand together */
  float  *bands;   /* [BINS, n_bands] */
  int32_t *begin, *end; /* [n_bands] bins that a band has */
};

/* ---- bands ----------------------------------------------------------------------- */

/* Straight up to 1,000 Hz, a step of 27 for a factor of 6.4 above. */
static double
mel_of_hertz (double hertz)
{
  return hertz < 1000 ? hertz * 3 / 200 : 15 + log (hertz / 1000) * 27 / log (6.4);
}

static double
hertz_of_mel (double mel)
{
  return mel < 15 ? mel * 200 / 3 : 1000 * exp (log (6.4) * (mel - 15) / 27);
}

/* Triangles between three of the pitches that stand evenly between 0 and half the rate. */
static void
fill_bands (EngineMel *mel)
{
  double top = mel_of_hertz (ENGINE_MEL_RATE / 2.0);

  for (int32_t b = 0; b < mel->n_bands; b++) {
    double left = hertz_of_mel (top * b / (mel->n_bands + 1)), middle = hertz_of_mel (top * (b + 1) / (mel->n_bands + 1)), right = hertz_of_mel (top * (b + 2) / (mel->n_bands + 1));

    mel->begin[b] = BINS;
    for (int32_t k = 0; k < BINS; k++) {
      double hertz = (double) k * ENGINE_MEL_RATE / N, up = (hertz - left) / (middle - left), down = (right - hertz) / (right - middle), height = fmax (0, fmin (up, down));

      mel->bands[b * BINS + k] = (float) (height * 2 / (right - left));
      if (height > 0) {
        mel->begin[b] = ENGINE_MIN (mel->begin[b], k);
        mel->end[b] = k + 1;
      }
    }
  }
}

EngineMel *
engine_mel_new (int32_t n_bands, EngineError *error)
{
  EngineMel *mel = engine_calloc (1, sizeof *mel, error);

  if (!mel)
    return NULL;
  mel->n_bands = n_bands;
  mel->turns = engine_calloc (2 * (size_t) BINS * (N / 2 + 1), sizeof *mel->turns, error);
  mel->bands = mel->turns ? engine_calloc ((size_t) n_bands * BINS, sizeof *mel->bands, error) : NULL;
  mel->begin = mel->bands ? engine_calloc ((size_t) n_bands, sizeof *mel->begin, error) : NULL;
  mel->end = mel->begin ? engine_calloc ((size_t) n_bands, sizeof *mel->end, error) : NULL;
  if (!mel->end) {
    engine_mel_free (mel);
    return NULL;
  }
  for (int32_t i = 0; i < N; i++)
    mel->window[i] = (float) (0.5 - 0.5 * cos (2 * M_PI * i / N));
  for (int32_t i = 0; i <= N / 2; i++)
    for (int32_t k = 0; k < BINS; k++) {
      mel->turns[i * BINS + k] = (float) cos (2 * M_PI * (i * k % N) / N);
      mel->turns[(N / 2 + 1 + i) * BINS + k] = (float) sin (2 * M_PI * (i * k % N) / N);
    }
  fill_bands (mel);
  return mel;
}

void
engine_mel_free (EngineMel *mel)
{
  if (!mel)
    return;
  free (mel->turns);
  free (mel->bands);
  free (mel->begin);
  free (mel->end);
  free (mel);
}

/* ---- frames ---------------------------------------------------------------------- */

/* Of real numbers, the i-th and the i-th from the end meet the same cosine and opposite sines: half of the work is done when both are added. */
static void
transform (const EngineMel *mel, const float *x, float *power)
{
  const float *cosines = mel->turns, *sines = mel->turns + (N / 2 + 1) * BINS;
  float real[BINS] = { 0 }, imaginary[BINS] = { 0 };

  for (int32_t i = 0; i <= N / 2; i++) {
    bool alone = i == 0 || i == N / 2;
    float even = alone ? x[i] : x[i] + x[N - i], odd = alone ? 0 : x[i] - x[N - i];

    for (int32_t k = 0; k < BINS; k++) {
      real[k] += even * cosines[i * BINS + k];
      imaginary[k] += odd * sines[i * BINS + k];
    }
  }
  for (int32_t k = 0; k < BINS; k++)
    power[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
}

void
engine_mel_frames (const EngineMel *mel, const float *samples, size_t n, size_t first, size_t n_frames, float *out)
{
  float x[N], power[BINS];

  for (size_t f = 0; f < n_frames; f++) {
    int64_t begin = (int64_t) (first + f) * ENGINE_MEL_HOP - N / 2;

    for (int32_t i = 0; i < N; i++) {
      int64_t at = begin + i < 0 ? -(begin + i) : begin + i;

      x[i] = at < (int64_t) n ? samples[at] * mel->window[i] : 0;
    }
    transform (mel, x, power);
    for (int32_t b = 0; b < mel->n_bands; b++) {
      double sum = 0;

      for (int32_t k = mel->begin[b]; k < mel->end[b]; k++)
        sum += (double) mel->bands[b * BINS + k] * power[k];
      out[f * (size_t) mel->n_bands + (size_t) b] = (float) log10 (fmax (sum, 1e-10));
    }
  }
}

void
engine_mel_scale (float *frames, size_t n_numbers, float most)
{
  for (size_t i = 0; i < n_numbers; i++)
    frames[i] = (fmaxf (frames[i], most - 8) + 4) / 4;
}
