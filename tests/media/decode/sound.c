/* SPDX-License-Identifier: MIT */
/* Sound files through the real helper. */
#include <math.h>
#include <string.h>

#include "media.h"
#include "sample-sound.h"
#include "samples.h"

static MediaResult *
decode (GBytes *bytes, guint rate, guint max_seconds, GError **error)
{
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_SOUND);
  request.sample_rate = rate;
  request.max_seconds = max_seconds;
  return media_decode (&request, bytes, NULL, NULL, NULL, error);
}

/* Every format, at its own rate and at others, with one channel and more: the same tones come out, and as long. */
static void
test_formats (void)
{
  static const struct {
    const char *format, *label;
    guint rate, channels, wished;
    double slack; /* seconds that the coder may add */
  } cases[] = {
    { "wav", "WAV", 16000, 1, 16000, 0 }, { "wav", "WAV", 8000, 1, 24000, 0.001 }, { "wav", "WAV", 44100, 2, 16000, 0.001 },
    { "wav-float", "WAV", 96000, 6, 48000, 0.001 }, { "flac", "FLAC", 44100, 2, 24000, 0.001 }, { "aiff", "AIFF", 22050, 2, 16000, 0.001 },
    { "vorbis", "Ogg Vorbis", 44100, 2, 16000, 0.01 }, { "opus", "Opus", 48000, 2, 24000, 0.05 }, { "opus", "Opus", 16000, 1, 16000, 0.05 },
    { "mp3", "MP3", 44100, 2, 16000, 0.1 }, { "mp3", "MP3", 22050, 1, 24000, 0.15 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_sound (cases[i].format, cases[i].rate, cases[i].channels, 2, 440, 1000);
    g_autoptr (MediaResult) result = decode (bytes, cases[i].wished, 10, &error);

    g_assert_no_error (error);
    g_assert_cmpint (result->completeness, ==, MEDIA_COMPLETE);
    g_assert_cmpuint (result->sandbox & MEDIA_SANDBOX_ALWAYS, ==, MEDIA_SANDBOX_ALWAYS);
    g_assert_cmpstr (result->format, ==, cases[i].label);
    g_assert_cmpuint (result->file_rate, ==, cases[i].rate);
    g_assert_cmpuint (result->channels, ==, cases[i].channels);
    g_assert_cmpuint (result->sound->rate, ==, cases[i].wished);

    const float *samples = media_sound_get_samples (result->sound);
    gsize n = result->sound->n_samples;
    double low = sample_amplitude (samples + n / 4, n / 2, cases[i].wished, 440);
    double high = sample_amplitude (samples + n / 4, n / 2, cases[i].wished, 1000);
    double other = sample_amplitude (samples + n / 4, n / 2, cases[i].wished, 700);
    g_test_message ("%s, %u Hz to %u Hz: %.4f s, %.3f of 440 Hz, %.3f of 1000 Hz, %.4f of 700 Hz", cases[i].format, cases[i].rate, cases[i].wished,
                    media_sound_get_seconds (result->sound), low, high, other);
    g_assert_cmpfloat_with_epsilon (media_sound_get_seconds (result->sound), 2, cases[i].slack + 1e-9);
    g_assert_cmpfloat_with_epsilon (low, 0.4, 0.04);
    g_assert_cmpfloat_with_epsilon (high, 0.4 / cases[i].channels, 0.04);
    g_assert_cmpfloat (other, <, 0.01);
  }
}

/* A tone above what the wished rate can hold is taken away, and does not come back as another one. */
static void
test_no_aliases (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sample_sound ("wav-float", 48000, 1, 1, 440, 10000);
  g_autoptr (MediaResult) result = decode (bytes, 16000, 10, &error);

  g_assert_no_error (error);
  const float *samples = media_sound_get_samples (result->sound);
  g_assert_cmpfloat_with_epsilon (sample_amplitude (samples, result->sound->n_samples, 16000, 440), 0.4, 0.02);
  g_assert_cmpfloat (sample_amplitude (samples, result->sound->n_samples, 16000, 6000), <, 1e-4);
}

static void
test_too_long (void)
{
  static const char *const formats[] = { "wav", "flac", "opus", "mp3" };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_sound (formats[i], 48000, 1, 6, 440, 1000);

    g_assert_null (decode (bytes, 16000, 5, &error));
    g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE);
    g_assert_nonnull (strstr (error->message, "5 seconds"));
    g_clear_error (&error);
    g_autoptr (MediaResult) result = decode (bytes, 16000, 7, &error);
    g_assert_no_error (error);
    g_assert_cmpfloat_with_epsilon (media_sound_get_seconds (result->sound), 6, 0.15);
  }
}

static guint32
get_u32 (const guint8 *at)
{
  guint32 value;
  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* A head that promises hours costs nothing: it is refused, or only what is there is read. */
static void
test_lying_heads (void)
{
  g_autoptr (GBytes) wav = sample_sound ("wav", 16000, 1, 1, 440, 1000);
  g_autoptr (GBytes) flac = sample_sound ("flac", 16000, 1, 1, 440, 1000);
  g_autoptr (GError) error = NULL;
  gsize size;

  g_autofree guint8 *lie = g_memdup2 (g_bytes_get_data (wav, &size), g_bytes_get_size (wav));
  g_assert_cmpuint (get_u32 (lie + 40), ==, 32000);
  memset (lie + 40, 0xf0, 4); /* nearly 4 GiB of samples */
  g_autoptr (GBytes) long_wav = g_bytes_new (lie, size);
  g_autoptr (MediaResult) result = decode (long_wav, 16000, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (media_sound_get_seconds (result->sound), 1, 0.01);

  /* STREAMINFO has 36 bits of samples behind 8 + 13 bytes. */
  g_autofree guint8 *flac_lie = g_memdup2 (g_bytes_get_data (flac, &size), g_bytes_get_size (flac));
  flac_lie[21] |= 0x0f;
  g_autoptr (GBytes) long_flac = g_bytes_new (flac_lie, size);
  g_assert_null (decode (long_flac, 16000, 3600, &error));
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "minutes; at most 60"));
}

/* What came before the end is kept, and the result says that it is not all. */
static void
test_cut_off (void)
{
  static const char *const formats[] = { "flac", "mp3", "vorbis" };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) whole = sample_sound (formats[i], 44100, 2, 4, 440, 1000);
    g_autoptr (GBytes) half = g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) / 2);
    g_autoptr (MediaResult) result = decode (half, 16000, 10, &error);

    g_assert_no_error (error);
    g_test_message ("%s: %.2f s, completeness %d", formats[i], media_sound_get_seconds (result->sound), result->completeness);
    g_assert_cmpfloat (media_sound_get_seconds (result->sound), >, 1);
    g_assert_cmpfloat (media_sound_get_seconds (result->sound), <, 3);
    if (strcmp (formats[i], "flac") == 0)
      g_assert_cmpint (result->completeness, ==, MEDIA_STOPPED_BY_DAMAGE);
  }
}

/* Numbers that are none, and greater than any loudspeaker can play. */
static void
test_wild_floats (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) wav = sample_sound ("wav-float", 44100, 1, 1, 440, 1000);
  gsize size = g_bytes_get_size (wav);
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (wav, NULL), size);
  static const float wild[] = { NAN, INFINITY, -INFINITY, 1e38f, -1e38f, 1e-42f };

  memcpy (bytes + size / 2 / 4 * 4, wild, sizeof wild);
  g_autoptr (GBytes) input = g_bytes_new (bytes, size);
  g_autoptr (MediaResult) result = decode (input, 16000, 10, &error);
  g_assert_no_error (error);
  const float *samples = media_sound_get_samples (result->sound);
  for (gsize i = 0; i < result->sound->n_samples; i++)
    g_assert_true (samples[i] >= -1 && samples[i] <= 1);
}

static void
test_not_sound (void)
{
  static const char text[] = "RIFF, thought the lake, and said nothing.";
  static const char film[] = "\0\0\0\x18" "ftypmp42\0\0\0\0isommp42\0\0\0\0";
  static const char stream[] = "fLaC\0\0\0\x22 not at all a stream";
  static const char head[] = "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0";
  const struct {
    GBytes *bytes;
    MediaErrorCode code;
  } cases[] = {
    { g_bytes_new_static (text, sizeof text), MEDIA_ERROR_UNSUPPORTED },
    { g_bytes_new_static (film, sizeof film), MEDIA_ERROR_UNSUPPORTED },
    { g_bytes_new_static ("ID3", 3), MEDIA_ERROR_UNSUPPORTED },
    { g_bytes_new_static (stream, sizeof stream - 1), MEDIA_ERROR_DAMAGED },
    { g_bytes_new_static (head, sizeof head - 1), MEDIA_ERROR_DAMAGED },
    { g_bytes_new_static ("", 0), MEDIA_ERROR_DAMAGED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    if (decode (cases[i].bytes, 16000, 10, &error) != NULL)
      g_error ("case %zu was read", i);
    g_test_message ("%s", error->message);
    g_assert_error (error, MEDIA_ERROR, (int) cases[i].code);
    g_bytes_unref (cases[i].bytes);
  }
}

/* Broken at random: sound or a sentence, and never a crash that the helper's libraries would have. */
static void
test_mutated (void)
{
  static const char *const formats[] = { "wav", "flac", "vorbis", "opus", "mp3", "aiff" };
  guint32 seed = (guint32) g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint n_read = 0;

  for (guint i = 0; i < 120; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) sound = sample_sound (formats[i % G_N_ELEMENTS (formats)], 16000, 1 + i % 2, 0.5, 440, 1000);
    g_autoptr (GBytes) broken = sample_mutate (sound, rand);
    g_autoptr (MediaResult) result = decode (broken, 24000, 60, &error);

    if (result != NULL) {
      n_read++;
      g_assert_cmpuint (result->sound->n_samples, >, 0);
    } else if (error->domain != MEDIA_ERROR || error->code == MEDIA_ERROR_HELPER || error->code == MEDIA_ERROR_TOO_SLOW)
      g_error ("file %u of seed %u: %s", i, seed, error->message);
  }
  g_test_message ("%u of 120 were read", n_read);
  /* Most of the damage is in the head, where the sizes stand. */
  g_assert_cmpuint (n_read, >, 0);
}

static void
test_to_wav (void)
{
  static const float samples[] = { 0, 1, -1, 0.5f, -0.25f, 3 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (samples, sizeof samples);
  g_autoptr (MediaSound) sound = media_sound_new (bytes, 24000);
  g_autoptr (GBytes) wav = media_sound_to_wav (sound, &error);
  g_assert_no_error (error);
  g_autoptr (MediaResult) result = decode (wav, 24000, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->sound->n_samples, ==, G_N_ELEMENTS (samples));
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    g_assert_cmpfloat_with_epsilon (media_sound_get_samples (result->sound)[i], MIN (samples[i], 1), 1e-4);
  g_autoptr (MediaSound) part = media_sound_cut (sound, 3, 100);
  g_assert_cmpuint (part->n_samples, ==, 3);
  g_assert_cmpfloat (media_sound_get_samples (part)[0], ==, 0.5f);
}

static void
test_level (void)
{
  float tone[4800];

  for (gsize i = 0; i < G_N_ELEMENTS (tone); i++)
    tone[i] = (float) (0.1 * sin (2 * G_PI * 100 * (double) i / 48000));
  MediaLevel level = media_sound_measure (tone, G_N_ELEMENTS (tone));
  g_assert_cmpfloat_with_epsilon (level.peak, -20, 0.01);
  g_assert_cmpfloat_with_epsilon (level.rms, -23.01, 0.01);
  memset (tone, 0, sizeof tone);
  g_assert_cmpfloat (media_sound_measure (tone, G_N_ELEMENTS (tone)).rms, ==, MEDIA_SOUND_SILENCE);
  g_assert_cmpfloat (media_sound_measure (NULL, 0).peak, ==, MEDIA_SOUND_SILENCE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/sound/formats", test_formats);
  g_test_add_func ("/media/sound/no-aliases", test_no_aliases);
  g_test_add_func ("/media/sound/too-long", test_too_long);
  g_test_add_func ("/media/sound/lying-heads", test_lying_heads);
  g_test_add_func ("/media/sound/cut-off", test_cut_off);
  g_test_add_func ("/media/sound/wild-floats", test_wild_floats);
  g_test_add_func ("/media/sound/not-sound", test_not_sound);
  g_test_add_func ("/media/sound/mutated", test_mutated);
  g_test_add_func ("/media/sound/to-wav", test_to_wav);
  g_test_add_func ("/media/sound/level", test_level);
  return g_test_run ();
}
