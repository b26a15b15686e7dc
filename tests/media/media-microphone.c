/* SPDX-License-Identifier: MIT */
#include "media-microphone.h"

#include <locale.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "capturing.h"
#include "media-devices.h"
#include "media.h"
#include "sample-sound.h"

typedef struct {
  MediaMicrophone *microphone;
  char *folder;
  GString *states;   /* a letter each */
  GString *told;     /* B: speech began, s: samples, E: it ended */
  GArray *samples;
  guint n_samples, n_levels, n_stopped, rate;
  MediaLevel level;
  MediaMicrophoneReason reason;
  GError *error;
} Test;

static void
on_samples (MediaMicrophone *microphone, MediaSound *block, Test *test)
{
  g_assert_cmpint (test->n_stopped, ==, 0);
  test->rate = block->rate;
  g_array_append_vals (test->samples, media_sound_get_samples (block), (guint) block->n_samples);
  test->n_samples = test->samples->len;
  if (test->told->len == 0 || test->told->str[test->told->len - 1] != 's')
    g_string_append_c (test->told, 's');
}

static void
on_began (MediaMicrophone *microphone, Test *test)
{
  g_string_append_c (test->told, 'B');
}

static void
on_ended (MediaMicrophone *microphone, Test *test)
{
  g_string_append_c (test->told, 'E');
}

static void
on_level (MediaMicrophone *microphone, double peak, double rms, Test *test)
{
  test->level = (MediaLevel) { peak, rms };
  test->n_levels++;
}

static void
on_stopped (MediaMicrophone *microphone, int reason, GError *error, Test *test)
{
  test->n_stopped++;
  test->reason = (MediaMicrophoneReason) reason;
  test->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_state (MediaMicrophone *microphone, GParamSpec *pspec, Test *test)
{
  static const char letters[] = { [MEDIA_CAPTURE_OFF] = 'o', [MEDIA_CAPTURE_STARTING] = 's', [MEDIA_CAPTURE_ON] = 'O', [MEDIA_CAPTURE_STOPPING] = 'S', [MEDIA_CAPTURE_FAILED] = 'F' };

  g_string_append_c (test->states, letters[media_microphone_get_state (microphone)]);
}

static void
set_up (Test *test, gconstpointer data)
{
  test->microphone = media_microphone_new ();
  test->folder = g_dir_make_tmp ("melete-microphone-XXXXXX", NULL);
  test->states = g_string_new (NULL);
  test->told = g_string_new (NULL);
  test->samples = g_array_new (FALSE, FALSE, sizeof (float));
  g_signal_connect (test->microphone, "samples", G_CALLBACK (on_samples), test);
  g_signal_connect (test->microphone, "speech-began", G_CALLBACK (on_began), test);
  g_signal_connect (test->microphone, "speech-ended", G_CALLBACK (on_ended), test);
  g_signal_connect (test->microphone, "level", G_CALLBACK (on_level), test);
  g_signal_connect (test->microphone, "stopped", G_CALLBACK (on_stopped), test);
  g_signal_connect (test->microphone, "notify::state", G_CALLBACK (on_state), test);
}

static void
clear (Test *test)
{
  g_string_truncate (test->states, 0);
  g_string_truncate (test->told, 0);
  g_array_set_size (test->samples, 0);
  test->n_samples = test->n_levels = test->n_stopped = 0;
  g_clear_error (&test->error);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_assert_finalize_object (test->microphone);
  settle ();
  clear (test);
  g_string_free (test->states, TRUE);
  g_string_free (test->told, TRUE);
  g_array_unref (test->samples);
  g_autofree char *path = g_build_filename (test->folder, "sound.wav", NULL);
  unlink (path);
  g_assert_cmpint (rmdir (test->folder), ==, 0);
  g_free (test->folder);
}

/* Puts a file in the place of the microphone. */
static void
use_file (Test *test, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (test->folder, "sound.wav", NULL);
  g_autofree char *source = g_strconcat ("file:", path, NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  g_setenv ("MELETE_MICROPHONE", source, TRUE);
}

static void
start (Test *test, guint rate, guint max_seconds, gboolean hands_free, gboolean clean)
{
  MediaMicrophoneOptions options = { rate, max_seconds, hands_free, clean, FALSE };

  media_microphone_start (test->microphone, NULL, &options);
}

static gboolean
has_samples (const Test *test, guint n)
{
  return test->samples->len >= n;
}

/* Push-to-talk: what comes is the tone that the source makes, at the rate that was asked for, as loud as it is. */
static void
test_tone (Test *test, gconstpointer data)
{
  static const guint rates[] = { 24000, 16000 };

  g_setenv ("MELETE_MICROPHONE", "test:wave=sine freq=440 volume=0.5", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++) {
    clear (test);
    start (test, rates[i], 60, FALSE, FALSE);
    g_assert_cmpint (media_microphone_get_state (test->microphone), ==, MEDIA_CAPTURE_STARTING);
    wait_for (&test->n_samples, rates[i] / 2);
    g_assert_cmpint (media_microphone_get_state (test->microphone), ==, MEDIA_CAPTURE_ON);
    g_assert_cmpuint (test->n_levels, >, 0);
    media_microphone_stop (test->microphone);
    g_assert_cmpint (media_microphone_get_state (test->microphone), ==, MEDIA_CAPTURE_STOPPING);
    guint n = test->samples->len;
    wait_for (&test->n_stopped, 1);
    /* Nothing came after the stop. */
    g_assert_cmpuint (test->samples->len, ==, n);
    g_assert_cmpint (test->reason, ==, MEDIA_MICROPHONE_BY_CALLER);
    g_assert_no_error (test->error);
    g_assert_cmpstr (test->states->str, ==, "sOSo");
    g_assert_cmpstr (test->told->str, ==, "s");
    g_assert_cmpuint (test->rate, ==, rates[i]);
    g_assert_true (has_samples (test, rates[i] / 2));
    const float *samples = (const float *) (void *) test->samples->data;
    g_assert_cmpfloat_with_epsilon (sample_amplitude (samples + n / 4, n / 2, rates[i], 440), 0.5, 0.02);
    g_assert_cmpfloat (sample_amplitude (samples + n / 4, n / 2, rates[i], 700), <, 0.01);
    g_assert_cmpfloat_with_epsilon (test->level.peak, -6.02, 0.3);
    g_assert_cmpfloat_with_epsilon (test->level.rms, -9.03, 0.3);
  }
}

static void
test_limit (Test *test, gconstpointer data)
{
  g_setenv ("MELETE_MICROPHONE", "test:wave=sine", TRUE);
  start (test, 16000, 1, FALSE, FALSE);
  wait_for (&test->n_stopped, 1);
  g_assert_cmpint (test->reason, ==, MEDIA_MICROPHONE_BY_LIMIT);
  g_assert_cmpuint (test->samples->len, ==, 16000);
  g_assert_cmpstr (test->states->str, ==, "sOSo");
  /* The device is there for the next one. */
  clear (test);
  start (test, 16000, 1, FALSE, FALSE);
  wait_for (&test->n_samples, 1);
}

/* A file plays once, all of it, and that is an end like another. */
static void
test_file (Test *test, gconstpointer data)
{
  g_autoptr (GBytes) wav = sample_sound ("wav", 44100, 2, 0.5, 440, 440);

  use_file (test, wav);
  start (test, 24000, 60, FALSE, FALSE);
  wait_for (&test->n_stopped, 1);
  g_assert_cmpint (test->reason, ==, MEDIA_MICROPHONE_BY_END);
  g_assert_cmpstr (test->states->str, ==, "sOo");
  g_assert_cmpfloat_with_epsilon (test->samples->len / 24000.0, 0.5, 0.005);
}

/* Three seconds, silent but from 0.8 s to 1.4 s, in the place of the microphone. */
static void
use_words (Test *test, guint rate)
{
  g_autofree float *samples = g_new0 (float, 3 * rate);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MediaSound) sound = NULL;
  g_autoptr (GBytes) wav = NULL;

  for (guint i = rate * 8 / 10; i < rate * 14 / 10; i++)
    samples[i] = (float) (0.3 * sin (2 * G_PI * 300 * i / rate));
  bytes = g_bytes_new (samples, 3 * rate * sizeof *samples);
  sound = media_sound_new (bytes, rate);
  wav = media_sound_to_wav (sound, NULL);
  use_file (test, wav);
}

/* Only what is loud comes, with what was before it. */
static void
test_hands_free (Test *test, gconstpointer data)
{
  guint rate = 16000;

  use_words (test, rate);
  start (test, rate, 60, TRUE, FALSE);
  wait_for (&test->n_stopped, 1);
  g_assert_cmpstr (test->told->str, ==, "BsE");
  /* 0.3 s before, 0.6 s of tone, 0.8 s of pause; frames may lie across the edges, and what was before the onset is of whole frames. */
  g_assert_cmpfloat_with_epsilon ((double) test->samples->len / rate, 1.7, 0.06);
  guint first = 0;
  while (first < test->samples->len && fabsf (g_array_index (test->samples, float, first)) < 0.05f)
    first++;
  g_assert_cmpfloat ((double) first / rate, >=, 0.3);
  g_assert_cmpfloat ((double) first / rate, <, 0.36);
}

static void
keep_place (MediaMicrophone *microphone, guint *place)
{
  Test *test = g_object_get_data (G_OBJECT (microphone), "test");

  *place = test->samples->len;
}

/* All comes, and the marks stand in it where speech begins and where it was over for a while. */
static void
test_marks (Test *test, gconstpointer data)
{
  MediaMicrophoneOptions options = { .rate = 16000, .max_seconds = 60, .marks_speech = TRUE };
  guint began = 0, ended = 0;

  use_words (test, options.rate);
  g_object_set_data (G_OBJECT (test->microphone), "test", test);
  g_signal_connect (test->microphone, "speech-began", G_CALLBACK (keep_place), &began);
  g_signal_connect (test->microphone, "speech-ended", G_CALLBACK (keep_place), &ended);
  media_microphone_start (test->microphone, NULL, &options);
  wait_for (&test->n_stopped, 1);
  g_assert_cmpstr (test->told->str, ==, "sBsEs");
  g_assert_cmpfloat_with_epsilon ((double) test->samples->len / options.rate, 3, 0.01);
  /* Six of ten frames, and a block of the file. */
  g_assert_cmpfloat ((double) began / options.rate, >=, 0.8);
  g_assert_cmpfloat ((double) began / options.rate, <, 1.2);
  g_assert_cmpfloat ((double) ended / options.rate, >=, 2.1);
  g_assert_cmpfloat ((double) ended / options.rate, <, 2.6);
}

/* Stopped while somebody speaks: the speech ends too, and is all there. */
static void
test_stopped_within_speech (Test *test, gconstpointer data)
{
  g_setenv ("MELETE_MICROPHONE", "test:wave=sine volume=0.5", TRUE);
  start (test, 16000, 60, TRUE, FALSE);
  wait_for (&test->n_samples, 8000);
  media_microphone_stop (test->microphone);
  g_assert_cmpstr (test->told->str, ==, "BsE");
  wait_for (&test->n_stopped, 1);
  g_assert_cmpstr (test->told->str, ==, "BsE");
}

/* A steady tone is noise to webrtcdsp, so little of it is left; without `clean` all of it is. */
static void
test_clean (Test *test, gconstpointer data)
{
  if (!media_microphone_can_clean ()) {
    g_test_skip ("webrtcdsp is not installed");
    return;
  }
  g_setenv ("MELETE_MICROPHONE", "test:wave=white-noise volume=0.05", TRUE);
  start (test, 24000, 60, FALSE, FALSE);
  wait_for (&test->n_samples, 24000 * 2);
  double loud = media_sound_measure ((const float *) (void *) test->samples->data + 24000, 24000).rms;
  media_microphone_stop (test->microphone);
  wait_for (&test->n_stopped, 1);
  clear (test);
  start (test, 24000, 60, FALSE, TRUE);
  wait_for (&test->n_samples, 24000 * 2);
  double cleaned = media_sound_measure ((const float *) (void *) test->samples->data + 24000, 24000).rms;
  g_test_message ("noise: %.1f dB, and %.1f dB when it is cleaned", loud, cleaned);
  g_assert_cmpfloat (cleaned, <, loud - 3);
}

static void
test_failures (Test *test, gconstpointer data)
{
  static const struct {
    const char *source, *words;
  } cases[] = {
    { "file:/nowhere/at/all.wav", "no microphone that can be opened" },
    { "test:colour=blue", "“colour=blue”" },
    { "orchestra", "“orchestra” is no source" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    clear (test);
    g_setenv ("MELETE_MICROPHONE", cases[i].source, TRUE);
    start (test, 16000, 60, FALSE, FALSE);
    wait_for (&test->n_stopped, 1);
    g_assert_error (test->error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
    g_test_message ("%s", test->error->message);
    g_assert_nonnull (strstr (test->error->message, cases[i].words));
    g_assert_cmpint (test->reason, ==, MEDIA_MICROPHONE_BY_ERROR);
    g_assert_cmpstr (test->states->str, ==, "sF");
    g_assert_cmpstr (media_microphone_get_error (test->microphone)->message, ==, test->error->message);
  }
  /* And after all that it works. */
  clear (test);
  g_setenv ("MELETE_MICROPHONE", "test", TRUE);
  start (test, 16000, 60, FALSE, FALSE);
  wait_for (&test->n_samples, 1);
  g_assert_null (media_microphone_get_error (test->microphone));
}

/* Started again before the device was free: the next use begins when it is. */
static void
test_at_once_again (Test *test, gconstpointer data)
{
  g_setenv ("MELETE_MICROPHONE", "test", TRUE);
  start (test, 16000, 60, FALSE, FALSE);
  wait_for (&test->n_samples, 1);
  media_microphone_stop (test->microphone);
  start (test, 24000, 60, FALSE, FALSE);
  guint before = test->samples->len;
  wait_for (&test->n_samples, before + 1);
  g_assert_cmpuint (test->rate, ==, 24000);
  g_assert_cmpuint (test->n_stopped, ==, 0);
  g_assert_cmpstr (test->states->str, ==, "sOSsO");
  /* Stopped before anything was opened. */
  media_microphone_stop (test->microphone);
  start (test, 24000, 60, FALSE, FALSE);
  media_microphone_stop (test->microphone);
  wait_for (&test->n_stopped, 1);
  g_assert_cmpint (media_microphone_get_state (test->microphone), ==, MEDIA_CAPTURE_OFF);
}

/* The first thing that a program does with GStreamer is to look for devices and to open one, on two threads: each waits until all plugins are known. */
static void
test_first_use (Test *test, gconstpointer data)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    return;
  }
  g_autofree char *registry = g_build_filename (test->folder, "registry", NULL);
  g_setenv ("GST_REGISTRY_1_0", registry, TRUE);
  g_unsetenv ("MELETE_CAMERA");
  g_setenv ("MELETE_MICROPHONE", "test", TRUE);
  g_autoptr (MediaDevices) devices = media_devices_new ();
  start (test, 16000, 60, FALSE, FALSE);
  while (test->n_samples == 0 && test->n_stopped == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (test->error);
  unlink (registry);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

/* 200 times on and off: nothing stays open, and nobody waits long for the light to go out. */
static void
test_cycles (Test *test, gconstpointer data)
{
  enum { N = 200 };
  double seconds[N];
  guint descriptors = 0, threads = 0;
  g_autoptr (GBytes) wav = sample_sound ("wav", 16000, 1, 30, 440, 440);
  g_autofree char *path = g_build_filename (test->folder, "sound.wav", NULL);

  use_file (test, wav);
  for (guint i = 0; i < N; i++) {
    clear (test);
    start (test, 16000, 60, i % 2 == 0, FALSE);
    if (i % 2 != 0)
      wait_for (&test->n_samples, 1);
    else
      wait_for (&test->n_levels, 1);
    if (i == 0)
      g_assert_true (is_open (path));
    gint64 before = g_get_monotonic_time ();
    media_microphone_stop (test->microphone);
    wait_for (&test->n_stopped, 1);
    seconds[i] = (double) (g_get_monotonic_time () - before) * 1e-6;
    g_assert_false (is_open (path));
    /* The first ones fill caches. */
    if (i == 3) {
      settle ();
      descriptors = count_descriptors ();
      threads = count_threads ();
    }
  }
  settle ();
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
  wait_for_threads (threads);
  qsort (seconds, N, sizeof *seconds, compare_doubles);
  g_test_message ("released after %.1f ms, at most %.1f ms", seconds[N / 2] * 1e3, seconds[N - 1] * 1e3);
  g_assert_cmpfloat (seconds[N / 2], <, 0.5);
}

/* The object goes away while it is on: the device is released all the same. */
static void
test_forgotten (Test *test, gconstpointer data)
{
  g_setenv ("MELETE_MICROPHONE", "test", TRUE);
  guint threads = count_threads ();
  MediaMicrophone *other = media_microphone_new ();
  MediaMicrophoneOptions options = { 16000, 60, FALSE, FALSE };

  g_signal_connect (other, "samples", G_CALLBACK (on_samples), test);
  media_microphone_start (other, NULL, &options);
  wait_for (&test->n_samples, 1);
  g_assert_finalize_object (other);
  guint n = test->samples->len;
  wait_for_threads (threads);
  settle ();
  g_assert_cmpuint (test->samples->len, ==, n);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/media/microphone/" name, Test, NULL, set_up, function, tear_down)
  ADD ("tone", test_tone);
  ADD ("limit", test_limit);
  ADD ("file", test_file);
  ADD ("hands-free", test_hands_free);
  ADD ("marks", test_marks);
  ADD ("stopped-within-speech", test_stopped_within_speech);
  ADD ("clean", test_clean);
  ADD ("failures", test_failures);
  ADD ("at-once-again", test_at_once_again);
  ADD ("first-use", test_first_use);
  ADD ("cycles", test_cycles);
  ADD ("forgotten", test_forgotten);
#undef ADD
  return g_test_run ();
}
