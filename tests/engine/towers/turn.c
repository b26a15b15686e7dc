/* SPDX-License-Identifier: MIT */
/* A turn of words and a picture, a sound, or both: a model that is told of them by their towers' columns gives the logits that transformers gives, and the same
 * bits however the turn is cut into batches. With the argument "gl" on OpenGL, with "shared" the model's last layer there. */
#include "given.h"

#include <glib/gstdio.h>
#include <string.h>

enum { N_BETWEEN = 5, N_AFTER = TOWER_N_AFTER, N_VOCAB = 512, N_SHORT = 3200 };

typedef struct {
  const char *name, *parts, *model, *golden;
  gboolean    sees, hears;
} Turn;

static const Turn turns[] = {
  { "spark", "muse-spark-parts.gguf.gz", "muse-spark-model.gguf.gz", "muse-spark-turn.f32", TRUE, TRUE },
  { "gemma3", "gemma3-parts.gguf.gz", "gemma3-model.gguf.gz", "gemma3-turn.f32", TRUE, FALSE },
  { "gemma4", "gemma4-parts.gguf.gz", "gemma4-model.gguf.gz", "gemma4-turn.f32", TRUE, TRUE },
  { "gemma4-large", "gemma4-parts.gguf.gz", "gemma4-large-model.gguf.gz", "gemma4-large-turn.f32", TRUE, FALSE },
  { "internvl", "internvl-parts.gguf.gz", "internvl-model.gguf.gz", "internvl-turn.f32", TRUE, FALSE },
  { "lfm2", "lfm2-parts.gguf.gz", "lfm2-model.gguf.gz", "lfm2-turn.f32", TRUE, FALSE },
  { "pixtral", "pixtral-parts.gguf.gz", "pixtral-model.gguf.gz", "pixtral-turn.f32", TRUE, FALSE },
  { "mistral3", "mistral3-parts.gguf.gz", "mistral3-model.gguf.gz", "mistral3-turn.f32", TRUE, FALSE },
  { "qwen2.5vl", "qwen2.5vl-parts.gguf.gz", "qwen2.5vl-model.gguf.gz", "qwen2.5vl-turn.f32", TRUE, FALSE },
  { "qwen3vl", "qwen3vl-parts.gguf.gz", "qwen3vl-model.gguf.gz", "qwen3vl-turn.f32", TRUE, FALSE },
  { "qwen3.5", "qwen3.5-parts.gguf.gz", "qwen3.5-model.gguf.gz", "qwen3.5-turn.f32", TRUE, FALSE },
  { "voxtral", "voxtral-parts.gguf.gz", "voxtral-model.gguf.gz", "voxtral-turn.f32", FALSE, TRUE },
  { "qwen2a", "qwen2a-parts.gguf.gz", "qwen2a-model.gguf.gz", "qwen2a-turn.f32", FALSE, TRUE },
  { "qwen2.5o", "qwen2.5o-parts.gguf.gz", "qwen2.5o-model.gguf.gz", "qwen2.5o-turn.f32", FALSE, TRUE },
  { "qwen3a", "qwen3a-parts.gguf.gz", "qwen3a-model.gguf.gz", "qwen3a-turn.f32", FALSE, TRUE },
  { "ultravox", "ultravox-parts.gguf.gz", "ultravox-model.gguf.gz", "ultravox-turn.f32", FALSE, TRUE },
};

/* The noise, or a fifth of a second of what ears like Whisper's are tested with. */
static EngineMedia *
hear (const Turn *turn, gboolean reference)
{
  g_autofree float *samples = tower_make_sound (N_SHORT), *heard = NULL;
  gint32 n_before, n = N_HEARD;

  heard = g_str_equal (turn->name, "spark") ? tower_hear (reference, 2, N_SAMPLES) : tower_listen (turn->parts, samples, N_SHORT, N_SHORT, reference, 2, &n_before, &n);
  return tower_media (heard, n);
}

/* The first picture, the sound, or both, the sound behind. */
static void
given_init (TowerGiven *given, const Turn *turn, gboolean reference)
{
  tower_given_begin (given);
  if (turn->sees)
    tower_give (given, tower_look (turn->parts, &tower_pictures[0], reference, 2), TOWER_BREAK);
  if (turn->sees && turn->hears)
    tower_say (given, N_BETWEEN, 41, 3);
  if (turn->hears)
    tower_give (given, hear (turn, reference), TOWER_BREAK);
  tower_given_end (given);
}

typedef struct { float *logits; int first; } Kept;

static bool
keep_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  const Kept *kept = user;

  memcpy (kept->logits + (gsize) (position - kept->first) * N_VOCAB, logits, N_VOCAB * sizeof *logits);
  return true;
}

/* Where the cache has the beginning of a picture whose columns see each other, the rest sees it there, and nothing is otherwise. */
static void
assert_goes_on (ToolSession *session, const TowerGiven *given, const Kept *kept)
{
  int from = TOWER_N_BEFORE + 70;
  ToolSlice slice = { .position = from, .n_tokens = given->n_tokens - from, .tokens = given->tokens + from, .first_output = kept->first - from };
  g_autofree float *logits = g_new0 (float, N_VOCAB * N_AFTER);
  EngineError error = { 0 };

  g_assert_cmpint (given->lasts[from], ==, TOWER_N_BEFORE + given->list.n_columns - 1);
  if (!tool_session_run (session, &slice, 1, logits, NULL, NULL, &error))
    g_error ("%s", error.message);
  g_assert_cmpmem (logits, N_VOCAB * N_AFTER * sizeof *logits, kept->logits, N_VOCAB * N_AFTER * sizeof *logits);
}

/* The logits of the last words, [N_VOCAB, N_AFTER], `batch` tokens at a time. */
static float *
answer (const Turn *turn, const TowerGiven *given, gboolean reference, int batch)
{
  EngineLoadOptions options = { .backend = reference ? ENGINE_BACKEND_CPU : tower_backend, .gpu_layers = tower_gpu_layers, .reference = reference, .n_threads = 2 };
  g_autoptr (GBytes) bytes = tower_unpacked (turn->model);
  g_autofree char *path = tower_write_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, &options, &error);
  Kept kept = { g_new (float, N_VOCAB * N_AFTER), given->n_tokens - N_AFTER };
  ToolSession session;

  g_unlink (path);
  if (!model || !tool_session_init (&session, model, given->n_tokens, 1, &error))
    g_error ("%s", error.message);
  session.media = given->columns;
  session.n_media = given->list.n_columns;
  session.axes = model->hparams.rope.n_axes ? given->axes : NULL;
  session.lasts = model->hparams.whole_columns ? given->lasts : NULL;
  if (!tool_session_walk (&session, given->tokens, given->n_tokens, kept.first, batch, keep_logits, &kept, &error))
    g_error ("%s", error.message);
  if (session.lasts)
    assert_goes_on (&session, given, &kept);
  /* A column that is not there is an error, and no number of the memory behind. */
  session.n_media--;
  g_assert_false (tool_session_walk (&session, given->tokens, given->n_tokens, kept.first, given->n_tokens, keep_logits, &kept, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  tool_session_clear (&session);
  engine_model_unref (model);
  return kept.logits;
}

static void
test_turn (gconstpointer data)
{
  const Turn *turn = data;
  gsize n_bytes = N_VOCAB * N_AFTER * sizeof (float);
  TowerGiven exact, fast;

  given_init (&exact, turn, TRUE);
  given_init (&fast, turn, FALSE);
  {
    g_autofree float *reference = answer (turn, &exact, TRUE, exact.n_tokens), *whole = answer (turn, &fast, FALSE, fast.n_tokens);
    g_autofree float *single = answer (turn, &fast, FALSE, 1), *pieces = answer (turn, &fast, FALSE, 7);

    tower_assert_golden ("reference", reference, turn->golden, 0, N_VOCAB * N_AFTER, 1e-6);
    tower_assert_golden ("fast", whole, turn->golden, 0, N_VOCAB * N_AFTER, 1e-4);
    g_assert_cmpmem (whole, n_bytes, single, n_bytes);
    g_assert_cmpmem (whole, n_bytes, pieces, n_bytes);
  }
  tower_given_clear (&exact);
  tower_given_clear (&fast);
}

int
main (int argc, char **argv)
{
  towers_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (turns); i++) {
    g_autofree char *name = g_strconcat ("/engine/towers/turn/", turns[i].name, NULL);

    g_test_add_data_func (name, &turns[i], test_turn);
  }
  return g_test_run ();
}
