/* SPDX-License-Identifier: MIT */
/* A microphone beside the loudspeakers: what this program says does not come in through it, what a person says does. */
#include <locale.h>
#include <math.h>
#include <unistd.h>

#include "capturing.h"
#include "media-microphone.h"
#include "media-sound.h"
#include "media-speech.h"
#include "media.h"
#include "room.h"

#define RATE 16000

/* On a busy machine webrtcdsp does not always learn the way through the air. */
#define TRIES 3
#define LOUDSPEAKER "audioconvert ! audioresample ! roomsink"

typedef struct {
  MediaMicrophone *microphone;
  GArray *heard; /* floats */
  guint n_began;
  gboolean said, stopped;
} Test;

static void
on_began (MediaMicrophone *microphone, Test *test)
{
  test->n_began++;
}

static void
on_samples (MediaMicrophone *microphone, MediaSound *block, Test *test)
{
  g_array_append_vals (test->heard, media_sound_get_samples (block), (guint) block->n_samples);
}

static void
on_stopped (MediaMicrophone *microphone, int reason, GError *error, Test *test)
{
  g_assert_no_error (error);
  test->stopped = TRUE;
}

static void
on_said (MediaSpeech *speech, GError *error, Test *test)
{
  g_assert_no_error (error);
  test->said = TRUE;
}

static void
set_up (Test *test, gconstpointer data)
{
  g_setenv ("MELETE_MICROPHONE", "gst:roomsrc", TRUE);
  test->heard = g_array_new (FALSE, FALSE, sizeof (float));
  test->microphone = media_microphone_new ();
  g_signal_connect (test->microphone, "speech-began", G_CALLBACK (on_began), test);
  g_signal_connect (test->microphone, "samples", G_CALLBACK (on_samples), test);
  g_signal_connect (test->microphone, "stopped", G_CALLBACK (on_stopped), test);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_assert_finalize_object (test->microphone);
  g_array_unref (test->heard);
  settle ();
}

static void
say (Test *test, const char *sink, const char *voice, const char *const *sentences)
{
  g_autoptr (MediaSpeech) speech = media_speech_new ();

  g_setenv ("MELETE_AUDIO_SINK", sink, TRUE);
  test->said = FALSE;
  g_signal_connect (speech, "finished", G_CALLBACK (on_said), test);
  media_speech_say (speech, sentences, voice, 160);
  wait_until (&test->said);
}

/* The program says something of about ten seconds while the microphone is open. */
static void
listen (Test *test, gboolean clean, gboolean hands_free)
{
  static const char *const sentences[] = { "Once upon a time there was a lake between two hills, and nobody knew how deep it was.",
                                           "A boy came every evening and threw stones into it, and every evening he counted the rings.", NULL };
  MediaMicrophoneOptions options = { .rate = RATE, .max_seconds = 60, .clean = clean, .hands_free = hands_free, .marks_speech = !hands_free };

  g_array_set_size (test->heard, 0);
  test->n_began = 0;
  test->stopped = FALSE;
  media_microphone_start (test->microphone, NULL, &options);
  say (test, LOUDSPEAKER, "en", sentences);
  media_microphone_stop (test->microphone);
  wait_until (&test->stopped);
}

/* In dB, of what came in from `from` seconds on. */
static double
measure (Test *test, double from)
{
  double energy = 1e-9;
  guint first = (guint) (from * RATE);

  g_assert_cmpuint (test->heard->len, >, first + RATE);
  for (guint i = first; i < test->heard->len; i++)
    energy += (double) g_array_index (test->heard, float, i) * g_array_index (test->heard, float, i) / (test->heard->len - first);
  return 10 * log10 (energy);
}

static void
test_own_voice (Test *test, gconstpointer data)
{
  double raw, clean = 0;

  listen (test, FALSE, FALSE);
  raw = measure (test, 4);
  for (guint i = 0; i < TRIES && clean > raw - 6; i++) {
    listen (test, TRUE, FALSE);
    clean = measure (test, 4);
    g_test_message ("%.1f dB as it comes, %.1f dB cleaned", raw, clean);
  }
  g_assert_cmpfloat (clean, <, raw - 6);
  test->n_began = 1;
  for (guint i = 0; i < TRIES && test->n_began > 0; i++)
    listen (test, TRUE, TRUE);
  g_assert_cmpuint (test->n_began, ==, 0);
}

/* A person is heard over the program's voice, and only the person. */
static void
test_person (Test *test, gconstpointer data)
{
  static const char *const sentences[] = { "Please stop reading now.", NULL };
  g_autofree char *folder = g_dir_make_tmp ("melete-echo-XXXXXX", NULL), *path = g_build_filename (folder, "person", NULL);
  g_autofree char *sink = g_strdup_printf ("audioresample ! audioconvert ! audio/x-raw,format=S16LE,rate=%d,channels=1 ! filesink sync=false location=%s", ROOM_RATE, path);
  g_autofree char *said = NULL;
  double seconds, person;
  gsize size;

  say (test, sink, "en+f3", sentences);
  g_assert_true (g_file_get_contents (path, &said, &size, NULL));
  person = (double) size / 2 / ROOM_RATE;
  room_set_person ((const gint16 *) (void *) said, size / 2, 6);
  seconds = 0;
  for (guint i = 0; i < TRIES && (test->n_began != 1 || seconds > person + 2); i++) {
    listen (test, TRUE, TRUE);
    seconds = (double) test->heard->len / RATE;
    g_test_message ("%u times, %.2f s of %.2f s", test->n_began, seconds, person);
  }
  g_assert_cmpuint (test->n_began, ==, 1);
  g_assert_cmpfloat (seconds, >, person / 2);
  g_assert_cmpfloat (seconds, <, person + 2);
  room_set_person (NULL, 0, 0);
  unlink (path);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  if (!media_microphone_can_clean ()) {
    g_print ("Bail out! webrtcdsp is missing: install GStreamer's bad plugins.\n");
    return 1;
  }
  room_register ();
  g_test_add ("/media/echo/own-voice", Test, NULL, set_up, test_own_voice, tear_down);
  g_test_add ("/media/echo/person", Test, NULL, set_up, test_person, tear_down);
  return g_test_run ();
}
