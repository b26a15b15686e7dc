/* SPDX-License-Identifier: MIT */
/* Tiles are measured, kept, read again, and measured anew when the file is not what it should be. */
#include "gl/binaries.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  EngineGlShared *shared;
  char            path[ENGINE_GL_MOST_PATH];
} Job;

static void
choose (void *data)
{
  Job *job = data;

  job->shared->tiles = (EngineGlTiles) { 0 };
  engine_gl_tiles_choose (job->shared);
  g_assert_true (engine_gl_cached_path (&job->shared->device, "tiles 2", sizeof "tiles 2", "", job->path));
}

static EngineGlTiles
chosen (EngineBackend *backend, char **file)
{
  Job job = { .shared = ((EngineGlBackend *) backend)->shared };
  g_autoptr (GError) error = NULL;

  g_assert_true (engine_gl_thread_call (job.shared->thread, choose, &job));
  g_free (*file);
  *file = NULL;
  if (g_file_test (job.path, G_FILE_TEST_EXISTS))
    g_file_get_contents (job.path, file, NULL, &error);
  g_assert_no_error (error);
  return job.shared->tiles;
}

static void
put (EngineBackend *backend, const char *text)
{
  Job job = { .shared = ((EngineGlBackend *) backend)->shared };

  g_assert_true (engine_gl_cached_path (&job.shared->device, "tiles 2", sizeof "tiles 2", "", job.path));
  g_assert_true (g_file_set_contents (job.path, text, -1, NULL));
}

static void
assert_sound (EngineGlTiles tiles)
{
  g_assert_true (tiles.split == 1 || tiles.split == 2 || tiles.split == 4);
  g_assert_true (tiles.rows_one == 1 || tiles.rows_one == 2 || tiles.rows_one == 4);
  g_assert_true (tiles.rows == 2 || tiles.rows == 4 || tiles.rows == 8);
  g_assert_true (tiles.columns == 4 || tiles.columns == 8 || tiles.columns == 16);
}

static void
test_measured (void)
{
  static const char *const wrong[] = { "", "1 2", "1 4 4 8", "0 4 1 4 8 1", "3 4 1 4 8 1", "1 4 1 4 300 1", "1 4 1 4 -8 1", "many" };
  EngineError error = { 0 };
  EngineBackend *backend;
  g_autofree char *file = NULL;
  EngineGlTiles tiles;

  g_setenv ("MELETE_GL", "measure", TRUE);
  backend = engine_gl_backend_new (NULL, &error);
  g_assert_cmpstr (error.message, ==, "");
  assert_sound (chosen (backend, &file));
  g_assert_nonnull (file);

  /* What is in the file counts. */
  put (backend, "2 1 0 2 4 1\n");
  tiles = chosen (backend, &file);
  g_assert_cmpstr (file, ==, "2 1 0 2 4 1\n");
  g_assert_true (tiles.split == 2 && tiles.rows_one == 1 && tiles.rows == 2 && tiles.columns == 4 && !tiles.uniform_one && tiles.uniform);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    put (backend, wrong[i]);
    assert_sound (chosen (backend, &file));
    g_assert_cmpstr (file, !=, wrong[i]);
  }
  backend->klass->free (backend);
}

/* Of software nothing is measured. */
static void
test_software (void)
{
  EngineError error = { 0 };
  EngineBackend *backend;
  g_autofree char *file = NULL;
  EngineGlTiles tiles;

  g_unsetenv ("MELETE_GL");
  backend = engine_gl_backend_new (NULL, &error);
  if (!((EngineGlBackend *) backend)->shared->device.software) {
    g_test_skip ("There is a graphics card");
  } else {
    put (backend, "2 1 0 2 4 1\n");
    tiles = chosen (backend, &file);
    g_assert_true (tiles.split == 1 && tiles.columns == 16);
  }
  backend->klass->free (backend);
}

static void
test_cut (void)
{
  const EngineGlDevice device = { .window = 65536, .window_step = 256 };
  EngineGlTiles tiles = { .columns = 8 };
  static const int most[][2] = { { 1, 1 }, { 2, 2 }, { 3, 2 }, { 4, 4 }, { 7, 4 }, { 8, 8 }, { 500, 8 } };
  EngineGlCut cut;

  for (gsize i = 0; i < G_N_ELEMENTS (most); i++) {
    cut = engine_gl_cut (&device, &tiles, 576, most[i][0]);
    g_assert_cmpint (cut.at_once, ==, most[i][1]);
    g_assert_true (!cut.uniform && cut.each == most[i][0]);
  }

  /* As many as there is room for: 16,320 numbers. */
  tiles.uniform = true;
  cut = engine_gl_cut (&device, &tiles, 576, 500); /* 28 of them */
  g_assert_true (cut.uniform && cut.at_once == 8 && cut.each == 24);
  cut = engine_gl_cut (&device, &tiles, 3200, 500); /* 5 */
  g_assert_true (cut.uniform && cut.at_once == 4 && cut.each == 4);
  cut = engine_gl_cut (&device, &tiles, 5440, 500); /* 3: too few */
  g_assert_true (!cut.uniform && cut.at_once == 8 && cut.each == 500);
  cut = engine_gl_cut (&device, &tiles, 5440, 2); /* but all there are */
  g_assert_true (cut.uniform && cut.at_once == 2 && cut.each == 2);
  cut = engine_gl_cut (&device, &tiles, 570, 500); /* no whole blocks */
  g_assert_true (!cut.uniform && cut.at_once == 8);
  cut = engine_gl_cut (&device, &tiles, 576, 1); /* asked for many only */
  g_assert_true (!cut.uniform && cut.each == 1);
  tiles.uniform_one = true;
  cut = engine_gl_cut (&device, &tiles, 576, 1);
  g_assert_true (cut.uniform && cut.at_once == 1 && cut.each >= 1);
  cut = engine_gl_cut (&device, &tiles, 16352, 1);
  g_assert_true (!cut.uniform && cut.each == 1);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-tiles-XXXXXX", NULL);
  int result;

  g_setenv ("XDG_CACHE_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gl-tiles/measured", test_measured);
  g_test_add_func ("/gl-tiles/software", test_software);
  g_test_add_func ("/gl-tiles/cut", test_cut);
  result = g_test_run ();
  {
    g_autofree char *command = g_strdup_printf ("rm -r %s", folder);

    g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  }
  return result;
}
