/* SPDX-License-Identifier: MIT */
/* Pictures of every format through the real helper: right, turned, huge, broken. */
#include <string.h>

#include "media.h"
#include "samples.h"

static const char *const formats[] = { "png", "jpeg", "webp", "gif", "tiff", "bmp", "ico" };
static guint32 seed;

static MediaResult *
decode (GBytes *bytes, guint max_side, GError **error)
{
  MediaRequest request;
  media_request_init (&request, MEDIA_JOB_PICTURE);
  request.max_side = max_side;
  return media_decode (&request, bytes, NULL, NULL, NULL, error);
}

static const guint8 *
pixel (const MediaPicture *picture, guint x, guint y)
{
  return (const guint8 *) g_bytes_get_data (picture->pixels, NULL) + y * picture->stride + 4 * x;
}

static gboolean
is_red (const MediaPicture *picture, guint x, guint y)
{
  const guint8 *p = pixel (picture, x, y);
  return p[0] > 180 && p[1] < 70 && p[2] < 70 && p[3] == 255;
}

static void
test_format (gconstpointer data)
{
  const char *format = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sample_picture (format, 200, 120);
  g_autoptr (MediaResult) whole = decode (bytes, 4096, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (whole->picture->width, ==, 200);
  g_assert_cmpuint (whole->picture->height, ==, 120);
  g_assert_cmpuint (whole->width, ==, 200);
  g_assert_cmpint (g_ascii_strcasecmp (whole->format, format), ==, 0);
  g_assert_true (is_red (whole->picture, 10, 10));
  g_assert_true (is_red (whole->picture, 95, 55));
  g_assert_false (is_red (whole->picture, 110, 10));
  g_assert_false (is_red (whole->picture, 10, 70));

  g_autoptr (MediaResult) small = decode (bytes, 50, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (small->picture->width, ==, 50);
  g_assert_cmpuint (small->picture->height, ==, 30);
  g_assert_cmpuint (small->width, ==, 200);
  g_assert_true (is_red (small->picture, 2, 2));
  g_assert_true (is_red (small->picture, 23, 13));
  g_assert_false (is_red (small->picture, 27, 2));
  g_assert_false (is_red (small->picture, 2, 17));
}

/* Shrinking keeps the mean, and transparency does not bleed colour. */
static void
test_shrink (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sample_picture ("png", 997, 601);
  for (guint side = 996; side > 3; side = side * 2 / 3) {
    g_autoptr (MediaResult) result = decode (bytes, side, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (result->picture->width, ==, side);
    guint64 sum = 0;
    for (guint y = 0; y < result->picture->height; y++)
      for (guint x = 0; x < side; x++)
        sum += pixel (result->picture, x, y)[0];
    double mean = (double) sum / side / result->picture->height;
    /* A quarter is 230, the rest 20. */
    g_assert_cmpfloat_with_epsilon (mean, 72.4, 1.0);
  }
}

static void
test_orientation (void)
{
  /* Where the red corner ends up: left or right, top or bottom, by the definition of the EXIF tag. */
  static const struct {
    gboolean turned, right, bottom;
  } expected[9] = { { 0 }, { 0, 0, 0 }, { 0, 1, 0 }, { 0, 1, 1 }, { 0, 0, 1 }, { 1, 0, 0 }, { 1, 1, 0 }, { 1, 1, 1 }, { 1, 0, 1 } };

  for (int orientation = 1; orientation <= 8; orientation++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_exif (orientation);
    g_autoptr (MediaResult) result = decode (bytes, 4096, &error);
    g_assert_no_error (error);
    guint width = expected[orientation].turned ? 48 : 80, height = expected[orientation].turned ? 80 : 48;
    g_assert_cmpuint (result->picture->width, ==, width);
    g_assert_cmpuint (result->picture->height, ==, height);
    g_assert_cmpuint (result->width, ==, width);
    for (int right = 0; right < 2; right++)
      for (int bottom = 0; bottom < 2; bottom++)
        g_assert_cmpint (is_red (result->picture, right ? width - 6 : 5, bottom ? height - 6 : 5), ==,
                         right == expected[orientation].right && bottom == expected[orientation].bottom);
  }
}

static void
test_exif (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sample_exif (6);
  MediaRequest request;
  media_request_init (&request, MEDIA_JOB_READ);
  g_autoptr (MediaResult) result = media_decode (&request, bytes, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (result->date, ==, "2024-05-17 14:03:22");
  g_assert_true (result->has_place);
  g_assert_cmpfloat_with_epsilon (result->latitude, 48.1372, 1e-4);
  g_assert_cmpfloat_with_epsilon (result->longitude, 11.5755, 1e-4);

  g_autoptr (MediaResult) seen = decode (bytes, 64, &error);
  g_assert_no_error (error);
  g_assert_null (seen->date);
  g_assert_false (seen->has_place);
}

static void
test_extreme_shapes (void)
{
  static const struct {
    int width, height;
  } shapes[] = { { 20000, 1 }, { 1, 20000 }, { 1, 1 } };
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_picture ("png", shapes[i].width, shapes[i].height);
    g_autoptr (MediaResult) result = decode (bytes, 256, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (result->picture->width, ==, MIN (256, shapes[i].width));
    g_assert_cmpuint (result->picture->height, ==, MIN (256, shapes[i].height));
    MediaRequest request;
    media_request_init (&request, MEDIA_JOB_READ);
    g_autoptr (MediaResult) read = media_decode (&request, bytes, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (read->width, ==, (guint) shapes[i].width);
  }
}

static void
test_bombs (void)
{
  g_autoptr (GError) error = NULL;

  /* More pixels than are taken: refused by the header. */
  g_autoptr (GBytes) wide = sample_png_bomb (60000, 60000, 1, FALSE);
  g_assert_null (decode (wide, 256, &error));
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "60000 × 60000"));
  g_clear_error (&error);

  /* As many as are taken, out of 32 KB: rows are shrunk while they come, so little memory is needed. */
  g_autoptr (GBytes) dense = sample_png_bomb (16000, 16000, 16000, FALSE);
  g_assert_cmpuint (g_bytes_get_size (dense), <, 64 * 1024);
  MediaRequest request;
  media_request_init (&request, MEDIA_JOB_PICTURE);
  request.max_side = 256;
  request.memory_limit = 16 * 1024 * 1024;
  request.time_limit = 120000;
  g_autoptr (MediaResult) shrunk = media_decode (&request, dense, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (shrunk->picture->width, ==, 256);

  /* Interlaced it would have to be held whole: the memory limit is real. */
  g_autoptr (GBytes) held = sample_png_bomb (16000, 16000, 1, TRUE);
  request.memory_limit = (gsize) 512 * 1024 * 1024;
  g_assert_null (media_decode (&request, held, NULL, NULL, NULL, &error));
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "512"));
}

/* `expected` must be part of the sentence. */
static void
refuse (const void *data, gsize size, MediaErrorCode code, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_assert_null (decode (bytes, 256, &error));
  g_assert_error (error, MEDIA_ERROR, (int) code);
  if (strstr (error->message, expected) == NULL)
    g_error ("“%s” does not say “%s”", error->message, expected);
}

static void
test_sentences (void)
{
  refuse ("", 0, MEDIA_ERROR_DAMAGED, "empty");
  refuse ("hello", 5, MEDIA_ERROR_UNSUPPORTED, "not a picture");
  refuse ("BM", 2, MEDIA_ERROR_UNSUPPORTED, "not a picture");
  g_autoptr (GBytes) png = sample_picture ("png", 400, 300);
  refuse (g_bytes_get_data (png, NULL), g_bytes_get_size (png) / 2, MEDIA_ERROR_DAMAGED, "damaged: it ends too early (after ");
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  copy[60] ^= 0x55;
  refuse (copy, g_bytes_get_size (png), MEDIA_ERROR_DAMAGED, "damaged (after ");
}

/* Whatever the bytes: an answer, or an error that says why. */
static void
test_mutated (gconstpointer data)
{
  const char *format = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GBytes) good = sample_picture (format, 60, 44);
  guint fine = 0, refused = 0;

  for (int i = 0; i < 60; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sample_mutate (good, rand);
    MediaRequest request;
    media_request_init (&request, MEDIA_JOB_PICTURE);
    request.max_side = 128;
    request.time_limit = 20000;
    g_autoptr (MediaResult) result = media_decode (&request, bytes, NULL, NULL, NULL, &error);
    if (result != NULL) {
      g_assert_nonnull (result->picture);
      g_assert_cmpuint (result->picture->width, <=, 128);
      g_assert_cmpuint (result->picture->height, <=, 128);
      g_assert_cmpuint (g_bytes_get_size (result->picture->pixels), ==, result->picture->stride * result->picture->height);
      fine++;
    } else {
      g_assert_cmpuint (error->domain, ==, MEDIA_ERROR);
      g_assert_cmpint (error->code, !=, MEDIA_ERROR_SANDBOX);
      g_assert_true (g_str_has_suffix (error->message, "."));
      refused++;
    }
  }
  g_test_message ("seed %u, %s: %u gave a picture, %u a sentence", seed, format, fine, refused);
  g_assert_cmpuint (refused, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  seed = g_test_rand_int ();
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *path = g_strconcat ("/media/picture/format/", formats[i], NULL);
    g_autofree char *mutated = g_strconcat ("/media/picture/mutated/", formats[i], NULL);
    g_test_add_data_func (path, formats[i], test_format);
    g_test_add_data_func (mutated, formats[i], test_mutated);
  }
  g_test_add_func ("/media/picture/shrink", test_shrink);
  g_test_add_func ("/media/picture/orientation", test_orientation);
  g_test_add_func ("/media/picture/exif", test_exif);
  g_test_add_func ("/media/picture/extreme-shapes", test_extreme_shapes);
  g_test_add_func ("/media/picture/bombs", test_bombs);
  g_test_add_func ("/media/picture/sentences", test_sentences);
  return g_test_run ();
}
