/* SPDX-License-Identifier: MIT */
/* The spectrogram that Google's Universal Speech Model and its family hear: of 16,000 samples a second a frame for every 160, of the 320 around its beginning.
 *
 * Internal. frame = ln (bands · |DFT of 512 (Hann window · samples)| + 0.001); bands are triangles that stand evenly on HTK's scale of pitch, each one high. Before the first sample there is silence;
 * a frame is heard if all its samples and one more are there. */
#pragma once

#include "../base.h"

#define ENGINE_USM_RATE 16000
#define ENGINE_USM_HOP 160

typedef struct EngineUsmMel EngineUsmMel;

EngineUsmMel *engine_usm_mel_new (int32_t n_bands, EngineError *error);
void    engine_usm_mel_free (EngineUsmMel *mel);

/* Frames of so many samples. */
size_t  engine_usm_mel_count (size_t n_samples);
/* All of them, out [n_bands, engine_usm_mel_count (n)]. Any thread. */
void    engine_usm_mel_frames (const EngineUsmMel *mel, const float *samples, size_t n, float *out);
