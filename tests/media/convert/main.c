/* SPDX-License-Identifier: MIT */
/* melete-media: every pixel of a file arrives, and what cannot be read is one sentence and no answer. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

typedef struct {
  GBytes *out, *err;
  int     status;
} Result;

static void
result_clear (Result *result)
{
  g_clear_pointer (&result->out, g_bytes_unref);
  g_clear_pointer (&result->err, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static Result
run (const char *const *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (words, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  Result result = { 0 };

  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &result.out, &result.err, &error);
  g_assert_no_error (error);
  result.status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return result;
}

static void
assert_says (GBytes *bytes, const char *what)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  if (!strstr (text, what))
    g_error ("\"%s\" says nothing of %s", text, what);
  g_assert_cmpint (g_strrstr (text, "\n") - text, ==, (gssize) strlen (text) - 1);
}

/* A picture of 5 by 3 pixels of all kinds of colours, some of them transparent. */
static void
test_picture (void)
{
  enum { WIDTH = 5, HEIGHT = 3 };
  guint8 pixels[WIDTH * HEIGHT * 4];
  g_autoptr (GdkPixbuf) picture = NULL;
  g_autofree char *path = g_build_filename (folder, "picture.png", NULL);
  g_autoptr (GError) error = NULL;
  const guint32 *head;

  for (gsize i = 0; i < sizeof pixels; i++)
    pixels[i] = (guint8) (i * 37 + 11);
  picture = gdk_pixbuf_new_from_data (pixels, GDK_COLORSPACE_RGB, TRUE, 8, WIDTH, HEIGHT, WIDTH * 4, NULL, NULL);
  g_assert_true (gdk_pixbuf_save (picture, path, "png", &error, NULL));

  g_auto (Result) result = run ((const char *[]) { MELETE_MEDIA, "picture", path, NULL });
  g_assert_cmpint (result.status, ==, 0);
  head = g_bytes_get_data (result.out, NULL);
  g_assert_cmpuint (g_bytes_get_size (result.out), ==, 16 + sizeof pixels);
  g_assert_cmpuint (head[1], ==, WIDTH);
  g_assert_cmpuint (head[2], ==, HEIGHT);
  g_assert_cmpuint (head[3], ==, 4);
  g_assert_cmpmem (head + 4, sizeof pixels, pixels, sizeof pixels);
}

/* A tenth of a second at 8,000 samples, stereo, 16 bits: one channel of the mean of both, as many samples as before. */
static void
test_sound (void)
{
  enum { RATE = 8000, N = 800 };
  struct { char riff[4]; guint32 size; char wave[8]; guint32 format_size; guint16 kind, channels; guint32 rate, bytes; guint16 block, bits; char data[4]; guint32 data_size; gint16 samples[2 * N]; } wav = {
    { 'R', 'I', 'F', 'F' }, GUINT32_TO_LE (36 + 4 * N), { 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ' }, GUINT32_TO_LE (16), GUINT16_TO_LE (1), GUINT16_TO_LE (2), GUINT32_TO_LE (RATE),
    GUINT32_TO_LE (4 * RATE), GUINT16_TO_LE (4), GUINT16_TO_LE (16), { 'd', 'a', 't', 'a' }, GUINT32_TO_LE (4 * N), { 0 },
  };
  g_autofree char *path = g_build_filename (folder, "sound.wav", NULL);
  const guint32 *head;
  const float *samples;

  for (int i = 0; i < N; i++) {
    wav.samples[2 * i] = GINT16_TO_LE ((gint16) (i * 30 - 12000));
    wav.samples[2 * i + 1] = GINT16_TO_LE (1000);
  }
  g_assert_true (g_file_set_contents (path, (const char *) &wav, sizeof wav, NULL));
  g_auto (Result) result = run ((const char *[]) { MELETE_MEDIA, "sound", path, "8000", NULL });
  g_assert_cmpint (result.status, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (result.out), ==, 16 + N * sizeof (float));
  head = g_bytes_get_data (result.out, NULL);
  samples = (const float *) (head + 4);
  g_assert_cmpuint (head[1], ==, RATE);
  g_assert_cmpuint (head[2], ==, N);
  for (int i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (samples[i], (i * 30 - 12000 + 1000) / 2 / 32768.0f, 1e-4f);
  g_unlink (path);
}

static void
test_unreadable (void)
{
  g_autofree char *broken = g_build_filename (folder, "broken.png", NULL), *missing = g_build_filename (folder, "missing.png", NULL);
  const char *const paths[] = { broken, missing };
  g_auto (Result) usage = run ((const char *[]) { MELETE_MEDIA, "picture", NULL });

  g_assert_true (g_file_set_contents (broken, "\x89PNG\r\n\x1a\nnothing of the kind", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_auto (Result) result = run ((const char *[]) { MELETE_MEDIA, "picture", paths[i], NULL });

    g_assert_cmpint (result.status, ==, 1);
    g_assert_cmpuint (g_bytes_get_size (result.out), ==, 0);
    assert_says (result.err, ".");
  }
  g_assert_cmpint (usage.status, ==, 2);
  assert_says (usage.err, "Usage");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("melete-convert-XXXXXX", NULL);
  g_test_add_func ("/media/convert/picture", test_picture);
  g_test_add_func ("/media/convert/sound", test_sound);
  g_test_add_func ("/media/convert/unreadable", test_unreadable);
  result = g_test_run ();
  g_autofree char *picture = g_build_filename (folder, "picture.png", NULL), *broken = g_build_filename (folder, "broken.png", NULL);
  g_unlink (picture);
  g_unlink (broken);
  g_rmdir (folder);
  g_free (folder);
  return result;
}
