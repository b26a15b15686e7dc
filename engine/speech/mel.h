/* SPDX-License-Identifier: MIT */
/* The spectrogram that Whisper and its family hear: of 16,000 samples a second a frame for every 160, of 400 around its middle, in bands as wide as pitch is heard.
 *
 * Internal. frame = log10 (bands · |DFT (Hann window · samples)|²), at least 10^-10; bands are those of Slaney's Auditory Toolbox (1998, technical report 1998-010), each with the area 1. */
#pragma once

#include "../base.h"

#define ENGINE_MEL_RATE 16000
#define ENGINE_MEL_HOP 160
#define ENGINE_MEL_REACH 200     /* samples before a frame's middle that it hears, and behind it */
#define ENGINE_MEL_SILENCE -10.0f

typedef struct EngineMel EngineMel;

EngineMel *engine_mel_new (int32_t n_bands, EngineError *error);
void       engine_mel_free (EngineMel *mel);

/* Frames first … first + n_frames - 1 of the samples [n], out [n_bands, n_frames]. Before the first sample they are mirrored, behind the last one there is silence. Any thread. */
void engine_mel_frames (const EngineMel *mel, const float *samples, size_t n, size_t first, size_t n_frames, float *out);

/* Brings frames [n_numbers] to what the model was trained with: none less than 8 below `most`, the largest of the whole sound, then (x + 4) / 4. */
void engine_mel_scale (float *frames, size_t n_numbers, float most);
