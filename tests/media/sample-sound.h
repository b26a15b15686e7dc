/* SPDX-License-Identifier: MIT */
/* Sounds that the tests make themselves, and what is in a sound. */
#pragma once

#include "media-sound.h"

/* Two tones of half the greatest loudness: `low` Hz on every channel, and `high` Hz on the first alone.
 * `format`: "wav", "wav-float", "flac", "vorbis", "opus", "mp3", "aiff". Returns: (transfer full) */
GBytes *sample_sound (const char *format, guint rate, guint channels, double seconds, double low, double high);

/* How much of `frequency` is in `n` samples: its amplitude, 0 to 1. */
double sample_amplitude (const float *samples, gsize n, guint rate, double frequency);
