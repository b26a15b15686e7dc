/* SPDX-License-Identifier: MIT */
/* Ears: a tiny random tower gives the columns that transformers gives, and the same bits for the sound as a whole, in pieces of any length and with any number of
 * threads. And a model that is told of the sound by those columns, between words, gives the logits that transformers gives. With the argument "gl" on OpenGL, with
 * "shared" the model's last layer there. */
#include "tool/session.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

enum { N_SAMPLES = 24 * 45 + 17, N_COLUMNS = 46, WIDTH = 64, N_BEFORE = 10, N_AFTER = 9, N_TOKENS = N_BEFORE + N_COLUMNS + N_AFTER, N_VOCAB = 512 };

static EngineBackendKind backend = ENGINE_BACKEND_CPU;
static gint32 gpu_layers; /* 0: all */

/* The same as in tests/golden/towers/make.py. */
static void
make_noise (float *samples)
{
  guint32 state = 1;

  for (int i = 0; i < N_SAMPLES; i++) {
    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    samples[i] = (float) (state >> 8 & 0xffff) / 32768.0f - 1.0f;
  }
}

static char *
golden_path (const char *name)
{
  return g_build_filename (GOLDEN_FOLDER, name, NULL);
}

static GBytes *
unpacked (const char *name)
{
  g_autofree char *path = golden_path (name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GConverter) gzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) raw = G_INPUT_STREAM (g_file_read (file, NULL, &error)), in = NULL;
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  in = g_converter_input_stream_new (raw, gzip);
  g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

/* A file with the bytes, to be unlinked and freed. */
static char *
write_bytes (const guint8 *bytes, gsize n)
{
  char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("melete-ears-XXXXXX.gguf", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, (const char *) bytes, (gssize) n, &error);
  g_assert_no_error (error);
  return path;
}

static EngineTower *
load_bytes (const guint8 *bytes, gsize n, EngineTowerKind kind, const EngineLoadOptions *options, EngineError *wrong)
{
  g_autofree char *path = write_bytes (bytes, n);
  EngineTower *tower = engine_tower_load (path, kind, options, wrong);

  g_unlink (path);
  return tower;
}

static EngineTower *
load_ears (gboolean reference, int n_threads)
{
  EngineLoadOptions options = { .backend = reference ? ENGINE_BACKEND_CPU : backend, .reference = reference, .n_threads = n_threads };
  g_autoptr (GBytes) bytes = unpacked ("muse-spark-audio.gguf.gz");
  EngineError wrong = { 0 };
  EngineTower *tower = load_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), ENGINE_TOWER_SOUND, &options, &wrong);

  if (!tower)
    g_error ("%s", wrong.message);
  return tower;
}

/* The columns of the noise in pieces of `piece` samples, [WIDTH, N_COLUMNS]. */
static float *
hear (gboolean reference, int n_threads, int piece)
{
  EngineTower *tower = load_ears (reference, n_threads);
  float samples[N_SAMPLES], *columns;
  EngineError error = { 0 };
  EngineListener *listener = engine_listener_new (tower, &error);
  gint32 n;

  g_assert_nonnull (listener);
  make_noise (samples);
  for (int i = 0; i < N_SAMPLES; i += piece)
    if (!engine_listener_push (listener, samples + i, (size_t) MIN (piece, N_SAMPLES - i), &error))
      g_error ("%s", error.message);
  engine_listener_columns (listener, &n);
  g_assert_cmpint (n, ==, N_COLUMNS - 1);
  if (!engine_listener_end (listener, &error))
    g_error ("%s", error.message);
  columns = g_memdup2 (engine_listener_columns (listener, &n), WIDTH * N_COLUMNS * sizeof *columns);
  g_assert_cmpint (n, ==, N_COLUMNS);
  engine_listener_free (listener);
  engine_tower_unref (tower);
  return columns;
}

static void
assert_golden (const char *what, const float *columns, const char *name, gsize n_wanted)
{
  g_autofree char *path = golden_path (name);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) failure = NULL;
  const float *golden;
  double error = 0, power = 0, product = 0, ours = 0;
  gsize n;

  g_file_get_contents (path, &bytes, &n, &failure);
  g_assert_no_error (failure);
  g_assert_cmpuint (n, ==, n_wanted * sizeof *golden);
  golden = (const float *) bytes;
  for (gsize i = 0; i < n_wanted; i++) {
    error += ((double) columns[i] - golden[i]) * ((double) columns[i] - golden[i]);
    power += (double) golden[i] * golden[i];
    ours += (double) columns[i] * columns[i];
    product += (double) golden[i] * columns[i];
  }
  g_test_message ("%s: NMSE %.2e, cosine 1 - %.2e", what, error / power, 1 - product / sqrt (power * ours));
  g_assert_cmpfloat (error / power, <=, 1e-6);
}

static void
test_golden (void)
{
  g_autofree float *reference = hear (TRUE, 2, N_SAMPLES), *fast = hear (FALSE, 2, N_SAMPLES);

  assert_golden ("reference", reference, "muse-spark-audio.f32", WIDTH * N_COLUMNS);
  assert_golden ("fast", fast, "muse-spark-audio.f32", WIDTH * N_COLUMNS);
}

/* A sound that comes in pieces: one sample, less than a token, not quite two, many. */
static void
test_streamed (void)
{
  static const int pieces[] = { 1, 7, 24, 47, 500 };
  g_autofree float *whole = hear (FALSE, 2, N_SAMPLES);

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autofree float *streamed = hear (FALSE, (int) i % 3 + 1, pieces[i]);

    g_assert_cmpmem (streamed, WIDTH * N_COLUMNS * sizeof *streamed, whole, WIDTH * N_COLUMNS * sizeof *whole);
  }
}

static bool
keep_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  memcpy ((float *) user + (gsize) (position - N_BEFORE - N_COLUMNS) * N_VOCAB, logits, N_VOCAB * sizeof *logits);
  return true;
}

/* The logits of the words behind the sound, [N_VOCAB, N_AFTER], `batch` tokens at a time. */
static float *
answer (const float *columns, gboolean reference, int batch)
{
  EngineLoadOptions options = { .backend = reference ? ENGINE_BACKEND_CPU : backend, .gpu_layers = gpu_layers, .reference = reference, .n_threads = 2 };
  g_autoptr (GBytes) bytes = unpacked ("muse-spark-hears.gguf.gz");
  g_autofree char *path = write_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, &options, &error);
  float *logits = g_new (float, N_VOCAB * N_AFTER);
  gint32 tokens[N_TOKENS];
  ToolSession session;

  g_unlink (path);
  if (!model || !tool_session_init (&session, model, N_TOKENS, 1, &error))
    g_error ("%s", error.message);
  for (int i = 0; i < N_TOKENS; i++)
    tokens[i] = i < N_BEFORE ? (i * 37 + 11) % 500 : i < N_BEFORE + N_COLUMNS ? -1 - (i - N_BEFORE) : ((i - N_BEFORE - N_COLUMNS) * 53 + 7) % 500;
  session.media = columns;
  session.n_media = N_COLUMNS;
  if (!tool_session_walk (&session, tokens, N_TOKENS, N_BEFORE + N_COLUMNS, batch, keep_logits, logits, &error))
    g_error ("%s", error.message);
  /* A column that is not there is an error, and no number of the memory behind. */
  session.n_media = N_COLUMNS - 1;
  g_assert_false (tool_session_walk (&session, tokens, N_TOKENS, N_BEFORE + N_COLUMNS, N_TOKENS, keep_logits, logits, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  tool_session_clear (&session);
  engine_model_unref (model);
  return logits;
}

static void
test_heard (void)
{
  g_autofree float *exact = hear (TRUE, 2, N_SAMPLES), *fast = hear (FALSE, 2, N_SAMPLES);
  g_autofree float *reference = answer (exact, TRUE, N_TOKENS), *whole = answer (fast, FALSE, N_TOKENS), *single = answer (fast, FALSE, 1), *pieces = answer (fast, FALSE, 7);
  gsize n_bytes = N_VOCAB * N_AFTER * sizeof *whole;

  assert_golden ("reference", reference, "muse-spark-hears.f32", N_VOCAB * N_AFTER);
  assert_golden ("fast", whole, "muse-spark-hears.f32", N_VOCAB * N_AFTER);
  g_assert_cmpmem (whole, n_bytes, single, n_bytes);
  g_assert_cmpmem (whole, n_bytes, pieces, n_bytes);
}

/* Two sounds of one tower do not mix, and nothing is a sound too. */
static void
test_listeners (void)
{
  EngineTower *tower = load_ears (FALSE, 1);
  const EngineTowerInfo *info = engine_tower_info (tower);
  float samples[N_SAMPLES];
  EngineError error = { 0 };
  EngineListener *first = engine_listener_new (tower, &error), *second = engine_listener_new (tower, &error), *empty = engine_listener_new (tower, &error);
  gint32 n_first, n_second;

  g_assert_cmpstr (info->projector, ==, "muse-spark");
  g_assert_cmpint (info->n_embd, ==, WIDTH);
  g_assert_cmpint (info->sample_rate, ==, 24000);
  g_assert_cmpint (info->samples_per_token, ==, 24);
  make_noise (samples);
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

/* Files that are no ears, and ears with a byte changed, are refused with words or work; they never crash. */
static void
test_bad_files (void)
{
  g_autoptr (GBytes) bytes = unpacked ("muse-spark-audio.gguf.gz");
  gsize n = g_bytes_get_size (bytes);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), n);
  EngineError error = { 0 };
  EngineTower *tower;

  g_assert_null (load_bytes (copy, n, ENGINE_TOWER_PICTURES, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_UNSUPPORTED);
  g_assert_nonnull (strstr (error.message, "pictures"));
  error = (EngineError) { 0 };
  g_assert_null (load_bytes (copy, n / 2, ENGINE_TOWER_SOUND, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_FILE);
  /* The header is the first 4 KiB or so. */
  for (int i = 0; i < 600; i++) {
    gsize at = (gsize) g_test_rand_int_range (0, 4096);
    guint8 kept = copy[at];

    error = (EngineError) { 0 };
    copy[at] = (guint8) g_test_rand_int_range (0, 256);
    tower = load_bytes (copy, n, ENGINE_TOWER_SOUND, NULL, &error);
    g_assert_true (tower || error.message[0]);
    engine_tower_unref (tower);
    copy[at] = kept;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    backend = ENGINE_BACKEND_GL;
  gpu_layers = argc > 1 && strcmp (argv[1], "shared") == 0;
  g_test_add_func ("/engine/towers/ears/golden", test_golden);
  g_test_add_func ("/engine/towers/ears/streamed", test_streamed);
  g_test_add_func ("/engine/towers/ears/listeners", test_listeners);
  g_test_add_func ("/engine/towers/ears/heard", test_heard);
  if (backend == ENGINE_BACKEND_CPU)
    g_test_add_func ("/engine/towers/ears/bad-files", test_bad_files);
  return g_test_run ();
}
