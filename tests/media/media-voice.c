/* SPDX-License-Identifier: MIT */
/* Where speech begins and ends: by numbers, and in what espeak-ng really says. */
#include "media-voice.h"

#include <locale.h>
#include <math.h>
#include <unistd.h>

#include "capturing.h"
#include "media-microphone.h"
#include "media-speech.h"
#include "media.h"

#define RATE 16000

typedef struct {
  guint64 at;          /* samples that the voice has been given */
  GArray *heard;       /* of the current speech, or the last */
  GArray *begins, *ends; /* guint64: `at` when it was said; not the place in the stream */
  GArray *lengths;     /* guint64: samples of each speech */
} Ear;

static void
on_began (gpointer data)
{
  Ear *ear = data;
  g_assert_cmpuint (ear->begins->len, ==, ear->ends->len);
  g_array_append_val (ear->begins, ear->at);
  g_array_set_size (ear->heard, 0);
}

static void
on_heard (const float *samples, gsize n, gpointer data)
{
  Ear *ear = data;
  g_assert_cmpuint (ear->begins->len, ==, ear->ends->len + 1);
  g_array_append_vals (ear->heard, samples, (guint) n);
}

static void
on_ended (gpointer data)
{
  Ear *ear = data;
  guint64 length = ear->heard->len;
  g_array_append_val (ear->ends, ear->at);
  g_array_append_val (ear->lengths, length);
}

static const MediaVoiceInfo info = { on_began, on_heard, on_ended };

typedef struct {
  Ear ear;
  MediaVoice *voice;
  GRand *rand;
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  test->ear = (Ear) { 0, g_array_new (FALSE, FALSE, sizeof (float)), g_array_new (FALSE, FALSE, 8), g_array_new (FALSE, FALSE, 8), g_array_new (FALSE, FALSE, 8) };
  test->voice = media_voice_new (&info, RATE, &test->ear);
  test->rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
}

static void
tear_down (Test *test, gconstpointer data)
{
  media_voice_free (test->voice);
  g_rand_free (test->rand);
  g_array_unref (test->ear.heard);
  g_array_unref (test->ear.begins);
  g_array_unref (test->ear.ends);
  g_array_unref (test->ear.lengths);
}

/* `seconds` of noise that is `decibels` loud, in pieces of odd sizes. */
static void
hear (Test *test, double seconds, double decibels, MediaVoiceVerdict verdict)
{
  guint n = (guint) lrint (seconds * RATE);

  while (n > 0) {
    float piece[509];
    guint part = (guint) g_rand_int_range (test->rand, 1, G_N_ELEMENTS (piece));
    part = MIN (part, n);
    for (guint i = 0; i < part; i++)
      piece[i] = (float) (pow (10, decibels / 20) * sqrt (3) * g_rand_double_range (test->rand, -1, 1));
    test->ear.at += part;
    media_voice_hear (test->voice, piece, part, verdict);
    n -= part;
  }
}

static double
get_seconds (GArray *array, guint index)
{
  g_assert_cmpuint (index, <, array->len);
  return (double) g_array_index (array, guint64, index) / RATE;
}

/* The gate, in a room that is not silent: two sentences, and a click that is none. */
static void
test_gate (Test *test, gconstpointer data)
{
  hear (test, 1.5, -50, MEDIA_VOICE_UNKNOWN);
  hear (test, 0.04, -20, MEDIA_VOICE_UNKNOWN); /* a click, until 1.54 */
  hear (test, 1.46, -50, MEDIA_VOICE_UNKNOWN);
  hear (test, 1.0, -25, MEDIA_VOICE_UNKNOWN); /* from 3.0 */
  hear (test, 0.5, -50, MEDIA_VOICE_UNKNOWN); /* a pause within */
  hear (test, 0.5, -30, MEDIA_VOICE_UNKNOWN); /* until 5.0 */
  hear (test, 2.0, -50, MEDIA_VOICE_UNKNOWN);
  hear (test, 1.0, -25, MEDIA_VOICE_UNKNOWN); /* from 7.0 */
  hear (test, 2.0, -50, MEDIA_VOICE_UNKNOWN);
  g_assert_cmpuint (test->ear.begins->len, ==, 2);
  g_assert_cmpuint (test->ear.ends->len, ==, 2);
  g_assert_cmpfloat_with_epsilon (get_seconds (test->ear.begins, 0), 3.06, 0.05);
  g_assert_cmpfloat_with_epsilon (get_seconds (test->ear.ends, 0), 5.8, 0.05);
  g_assert_cmpfloat_with_epsilon (get_seconds (test->ear.lengths, 0), 0.3 + 2.0 + 0.8, 0.06);
  g_assert_cmpfloat_with_epsilon (get_seconds (test->ear.begins, 1), 7.06, 0.05);
}

/* A fan is switched on. It may be taken for speech at first; then it is background, and who speaks over it is heard. */
static void
test_background (Test *test, gconstpointer data)
{
  hear (test, 2, -60, MEDIA_VOICE_UNKNOWN);
  hear (test, 20, -40, MEDIA_VOICE_UNKNOWN);
  guint n = test->ear.begins->len;
  g_assert_cmpuint (n, <=, 1);
  g_assert_cmpuint (test->ear.ends->len, ==, n);
  hear (test, 10, -40, MEDIA_VOICE_UNKNOWN);
  g_assert_cmpuint (test->ear.begins->len, ==, n);
  hear (test, 1, -20, MEDIA_VOICE_UNKNOWN);
  g_assert_cmpuint (test->ear.begins->len, ==, n + 1);
  hear (test, 2, -40, MEDIA_VOICE_UNKNOWN);
  g_assert_cmpuint (test->ear.ends->len, ==, n + 1);
}

/* What a detector says counts, whatever the loudness. */
static void
test_detector (Test *test, gconstpointer data)
{
  hear (test, 1, -20, MEDIA_VOICE_NO);
  g_assert_cmpuint (test->ear.begins->len, ==, 0);
  hear (test, 1, -70, MEDIA_VOICE_YES);
  g_assert_cmpuint (test->ear.begins->len, ==, 1);
  hear (test, 0.7, -20, MEDIA_VOICE_NO);
  g_assert_cmpuint (test->ear.ends->len, ==, 0);
  hear (test, 0.2, -20, MEDIA_VOICE_NO);
  g_assert_cmpuint (test->ear.ends->len, ==, 1);
}

/* Nothing is lost or doubled: from the beginning to the end every sample is there, in order. */
static void
test_samples (Test *test, gconstpointer data)
{
  float piece[160];
  guint value = 0;

  for (guint frame = 0; frame < 300; frame++) {
    for (gsize i = 0; i < G_N_ELEMENTS (piece); i++)
      piece[i] = (float) value++;
    media_voice_hear (test->voice, piece, G_N_ELEMENTS (piece), frame >= 100 ? MEDIA_VOICE_YES : MEDIA_VOICE_NO);
  }
  media_voice_hear (test->voice, piece, 37, MEDIA_VOICE_YES);
  media_voice_end (test->voice);
  /* Six frames with voice had come, and with the four before them they are the window; 30 more are before that. */
  guint first = (100 - 4 - 30) * 160;
  g_assert_cmpuint (test->ear.heard->len, ==, 300 * 160 + 37 - first);
  for (guint i = 0; i < 300 * 160 - first; i++)
    g_assert_cmpfloat (g_array_index (test->ear.heard, float, i), ==, (float) (first + i));
  media_voice_end (test->voice);
  g_assert_cmpuint (test->ear.ends->len, ==, 1);
  /* And nothing at all when nobody spoke. */
  media_voice_hear (test->voice, piece, 37, MEDIA_VOICE_NO);
  media_voice_end (test->voice);
  g_assert_cmpuint (test->ear.ends->len, ==, 1);
}

/* ---- what espeak-ng says ---- */

static void
on_finished (MediaSpeech *speech, GError *error, gboolean *finished)
{
  g_assert_no_error (error);
  *finished = TRUE;
}

static MediaSound *
decode (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *bytes;
  gsize size;
  MediaRequest request;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_autoptr (GBytes) input = g_bytes_new_take (bytes, size);
  media_request_init (&request, MEDIA_JOB_SOUND);
  g_autoptr (MediaResult) result = media_decode (&request, input, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return media_sound_ref (result->sound);
}

/* Two sentences with 2.5 s of faint noise before, between and after, as a file. Returns the seconds of each. */
static void
write_talk (const char *path, double *lengths)
{
  static const char *const sentences[][2] = { { "Good morning, how is the water of the lake today?", NULL }, { "It was cold, and nobody went in.", NULL } };
  g_autoptr (GArray) talk = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree char *sink = g_strdup_printf ("wavenc ! filesink location=%s", path);

  g_setenv ("MELETE_AUDIO_SINK", sink, TRUE);
  for (guint i = 0; i < 3; i++) {
    for (guint k = 0; k < RATE * 5 / 2; k++) {
      float noise = (float) g_rand_double_range (rand, -0.001, 0.001);
      g_array_append_val (talk, noise);
    }
    if (i == 2)
      break;
    g_autoptr (MediaSpeech) speech = media_speech_new ();
    gboolean finished = FALSE;
    g_signal_connect (speech, "finished", G_CALLBACK (on_finished), &finished);
    media_speech_say (speech, sentences[i], "en", 160);
    wait_until (&finished);
    g_autoptr (MediaSound) sound = decode (path);
    lengths[i] = media_sound_get_seconds (sound);
    g_array_append_vals (talk, media_sound_get_samples (sound), (guint) sound->n_samples);
  }
  g_autoptr (GBytes) bytes = g_bytes_new (talk->data, talk->len * sizeof (float));
  g_autoptr (MediaSound) sound = media_sound_new (bytes, RATE);
  g_autoptr (GBytes) wav = media_sound_to_wav (sound, NULL);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (wav, NULL), (gssize) g_bytes_get_size (wav), NULL));
}

typedef struct {
  guint n_began, n_ended;
  double seconds[8];
  gboolean stopped;
} Talk;

static void
on_speech_began (MediaMicrophone *microphone, Talk *talk)
{
  g_assert_cmpuint (talk->n_began++, <, 8);
}

static void
on_speech_ended (MediaMicrophone *microphone, Talk *talk)
{
  talk->n_ended++;
}

static void
on_samples (MediaMicrophone *microphone, MediaSound *block, Talk *talk)
{
  talk->seconds[talk->n_began - 1] += media_sound_get_seconds (block);
}

static void
on_stopped (MediaMicrophone *microphone, int reason, GError *error, Talk *talk)
{
  g_assert_cmpint (reason, ==, MEDIA_MICROPHONE_BY_END);
  talk->stopped = TRUE;
}

static void
test_speech (void)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-voice-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "talk.wav", NULL);
  g_autofree char *source = g_strconcat ("file:", path, NULL);
  double lengths[2];

  write_talk (path, lengths);
  g_setenv ("MELETE_MICROPHONE", source, TRUE);
  for (gboolean clean = FALSE; clean <= media_microphone_can_clean (); clean++) {
    g_autoptr (MediaMicrophone) microphone = media_microphone_new ();
    MediaMicrophoneOptions options = { RATE, 60, TRUE, clean };
    Talk talk = { 0 };

    g_signal_connect (microphone, "speech-began", G_CALLBACK (on_speech_began), &talk);
    g_signal_connect (microphone, "speech-ended", G_CALLBACK (on_speech_ended), &talk);
    g_signal_connect (microphone, "samples", G_CALLBACK (on_samples), &talk);
    g_signal_connect (microphone, "stopped", G_CALLBACK (on_stopped), &talk);
    media_microphone_start (microphone, NULL, &options);
    wait_until (&talk.stopped);
    g_test_message ("%s: %u and %u; %.2f s and %.2f s of %.2f s and %.2f s", clean ? "webrtcdsp" : "gate", talk.n_began, talk.n_ended, talk.seconds[0], talk.seconds[1], lengths[0], lengths[1]);
    g_assert_cmpuint (talk.n_began, ==, 2);
    g_assert_cmpuint (talk.n_ended, ==, 2);
    for (guint i = 0; i < 2; i++) {
      /* A little silence is at the ends of what espeak-ng says; a detector holds on for a while. */
      g_assert_cmpfloat (talk.seconds[i], >, lengths[i]);
      g_assert_cmpfloat (talk.seconds[i], <, lengths[i] + 2);
    }
  }
  unlink (path);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/media/voice/gate", Test, NULL, set_up, test_gate, tear_down);
  g_test_add ("/media/voice/background", Test, NULL, set_up, test_background, tear_down);
  g_test_add ("/media/voice/detector", Test, NULL, set_up, test_detector, tear_down);
  g_test_add ("/media/voice/samples", Test, NULL, set_up, test_samples, tear_down);
  g_test_add_func ("/media/voice/speech", test_speech);
  return g_test_run ();
}
