/* SPDX-License-Identifier: MIT */
/* Eyes: tiny random towers give the columns that transformers gives, of pictures with several windows, of one pixel, and of one that is made smaller; the same bits with any number of
 * threads. With the argument "gl" on OpenGL. */
#include "columns.h"
#include "towers.h"

#include <stdio.h>
#include <string.h>

/* The width of columns, and how many become of each picture; 0: it is not for this tower. */
static const struct { const char *name, *parts, *golden; int width, n_columns[G_N_ELEMENTS (tower_pictures)]; } eyes[] = {
  { "spark", "muse-spark-parts.gguf.gz", "muse-spark-vision.f32", WIDTH, { 117, 1, 27 } },
  { "glimmer", "muse-glimmer-parts.gguf.gz", "muse-glimmer-vision.f32", WIDTH, { 117, 1, 27 } },
  { "gemma3", "gemma3-parts.gguf.gz", "gemma3-vision.f32", WIDTH, { 100, 100, 100 } },
  { "gemma4", "gemma4-parts.gguf.gz", "gemma4-vision.f32", WIDTH, { 266, 256, 27 } },
  { "idefics3", "idefics3-parts.gguf.gz", "idefics3-vision.f32", WIDTH, { 90, 90, 27 } },
  { "internvl", "internvl-parts.gguf.gz", "internvl-vision.f32", WIDTH, { 117, 9, 27 } },
  { "internvl-large", "internvl-large-parts.gguf.gz", "internvl-large-vision.f32", WIDTH, { 117 } },
  { "lfm2", "lfm2-parts.gguf.gz", "lfm2-vision.f32", WIDTH, { 70, 64, 10, 72, 754 } },
  { "lfm2-plain", "lfm2-plain-parts.gguf.gz", "lfm2-plain-vision.f32", WIDTH, { 70 } },
  { "pixtral", "pixtral-parts.gguf.gz", "pixtral-vision.f32", WIDTH, { 108, 1, 24 } },
  { "mistral3", "mistral3-parts.gguf.gz", "mistral3-vision.f32", WIDTH, { 108, 1, 24 } },
  { "qwen2.5vl", "qwen2.5vl-parts.gguf.gz", "qwen2.5vl-vision.f32", WIDTH, { 108, 4, 27, 512 } },
  { "qwen2.5o", "qwen2.5o-parts.gguf.gz", "qwen2.5o-vision.f32", WIDTH, { 108, 4, 27 } },
  { "qwen3vl", "qwen3vl-parts.gguf.gz", "qwen3vl-vision.f32", 3 * WIDTH, { 108, 64, 27 } },
  { "qwen3.5", "qwen3.5-parts.gguf.gz", "qwen3.5-vision.f32", WIDTH, { 108, 64, 27 } },
};

static void
test_golden (gconstpointer data)
{
  gsize e = GPOINTER_TO_SIZE (data), first = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (tower_pictures) && eyes[e].n_columns[i]; i++) {
    const TowerPicture *picture = &tower_pictures[i];
    int n_columns = eyes[e].n_columns[i], width = eyes[e].width;
    gsize n = (gsize) width * (gsize) n_columns;
    g_autofree float *reference = tower_see (eyes[e].parts, picture, width, n_columns, TRUE, 2), *fast = tower_see (eyes[e].parts, picture, width, n_columns, FALSE, 2);
    g_autofree float *single = tower_see (eyes[e].parts, picture, width, n_columns, FALSE, 1);

    tower_assert_golden ("reference", reference, eyes[e].golden, first, n, 1e-6);
    tower_assert_golden ("fast", fast, eyes[e].golden, first, n, 1e-5); /* keys and values are half floats */
    g_assert_cmpmem (fast, n * sizeof *fast, single, n * sizeof *single);
    first += n;
  }
}

/* What is wrong with a picture is said, and the tower sees the next one. */
static void
test_bad_pictures (void)
{
  static const guint8 pixels[4] = { 1, 2, 3, 4 };
  static const EnginePicture bad[] = { { 0, 1, 3, pixels }, { 1, -1, 3, pixels }, { 1, 1, 0, pixels }, { 1, 1, 5, pixels }, { ENGINE_PICTURE_SIDE_MAX + 1, 1, 3, pixels } };
  EngineTower *tower = tower_load ("muse-spark-parts.gguf.gz", ENGINE_TOWER_PICTURES, FALSE, 1), *ears = tower_load ("muse-spark-parts.gguf.gz", ENGINE_TOWER_SOUND, FALSE, 1);
  EngineError error;
  EngineMedia *media;
  gint32 n;

  g_assert_cmpint (engine_tower_info (tower)->pixels_per_column, ==, 8);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    error = (EngineError) { 0 };
    g_assert_null (engine_tower_see (tower, &bad[i], 0, &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
    g_assert_nonnull (strstr (error.message, "picture"));
  }
  error = (EngineError) { 0 };
  g_assert_null (engine_tower_see (ears, &(EnginePicture) { 1, 1, 4, pixels }, 0, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_null (engine_listener_new (tower, &error));
  error = (EngineError) { 0 };
  engine_tower_cancel (tower);
  g_assert_null (engine_tower_see (tower, &(EnginePicture) { 1, 1, 4, pixels }, 0, &error));
  g_assert_cmpint (error.code, ==, ENGINE_CANCELLED);
  error = (EngineError) { 0 };
  media = engine_tower_see (tower, &(EnginePicture) { 1, 1, 4, pixels }, 0, &error);
  g_assert_nonnull (media);
  engine_media_columns (media, &n);
  g_assert_cmpint (n, ==, 1);
  engine_media_unref (media);
  engine_tower_unref (ears);
  engine_tower_unref (tower);
}

/* A head alone says as how many columns a picture would be seen; what stands around them too. */
static void
test_measured (gconstpointer data)
{
  gsize e = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) bytes = tower_unpacked (eyes[e].parts);
  const EngineLoadOptions head = { .vocab_only = true };
  EngineError error = { 0 };
  EngineTower *tower = tower_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), ENGINE_TOWER_PICTURES, &head, &error);
  gint32 n;

  for (gsize i = 0; i < G_N_ELEMENTS (tower_pictures) && eyes[e].n_columns[i]; i++) {
    EngineMedia *media = engine_tower_measure_picture (tower, tower_pictures[i].width, tower_pictures[i].height, tower_pictures[i].most, &error);

    g_assert_nonnull (media);
    g_assert_null (engine_media_columns (media, &n));
    g_assert_cmpint (n, ==, eyes[e].n_columns[i]);
    engine_media_unref (media);
  }
  g_assert_null (engine_tower_measure_picture (tower, 0, 1, 0, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  error = (EngineError) { 0 };
  g_assert_null (engine_tower_measure_sound (tower, 1, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_tower_unref (tower);
}

/* Pictures of many shapes become as many columns, in as many runs, as the models' own processors have. */
static void
test_sizes (void)
{
  g_auto (GStrv) lines = tower_golden_lines ("sizes.txt");
  const EngineLoadOptions head = { .vocab_only = true };

  for (char **line = lines; *line; line++) {
    char name[32];
    g_autofree char *parts = NULL;
    g_autoptr (GBytes) bytes = NULL;
    gint32 width, height, n_columns, n_runs, n;
    EngineError error = { 0 };
    EngineTower *tower;
    EngineMedia *media;

    g_assert_cmpint (sscanf (*line, "%31s %d %d %d %d", name, &width, &height, &n_columns, &n_runs), ==, 5);
    parts = g_strconcat (name, "-parts.gguf.gz", NULL);
    bytes = tower_unpacked (parts);
    tower = tower_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), ENGINE_TOWER_PICTURES, &head, &error);
    media = engine_tower_measure_picture (tower, width, height, 0, &error);
    g_assert_nonnull (media);
    engine_media_columns (media, &n);
    if (n != n_columns || media->n_runs != n_runs)
      g_error ("%s: %d columns in %d runs", *line, n, media->n_runs);
    engine_media_unref (media);
    engine_tower_unref (tower);
  }
}

static void
test_bad_files (gconstpointer data)
{
  tower_assert_bad_files (eyes[GPOINTER_TO_SIZE (data)].parts, ENGINE_TOWER_PICTURES);
}

int
main (int argc, char **argv)
{
  towers_init (&argc, &argv);
  for (gsize e = 0; e < G_N_ELEMENTS (eyes); e++) {
    g_autofree char *golden = g_strconcat ("/engine/towers/eyes/golden/", eyes[e].name, NULL), *bad = g_strconcat ("/engine/towers/eyes/bad-files/", eyes[e].name, NULL);
    g_autofree char *measured = g_strconcat ("/engine/towers/eyes/measured/", eyes[e].name, NULL);

    g_test_add_data_func (golden, GSIZE_TO_POINTER (e), test_golden);
    if (tower_backend != ENGINE_BACKEND_CPU)
      continue;
    g_test_add_data_func (measured, GSIZE_TO_POINTER (e), test_measured);
    g_test_add_data_func (bad, GSIZE_TO_POINTER (e), test_bad_files);
  }
  g_test_add_func ("/engine/towers/eyes/bad-pictures", test_bad_pictures);
  if (tower_backend == ENGINE_BACKEND_CPU)
    g_test_add_func ("/engine/towers/eyes/sizes", test_sizes);
  return g_test_run ();
}
