/* SPDX-License-Identifier: MIT */
/* Words and codes that this run writes into pictures come back exactly. */
#include <string.h>

#include "media.h"
#include "samples.h"

static MediaResult *
read_picture (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  MediaRequest request;
  media_request_init (&request, MEDIA_JOB_READ);
  request.time_limit = 120000;
  MediaResult *result = media_decode (&request, bytes, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static void
test_random_words (void)
{
  static const struct {
    double font_size;
    int width, height;
  } shapes[] = { { 12, 300, 80 }, { 14, 640, 200 }, { 16, 1280, 720 }, { 28, 900, 300 }, { 60, 1200, 400 } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autofree char *word = sample_word (rand);
    g_autofree char *text = g_strdup_printf ("The password is %s", word);
    g_autoptr (GBytes) bytes = sample_text_png (text, shapes[i].font_size, shapes[i].width, shapes[i].height);
    g_autoptr (MediaResult) result = read_picture (bytes);
    g_test_message ("%g pixels: wrote “%s”, read “%s” (%u %%)", shapes[i].font_size, text, g_strchomp (result->text), result->confidence);
    g_assert_cmpstr (result->text, ==, text);
    g_assert_cmpuint (result->confidence, >=, 50);
  }
}

static void
test_nothing_to_read (void)
{
  g_autoptr (GBytes) bytes = sample_picture ("jpeg", 300, 200);
  g_autoptr (MediaResult) result = read_picture (bytes);
  g_assert_cmpstr (result->text, ==, "");
  g_assert_cmpuint (result->codes->len, ==, 0);
}

static void
test_bars (void)
{
  g_autoptr (GBytes) bytes = sample_ean13 ("4006381333931");
  g_autoptr (MediaResult) result = read_picture (bytes);
  g_assert_cmpuint (result->codes->len, ==, 1);
  const MediaCode *code = g_ptr_array_index (result->codes, 0);
  g_assert_cmpstr (code->kind, ==, "EAN-13");
  g_assert_cmpstr (code->text, ==, "4006381333931");
}

/* A QR code with umlauts in UTF-8, which ZBar takes for another encoding unless told not to. */
static void
test_qr (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "qr.png", NULL);
  char *data;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, size);
  g_autoptr (MediaResult) result = read_picture (bytes);
  g_assert_cmpuint (result->codes->len, ==, 1);
  const MediaCode *code = g_ptr_array_index (result->codes, 0);
  g_assert_cmpstr (code->kind, ==, "QR-Code");
  g_assert_cmpstr (code->text, ==, "Grüße, wörld: zorvanek");
}

/* A picture that is too much for its time: what could be read until then, or the sentence; never later than the limit. */
static void
test_time (void)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  MediaRequest request;
  for (int i = 0; i < 160; i++)
    g_string_append_printf (lines, "%d the quick brown fox jumps over the lazy dog, and then again over the fence and back\n", i);
  g_autoptr (GBytes) bytes = sample_text_png (lines->str, 11, 2400, 2900);
  media_request_init (&request, MEDIA_JOB_READ);
  request.time_limit = 500;
  gint64 start = g_get_monotonic_time ();
  g_autoptr (MediaResult) result = media_decode (&request, bytes, NULL, NULL, NULL, &error);
  double seconds = (double) (g_get_monotonic_time () - start) * 1e-6;
  g_test_message ("ended after %.2f s", seconds);
  if (result != NULL)
    g_assert_cmpint (result->completeness, ==, MEDIA_STOPPED_BY_TIME);
  else
    g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/ocr/random-words", test_random_words);
  g_test_add_func ("/media/ocr/nothing-to-read", test_nothing_to_read);
  g_test_add_func ("/media/ocr/bars", test_bars);
  g_test_add_func ("/media/ocr/qr", test_qr);
  g_test_add_func ("/media/ocr/time", test_time);
  return g_test_run ();
}
