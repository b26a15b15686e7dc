/* SPDX-License-Identifier: MIT */
#include "media-speech.h"

#include <locale.h>

#include "media.h"

typedef struct {
  MediaSpeech *speech;
  GString *heard; /* the numbers of the sentences that began */
  guint n_finished;
  guint64 n_samples;
  GError *error;
} Test;

static void
on_sentence (MediaSpeech *speech, guint index, Test *test)
{
  g_string_append_printf (test->heard, "%u", index);
}

static void
on_finished (MediaSpeech *speech, GError *error, Test *test)
{
  g_assert_cmpint (media_speech_get_state (speech), ==, MEDIA_SPEECH_SILENT);
  test->n_finished++;
  test->n_samples = media_speech_get_n_samples (speech);
  test->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
set_up (Test *test, gconstpointer data)
{
  g_setenv ("MELETE_AUDIO_SINK", "fakesink sync=false", TRUE);
  test->speech = media_speech_new ();
  test->heard = g_string_new (NULL);
  g_signal_connect (test->speech, "sentence", G_CALLBACK (on_sentence), test);
  g_signal_connect (test->speech, "finished", G_CALLBACK (on_finished), test);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_assert_finalize_object (test->speech);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_string_free (test->heard, TRUE);
  g_clear_error (&test->error);
}

static gboolean
on_too_long (gpointer data)
{
  g_error ("waited for 30 seconds");
  return G_SOURCE_REMOVE;
}

static void
wait_finished (Test *test)
{
  guint id = g_timeout_add_seconds (30, on_too_long, NULL);

  while (test->n_finished == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

/* All sentences are heard, in order, and then it is over. */
static void
test_says (Test *test, gconstpointer data)
{
  static const char *const sentences[] = { "Good morning.", "The lake is cold.", "Bye.", NULL };

  media_speech_say (test->speech, sentences, "en", 175);
  g_assert_cmpint (media_speech_get_state (test->speech), ==, MEDIA_SPEECH_SPEAKING);
  wait_finished (test);
  g_assert_no_error (test->error);
  g_assert_cmpstr (test->heard->str, ==, "012");
  g_assert_cmpuint (test->n_finished, ==, 1);
}

static guint64
count (Test *test, const char *sentence, const char *voice, int rate)
{
  const char *const sentences[] = { sentence, NULL };

  test->n_finished = 0;
  test->n_samples = 0;
  media_speech_say (test->speech, sentences, voice, rate);
  wait_finished (test);
  g_assert_no_error (test->error);
  return test->n_samples;
}

/* What reaches the sink is sound: more of it for more words, less at a greater rate, other sound in another voice. */
static void
test_samples (Test *test, gconstpointer data)
{
  guint64 shorter = count (test, "One.", "en", 175);
  guint64 longer = count (test, "One two three four five six seven eight nine ten.", "en", 175);
  guint64 faster = count (test, "One two three four five six seven eight nine ten.", "en", 400);
  guint64 german = count (test, "One two three four five six seven eight nine ten.", "de", 175);
  guint64 unknown = count (test, "One two three four five six seven eight nine ten.", "no such voice", 175);

  g_assert_cmpuint (shorter, >, 4000);
  g_assert_cmpuint (longer, >, shorter * 2);
  g_assert_cmpuint (faster, <, longer);
  g_assert_cmpfloat_with_epsilon ((double) unknown / longer, 1.0, 0.005);
  g_assert_cmpfloat (ABS ((double) german / longer - 1.0), >, 0.01);
}

/* A sink that waits for its clock holds the worker; a stop ends both at once, and nothing more is heard of it. */
static void
test_stop (Test *test, gconstpointer data)
{
  g_autofree char *text = g_strnfill (4000, 'a');
  const char *const sentences[] = { "First.", text, text, text, NULL };
  static const char *const other[] = { "Other.", NULL };

  g_setenv ("MELETE_AUDIO_SINK", "fakesink sync=true", TRUE);
  media_speech_say (test->speech, sentences, "en", 175);
  while (test->heard->len == 0)
    g_main_context_iteration (NULL, TRUE);
  media_speech_set_paused (test->speech, TRUE);
  g_assert_cmpint (media_speech_get_state (test->speech), ==, MEDIA_SPEECH_PAUSED);
  media_speech_set_paused (test->speech, FALSE);
  g_assert_cmpint (media_speech_get_state (test->speech), ==, MEDIA_SPEECH_SPEAKING);
  media_speech_stop (test->speech);
  g_assert_cmpint (media_speech_get_state (test->speech), ==, MEDIA_SPEECH_SILENT);
  g_assert_cmpuint (test->n_finished, ==, 0);
  /* And what comes next is all that is heard. */
  g_setenv ("MELETE_AUDIO_SINK", "fakesink sync=false", TRUE);
  g_string_truncate (test->heard, 0);
  media_speech_say (test->speech, other, "en", 175);
  wait_finished (test);
  g_assert_cmpstr (test->heard->str, ==, "0");
}

/* No sound is an error with a sentence. */
static void
test_no_device (Test *test, gconstpointer data)
{
  static const char *const sentences[] = { "Nobody hears this.", NULL };

  g_setenv ("MELETE_AUDIO_SINK", "filesink location=/nowhere/at/all", TRUE);
  media_speech_say (test->speech, sentences, "en", 175);
  wait_finished (test);
  g_assert_error (test->error, MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED);
  g_assert_nonnull (g_strrstr (test->error->message, "no sound output"));
}

static void
test_voices (void)
{
  g_auto (GStrv) voices = media_speech_dup_voices ();

  g_assert_cmpuint (g_strv_length (voices) % 2, ==, 0);
  g_assert_true (g_strv_contains ((const char *const *) voices, "de"));
  g_assert_true (g_strv_contains ((const char *const *) voices, "German"));
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/media/speech/says", Test, NULL, set_up, test_says, tear_down);
  g_test_add ("/media/speech/samples", Test, NULL, set_up, test_samples, tear_down);
  g_test_add ("/media/speech/stop", Test, NULL, set_up, test_stop, tear_down);
  g_test_add ("/media/speech/no-device", Test, NULL, set_up, test_no_device, tear_down);
  g_test_add_func ("/media/speech/voices", test_voices);
  return g_test_run ();
}
