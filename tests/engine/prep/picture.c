/* SPDX-License-Identifier: MIT */
/* Pictures get the bytes that Pillow gives them, grids those that a model's processor chooses, and patches stand where they should. */
#include "prep/picture.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

static const char *const filter_names[ENGINE_N_FILTERS] = {
  [ENGINE_FILTER_BILINEAR] = "bilinear", [ENGINE_FILTER_BICUBIC] = "bicubic", [ENGINE_FILTER_LANCZOS] = "lanczos",
};

static GStrv
golden_lines (const char *name)
{
  g_autofree char *path = g_build_filename (GOLDEN_FOLDER, name, NULL), *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strsplit (g_strchomp (text), "\n", -1);
}

/* The same as in tests/golden/prep/make.py. */
static guint8 *
make_noise (int width, int height, int n_channels)
{
  gsize n = (gsize) width * (gsize) height * (gsize) n_channels;
  guint8 *pixels = g_malloc (n);
  guint32 state = 1;

  for (gsize i = 0; i < n; i++) {
    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    pixels[i] = (guint8) (i / (gsize) n_channels % 7 ? MIN ((state >> 16) % 320, 255) : 0);
  }
  return pixels;
}

static void
test_resize (void)
{
  g_auto (GStrv) lines = golden_lines ("resize.txt");

  for (char **line = lines; *line; line++) {
    char name[16], wanted[65];
    int n_channels, width, height, new_width, new_height, filter = 0;
    g_autofree guint8 *pixels = NULL, *out = NULL;
    g_autofree char *found = NULL;
    EngineError error = { 0 };
    gsize n;

    g_assert_cmpint (sscanf (*line, "%15s %d %d %d %d %d %64s", name, &n_channels, &width, &height, &new_width, &new_height, wanted), ==, 7);
    while (strcmp (filter_names[filter], name) != 0)
      filter++;
    pixels = make_noise (width, height, n_channels);
    n = (gsize) new_width * (gsize) new_height * (gsize) n_channels;
    out = g_malloc (n);
    g_assert_true (engine_prep_resize (&(EnginePicture) { width, height, n_channels, pixels }, (EngineFilter) filter, new_width, new_height, out, &error));
    found = g_compute_checksum_for_data (G_CHECKSUM_SHA256, out, n);
    if (strcmp (found, wanted) != 0)
      g_error ("%s: other bytes", *line);
  }
}

static void
test_grid (void)
{
  g_auto (GStrv) lines = golden_lines ("grids.txt");

  for (char **line = lines; *line; line++) {
    gint32 width, height, most, columns, rows, wanted_columns, wanted_rows;

    g_assert_cmpint (sscanf (*line, "%d %d %d %d %d", &width, &height, &most, &wanted_columns, &wanted_rows), ==, 5);
    engine_prep_grid (width, height, 28, most, &columns, &rows);
    if (columns != wanted_columns || rows != wanted_rows)
      g_error ("%s: %d columns and %d rows", *line, columns, rows);
  }
}

static void
test_tiles (void)
{
  g_auto (GStrv) lines = golden_lines ("tiles.txt");

  for (char **line = lines; *line; line++) {
    gint32 width, height, least, most, columns, rows, wanted_columns, wanted_rows;

    g_assert_cmpint (sscanf (*line, "%d %d %d %d %d %d", &width, &height, &least, &most, &wanted_columns, &wanted_rows), ==, 6);
    engine_prep_tiles (width, height, 448, least, most, &columns, &rows);
    if (columns != wanted_columns || rows != wanted_rows)
      g_error ("%s: %d columns and %d rows", *line, columns, rows);
  }
}

/* A picture that keeps its size, in another order of patches: the bytes themselves, of grey ones three times, of RGBA ones without the last. */
static void
test_patches (void)
{
  enum { SIDE = 3, COLUMNS = 4, ROWS = 2, PATCH = SIDE * SIDE * 3 };
  static const gint32 places[COLUMNS * ROWS] = { 7, 2, 1, 0, 6, 5, 4, 3 };

  for (int n_channels = 1; n_channels <= 4; n_channels++) {
    g_autofree guint8 *pixels = make_noise (SIDE * COLUMNS, SIDE * ROWS, n_channels);
    EnginePatches how = { .picture = { SIDE * COLUMNS, SIDE * ROWS, n_channels, pixels }, .filter = ENGINE_FILTER_LANCZOS, .width = SIDE * COLUMNS, .height = SIDE * ROWS, .side = SIDE,
                          .normalisation = { { 0.5f, 0.25f, 0.75f }, { 0.25f, 0.5f, 1 } }, .places = places };
    float patches[COLUMNS * ROWS * PATCH];
    EngineError error = { 0 };

    g_assert_true (engine_prep_all (&how, patches, &error));
    for (int row = 0; row < ROWS; row++)
      for (int column = 0; column < COLUMNS; column++)
        for (int c = 0; c < 3; c++)
          for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
              guint8 byte = pixels[((row * SIDE + y) * SIDE * COLUMNS + column * SIDE + x) * n_channels + (n_channels < 3 ? 0 : c)];

              g_assert_cmpfloat_with_epsilon (patches[places[row * COLUMNS + column] * PATCH + (c * SIDE + y) * SIDE + x],
                                              (byte / 255.0f - how.normalisation.mean[c]) / how.normalisation.deviation[c], 1e-6f);
            }
  }
}

/* Sizes that no memory has room for are an error. */
static void
test_too_large (void)
{
  const guint8 pixel[3] = { 1, 2, 3 };
  EngineError error = { 0 };

  g_assert_false (engine_prep_resize (&(EnginePicture) { 1, 1, 3, pixel }, ENGINE_FILTER_LANCZOS, G_MAXINT32, 1, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_NO_MEMORY);
}

/* What is transparent lies on white, to the nearest whole number; what is opaque stays where it is. */
static void
test_opaque (void)
{
  static const guint8 solid[] = { 1, 2, 3, 255, 4, 5, 6, 255 };
  guint8 grey[2 * 256 * 256], *made;
  EnginePicture picture = { 2, 1, 4, solid };
  EngineError error = { 0 };

  g_assert_true (engine_prep_opaque (&picture, &made, &error));
  g_assert_true (!made && picture.pixels == solid && picture.n_channels == 4);
  for (int i = 0; i < 256 * 256; i++) {
    grey[2 * i] = (guint8) (i % 256);
    grey[2 * i + 1] = (guint8) (i / 256);
  }
  picture = (EnginePicture) { 256, 256, 2, grey };
  g_assert_true (engine_prep_opaque (&picture, &made, &error));
  g_assert_true (made && picture.pixels == made && picture.n_channels == 1);
  for (int i = 0; i < 256 * 256; i++)
    g_assert_cmpint (made[i], ==, (int) ((double) ((i % 256) * (i / 256) + 255 * (255 - i / 256)) / 255 + 0.5));
  free (made);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/prep/picture/resize", test_resize);
  g_test_add_func ("/engine/prep/picture/grid", test_grid);
  g_test_add_func ("/engine/prep/picture/tiles", test_tiles);
  g_test_add_func ("/engine/prep/picture/patches", test_patches);
  g_test_add_func ("/engine/prep/picture/opaque", test_opaque);
  g_test_add_func ("/engine/prep/picture/too-large", test_too_large);
  return g_test_run ();
}
