/* SPDX-License-Identifier: MIT */
#include "media-player.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "capturing.h"
#include "media.h"

#define RATE 8000

typedef struct {
  MediaSound *sound;
  MediaPlayer *player;
  guint n_moved, n_changes;
  gboolean stopped;
  GError *error;
} Test;

static void
on_moved (MediaPlayer *player, Test *test)
{
  test->n_moved++;
}

static void
on_playing (MediaPlayer *player, GParamSpec *pspec, Test *test)
{
  test->n_changes++;
  test->stopped = !media_player_get_playing (player);
}

static void
on_failed (MediaPlayer *player, GError *error, Test *test)
{
  g_clear_error (&test->error);
  test->error = g_error_copy (error);
}

/* A second and a half of a tone. */
static void
set_up (Test *test, gconstpointer sink)
{
  float *samples = g_new (float, RATE * 3 / 2);
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < RATE * 3 / 2; i++)
    samples[i] = (float) sin (2 * G_PI * 440 * i / RATE);
  bytes = g_bytes_new_take (samples, RATE * 3 / 2 * sizeof (float));
  if (sink != NULL)
    g_setenv ("MELETE_AUDIO_SINK", sink, TRUE);
  test->sound = media_sound_new (bytes, RATE);
  test->player = media_player_new (test->sound);
  g_signal_connect (test->player, "moved", G_CALLBACK (on_moved), test);
  g_signal_connect (test->player, "notify::playing", G_CALLBACK (on_playing), test);
  g_signal_connect (test->player, "failed", G_CALLBACK (on_failed), test);
}

static void
tear_down (Test *test, gconstpointer sink)
{
  g_assert_finalize_object (test->player);
  settle ();
  media_sound_unref (test->sound);
  g_clear_error (&test->error);
}

/* Every sample from the place on, and no other, reaches the sink; at the end it stands at the end, and plays from the beginning next. */
static void
test_samples (Test *test, gconstpointer sink)
{
  static const double places[] = { 0, 0.5, 1.5 };
  g_autofree char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL), *path = g_build_filename (folder, "heard", NULL);
  g_autofree char *file = g_strdup_printf ("filesink sync=false location=%s", path);

  g_setenv ("MELETE_AUDIO_SINK", file, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    gsize from = places[i] < 1.5 ? (gsize) (places[i] * RATE) : 0, size;
    g_autofree char *heard = NULL;

    media_player_seek (test->player, places[i]);
    g_assert_cmpfloat (media_player_get_position (test->player), ==, places[i]);
    test->stopped = FALSE;
    media_player_set_playing (test->player, TRUE);
    g_assert_true (media_player_get_playing (test->player));
    wait_until (&test->stopped);
    g_assert_no_error (test->error);
    g_assert_cmpfloat (media_player_get_position (test->player), ==, 1.5);
    g_assert_true (g_file_get_contents (path, &heard, &size, NULL));
    g_assert_cmpmem (heard, size, media_sound_get_samples (test->sound) + from, (test->sound->n_samples - from) * sizeof (float));
  }
  g_assert_cmpuint (test->n_changes, ==, 2 * G_N_ELEMENTS (places));
  g_unlink (path);
  g_rmdir (folder);
}

/* As it sounds: the position goes on, stays while it stands, and goes where one wants it. */
static void
test_moves (Test *test, gconstpointer sink)
{
  double position;

  media_player_set_playing (test->player, TRUE);
  while (media_player_get_position (test->player) < 0.3)
    g_main_context_iteration (NULL, TRUE);
  media_player_set_playing (test->player, FALSE);
  position = media_player_get_position (test->player);
  g_assert_cmpfloat (position, >=, 0.3);
  g_assert_cmpuint (test->n_moved, >=, 2);
  settle ();
  g_assert_cmpfloat (media_player_get_position (test->player), ==, position);
  media_player_seek (test->player, -5);
  g_assert_cmpfloat (media_player_get_position (test->player), ==, 0);
  media_player_seek (test->player, 99);
  g_assert_cmpfloat (media_player_get_position (test->player), ==, 1.5);
  media_player_seek (test->player, 0.1);
  media_player_set_playing (test->player, TRUE);
  test->n_changes = 0;
  media_player_seek (test->player, 1.2);
  g_assert_true (media_player_get_playing (test->player));
  g_assert_cmpfloat (media_player_get_position (test->player), >=, 1.2);
  test->stopped = FALSE;
  wait_until (&test->stopped);
  g_assert_cmpuint (test->n_changes, ==, 1);
  g_assert_no_error (test->error);
}

/* In the middle of playing it is let go, which is the teardown's. */
static void
test_dropped (Test *test, gconstpointer sink)
{
  media_player_set_playing (test->player, TRUE);
  while (media_player_get_position (test->player) < 0.1)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_no_device (Test *test, gconstpointer sink)
{
  media_player_seek (test->player, 0.5);
  media_player_set_playing (test->player, TRUE);
  while (test->error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (test->error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
  g_assert_false (media_player_get_playing (test->player));
  g_assert_cmpfloat (media_player_get_position (test->player), ==, 0.5);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/media/player/samples", Test, NULL, set_up, test_samples, tear_down);
  g_test_add ("/media/player/moves", Test, "fakesink sync=true", set_up, test_moves, tear_down);
  g_test_add ("/media/player/dropped", Test, "fakesink sync=true", set_up, test_dropped, tear_down);
  g_test_add ("/media/player/no-device", Test, "filesink location=/nonexistent/heard", set_up, test_no_device, tear_down);
  g_test_add ("/media/player/no-such-sink", Test, "nosuchsink", set_up, test_no_device, tear_down);
  return g_test_run ();
}
