/* SPDX-License-Identifier: MIT */
/* A sound in memory, as models and meters want it: one channel of floats.
 *
 * Where it comes from: a microphone (media-microphone.h), or a file, by media_decode () with MEDIA_JOB_SOUND. Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Immutable. */
typedef struct {
  GBytes *samples; /* float, from -1 to 1 */
  gsize n_samples;
  guint rate; /* Hz, not 0 */
} MediaSound;

#define MEDIA_TYPE_SOUND (media_sound_get_type ())
GType media_sound_get_type (void);
/* Takes its own reference to `samples`, whole floats. Returns: (transfer full) */
MediaSound *media_sound_new (GBytes *samples, guint rate);
MediaSound *media_sound_ref (MediaSound *sound);
void media_sound_unref (MediaSound *sound);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaSound, media_sound_unref)

/* (transfer none) (array length=n_samples) */
const float *media_sound_get_samples (const MediaSound *sound);
double media_sound_get_seconds (const MediaSound *sound);

/* `n` samples from `from` on, as far as there are any, without a copy. Returns: (transfer full) */
MediaSound *media_sound_cut (const MediaSound *sound, gsize from, gsize n);

/* A file to keep or to send: WAV, 16 bits, one channel. NULL and MEDIA_ERROR_TOO_LARGE for more than the 4 GiB that such a file can have.
 * Returns: (transfer full) (nullable) */
GBytes *media_sound_to_wav (const MediaSound *sound, GError **error);

/* How loud samples are, in dB below the greatest that can be, from MEDIA_SOUND_SILENCE to 0. */
#define MEDIA_SOUND_SILENCE -100.0
typedef struct {
  double peak, rms;
} MediaLevel;
MediaLevel media_sound_measure (const float *samples, gsize n);

G_END_DECLS
