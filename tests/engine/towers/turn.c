/* SPDX-License-Identifier: MIT */
/* A turn of words, a picture, words, a sound, and words: a model that is told of both by their towers' columns gives the logits that transformers gives, and the same bits however the
 * turn is cut into batches. With the argument "gl" on OpenGL, with "shared" the model's last layer there. */
#include "towers.h"

#include <glib/gstdio.h>
#include <string.h>

enum { N_BEFORE = 10, N_SEEN = 117, N_BETWEEN = 5, N_MEDIA = N_SEEN + N_HEARD, N_AFTER = 9, N_TOKENS = N_BEFORE + N_SEEN + N_BETWEEN + N_HEARD + N_AFTER, N_VOCAB = 512 };

static bool
keep_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  memcpy ((float *) user + (gsize) (position - (N_TOKENS - N_AFTER)) * N_VOCAB, logits, N_VOCAB * sizeof *logits);
  return true;
}

static gint32 *
put (gint32 *at, int n, int step, int first)
{
  for (int i = 0; i < n; i++)
    *at++ = step < 0 ? first - i : (i * step + first) % 500;
  return at;
}

/* The logits of the last words, [N_VOCAB, N_AFTER], `batch` tokens at a time; `media` [WIDTH, N_MEDIA]. */
static float *
answer (const float *media, gboolean reference, int batch)
{
  EngineLoadOptions options = { .backend = reference ? ENGINE_BACKEND_CPU : tower_backend, .gpu_layers = tower_gpu_layers, .reference = reference, .n_threads = 2 };
  g_autoptr (GBytes) bytes = tower_unpacked ("muse-spark-model.gguf.gz");
  g_autofree char *path = tower_write_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, &options, &error);
  float *logits = g_new (float, N_VOCAB * N_AFTER);
  gint32 tokens[N_TOKENS], *at;
  ToolSession session;

  g_unlink (path);
  if (!model || !tool_session_init (&session, model, N_TOKENS, 1, &error))
    g_error ("%s", error.message);
  /* The same as in tests/golden/towers/make.py. */
  at = put (tokens, N_BEFORE, 37, 11);
  at = put (at, N_SEEN, -1, -1);
  at = put (at, N_BETWEEN, 41, 3);
  at = put (at, N_HEARD, -1, -1 - N_SEEN);
  put (at, N_AFTER, 53, 7);
  session.media = media;
  session.n_media = N_MEDIA;
  if (!tool_session_walk (&session, tokens, N_TOKENS, N_TOKENS - N_AFTER, batch, keep_logits, logits, &error))
    g_error ("%s", error.message);
  /* A column that is not there is an error, and no number of the memory behind. */
  session.n_media = N_MEDIA - 1;
  g_assert_false (tool_session_walk (&session, tokens, N_TOKENS, N_TOKENS - N_AFTER, N_TOKENS, keep_logits, logits, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  tool_session_clear (&session);
  engine_model_unref (model);
  return logits;
}

/* Of the first picture, and of the sound behind it. */
static float *
make_media (gboolean reference)
{
  g_autofree float *seen = tower_see ("muse-spark-parts.gguf.gz", &tower_pictures[0], N_SEEN, reference, 2), *heard = tower_hear (reference, 2, N_SAMPLES);
  float *media = g_new (float, WIDTH * N_MEDIA);

  memcpy (media, seen, WIDTH * N_SEEN * sizeof *media);
  memcpy (media + WIDTH * N_SEEN, heard, WIDTH * N_HEARD * sizeof *media);
  return media;
}

static void
test_turn (void)
{
  g_autofree float *exact = make_media (TRUE), *fast = make_media (FALSE);
  g_autofree float *reference = answer (exact, TRUE, N_TOKENS), *whole = answer (fast, FALSE, N_TOKENS), *single = answer (fast, FALSE, 1), *pieces = answer (fast, FALSE, 7);
  gsize n_bytes = N_VOCAB * N_AFTER * sizeof *whole;

  tower_assert_golden ("reference", reference, "muse-spark-turn.f32", 0, N_VOCAB * N_AFTER, 1e-6);
  tower_assert_golden ("fast", whole, "muse-spark-turn.f32", 0, N_VOCAB * N_AFTER, 1e-4);
  g_assert_cmpmem (whole, n_bytes, single, n_bytes);
  g_assert_cmpmem (whole, n_bytes, pieces, n_bytes);
}

int
main (int argc, char **argv)
{
  towers_init (&argc, &argv);
  g_test_add_func ("/engine/towers/turn", test_turn);
  return g_test_run ();
}
