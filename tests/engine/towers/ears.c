/* SPDX-License-Identifier: MIT */
/* Ears: a tiny random tower gives the columns that transformers gives, and the same bits for the sound as a whole, in pieces of any length and with any number of
 * threads. With the argument "gl" on OpenGL. */
#include "towers.h"

#include <string.h>

static void
test_golden (void)
{
  g_autofree float *reference = tower_hear (TRUE, 2, N_SAMPLES), *fast = tower_hear (FALSE, 2, N_SAMPLES);

  tower_assert_golden ("reference", reference, "muse-spark-audio.f32", 0, WIDTH * N_HEARD, 1e-6);
  tower_assert_golden ("fast", fast, "muse-spark-audio.f32", 0, WIDTH * N_HEARD, 1e-6);
}

/* A sound that comes in pieces: one sample, less than a token, not quite two, many. */
static void
test_streamed (void)
{
  static const int pieces[] = { 1, 7, 24, 47, 500 };
  g_autofree float *whole = tower_hear (FALSE, 2, N_SAMPLES);

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autofree float *streamed = tower_hear (FALSE, (int) i % 3 + 1, pieces[i]);

    g_assert_cmpmem (streamed, WIDTH * N_HEARD * sizeof *streamed, whole, WIDTH * N_HEARD * sizeof *whole);
  }
}

/* Two sounds of one tower do not mix, and nothing is a sound too. */
static void
test_listeners (void)
{
  EngineTower *tower = tower_load ("muse-spark-parts.gguf.gz", ENGINE_TOWER_SOUND, FALSE, 1);
  const EngineTowerInfo *info = engine_tower_info (tower);
  float samples[N_SAMPLES];
  EngineError error = { 0 };
  EngineListener *first = engine_listener_new (tower, &error), *second = engine_listener_new (tower, &error), *empty = engine_listener_new (tower, &error);
  gint32 n_first, n_second;

  g_assert_cmpstr (info->projector, ==, "muse-spark");
  g_assert_cmpint (info->n_embd, ==, WIDTH);
  g_assert_cmpint (info->sample_rate, ==, 24000);
  g_assert_cmpint (info->samples_per_token, ==, 24);
  tower_make_noise (samples);
  engine_tower_unref (tower); /* the listeners have it */
  for (int i = 0; i + 100 <= N_SAMPLES; i += 100)
    g_assert_true (engine_listener_push (first, samples + i, 100, &error) && engine_listener_push (second, samples + i, 100, &error));
  g_assert_cmpint (memcmp (engine_listener_columns (first, &n_first), engine_listener_columns (second, &n_second), (gsize) n_first * WIDTH * sizeof (float)), ==, 0);
  g_assert_cmpint (n_first, ==, n_second);
  g_assert_true (engine_listener_push (empty, samples, 0, &error) && engine_listener_end (empty, &error));
  engine_listener_columns (empty, &n_first);
  g_assert_cmpint (n_first, ==, 0);
  engine_listener_free (first);
  engine_listener_free (second);
  engine_listener_free (empty);
}

/* As many columns as are heard, told by the head of the file alone. */
static void
test_measured (void)
{
  g_autoptr (GBytes) bytes = tower_unpacked ("muse-spark-parts.gguf.gz");
  const EngineLoadOptions head = { .vocab_only = true };
  EngineError error = { 0 };
  EngineTower *tower = tower_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), ENGINE_TOWER_SOUND, &head, &error);
  static const gsize none_and_endless[] = { 0, SIZE_MAX };
  EngineMedia *media = engine_tower_measure_sound (tower, N_SAMPLES, &error);
  gint32 n;

  g_assert_nonnull (media);
  g_assert_null (engine_media_columns (media, &n));
  g_assert_cmpint (n, ==, N_HEARD);
  engine_media_unref (media);
  for (gsize i = 0; i < G_N_ELEMENTS (none_and_endless); i++) {
    g_assert_null (engine_tower_measure_sound (tower, none_and_endless[i], &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
    error = (EngineError) { 0 };
  }
  g_assert_null (engine_tower_measure_picture (tower, 1, 1, 0, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_tower_unref (tower);
}

/* A file without ears is refused as ears. */
static void
test_bad_files (void)
{
  g_autoptr (GBytes) bytes = tower_unpacked ("muse-glimmer-parts.gguf.gz");
  EngineError error = { 0 };

  g_assert_null (tower_load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), ENGINE_TOWER_SOUND, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_UNSUPPORTED);
  g_assert_nonnull (strstr (error.message, "sound"));
  tower_assert_bad_files ("muse-spark-parts.gguf.gz", ENGINE_TOWER_SOUND);
}

int
main (int argc, char **argv)
{
  towers_init (&argc, &argv);
  g_test_add_func ("/engine/towers/ears/golden", test_golden);
  g_test_add_func ("/engine/towers/ears/streamed", test_streamed);
  g_test_add_func ("/engine/towers/ears/listeners", test_listeners);
  if (tower_backend == ENGINE_BACKEND_CPU) {
    g_test_add_func ("/engine/towers/ears/measured", test_measured);
    g_test_add_func ("/engine/towers/ears/bad-files", test_bad_files);
  }
  return g_test_run ();
}
