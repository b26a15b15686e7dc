/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>

#include "app-embedder.h"
#include "app-engine.h"
#include "app-model-private.h"
#include "fixture.h"
#include "tiny-model.h"

/* A tiny random encoder: it means nothing, but the same text has the same vector. */
typedef struct {
  char *folder, *path;
  AppEmbedder *embedder;
  GArray *passages;
  const char *texts[2];
} Embedding;

static void
set_up (Embedding *e, gconstpointer data)
{
  g_autofree char *golden = g_test_build_filename (G_TEST_DIST, "..", "golden", "models", "bert.gguf.gz", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (golden);
  g_autoptr (GFile) to = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GConverter) unpack = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) packed = G_INPUT_STREAM (g_file_read (from, NULL, &error));
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (GOutputStream) out = NULL;

  g_assert_no_error (error);
  e->folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  e->path = g_build_filename (e->folder, "tiny.gguf", NULL);
  to = g_file_new_for_path (e->path);
  in = g_converter_input_stream_new (packed, unpack);
  out = G_OUTPUT_STREAM (g_file_replace (to, NULL, FALSE, 0, NULL, &error));
  g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  e->embedder = app_embedder_new (e->path);
  e->texts[0] = "[Page 1]\nThe ship is old.\n[Page 2]\nThe wind is cold.\n[Page 3]\nA house in the sun.\n";
  e->passages = g_array_new (FALSE, FALSE, sizeof (AppPassage));
  app_passages_split (e->passages, 0, e->texts[0]);
  g_assert_cmpuint (e->passages->len, ==, 3);
}

static void
tear_down (Embedding *e, gconstpointer data)
{
  app_embedder_unref (e->embedder);
  g_array_unref (e->passages);
  fixture_delete_folder (e->folder);
  g_free (e->folder);
  g_free (e->path);
}

static GArray *
compare (Embedding *e, const char *question, GArray *first, guint limit)
{
  g_autoptr (GError) error = NULL;
  GArray *near = app_embedder_compare (e->embedder, e->passages, e->texts, question, first, limit, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (near->len, ==, e->passages->len);
  return near;
}

static void
test_same (Embedding *e, gconstpointer data)
{
  g_autoptr (GArray) near = compare (e, "The wind is cold.", NULL, 10);

  g_assert_cmpfloat (g_array_index (near, float, 1), >, 0.9999);
  g_assert_cmpfloat (g_array_index (near, float, 0), <, 0.9999);
  g_assert_cmpfloat (g_array_index (near, float, 2), <, 0.9999);
}

/* Only so many are computed at a time, what is ranked first before the rest; and none is computed twice. */
static void
test_limit (Embedding *e, gconstpointer data)
{
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (AppRanked));
  g_autoptr (GArray) one = NULL, two = NULL, none = NULL;
  AppRanked last = { 2, 5 };

  g_array_append_val (first, last);
  one = compare (e, "sun", first, 1);
  g_assert_true (isnan (g_array_index (one, float, 0)) && isnan (g_array_index (one, float, 1)));
  g_assert_false (isnan (g_array_index (one, float, 2)));
  two = compare (e, "sun", NULL, 1);
  g_assert_false (isnan (g_array_index (two, float, 0)));
  g_assert_true (isnan (g_array_index (two, float, 1)));
  g_assert_cmpfloat (g_array_index (two, float, 2), ==, g_array_index (one, float, 2));
  none = compare (e, "sun", NULL, 0);
  g_assert_true (isnan (g_array_index (none, float, 1)));
  g_assert_cmpfloat (g_array_index (none, float, 0), ==, g_array_index (two, float, 0));
}

static void
test_missing (Embedding *e, gconstpointer data)
{
  AppEmbedder *missing = app_embedder_new ("/nonexistent.gguf");
  g_autoptr (GError) error = NULL;

  g_assert_null (app_embedder_compare (missing, e->passages, e->texts, "sun", NULL, 1, &error));
  g_assert_nonnull (error);
  app_embedder_unref (missing);
}

/* ---- beside a model that is loaded ---- */

/* Words tell nothing: each page has the same, in one other order. */
#define QUESTION "The wind is cold. The ship is old."
#define OTHERS "The ship is old. The wind is cold."
#define N_PAGES 200
#define PAGE 58

static AppEngine *
load_tiny (Embedding *e)
{
  const TinyModel options = { .architecture = "llama", .type = ENGINE_TYPE_F32, .n_layers = 1, .n_embd = 64, .n_ff = 64, .n_head = 2, .n_head_kv = 1, .head_dim = 32 };
  g_autofree char *path = tiny_model_write (&options);
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  g_autoptr (AppModel) model = app_model_new (facts);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AppEngine *engine = app_local_engine_new (NULL, NULL);

  app_model_set_path (model, path, FALSE);
  app_engine_load_async (engine, model, NULL, keep_result, &result);
  app_engine_load_finish (engine, wait_result (&result), &error);
  g_assert_no_error (error);
  g_unlink (path);
  return engine;
}

/* Whether the page that means the question is among those that the model is given. */
static gboolean
finds_page (AppEngine *engine)
{
  const AppSampling greedy = { .top_p = 1, .repeat_penalty = 1, .max_tokens = 1 };
  g_autoptr (AppPrompt) prompt = app_prompt_new (&greedy);
  g_autoptr (GPtrArray) documents = app_documents_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AppCompletion) completion = NULL;
  GPtrArray *sources;
  gboolean found = FALSE;

  for (guint i = 1; i <= N_PAGES; i++)
    g_string_append_printf (text, "[Page %u]\n%s\n", i, i == PAGE ? QUESTION : OTHERS);
  g_ptr_array_add (documents, app_document_new (1, 0, "log.txt", text->str));
  app_prompt_add (prompt, APP_ROLE_USER, documents, QUESTION);
  completion = app_engine_complete (engine, prompt, NULL);
  g_assert_nonnull (completion);
  app_completion_start (completion);
  WAIT_UNTIL (app_completion_get_finished (completion));
  g_assert_null (app_completion_get_error (completion));
  sources = app_completion_get_sources (completion);
  g_assert_nonnull (sources);
  for (guint i = 0; i < sources->len; i++)
    found |= ((AppSource *) sources->pdata[i])->page == PAGE;
  return found;
}

/* It serves the model that is loaded already, from the next answer on, and no answer more when it is taken away. */
static void
test_at_once (Embedding *e, gconstpointer data)
{
  AppEngine *engine = load_tiny (e);

  g_assert_false (finds_page (engine));
  app_local_engine_set_embedder (APP_LOCAL_ENGINE (engine), e->path);
  g_assert_true (finds_page (engine));
  app_local_engine_set_embedder (APP_LOCAL_ENGINE (engine), NULL);
  g_assert_false (finds_page (engine));
  app_local_engine_set_embedder (APP_LOCAL_ENGINE (engine), e->path);
  g_assert_true (finds_page (engine));
  app_engine_unload (engine);
  WAIT_UNTIL (G_OBJECT (engine)->ref_count == 1);
  g_assert_finalize_object (engine);
}

static void
count (GObject *models, GParamSpec *pspec, guint *n)
{
  ++*n;
}

/* Whether one is installed is told as soon as it is, and as soon as it is not. */
static void
test_installed (Embedding *e, gconstpointer data)
{
  g_autoptr (AppModels) models = app_models_new ("/nonexistent.json", e->folder);
  g_autoptr (GAsyncResult) refreshed = NULL, removed = NULL, back = NULL;
  AppModel *model;
  guint n = 0;

  g_signal_connect (models, "notify::embedder", G_CALLBACK (count), &n);
  g_assert_null (app_models_get_embedder (models));
  app_models_refresh_async (models, NULL, keep_result, &refreshed);
  app_models_refresh_finish (models, wait_result (&refreshed), NULL);
  model = app_models_get_embedder (models);
  g_assert_nonnull (model);
  g_assert_cmpstr (app_model_get_path (model), ==, e->path);
  g_assert_cmpuint (n, ==, 1);
  app_models_remove_async (models, model, keep_result, &removed);
  g_assert_true (app_models_remove_finish (models, wait_result (&removed), NULL));
  g_assert_null (app_models_get_embedder (models));
  g_assert_cmpuint (n, ==, 2);
  app_models_undo_remove_async (models, model, keep_result, &back);
  g_assert_true (app_models_undo_remove_finish (models, wait_result (&back), NULL));
  g_assert_true (app_models_get_embedder (models) == model);
  g_assert_cmpuint (n, ==, 3);
}

/* ---- words and meaning together ---- */

static GArray *
ranked_new (guint n, ...)
{
  GArray *ranked = g_array_new (FALSE, FALSE, sizeof (AppRanked));
  va_list list;

  va_start (list, n);
  for (guint i = 0; i < n; i++) {
    AppRanked one = { va_arg (list, guint), 5.0 - i };
    g_array_append_val (ranked, one);
  }
  va_end (list);
  return ranked;
}

static void
assert_order (GArray *ranked, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < ranked->len; i++)
    g_string_append_printf (found, "%s%u", i ? " " : "", g_array_index (ranked, AppRanked, i).passage);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_fuse (Embedding *e, gconstpointer data)
{
  static const float values[] = { 0.1f, NAN, 0.9f, 0.2f, 0.8f };
  g_autoptr (GArray) near = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) words = ranked_new (2, 4u, 1u), nothing = ranked_new (0), fused = NULL, without = NULL, cut = NULL;

  g_array_append_vals (near, values, G_N_ELEMENTS (values));
  fused = app_passages_fuse (words, near, 10);
  assert_order (fused, "4 2 1 3 0"); /* both; meaning; words alone; the rest */
  for (guint i = 0; i < fused->len; i++)
    g_assert_cmpfloat (g_array_index (fused, AppRanked, i).score, >, APP_PASSAGE_SCORE);
  cut = app_passages_fuse (words, near, 2);
  assert_order (cut, "4 2");
  /* No word tells anything, and nothing stands out: nothing fits. */
  without = app_passages_fuse (nothing, near, 10);
  assert_order (without, "");
}

static void
test_stands_out (Embedding *e, gconstpointer data)
{
  g_autoptr (GArray) near = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) nothing = ranked_new (0), fused = NULL;

  for (guint i = 0; i < 40; i++) {
    float value = i == 17 ? 0.8f : 0.3f + 0.01f * (float) (i % 5);
    g_array_append_val (near, value);
  }
  fused = app_passages_fuse (nothing, near, 5);
  g_assert_cmpuint (fused->len, ==, 5);
  g_assert_cmpuint (g_array_index (fused, AppRanked, 0).passage, ==, 17);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, run) g_test_add ("/app/embedder/" name, Embedding, NULL, set_up, run, tear_down)
  ADD ("same", test_same);
  ADD ("limit", test_limit);
  ADD ("missing", test_missing);
  ADD ("at-once", test_at_once);
  ADD ("installed", test_installed);
  ADD ("fuse", test_fuse);
  ADD ("stands-out", test_stands_out);
  return g_test_run ();
}
