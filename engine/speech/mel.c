/* SPDX-License-Identifier: MIT */
#include "mel.h"

#include <math.h>
#include <string.h>

#include "bands.h"

enum { N = 400, BINS = N / 2 + 1 };

struct EngineMel {
  float   window[N];
  float  *turns;   /* cosines [BINS, N / 2 + 1], then sines: of sample i those of all bins stand together */
  EngineBands bands;
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

static const EnginePitchScale scale = { mel_of_hertz, hertz_of_mel, true };

EngineMel *
engine_mel_new (int32_t n_bands, EngineError *error)
{
  EngineMel *mel = engine_calloc (1, sizeof *mel, error);

  if (!mel)
    return NULL;
  mel->turns = engine_calloc (2 * (size_t) BINS * (N / 2 + 1), sizeof *mel->turns, error);
  if (!mel->turns || !engine_bands_init (&mel->bands, &scale, n_bands, N, ENGINE_MEL_RATE, error)) {
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
  return mel;
}

void
engine_mel_free (EngineMel *mel)
{
  if (!mel)
    return;
  free (mel->turns);
  engine_bands_clear (&mel->bands);
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
    for (int32_t b = 0; b < mel->bands.n; b++)
      out[f * (size_t) mel->bands.n + (size_t) b] = (float) log10 (fmax (engine_bands_sum (&mel->bands, b, power), 1e-10));
  }
}

void
engine_mel_scale (float *frames, size_t n_numbers, float most)
{
  for (size_t i = 0; i < n_numbers; i++)
    frames[i] = (fmaxf (frames[i], most - 8) + 4) / 4;
}
