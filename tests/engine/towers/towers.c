/* SPDX-License-Identifier: MIT */
#include "towers.h"
#include "columns.h"
#include "tiny-model.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

EngineBackendKind tower_backend = ENGINE_BACKEND_CPU;
gint32 tower_gpu_layers; /* 0: all */

/* The same as in tests/golden/towers/make.py. */
const TowerPicture tower_pictures[5] = { { 100, 72, 3, 4096 }, { 1, 1, 1, 4096 }, { 61, 170, 4, 30 }, { 260, 130, 3, 4096 }, { 1056, 520, 3, 4096 } };

void
towers_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  if (*argc > 1)
    tower_backend = ENGINE_BACKEND_GL;
  tower_gpu_layers = *argc > 1 && strcmp ((*argv)[1], "shared") == 0;
}

void
tower_make_noise (float *samples)
{
  guint32 state = 1;

  for (int i = 0; i < N_SAMPLES; i++) {
    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    samples[i] = (float) (state >> 8 & 0xffff) / 32768.0f - 1.0f;
  }
}

/* The same as in tests/golden/towers/ears.py. */
float *
tower_make_sound (gsize n)
{
  float *samples = g_new0 (float, n);
  guint32 state = 1;

  for (gsize i = 0; i < n; i++) {
    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    if (i / 4000 % 4 != 1)
      samples[i] = ((float) (state >> 8 & 0xffff) / 32768.0f - 1.0f) / (i >= 480000 ? 1 : 16);
  }
  return samples;
}

guint8 *
tower_make_pixels (const TowerPicture *picture)
{
  int n = picture->width * picture->height * picture->n_channels;
  guint8 *pixels = g_malloc ((gsize) n);
  guint32 state = 1;

  for (int i = 0; i < n; i++) {
    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    pixels[i] = (guint8) ((i / picture->n_channels) % 7 ? MIN (255, (state >> 16) % 320) : 0);
  }
  return pixels;
}

GStrv
tower_golden_lines (const char *name)
{
  g_autofree char *path = g_build_filename (GOLDEN_FOLDER, name, NULL), *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strsplit (g_strchomp (text), "\n", -1);
}

GBytes *
tower_unpacked (const char *name)
{
  g_autofree char *path = g_build_filename (GOLDEN_FOLDER, name, NULL);

  return tiny_unpack (path);
}

/* A file with the bytes, to be unlinked and freed. */
char *
tower_write_bytes (const guint8 *bytes, gsize n)
{
  char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("melete-tower-XXXXXX.gguf", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, (const char *) bytes, (gssize) n, &error);
  g_assert_no_error (error);
  return path;
}

EngineTower *
tower_load_bytes (const guint8 *bytes, gsize n, EngineTowerKind kind, const EngineLoadOptions *options, EngineError *wrong)
{
  g_autofree char *path = tower_write_bytes (bytes, n);
  EngineTower *tower = engine_tower_load (path, kind, options, wrong);

  g_unlink (path);
  return tower;
}

EngineTower *
tower_load (const char *name, EngineTowerKind kind, gboolean reference, int n_threads)
{
  EngineLoadOptions options = { .backend = reference ? ENGINE_BACKEND_CPU : tower_backend, .reference = reference, .n_threads = n_threads };
  g_autoptr (GBytes) bytes = tower_unpacked (name);
  EngineError wrong = { 0 };
  EngineTower *tower = tower_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), kind, &options, &wrong);

  if (!tower)
    g_error ("%s", wrong.message);
  return tower;
}

void
tower_assert_golden (const char *what, const float *columns, const char *name, gsize first, gsize n, double most)
{
  g_autofree char *path = g_build_filename (GOLDEN_FOLDER, name, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) failure = NULL;
  const float *golden;
  double error = 0, power = 0, product = 0, ours = 0;
  gsize n_bytes;

  g_file_get_contents (path, &bytes, &n_bytes, &failure);
  g_assert_no_error (failure);
  g_assert_cmpuint (n_bytes, >=, (first + n) * sizeof *golden);
  golden = (const float *) bytes + first;
  for (gsize i = 0; i < n; i++) {
    error += ((double) columns[i] - golden[i]) * ((double) columns[i] - golden[i]);
    power += (double) golden[i] * golden[i];
    ours += (double) columns[i] * columns[i];
    product += (double) golden[i] * columns[i];
  }
  g_test_message ("%s: NMSE %.2e, cosine 1 - %.2e", what, error / power, 1 - product / sqrt (power * ours));
  g_assert_cmpfloat (error / power, <=, most);
}

float *
tower_listen (const char *name, const float *samples, gsize n, gsize piece, gboolean reference, int n_threads, gint32 *n_before, gint32 *n_columns)
{
  EngineTower *tower = tower_load (name, ENGINE_TOWER_SOUND, reference, n_threads);
  EngineError error = { 0 };
  EngineListener *listener = engine_listener_new (tower, &error);
  const float *heard;
  float *columns;

  if (!listener)
    g_error ("%s", error.message);
  g_assert_cmpint (engine_tower_info (tower)->n_embd, ==, WIDTH);
  for (gsize i = 0; i < n; i += piece)
    if (!engine_listener_push (listener, samples + i, MIN (piece, n - i), &error))
      g_error ("%s", error.message);
  engine_listener_columns (listener, n_before);
  if (!engine_listener_end (listener, &error))
    g_error ("%s", error.message);
  heard = engine_listener_columns (listener, n_columns);
  columns = g_memdup2 (heard, (gsize) *n_columns * WIDTH * sizeof *columns);
  engine_listener_free (listener);
  engine_tower_unref (tower);
  return columns;
}

float *
tower_hear (gboolean reference, int n_threads, int piece)
{
  float samples[N_SAMPLES], *columns;
  gint32 n_before, n;

  tower_make_noise (samples);
  columns = tower_listen ("muse-spark-parts.gguf.gz", samples, N_SAMPLES, (gsize) piece, reference, n_threads, &n_before, &n);
  g_assert_cmpint (n_before, ==, N_HEARD - 1);
  g_assert_cmpint (n, ==, N_HEARD);
  return columns;
}

EngineMedia *
tower_look (const char *name, const TowerPicture *picture, gboolean reference, int n_threads)
{
  EngineTower *tower = tower_load (name, ENGINE_TOWER_PICTURES, reference, n_threads);
  g_autofree guint8 *pixels = tower_make_pixels (picture);
  EngineError error = { 0 };
  EngineMedia *media = engine_tower_see (tower, &(EnginePicture) { picture->width, picture->height, picture->n_channels, pixels }, picture->most, &error);

  if (!media)
    g_error ("%s", error.message);
  g_assert_cmpint (engine_tower_info (tower)->n_embd, ==, media->n_embd);
  engine_tower_unref (tower);
  return media;
}

float *
tower_see (const char *name, const TowerPicture *picture, int width, int n_columns, gboolean reference, int n_threads)
{
  EngineMedia *media = tower_look (name, picture, reference, n_threads);
  float *copy;

  g_assert_cmpint (media->n, ==, n_columns);
  g_assert_cmpint (media->n_embd, ==, width);
  copy = g_memdup2 (media->columns, (gsize) width * (gsize) n_columns * sizeof *copy);
  engine_media_unref (media);
  return copy;
}

void
tower_assert_bad_files (const char *name, EngineTowerKind kind)
{
  g_autoptr (GBytes) bytes = tower_unpacked (name);
  gsize n = g_bytes_get_size (bytes);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), n);
  EngineError error = { 0 };
  EngineTower *tower;

  g_assert_null (tower_load_bytes (copy, n / 2, kind, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_FILE);
  /* The header is the first 4 KiB or so. */
  for (int i = 0; i < 600; i++) {
    gsize at = (gsize) g_test_rand_int_range (0, 4096);
    guint8 kept = copy[at];

    error = (EngineError) { 0 };
    copy[at] = (guint8) g_test_rand_int_range (0, 256);
    tower = tower_load_bytes (copy, n, kind, NULL, &error);
    g_assert_true (tower || error.message[0]);
    engine_tower_unref (tower);
    copy[at] = kept;
  }
}
