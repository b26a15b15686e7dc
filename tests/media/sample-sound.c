/* SPDX-License-Identifier: MIT */
#include "sample-sound.h"

#include <math.h>
#include <sndfile.h>
#include <string.h>

static const struct {
  const char *name;
  int format;
} formats[] = {
  { "wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16 },
  { "wav-float", SF_FORMAT_WAV | SF_FORMAT_FLOAT },
  { "flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16 },
  { "vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS },
  { "opus", SF_FORMAT_OGG | SF_FORMAT_OPUS },
  { "mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III },
  { "aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24 },
};

/* A file that grows in memory. */
typedef struct {
  GByteArray *bytes;
  sf_count_t at;
} Target;

static sf_count_t
get_length (void *data)
{
  return ((Target *) data)->bytes->len;
}

static sf_count_t
seek (sf_count_t offset, int whence, void *data)
{
  Target *target = data;
  target->at = offset + (whence == SEEK_CUR ? target->at : whence == SEEK_END ? (sf_count_t) target->bytes->len
                                                                              : 0);
  return target->at;
}

static sf_count_t
read_bytes (void *bytes, sf_count_t count, void *data)
{
  Target *target = data;
  count = CLAMP ((sf_count_t) target->bytes->len - target->at, 0, count);
  memcpy (bytes, target->bytes->data + target->at, (gsize) count);
  target->at += count;
  return count;
}

static sf_count_t
write_bytes (const void *bytes, sf_count_t count, void *data)
{
  Target *target = data;
  if (target->at + count > target->bytes->len)
    g_byte_array_set_size (target->bytes, (guint) (target->at + count));
  memcpy (target->bytes->data + target->at, bytes, (gsize) count);
  target->at += count;
  return count;
}

static sf_count_t
tell (void *data)
{
  return ((Target *) data)->at;
}

GBytes *
sample_sound (const char *format, guint rate, guint channels, double seconds, double low, double high)
{
  SF_VIRTUAL_IO file = { get_length, seek, read_bytes, write_bytes, tell };
  Target target = { g_byte_array_new (), 0 };
  SF_INFO info = { .samplerate = (int) rate, .channels = (int) channels };
  gsize n = (gsize) lrint (seconds * rate);
  g_autofree float *frames = g_new (float, n * channels);

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].name, format) == 0)
      info.format = formats[i].format;
  for (gsize i = 0; i < n; i++)
    for (guint channel = 0; channel < channels; channel++) {
      double time = 2 * G_PI * (double) i / rate;
      frames[i * channels + channel] = (float) (0.4 * sin (time * low) + (channel == 0 ? 0.4 * sin (time * high) : 0));
    }
  SNDFILE *writer = sf_open_virtual (&file, SFM_WRITE, &info, &target);
  if (writer == NULL)
    g_error ("%s: %s", format, sf_strerror (NULL));
  g_assert_cmpint (sf_writef_float (writer, frames, (sf_count_t) n), ==, (sf_count_t) n);
  sf_close (writer);
  return g_byte_array_free_to_bytes (target.bytes);
}

double
sample_amplitude (const float *samples, gsize n, guint rate, double frequency)
{
  double real = 0, imaginary = 0, weight = 0;

  for (gsize i = 0; i < n; i++) {
    double window = 0.5 - 0.5 * cos (2 * G_PI * (double) i / (double) n), angle = 2 * G_PI * frequency * (double) i / rate;
    real += samples[i] * window * cos (angle);
    imaginary += samples[i] * window * sin (angle);
    weight += window;
  }
  return n > 0 ? 2 * hypot (real, imaginary) / weight : 0;
}
