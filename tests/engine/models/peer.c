/* SPDX-License-Identifier: MIT */
/* Real models predict what they predict in llama.cpp: the 16 most likely next tokens at 127 positions
 * of an English text, made by tests/golden/models/make-peer.py. */
#include "model.h"

#include "tool/session.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define N_TOKENS 256
#define TOP 16

typedef struct {
  char  **lines;  /* of the golden file from the first position on */
  gint32  first;  /* that position */
  gint32  n_vocab;
  double  sum_kl;
  gint32  n, n_same, n_clear, n_clear_same;
} Comparison;

/* KL (peer ‖ ours) over the peer's 16 best, and everything else as one. */
static double
divergence (const gint32 *ids, const double *logs, const float *logits, double log_sum_exp)
{
  double kl = 0, rest = 1, our_rest = 1;

  for (int i = 0; i < TOP; i++) {
    double ours = logits[ids[i]] - log_sum_exp;

    kl += exp (logs[i]) * (logs[i] - ours);
    rest -= exp (logs[i]);
    our_rest -= exp (ours);
  }
  return kl + (rest > 0 && our_rest > 0 ? rest * log (rest / our_rest) : 0);
}

static bool
compare (void *user, int32_t position, const float *logits, EngineError *error)
{
  Comparison *comparison = user;
  g_auto (GStrv) words = g_strsplit (comparison->lines[position - comparison->first], " ", -1);
  gint32 ids[TOP], best = 0;
  double logs[TOP];

  g_assert_cmpuint (g_strv_length (words), ==, 1 + 2 * TOP);
  g_assert_cmpint (atoi (words[0]), ==, position);
  for (int i = 0; i < TOP; i++) {
    ids[i] = atoi (words[1 + 2 * i]);
    logs[i] = g_ascii_strtod (words[2 + 2 * i], NULL);
  }
  for (gint32 id = 1; id < comparison->n_vocab; id++)
    if (logits[id] > logits[best])
      best = id;
  comparison->sum_kl += divergence (ids, logs, logits, tool_log_sum_exp (logits, comparison->n_vocab));
  comparison->n++;
  comparison->n_same += best == ids[0];
  /* Where the peer itself hardly prefers one over the other, either will do. */
  if (logs[0] - logs[1] > 0.25) {
    comparison->n_clear++;
    comparison->n_clear_same += best == ids[0];
  }
  return true;
}

static void
test_peer (gconstpointer data)
{
  const char *id = data, *folder = g_getenv ("MELETE_MODELS");
  g_autofree char *name = g_strconcat (id, ".gguf", NULL), *golden_name = g_strconcat (id, ".txt", NULL);
  g_autofree char *path = folder ? g_build_filename (folder, name, NULL)
                                 : g_build_filename (g_get_user_data_dir (), "melete", "models", name, NULL);
  g_autofree char *golden_path = g_build_filename (GOLDEN_FOLDER, golden_name, NULL), *golden = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) file_error = NULL;
  g_autofree int32_t *tokens = NULL;
  size_t n_tokens;
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, NULL, &error);
  ToolSession session;
  Comparison comparison = { .first = N_TOKENS / 2 };

  if (!model)
    g_error ("%s (\"./dev test\" fetches the model; or set MELETE_MODELS to the directory that has it.)", error.message);
  g_file_get_contents (golden_path, &golden, NULL, &file_error);
  g_assert_no_error (file_error);
  lines = g_strsplit (golden, "\n", -1);
  g_assert_true (tool_read_ids (model, lines[0], &tokens, &n_tokens, &error));
  g_assert_cmpuint (n_tokens, ==, N_TOKENS);
  comparison.lines = lines + 1;
  comparison.n_vocab = engine_model_info (model)->n_vocab;

  if (!tool_session_init (&session, model, N_TOKENS, 1, &error) ||
      !tool_session_walk (&session, tokens, N_TOKENS - 1, N_TOKENS / 2, 64, compare, &comparison, &error))
    g_error ("%s", error.message);
  g_test_message ("mean KL %.5f, same top %d of %d, %d of %d where it is clear", comparison.sum_kl / comparison.n,
                  comparison.n_same, comparison.n, comparison.n_clear_same, comparison.n_clear);
  g_assert_cmpint (comparison.n, ==, N_TOKENS / 2 - 1);
  g_assert_cmpfloat (comparison.sum_kl / comparison.n, <=, 0.01);
  g_assert_cmpint (comparison.n_clear, >, 60);
  g_assert_cmpint (comparison.n_clear_same, ==, comparison.n_clear);
  tool_session_clear (&session);
  engine_model_unref (model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/models/peer/llama", "smollm2-135m-instruct", test_peer);
  g_test_add_data_func ("/engine/models/peer/gemma3", "gemma-3-270m", test_peer);
  return g_test_run ();
}
