/* SPDX-License-Identifier: MIT */
#include "media-sound.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "media.h"

#define WAV_HEAD 44

G_DEFINE_BOXED_TYPE (MediaSound, media_sound, media_sound_ref, media_sound_unref)

MediaSound *
media_sound_new (GBytes *samples, guint rate)
{
  g_return_val_if_fail (rate > 0 && g_bytes_get_size (samples) % sizeof (float) == 0, NULL);

  MediaSound *sound = g_atomic_rc_box_new0 (MediaSound);
  sound->samples = g_bytes_ref (samples);
  sound->n_samples = g_bytes_get_size (samples) / sizeof (float);
  sound->rate = rate;
  return sound;
}

MediaSound *
media_sound_ref (MediaSound *sound)
{
  return g_atomic_rc_box_acquire (sound);
}

static void
clear_sound (gpointer data)
{
  g_bytes_unref (((MediaSound *) data)->samples);
}

void
media_sound_unref (MediaSound *sound)
{
  g_atomic_rc_box_release_full (sound, clear_sound);
}

const float *
media_sound_get_samples (const MediaSound *sound)
{
  return g_bytes_get_data (sound->samples, NULL);
}

double
media_sound_get_seconds (const MediaSound *sound)
{
  return (double) sound->n_samples / sound->rate;
}

MediaSound *
media_sound_cut (const MediaSound *sound, gsize from, gsize n)
{
  from = MIN (from, sound->n_samples);
  n = MIN (n, sound->n_samples - from);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (sound->samples, from * sizeof (float), n * sizeof (float));
  return media_sound_new (part, sound->rate);
}

static void
put_u32 (guint8 *at, gsize value)
{
  guint32 little = GUINT32_TO_LE ((guint32) value);
  memcpy (at, &little, sizeof little);
}

static void
put_u16 (guint8 *at, guint value)
{
  guint16 little = GUINT16_TO_LE ((guint16) value);
  memcpy (at, &little, sizeof little);
}

GBytes *
media_sound_to_wav (const MediaSound *sound, GError **error)
{
  const float *samples = media_sound_get_samples (sound);

  if (sound->n_samples > (G_MAXUINT32 - WAV_HEAD) / 2) {
    g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The recording is too long for a WAV file. Keep a shorter part of it."));
    return NULL;
  }
  gsize length = sound->n_samples * 2;
  guint8 *wav = g_malloc (WAV_HEAD + length);
  memcpy (wav, "RIFF....WAVEfmt ", 16);
  put_u32 (wav + 4, WAV_HEAD - 8 + length);
  put_u32 (wav + 16, 16); /* bytes of the format */
  put_u16 (wav + 20, 1);  /* PCM */
  put_u16 (wav + 22, 1);  /* channels */
  put_u32 (wav + 24, sound->rate);
  put_u32 (wav + 28, (gsize) sound->rate * 2); /* bytes a second */
  put_u16 (wav + 32, 2);                       /* bytes of a frame */
  put_u16 (wav + 34, 16);                      /* bits */
  memcpy (wav + 36, "data", 4);
  put_u32 (wav + 40, length);
  for (gsize i = 0; i < sound->n_samples; i++) {
    float value = CLAMP (samples[i], -1.0f, 1.0f) * 32767.0f;
    put_u16 (wav + WAV_HEAD + i * 2, (guint) (guint16) (gint16) lrintf (value));
  }
  return g_bytes_new_take (wav, WAV_HEAD + length);
}

static double
to_decibels (double amplitude)
{
  return amplitude > 0 ? CLAMP (20 * log10 (amplitude), MEDIA_SOUND_SILENCE, 0) : MEDIA_SOUND_SILENCE;
}

MediaLevel
media_sound_measure (const float *samples, gsize n)
{
  double sum = 0, peak = 0;

  for (gsize i = 0; i < n; i++) {
    sum += (double) samples[i] * samples[i];
    peak = MAX (peak, fabs (samples[i]));
  }
  return (MediaLevel) { to_decibels (peak), n > 0 ? to_decibels (sqrt (sum / (double) n)) : MEDIA_SOUND_SILENCE };
}
