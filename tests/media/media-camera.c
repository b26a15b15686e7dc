/* SPDX-License-Identifier: MIT */
#include "media-camera.h"
#include "media-clip-file.h"
#include "sample-sound.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capturing.h"
#include "media-device-private.h"
#include "media-tape.h"

typedef struct {
  MediaCamera *camera;
  GString *states; /* a letter each */
  guint n_frames, n_stopped, n_answers;
  MediaPicture *frame; /* the newest */
  MediaPicture *shot;
  MediaClip *clip;
  GError *error; /* of the last answer or stop */
} Test;

static void
on_frame (MediaCamera *camera, MediaPicture *picture, Test *test)
{
  g_assert_cmpint (media_camera_get_state (camera), ==, MEDIA_CAPTURE_ON);
  g_assert_true (media_camera_get_frame (camera) == picture);
  g_clear_pointer (&test->frame, media_picture_unref);
  test->frame = media_picture_ref (picture);
  test->n_frames++;
}

static void
on_stopped (MediaCamera *camera, GError *error, Test *test)
{
  g_clear_error (&test->error);
  test->error = error != NULL ? g_error_copy (error) : NULL;
  test->n_stopped++;
}

static void
on_state (MediaCamera *camera, GParamSpec *pspec, Test *test)
{
  static const char letters[] = { [MEDIA_CAPTURE_OFF] = 'o', [MEDIA_CAPTURE_STARTING] = 's', [MEDIA_CAPTURE_ON] = 'O', [MEDIA_CAPTURE_STOPPING] = 'S', [MEDIA_CAPTURE_FAILED] = 'F' };

  g_string_append_c (test->states, letters[media_camera_get_state (camera)]);
}

static void
set_up (Test *test, gconstpointer data)
{
  test->camera = media_camera_new ();
  test->states = g_string_new (NULL);
  g_signal_connect (test->camera, "frame", G_CALLBACK (on_frame), test);
  g_signal_connect (test->camera, "stopped", G_CALLBACK (on_stopped), test);
  g_signal_connect (test->camera, "notify::state", G_CALLBACK (on_state), test);
}

static void
clear (Test *test)
{
  g_string_truncate (test->states, 0);
  test->n_frames = test->n_stopped = test->n_answers = 0;
  g_clear_pointer (&test->frame, media_picture_unref);
  g_clear_pointer (&test->shot, media_picture_unref);
  g_clear_pointer (&test->clip, media_clip_unref);
  g_clear_error (&test->error);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_assert_finalize_object (test->camera);
  settle ();
  clear (test);
  g_string_free (test->states, TRUE);
}

static void
start (Test *test, const char *source)
{
  g_setenv ("MELETE_CAMERA", source, TRUE);
  media_camera_start (test->camera, NULL);
}

static void
on_shot (GObject *source, GAsyncResult *result, gpointer data)
{
  Test *test = data;

  g_clear_error (&test->error);
  g_clear_pointer (&test->shot, media_picture_unref);
  test->shot = media_camera_snapshot_finish (MEDIA_CAMERA (source), result, &test->error);
  g_assert_true ((test->shot == NULL) == (test->error != NULL));
  test->n_answers++;
}

static void
on_clip (GObject *source, GAsyncResult *result, gpointer data)
{
  Test *test = data;

  g_clear_error (&test->error);
  test->clip = media_camera_record_finish (MEDIA_CAMERA (source), result, &test->error);
  g_assert_true ((test->clip == NULL) == (test->error != NULL));
  test->n_answers++;
}

/* The picture of bars as it is, not as in a mirror: white on the left, blue on the right. */
static void
assert_bars (const MediaPicture *picture)
{
  const guint8 *pixels = g_bytes_get_data (picture->pixels, NULL);
  const guint8 *left = pixels + picture->height / 4 * picture->stride + picture->width / 14 * 4;
  const guint8 *right = pixels + picture->height / 4 * picture->stride + (picture->width - 1 - picture->width / 14) * 4;

  g_assert_cmpuint (picture->stride, ==, picture->width * 4);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (left[i], >, 180);
  g_assert_cmpuint (right[0], <, 40);
  g_assert_cmpuint (right[1], <, 40);
  g_assert_cmpuint (right[2], >, 180);
  g_assert_cmpint (left[3], ==, 255);
}

/* The live picture is small, upright, and there is nothing more of it after the stop. */
static void
test_preview (Test *test, gconstpointer data)
{
  start (test, "test:pattern=smpte width=1280 height=720");
  g_assert_cmpint (media_camera_get_state (test->camera), ==, MEDIA_CAPTURE_STARTING);
  g_assert_null (media_camera_get_frame (test->camera));
  wait_for (&test->n_frames, 3);
  g_assert_cmpuint (test->frame->width, ==, 960);
  g_assert_cmpuint (test->frame->height, ==, 540);
  assert_bars (test->frame);
  media_camera_stop (test->camera);
  g_assert_null (media_camera_get_frame (test->camera));
  guint n = test->n_frames;
  wait_for (&test->n_stopped, 1);
  settle ();
  g_assert_cmpuint (test->n_frames, ==, n);
  g_assert_no_error (test->error);
  g_assert_cmpstr (test->states->str, ==, "sOSo");
  /* A picture outlives its camera. */
  assert_bars (test->frame);

  /* A small one is not made larger. */
  clear (test);
  start (test, "test:pattern=smpte width=320 height=240");
  wait_for (&test->n_frames, 1);
  g_assert_cmpuint (test->frame->width, ==, 320);
  g_assert_cmpuint (test->frame->height, ==, 240);
}

/* Who does not look for a while finds one picture, the newest, and no queue; and a camera that gives too many gives 30 in a second. */
static void
test_newest_wins (Test *test, gconstpointer data)
{
  start (test, "test:pattern=ball fps=120/1");
  wait_for (&test->n_frames, 5);
  guint n = test->n_frames;
  gint64 before = g_get_monotonic_time ();
  g_usleep (G_USEC_PER_SEC / 2);
  settle ();
  g_assert_cmpuint (test->n_frames, <=, n + 2);
  while (g_get_monotonic_time () < before + 2 * G_USEC_PER_SEC)
    g_main_context_iteration (NULL, TRUE);
  double seconds = (double) (g_get_monotonic_time () - before) / G_USEC_PER_SEC;
  g_assert_cmpfloat (test->n_frames - n, <, seconds * 33 + 3);
}

static void
test_snapshot (Test *test, gconstpointer data)
{
  start (test, "test:pattern=smpte width=1600 height=1200");
  /* Asked for before there is a picture, and several at once. */
  media_camera_snapshot_async (test->camera, 0, NULL, on_shot, test);
  wait_for (&test->n_answers, 1);
  g_assert_no_error (test->error);
  g_assert_cmpuint (test->shot->width, ==, 1600);
  g_assert_cmpuint (test->shot->height, ==, 1200);
  assert_bars (test->shot);
  media_camera_snapshot_async (test->camera, 400, NULL, on_shot, test);
  media_camera_snapshot_async (test->camera, 400, NULL, on_shot, test);
  wait_for (&test->n_answers, 3);
  g_assert_no_error (test->error);
  g_assert_cmpuint (test->shot->width, ==, 400);
  g_assert_cmpuint (test->shot->height, ==, 300);
  assert_bars (test->shot);

  /* Taken back, and asked for when it is too late. */
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  media_camera_snapshot_async (test->camera, 0, cancellable, on_shot, test);
  g_cancellable_cancel (cancellable);
  wait_for (&test->n_answers, 4);
  g_assert_error (test->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  media_camera_stop (test->camera);
  media_camera_snapshot_async (test->camera, 0, NULL, on_shot, test);
  wait_for (&test->n_answers, 5);
  g_assert_error (test->error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
  wait_for (&test->n_stopped, 1);
  /* And by a stop before the first picture. */
  start (test, "test");
  media_camera_snapshot_async (test->camera, 0, NULL, on_shot, test);
  media_camera_stop (test->camera);
  wait_for (&test->n_answers, 6);
  g_assert_error (test->error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
  wait_for (&test->n_stopped, 2);
}

/* Pixels that are not square become square. */
static GstElement *
make_wide (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  return gst_parse_bin_from_description ("videotestsrc is-live=true pattern=smpte ! video/x-raw,width=720,height=576,pixel-aspect-ratio=64/45,framerate=25/1 ! identity", TRUE, error);
}

/* Most cameras give large pictures as JPEG only. */
static GstElement *
make_jpeg (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  return gst_parse_bin_from_description ("videotestsrc is-live=true pattern=smpte ! video/x-raw,width=1280,height=720,framerate=30/1 ! jpegenc", TRUE, error);
}

static void
test_kinds (Test *test, gconstpointer data)
{
  static const struct {
    MediaSourceMaker make;
    guint width, height;
  } cases[] = { { make_wide, 1024, 576 }, { make_jpeg, 1280, 720 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MediaDevice) device = media_device_new (MEDIA_DEVICE_CAMERA, "special", "Special camera", cases[i].make, NULL, NULL);

    clear (test);
    media_camera_start (test->camera, device);
    media_camera_snapshot_async (test->camera, 0, NULL, on_shot, test);
    wait_for (&test->n_answers, 1);
    g_assert_no_error (test->error);
    g_assert_cmpuint (test->shot->width, ==, cases[i].width);
    g_assert_cmpuint (test->shot->height, ==, cases[i].height);
    assert_bars (test->shot);
    wait_for (&test->n_frames, 1);
    g_assert_cmpuint (test->frame->width, <=, 960);
    g_assert_cmpfloat_with_epsilon ((double) test->frame->width / test->frame->height, 16.0 / 9, 0.01);
    assert_bars (test->frame);
    media_camera_stop (test->camera);
    wait_for (&test->n_stopped, 1);
    g_assert_no_error (test->error);
  }
}

/* Runs a pipeline that ends by itself. */
static void
make_file (const char *description)
{
  g_autoptr (GstElement) maker = gst_parse_launch (description, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (maker);

  gst_element_set_state (maker, GST_STATE_PLAYING);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (maker, GST_STATE_NULL);
}

/* A picture in the place of a camera stays, so that a test can let the application see whatever it wants. */
static void
test_picture (Test *test, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-camera-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "bars.png", NULL);
  g_autofree char *source = g_strconcat ("file:", path, NULL);
  g_autofree char *description = g_strdup_printf ("videotestsrc pattern=smpte num-buffers=1 ! video/x-raw,width=800,height=600 ! pngenc ! filesink location=%s", path);

  make_file (description);
  start (test, source);
  wait_for (&test->n_frames, 5);
  media_camera_snapshot_async (test->camera, 0, NULL, on_shot, test);
  wait_for (&test->n_answers, 1);
  g_assert_no_error (test->error);
  g_assert_cmpuint (test->shot->width, ==, 800);
  g_assert_cmpuint (test->shot->height, ==, 600);
  assert_bars (test->shot);
  media_camera_stop (test->camera);
  wait_for (&test->n_stopped, 1);
  g_assert_no_error (test->error);
  unlink (path);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

/* A film in the place of a camera plays once. */
static void
test_file (Test *test, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-camera-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "film.avi", NULL);
  g_autofree char *source = g_strconcat ("file:", path, NULL);
  g_autofree char *description = g_strdup_printf ("videotestsrc pattern=smpte num-buffers=10 ! video/x-raw,width=320,height=240,framerate=25/1 ! jpegenc ! avimux ! filesink location=%s", path);

  make_file (description);
  start (test, source);
  wait_for (&test->n_stopped, 1);
  g_assert_no_error (test->error);
  g_assert_cmpuint (test->n_frames, >, 0);
  g_assert_cmpstr (test->states->str, ==, "sOo");
  assert_bars (test->frame);
  unlink (path);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

static void
test_failures (Test *test, gconstpointer data)
{
  static const struct {
    const char *source, *words;
  } cases[] = {
    { "file:/nowhere/at/all.avi", "no camera that can be opened" },
    { "test:pattern=smpte colour=blue", "“colour=blue”" },
    { "painting", "“painting” is no source" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    clear (test);
    start (test, cases[i].source);
    media_camera_snapshot_async (test->camera, 0, NULL, on_shot, test);
    wait_for (&test->n_stopped, 1);
    g_assert_error (media_camera_get_error (test->camera), MEDIA_ERROR, MEDIA_ERROR_DEVICE);
    g_test_message ("%s", media_camera_get_error (test->camera)->message);
    g_assert_nonnull (strstr (media_camera_get_error (test->camera)->message, cases[i].words));
    g_assert_cmpstr (test->states->str, ==, "sF");
    wait_for (&test->n_answers, 1);
    g_assert_null (test->shot);
  }
  clear (test);
  start (test, "test");
  wait_for (&test->n_frames, 1);
  g_assert_null (media_camera_get_error (test->camera));
}

static void
assert_times (const MediaClip *clip, double interval)
{
  double before = -interval;

  for (guint i = 0; i < clip->frames->len; i++) {
    const MediaClipFrame *frame = g_ptr_array_index (clip->frames, i);
    /* Each in the part of the clip that it stands for. */
    g_assert_cmpfloat (floor ((frame->seconds + 0.002) / interval), >, floor ((before + 0.002) / interval));
    g_assert_cmpfloat (frame->seconds, <=, clip->seconds);
    before = frame->seconds;
  }
  g_assert_cmpfloat (((MediaClipFrame *) g_ptr_array_index (clip->frames, 0))->seconds, ==, 0);
}

static void
on_file (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(GBytes **) data = media_clip_write_finish (result, &error);
  g_assert_no_error (error);
}

/* As a file it is a video like any other, which the helper reads: as long, with the bars, and with the tone where there was one. */
static void
assert_file (MediaClip *clip)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = NULL;
  g_autoptr (GBytes) file = NULL;
  MediaRequest request;

  media_clip_write_async (clip, NULL, on_file, &file);
  while (file == NULL)
    g_main_context_iteration (NULL, TRUE);
  media_request_init (&request, MEDIA_JOB_VIDEO);
  request.max_frames = 4;
  request.sample_rate = 16000;
  result = media_decode (&request, file, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%zu bytes, %.2f s", g_bytes_get_size (file), result->seconds);
  g_assert_cmpstr (result->format, ==, "WebM");
  g_assert_cmpint (result->completeness, ==, MEDIA_COMPLETE);
  g_assert_cmpfloat_with_epsilon (result->seconds, clip->seconds, 0.1);
  g_assert_cmpuint (result->width, ==, 320);
  g_assert_cmpuint (result->frames->len, ==, 4);
  assert_bars (((MediaClipFrame *) result->frames->pdata[3])->picture);
  g_assert_true (result->has_sound == (clip->sound != NULL));
  if (clip->sound == NULL)
    return;
  gsize n = result->sound->n_samples;
  g_assert_cmpfloat_with_epsilon (media_sound_get_seconds (result->sound), media_sound_get_seconds (clip->sound), 0.1);
  g_assert_cmpfloat_with_epsilon (sample_amplitude (media_sound_get_samples (result->sound) + n / 4, n / 2, 16000, 440),
                                  sample_amplitude (media_sound_get_samples (clip->sound) + clip->sound->n_samples / 4, clip->sound->n_samples / 2, 16000, 440), 0.1);
}

static void
test_clip (Test *test, gconstpointer data)
{
  MediaClipOptions options;

  media_clip_options_init (&options);
  options.max_seconds = 2;
  options.frames_a_second = 2;
  options.max_side = 320;
  g_setenv ("MELETE_MICROPHONE", "test:wave=sine freq=440", TRUE);
  start (test, "test:pattern=smpte width=640 height=480");
  for (options.with_sound = FALSE; options.with_sound <= TRUE; options.with_sound++) {
    test->n_answers = 0;
    media_camera_record_async (test->camera, &options, on_clip, test);
    g_assert_true (media_camera_get_recording (test->camera));
    wait_for (&test->n_answers, 1);
    g_assert_no_error (test->error);
    g_assert_false (media_camera_get_recording (test->camera));
    g_assert_cmpfloat (test->clip->seconds, ==, 2);
    g_test_message ("%u pictures, %.2f s of sound", test->clip->frames->len, test->clip->sound != NULL ? media_sound_get_seconds (test->clip->sound) : 0);
    g_assert_cmpuint (test->clip->frames->len, >, 1);
    g_assert_cmpuint (test->clip->frames->len, <=, 4);
    assert_times (test->clip, 0.5);
    const MediaClipFrame *last = g_ptr_array_index (test->clip->frames, test->clip->frames->len - 1);
    g_assert_cmpuint (last->picture->width, ==, 320);
    g_assert_cmpuint (last->picture->height, ==, 240);
    assert_bars (last->picture);
    g_assert_true ((test->clip->sound != NULL) == options.with_sound);
    if (test->clip->sound != NULL) {
      g_assert_cmpuint (test->clip->sound->rate, ==, 16000);
      g_assert_cmpfloat (media_sound_get_seconds (test->clip->sound), >, 1);
      g_assert_cmpfloat (media_sound_get_seconds (test->clip->sound), <=, 2);
    }
    assert_file (test->clip);
    g_clear_pointer (&test->clip, media_clip_unref);
  }
  /* The camera is on as before. */
  guint n = test->n_frames;
  wait_for (&test->n_frames, n + 1);
}

/* Ended early, by its own stop and by the camera's; a second one meanwhile is refused; a microphone that does not work is an error. */
static void
test_clip_ends (Test *test, gconstpointer data)
{
  MediaClipOptions options;

  media_clip_options_init (&options);
  options.with_sound = FALSE;
  start (test, "test");
  wait_for (&test->n_frames, 1);
  media_camera_record_async (test->camera, &options, on_clip, test);
  media_camera_record_async (test->camera, &options, on_clip, test);
  wait_for (&test->n_answers, 1);
  g_assert_error (test->error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
  g_assert_nonnull (strstr (test->error->message, "already"));
  guint n = test->n_frames;
  wait_for (&test->n_frames, n + 20);
  media_camera_record_stop (test->camera);
  wait_for (&test->n_answers, 2);
  g_assert_no_error (test->error);
  g_assert_cmpfloat (test->clip->seconds, >, 0);
  g_assert_cmpfloat (test->clip->seconds, <, 30);
  g_clear_pointer (&test->clip, media_clip_unref);

  media_camera_record_async (test->camera, &options, on_clip, test);
  n = test->n_frames;
  wait_for (&test->n_frames, n + 20);
  media_camera_stop (test->camera);
  g_assert_false (media_camera_get_recording (test->camera));
  wait_for (&test->n_answers, 3);
  g_assert_no_error (test->error);
  g_assert_cmpuint (test->clip->frames->len, >=, 1);
  wait_for (&test->n_stopped, 1);

  g_clear_pointer (&test->clip, media_clip_unref);
  g_setenv ("MELETE_MICROPHONE", "file:/nowhere.wav", TRUE);
  options.with_sound = TRUE;
  media_camera_record_async (test->camera, &options, on_clip, test);
  wait_for (&test->n_answers, 4);
  g_assert_nonnull (strstr (test->error->message, "camera is off"));
  start (test, "test");
  media_camera_record_async (test->camera, &options, on_clip, test);
  wait_for (&test->n_answers, 5);
  g_assert_error (test->error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
  g_assert_nonnull (strstr (test->error->message, "no microphone"));
  g_assert_false (media_camera_get_recording (test->camera));
}

/* The tape alone, by time stamps: a source that stutters, jumps back, and goes on for ever. */
static void
test_tape (void)
{
  static const double times[] = { 10, 10.4, 11.1, 11.2, 14.5, 14.6, 3, 15, 15.2, 16, 19.99, 20, 25 };
  static const double kept[] = { 0, 1.1, 4.5, 5, 6, 9.99 };
  MediaTape *tape = media_tape_new (10, 1, 0);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw,format=RGBA,width=4,height=4,framerate=0/1");
  double seconds;
  gint64 began;
  guint n_full = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autoptr (GstBuffer) buffer = gst_buffer_new_allocate (NULL, 64, NULL);
    GST_BUFFER_PTS (buffer) = (GstClockTime) (times[i] * GST_SECOND);
    g_autoptr (GstSample) sample = gst_sample_new (buffer, caps, NULL, NULL);
    n_full += media_tape_show (tape, sample);
  }
  g_assert_cmpuint (n_full, ==, 1);
  g_assert_true (media_tape_is_full (tape));
  g_autoptr (GPtrArray) frames = media_tape_end (tape, &seconds, &began);
  g_assert_cmpfloat (seconds, ==, 10);
  g_assert_cmpint (began, >, 0);
  g_assert_cmpuint (frames->len, ==, G_N_ELEMENTS (kept));
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    g_assert_cmpfloat_with_epsilon (((MediaClipFrame *) g_ptr_array_index (frames, i))->seconds, kept[i], 1e-6);
  media_tape_unref (tape);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MediaPicture) picture = media_camera_snapshot_finish (MEDIA_CAMERA (source), result, NULL);

  (*(guint *) data)++;
}

static void
on_any_frame (MediaCamera *camera, MediaPicture *picture, guint *n)
{
  (*n)++;
}

/* The object goes away while it is on, and while a picture is on its way: the answer still comes, and the device is released. */
static void
test_forgotten (void)
{
  guint threads = 0;

  g_setenv ("MELETE_CAMERA", "test:width=320 height=240 fps=60/1", TRUE);
  for (guint i = 0; i < 20; i++) {
    MediaCamera *camera = media_camera_new ();
    guint n_frames = 0, n_answers = 0;

    g_signal_connect (camera, "frame", G_CALLBACK (on_any_frame), &n_frames);
    media_camera_start (camera, NULL);
    if (i % 3 != 0)
      wait_for (&n_frames, 1);
    if (i % 2 == 0) {
      g_object_add_weak_pointer (G_OBJECT (camera), (gpointer *) &camera);
      media_camera_snapshot_async (camera, 0, NULL, on_answer, &n_answers);
      g_object_unref (camera);
      wait_for (&n_answers, 1);
      settle ();
      g_assert_null (camera);
    } else
      g_assert_finalize_object (camera);
    if (i == 3)
      threads = count_threads ();
  }
  wait_for_threads (threads);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

/* 200 times on and off, the camera and the microphone: nothing stays open, and nobody waits long for the light to go out. */
static void
test_cycles (Test *test, gconstpointer data)
{
  enum { N = 200 };
  double seconds[N];
  guint descriptors = 0, threads = 0;
  MediaClipOptions options;

  media_clip_options_init (&options);
  g_setenv ("MELETE_MICROPHONE", "test", TRUE);
  for (guint i = 0; i < N; i++) {
    clear (test);
    start (test, "test:width=320 height=240 fps=30/1");
    if (i % 4 == 1)
      media_camera_snapshot_async (test->camera, 0, NULL, on_shot, test);
    if (i % 4 == 2)
      media_camera_record_async (test->camera, &options, on_clip, test);
    if (i % 4 != 3)
      wait_for (&test->n_frames, 1);
    gint64 before = g_get_monotonic_time ();
    media_camera_stop (test->camera);
    wait_for (&test->n_stopped, 1);
    seconds[i] = (double) (g_get_monotonic_time () - before) * 1e-6;
    if (i % 4 == 1 || i % 4 == 2)
      wait_for (&test->n_answers, 1);
    /* The first ones fill caches. */
    if (i == 7) {
      clear (test);
      settle ();
      descriptors = count_descriptors ();
      threads = count_threads ();
    }
  }
  clear (test);
  settle ();
  wait_for_threads (threads);
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
  qsort (seconds, N, sizeof *seconds, compare_doubles);
  g_test_message ("released after %.1f ms, at most %.1f ms", seconds[N / 2] * 1e3, seconds[N - 1] * 1e3);
  g_assert_cmpfloat (seconds[N / 2], <, 0.5);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  media_source_init ();
#define ADD(name, function) g_test_add ("/media/camera/" name, Test, NULL, set_up, function, tear_down)
  ADD ("preview", test_preview);
  ADD ("newest-wins", test_newest_wins);
  ADD ("snapshot", test_snapshot);
  ADD ("kinds", test_kinds);
  ADD ("picture", test_picture);
  ADD ("file", test_file);
  ADD ("failures", test_failures);
  ADD ("clip", test_clip);
  ADD ("clip-ends", test_clip_ends);
  g_test_add_func ("/media/camera/tape", test_tape);
  ADD ("cycles", test_cycles);
  g_test_add_func ("/media/camera/forgotten", test_forgotten);
#undef ADD
  return g_test_run ();
}
