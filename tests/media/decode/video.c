/* SPDX-License-Identifier: MIT */
/* Video files through the real helper. */
#include <math.h>
#include <string.h>

#include "media-clip.h"
#include "media.h"
#include "sample-sound.h"
#include "sample-video.h"
#include "samples.h"

static const char *const all_formats[] = { "mp4", "mp4-mpeg4", "mov", "webm", "webm-vp9", "mkv" };

static MediaResult *
decode (GBytes *bytes, guint n_frames, double from, double until, guint rate, GError **error)
{
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_VIDEO);
  request.max_frames = n_frames;
  request.from = from;
  request.until = until;
  request.sample_rate = rate;
  request.max_side = 96;
  return media_decode (&request, bytes, NULL, NULL, NULL, error);
}

static const guint8 *
pixel (const MediaPicture *picture, double x, double y)
{
  const guint8 *pixels = g_bytes_get_data (picture->pixels, NULL);

  return pixels + (gsize) (y * picture->height) * picture->stride + (gsize) (x * picture->width) * 4;
}

static void
assert_colour (const guint8 *seen, const guint8 *wished)
{
  for (int c = 0; c < 3; c++)
    g_assert_cmpint (ABS (seen[c] - wished[c]), <=, 14);
  g_assert_cmpint (seen[3], ==, 255);
}

/* The colour is the one of that second, and the white quarter is where it was. */
static void
assert_frame (const MediaClipFrame *frame, double second)
{
  static const guint8 white[] = { 255, 255, 255 };

  g_assert_cmpfloat_with_epsilon (frame->seconds, second, 0.001);
  assert_colour (pixel (frame->picture, 0.75, 0.75), sample_video_colours[(guint) second % G_N_ELEMENTS (sample_video_colours)]);
  assert_colour (pixel (frame->picture, 0.75, 0.25), sample_video_colours[(guint) second % G_N_ELEMENTS (sample_video_colours)]);
  assert_colour (pixel (frame->picture, 0.2, 0.2), white);
}

/* Every container and codec: facts, one picture of each second, the sound. */
static void
test_formats (void)
{
  static const char *const labels[] = { "MP4", "MP4", "QuickTime", "WebM", "WebM", "Matroska" };

  for (gsize i = 0; i < G_N_ELEMENTS (all_formats); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_video (all_formats[i], 160, 120, 6, 440, 0);
    g_autoptr (MediaResult) result = decode (bytes, 6, 0, 0, 16000, &error);

    g_assert_no_error (error);
    g_assert_cmpint (result->completeness, ==, MEDIA_COMPLETE);
    g_assert_cmpuint (result->sandbox & MEDIA_SANDBOX_ALWAYS, ==, MEDIA_SANDBOX_ALWAYS);
    g_assert_cmpstr (result->format, ==, labels[i]);
    g_assert_cmpuint (result->width, ==, 160);
    g_assert_cmpuint (result->height, ==, 120);
    g_assert_true (result->has_sound);
    g_assert_cmpfloat_with_epsilon (result->seconds, 6, 0.05);
    g_assert_cmpuint (result->frames->len, ==, 6);
    for (guint k = 0; k < 6; k++) {
      const MediaClipFrame *frame = result->frames->pdata[k];
      g_assert_cmpuint (frame->picture->width, ==, 96);
      g_assert_cmpuint (frame->picture->height, ==, 72);
      assert_frame (frame, result->seconds * (k + 0.5) / 6);
    }
    gsize n = result->sound->n_samples;
    const float *samples = media_sound_get_samples (result->sound);
    g_test_message ("%s: %zu bytes, %.3f s of sound, %.3f of 440 Hz", all_formats[i], g_bytes_get_size (bytes), media_sound_get_seconds (result->sound), sample_amplitude (samples + n / 4, n / 2, 16000, 440));
    g_assert_cmpfloat_with_epsilon (media_sound_get_seconds (result->sound), 6, 0.1);
    g_assert_cmpfloat_with_epsilon (sample_amplitude (samples + n / 4, n / 2, 16000, 440), 0.4, 0.04);
    g_assert_cmpfloat (sample_amplitude (samples + n / 4, n / 2, 16000, 700), <, 0.01);
  }
}

/* A part of it, with its own sound, and times that are the whole video's. */
static void
test_parts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (all_formats); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_video (all_formats[i], 64, 48, 12, 1000, 0);
    g_autoptr (MediaResult) result = decode (bytes, 4, 7, 9, 8000, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (result->frames->len, ==, 4);
    for (guint k = 0; k < 4; k++)
      assert_frame (result->frames->pdata[k], 7.25 + 0.5 * k);
    g_assert_cmpfloat_with_epsilon (media_sound_get_seconds (result->sound), 2, 0.01);
    g_assert_cmpfloat_with_epsilon (sample_amplitude (media_sound_get_samples (result->sound), result->sound->n_samples, 8000, 1000), 0.4, 0.04);
    g_clear_pointer (&result, media_result_unref);
    /* Only the sound. */
    result = decode (bytes, 0, 3, 4, 8000, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (result->frames->len, ==, 0);
    g_assert_cmpfloat_with_epsilon (media_sound_get_seconds (result->sound), 1, 0.01);
  }
}

/* As a telephone writes it: stored lying, shown upright. The white quarter moves with it. */
static void
test_turned (void)
{
  static const struct {
    int turn;
    double x, y; /* where the white quarter is then */
  } cases[] = { { 90, 0.75, 0.25 }, { 180, 0.75, 0.75 }, { 270, 0.25, 0.75 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    static const guint8 white[] = { 255, 255, 255 };
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_video ("mp4", 160, 120, 1, 0, cases[i].turn);
    g_autoptr (MediaResult) result = decode (bytes, 1, 0, 0, 0, &error);

    g_assert_no_error (error);
    g_assert_false (result->has_sound);
    g_assert_null (result->sound);
    g_assert_cmpuint (result->width, ==, cases[i].turn == 180 ? 160 : 120);
    g_assert_cmpuint (result->height, ==, cases[i].turn == 180 ? 120 : 160);
    const MediaPicture *picture = ((MediaClipFrame *) result->frames->pdata[0])->picture;
    g_assert_cmpuint (picture->width, ==, cases[i].turn == 180 ? 96 : 72);
    assert_colour (pixel (picture, cases[i].x, cases[i].y), white);
    assert_colour (pixel (picture, 1 - cases[i].x, 1 - cases[i].y), sample_video_colours[0]);
  }
}

/* More pictures than there are: the last one stands for what comes after it. */
static void
test_short (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sample_video ("webm", 64, 48, 0.1, 0, 0);
  g_autoptr (MediaResult) result = decode (bytes, 5, 0, 0, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (result->frames->len, ==, 5);
  g_assert_cmpint (result->completeness, ==, MEDIA_COMPLETE);
}

static void
test_too_long (void)
{
  g_autoptr (GBytes) bytes = sample_video ("mp4", 64, 48, 6, 0, 0);
  g_autoptr (GError) error = NULL;
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_VIDEO);
  request.max_seconds = 5;
  g_assert_null (media_decode (&request, bytes, NULL, NULL, NULL, &error));
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "5 seconds"));
}

/* What comes before the end of a file that was cut off is good. */
static void
test_cut_off (void)
{
  g_autoptr (GBytes) whole = sample_video ("webm", 160, 120, 6, 440, 0);
  g_autoptr (GBytes) half = g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) / 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = decode (half, 6, 0, 0, 16000, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (result->frames->len, >=, 1);
  assert_frame (result->frames->pdata[0], result->seconds / 12);
}

static void
test_not_video (void)
{
  static const char *const texts[] = { "", "x", "not a video at all, but some words", "\x1a\x45\xdf\xa3", "\0\0\0\x18" "ftypmp42", "\0\0\0\x18" "ftypqt  and so on and so on", "RIFF\x10\0\0\0WAVEfmt " };
  static const gsize sizes[] = { 0, 1, 35, 4, 12, 31, 16 };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (texts[i], sizes[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (decode (bytes, 1, 0, 0, 0, &error));
    g_assert_true (error->domain == MEDIA_ERROR);
    g_test_message ("%s", error->message);
    g_assert_cmpint (error->code, !=, MEDIA_ERROR_HELPER);
    g_assert_null (strstr (error->message, "signal"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/video/formats", test_formats);
  g_test_add_func ("/media/video/parts", test_parts);
  g_test_add_func ("/media/video/turned", test_turned);
  g_test_add_func ("/media/video/short", test_short);
  g_test_add_func ("/media/video/too-long", test_too_long);
  g_test_add_func ("/media/video/cut-off", test_cut_off);
  g_test_add_func ("/media/video/not-video", test_not_video);
  return g_test_run ();
}
