/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "app-catalogue.h"
#include "app-connections-private.h"
#include "app-error.h"
#include "app-hub-download.h"
#include "app-hub-reply.h"
#include "app-model-private.h"
#include "app-models.h"
#include "app-schema.h"
#include "fixture.h"
#include "hub-server.h"

#define BIRD "owner/Bird-1B-GGUF"

typedef struct {
  char *folder, *catalogue, *directory;
  HubServer *server;
  AppDatabase *database;
  AppConnections *connections;
  AppModels *models;
  AppHub *hub; /* of the models */
} Shelf;

static void
make_models (Shelf *shelf)
{
  shelf->models = app_models_new (shelf->catalogue, shelf->directory);
  shelf->hub = app_models_get_hub (shelf->models);
  app_models_set_connections (shelf->models, shelf->connections);
}

/* Workers may hold them for a moment longer. */
static void
drop_models (Shelf *shelf)
{
  for (int i = 0; i < 5000 && G_OBJECT (shelf->models)->ref_count > 1; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (200);
  }
  g_assert_finalize_object (g_steal_pointer (&shelf->models));
}

static void
set_up (Shelf *shelf, gconstpointer data)
{
  shelf->folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  shelf->catalogue = g_build_filename (shelf->folder, "models.json", NULL);
  shelf->directory = g_build_filename (shelf->folder, "models", NULL);
  g_assert_true (g_file_set_contents (shelf->catalogue, "{ \"format\": 1, \"models\": [] }", -1, NULL));
  shelf->server = hub_server_new ();
  g_setenv ("MELETE_HUB", hub_server_get_address (shelf->server), TRUE);
  shelf->database = app_database_new (":memory:", &app_schema);
  shelf->connections = app_connections_new (shelf->database, NULL);
  make_models (shelf);
}

static void
tear_down (Shelf *shelf, gconstpointer data)
{
  g_autoptr (GAsyncResult) closed = NULL;

  drop_models (shelf);
  hub_server_free (shelf->server);
  for (int i = 0; i < 5000 && G_OBJECT (shelf->connections)->ref_count > 1; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (200);
  }
  app_database_close_async (shelf->database, keep_result, &closed);
  wait_result (&closed);
  g_clear_object (&closed);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (shelf->connections);
  g_object_unref (shelf->database);
  fixture_delete_folder (shelf->folder);
  g_free (shelf->folder);
  g_free (shelf->catalogue);
  g_free (shelf->directory);
}

static GPtrArray *
look_for (Shelf *shelf, const char *words, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_hub_search_async (shelf->hub, words, NULL, keep_result, &result);
  return app_hub_search_finish (shelf->hub, wait_result (&result), error);
}

static AppHubRepository *
try_open (Shelf *shelf, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_hub_open_async (shelf->hub, id, NULL, keep_result, &result);
  return app_hub_open_finish (shelf->hub, wait_result (&result), error);
}

static AppHubRepository *
open_bird (Shelf *shelf)
{
  g_autoptr (GError) error = NULL;
  AppHubRepository *repository = try_open (shelf, BIRD, &error);

  g_assert_no_error (error);
  return repository;
}

static const AppHubVariant *
variant (AppHubRepository *repository, const char *label)
{
  for (guint i = 0; i < repository->variants->len; i++)
    if (g_str_equal (((AppHubVariant *) repository->variants->pdata[i])->label, label))
      return repository->variants->pdata[i];
  return NULL;
}

static void
refresh (Shelf *shelf)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_models_refresh_async (shelf->models, NULL, keep_result, &result);
  app_models_refresh_finish (shelf->models, wait_result (&result), &error);
  g_assert_no_error (error);
}

static gboolean
exists (Shelf *shelf, const char *name)
{
  g_autofree char *path = g_build_filename (shelf->directory, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_file (Shelf *shelf, const char *name, const char *path)
{
  g_autofree char *target = g_build_filename (shelf->directory, name, NULL);
  g_autofree char *content = NULL;
  GBytes *bytes = hub_server_get_file (shelf->server, path);
  gsize n;

  g_assert_true (g_file_get_contents (target, &content, &n, NULL));
  g_assert_cmpmem (content, n, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static AppModel *
download (Shelf *shelf, const char *label, gboolean projector, gboolean draft)
{
  g_autoptr (AppHubRepository) repository = open_bird (shelf);
  g_autoptr (GError) error = NULL;
  AppModel *model = app_models_download_variant (shelf->models, repository, variant (repository, label), projector, draft, &error);

  g_assert_no_error (error);
  WAIT_UNTIL (app_model_get_state (model) == APP_MODEL_INSTALLED || app_model_get_state (model) == APP_MODEL_FAILED);
  if (app_model_get_download (model))
    g_error ("%s", app_download_get_error (app_model_get_download (model)));
  return model;
}

/* ---- */

/* What is found is told as it is; what is no model, or none that could be fetched, is left out. */
static void
test_search (Shelf *shelf, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = look_for (shelf, "bird", &error);
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (AppConnection) connection = NULL;
  const AppHubModel *bird, *secret, *broken;

  g_assert_no_error (error);
  g_assert_cmpuint (models->len, ==, 3);
  bird = models->pdata[0];
  secret = models->pdata[1];
  broken = models->pdata[2];
  g_assert_cmpstr (bird->id, ==, BIRD);
  g_assert_cmpstr (bird->licence, ==, "apache-2.0");
  g_assert_cmpuint (bird->downloads, ==, 123456);
  g_assert_cmpuint (bird->likes, ==, 42);
  g_assert_cmpint (bird->updated, ==, 1790856000);
  g_assert_false (bird->gated);
  g_assert_true (secret->gated);
  g_assert_cmpuint (broken->downloads + broken->likes, ==, 0);
  g_assert_cmpint (broken->updated, ==, 0);
  none = look_for (shelf, "nothing of that name & more", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  connection = g_list_model_get_item (app_connections_get_list (shelf->connections), 0);
  g_assert_cmpstr (app_connection_get_peer (connection), ==, hub_server_get_address (shelf->server));
  g_assert_cmpint (app_connection_get_outcome (connection), ==, APP_CONNECTION_DONE);
}

static void
test_errors (Shelf *shelf, gconstpointer data)
{
  static const struct {
    guint status;
    const char *words;
  } statuses[] = { { 401, "Accept its terms" }, { 404, "Check the name" }, { 429, "few minutes" }, { 503, "HTTP 503" } };
  g_autoptr (GError) error = NULL;
  g_autoptr (AppHub) closed = NULL;
  g_autoptr (AppHub) alone = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    hub_server_set_status (shelf->server, statuses[i].status);
    g_assert_null (try_open (shelf, BIRD, &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_DOWNLOAD);
    g_assert_nonnull (strstr (error->message, statuses[i].words));
    g_clear_error (&error);
  }
  hub_server_set_status (shelf->server, 0);
  g_assert_null (try_open (shelf, "owner/Broken-GGUF", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_null (try_open (shelf, "owner/../../etc", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);

  /* Nobody is there; and nobody is asked before it can be recorded. */
  closed = app_hub_new ("http://127.0.0.1:1");
  app_hub_set_connections (closed, shelf->connections);
  app_hub_search_async (closed, "bird", NULL, keep_result, &result);
  g_assert_null (app_hub_search_finish (closed, wait_result (&result), &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_NETWORK);
  g_assert_nonnull (strstr (error->message, "nothing listens there"));
  g_clear_error (&error);
  g_clear_object (&result);
  alone = app_hub_new (hub_server_get_address (shelf->server));
  app_hub_search_async (alone, "bird", NULL, keep_result, &result);
  g_assert_null (app_hub_search_finish (alone, wait_result (&result), &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
}

/* Sizes are named by their quantisation, parts are one, what is no size is none. */
static void
test_variants (Shelf *shelf, gconstpointer data)
{
  g_autoptr (AppHubRepository) repository = open_bird (shelf);
  const AppHubVariant *f16 = variant (repository, "F16"), *q4 = variant (repository, "Q4_K_M");

  g_assert_cmpstr (repository->licence, ==, "bird-licence");
  g_assert_cmpstr (repository->licence_link, ==, "https://licences.example/bird");
  g_assert_cmpuint (repository->context, ==, 32768);
  g_assert_cmpuint (repository->variants->len, ==, 3);
  g_assert_cmpstr (((AppHubVariant *) repository->variants->pdata[1])->label, ==, "Q8_0");
  g_assert_cmpstr (q4->id, ==, "bird-1b-q4_k_m");
  g_assert_cmpuint (f16->files->len, ==, 2);
  g_assert_cmpuint (f16->bytes, ==, 4100000);
  g_assert_cmpstr (f16->id, ==, "bird-1b-f16-00001-of-00002");
  g_assert_cmpstr (repository->projector->path, ==, "mmproj-Bird-1B-F16.gguf");
  g_assert_cmpstr (repository->draft->path, ==, "Bird-1B-draft-Q4_0.gguf");
  g_assert_cmpuint (strlen (repository->draft->sha256), ==, 64);
}

static void
test_labels (void)
{
  static const struct {
    const char *path, *label, *id;
  } names[] = {
    { "Qwen3-8B-UD-Q4_K_XL.gguf", "UD-Q4_K_XL", "x-qwen3-8b-ud-q4_k_xl" },
    { "model-iq3_xxs.gguf", "IQ3_XXS", "x-model-iq3_xxs" },
    { "X.Q5_K_S.gguf", "Q5_K_S", "x.q5_k_s" },
    { "x-q4_0_4_8.gguf", "Q4_0_4_8", "x-q4_0_4_8" },
    { "gpt-oss-20b-mxfp4.gguf", "MXFP4", "x-gpt-oss-20b-mxfp4" },
    { "x-f32.gguf", "F32", "x-f32" },
    { "BF16/x BF16 (1).gguf", "x BF16 (1)", "x-bf16--1-" },
    { "x.gguf", "x", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (AppHubRepository) repository = app_hub_repository_new ();
    g_autoptr (GPtrArray) files = g_ptr_array_new ();
    AppHubFile file = { (char *) names[i].path, (char *) "", 100 };
    repository->id = g_strdup ("owner/X-GGUF");
    g_ptr_array_add (files, &file);
    app_hub_gather (repository, files);
    g_assert_cmpuint (repository->variants->len, ==, 1);
    g_assert_cmpstr (((AppHubVariant *) repository->variants->pdata[0])->label, ==, names[i].label);
    g_assert_cmpstr (((AppHubVariant *) repository->variants->pdata[0])->id, ==, names[i].id);
  }
}

/* The engine reads the beginning, so that the estimate is that of the whole file. */
static void
test_look (Shelf *shelf, gconstpointer data)
{
  g_autoptr (AppHubRepository) repository = open_bird (shelf);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppModel) guessed = app_hub_repository_judge (repository, variant (repository, "Q4_K_M"));
  g_autoptr (AppModel) judged = NULL;
  g_autoptr (AppModelFacts) facts = NULL;
  g_autofree char *path = g_build_filename (shelf->folder, "whole.gguf", NULL);
  GBytes *whole = hub_server_get_file (shelf->server, "Bird-1B-Q4_K_M.gguf");

  app_hub_look_async (shelf->hub, repository, NULL, keep_result, &result);
  g_assert_true (app_hub_look_finish (shelf->hub, wait_result (&result), &repository->cache_bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (repository->cache_bytes, >, 0);
  judged = app_hub_repository_judge (repository, variant (repository, "Q4_K_M"));
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), NULL));
  facts = app_catalogue_inspect (path, "whole", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (app_model_get_memory (judged), ==, facts->memory_bytes);
  g_assert_cmpuint (app_model_get_memory (judged), !=, app_model_get_memory (guessed));
}

/* The hub does not say which model answers nothing: that is known when its file is here, without a new start. */
static void
test_kind (Shelf *shelf, gconstpointer data)
{
  static const struct { const char *golden; gboolean embeds; } kinds[] = { { "bert", TRUE }, { "qwen3-lora", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autoptr (GBytes) bytes = hub_server_golden (kinds[i].golden);
    g_autoptr (AppHubRepository) repository = NULL;
    g_autoptr (GAsyncResult) removed = NULL, purged = NULL;
    g_autoptr (AppModel) begun = NULL;
    AppModel *model;

    hub_server_replace (shelf->server, "Bird-1B-Q8_0.gguf", bytes);
    repository = open_bird (shelf);
    begun = app_models_download_variant (shelf->models, repository, variant (repository, "Q8_0"), FALSE, FALSE, NULL);
    g_object_ref (begun);
    g_assert_cmpint (app_model_get_answers (begun), ==, i == 0); /* by the second time the name is known for the first */
    WAIT_UNTIL (app_models_find (shelf->models, "bird-1b-q8_0") != begun);
    model = app_models_find (shelf->models, "bird-1b-q8_0");
    WAIT_UNTIL (app_model_get_state (model) == APP_MODEL_INSTALLED);
    g_assert_cmpint (app_model_get_embeds (model), ==, kinds[i].embeds);
    g_assert_cmpint (app_model_get_adapts (model), ==, !kinds[i].embeds);
    g_assert_true (app_models_get_embedder (shelf->models) == (kinds[i].embeds ? model : NULL));
    g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (shelf->models)), ==, 1);
    app_models_remove_async (shelf->models, model, keep_result, &removed);
    g_assert_true (app_models_remove_finish (shelf->models, wait_result (&removed), NULL));
    app_models_purge_async (shelf->models, model, keep_result, &purged);
    g_assert_true (app_models_purge_finish (shelf->models, wait_result (&purged), NULL));
    g_assert_null (app_models_get_embedder (shelf->models));
  }
}

/* Of what fits the largest is suggested, but not one that is only wider; on a small machine the one that is only slow; else none. */
static void
test_suggest (Shelf *shelf, gconstpointer data)
{
  g_autoptr (AppHubRepository) repository = open_bird (shelf);

  repository->cache_bytes = 1;
  repository->memory_total = repository->memory_available = 1000000000;
  g_assert_cmpstr (app_hub_repository_suggest (repository)->label, ==, "Q8_0");
  repository->memory_available = 10;
  g_assert_cmpstr (app_hub_repository_suggest (repository)->label, ==, "Q4_K_M");
  repository->memory_total = 10;
  g_assert_null (app_hub_repository_suggest (repository));
}

/* Parts, projector and draft are one download and one model, and go together. */
static void
test_download (Shelf *shelf, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  AppModel *model = download (shelf, "F16", TRUE, TRUE);
  g_autoptr (AppModel) only = NULL;

  assert_file (shelf, "bird-1b-f16-00001-of-00002.gguf", "F16/Bird-1B-F16-00001-of-00002.gguf");
  assert_file (shelf, "bird-1b-f16-00002-of-00002.gguf", "F16/Bird-1B-F16-00002-of-00002.gguf");
  assert_file (shelf, "bird-1b-f16-00001-of-00002.mmproj.gguf", "mmproj-Bird-1B-F16.gguf");
  assert_file (shelf, "bird-1b-f16-00001-of-00002.draft.gguf", "Bird-1B-draft-Q4_0.gguf");
  g_assert_false (exists (shelf, ".hub-bird-1b-f16-00001-of-00002"));
  g_assert_cmpstr (app_model_get_name (model), ==, "Bird-1B F16");
  g_assert_cmpuint (app_model_get_size (model), ==, 4100000 + 12000 + 5000);
  g_assert_true (app_model_get_has_projector (model) && app_model_get_has_draft (model));
  refresh (shelf);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (shelf->models)), ==, 1); /* and no model of its own for each file */
  g_assert_cmpuint (app_models_get_disk_bytes (shelf->models), ==, app_model_get_size (model));

  app_models_remove_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_remove_finish (shelf->models, wait_result (&result), NULL));
  g_clear_object (&result);
  g_assert_false (exists (shelf, "bird-1b-f16-00002-of-00002.gguf") || exists (shelf, "bird-1b-f16-00001-of-00002.mmproj.gguf") ||
                  exists (shelf, "bird-1b-f16-00001-of-00002.origin.json"));
  app_models_undo_remove_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_undo_remove_finish (shelf->models, wait_result (&result), NULL));
  g_clear_object (&result);
  assert_file (shelf, "bird-1b-f16-00002-of-00002.gguf", "F16/Bird-1B-F16-00002-of-00002.gguf");
  app_models_remove_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_remove_finish (shelf->models, wait_result (&result), NULL));
  g_clear_object (&result);
  app_models_purge_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_purge_finish (shelf->models, wait_result (&result), NULL));
  g_assert_false (exists (shelf, ".removed"));
}

/* A program that starts anew knows where the model came from. */
static void
test_origin (Shelf *shelf, gconstpointer data)
{
  AppModel *model = download (shelf, "Q4_K_M", FALSE, FALSE);

  drop_models (shelf);
  make_models (shelf);
  refresh (shelf);
  model = app_models_find (shelf->models, "bird-1b-q4_k_m");
  g_assert_cmpint (app_model_get_state (model), ==, APP_MODEL_INSTALLED);
  g_assert_cmpstr (app_model_get_name (model), ==, "Bird-1B Q4_K_M");
  g_assert_cmpstr (app_model_get_licence (model), ==, "bird-licence");
  g_assert_cmpstr (app_model_get_quantisation (model), ==, "Q4_K_M");
  g_assert_cmpstr (app_model_get_repository (model), ==, BIRD);
}

/* A half-finished download of several files comes back paused, with what is here, and is gone on with. */
static void
test_restart (Shelf *shelf, gconstpointer data)
{
  g_autoptr (AppHubRepository) repository = open_bird (shelf);
  AppModel *model = app_models_download_variant (shelf->models, repository, variant (repository, "F16"), TRUE, FALSE, NULL);
  AppDownload *download = app_model_get_download (model);
  guint64 done;
  guint n_first;

  WAIT_UNTIL (app_download_get_done (download) >= 3100000);
  app_download_pause (download);
  g_assert_cmpint (app_model_get_state (model), ==, APP_MODEL_PAUSED);
  drop_models (shelf);
  n_first = hub_server_count (shelf->server, "00001-of-00002");
  make_models (shelf);
  refresh (shelf);
  model = app_models_find (shelf->models, "bird-1b-f16-00001-of-00002");
  g_assert_cmpint (app_model_get_state (model), ==, APP_MODEL_PAUSED);
  download = app_model_get_download (model);
  done = app_download_get_done (download);
  g_assert_cmpuint (done, >=, 3100000);
  g_assert_cmpuint (app_download_get_total (download), ==, 4112000);
  app_download_resume (download);
  WAIT_UNTIL (app_model_get_state (model) == APP_MODEL_INSTALLED);
  g_assert_cmpuint (hub_server_count (shelf->server, "00001-of-00002"), ==, n_first); /* the first part was here */
  assert_file (shelf, "bird-1b-f16-00002-of-00002.gguf", "F16/Bird-1B-F16-00002-of-00002.gguf");
}

static void
on_downloading (AppModels *models, GParamSpec *pspec, guint *n)
{
  ++*n;
}

/* Cancelling leaves nothing; while it runs the models say so. */
static void
test_cancel (Shelf *shelf, gconstpointer data)
{
  g_autoptr (AppHubRepository) repository = open_bird (shelf);
  g_autoptr (GError) error = NULL;
  guint n_changes = 0;
  AppModel *model;

  g_signal_connect (shelf->models, "notify::downloading", G_CALLBACK (on_downloading), &n_changes);
  model = app_models_download_variant (shelf->models, repository, variant (repository, "Q8_0"), FALSE, FALSE, NULL);
  g_assert_true (app_models_get_downloading (shelf->models));
  g_assert_null (app_models_download_variant (shelf->models, repository, variant (repository, "Q8_0"), FALSE, FALSE, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  app_download_cancel (app_model_get_download (model));
  g_assert_cmpint (app_model_get_state (model), ==, APP_MODEL_ABSENT);
  g_assert_false (app_models_get_downloading (shelf->models));
  g_assert_cmpuint (n_changes, ==, 2);
  WAIT_UNTIL (!exists (shelf, ".hub-bird-1b-q8_0") || (g_usleep (500), FALSE));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (shelf->models)), ==, 0);
}

static void
check (Shelf *shelf, AppModel *model)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_models_check_async (shelf->models, model, NULL, keep_result, &result);
  app_models_check_finish (shelf->models, wait_result (&result), &error);
  g_assert_no_error (error);
}

/* A commit that leaves the files as they are is no update; one that changes them is, and replaces the model when all of it is here. */
static void
test_update (Shelf *shelf, gconstpointer data)
{
  AppModel *model = download (shelf, "Q8_0", FALSE, FALSE);
  g_autoptr (GBytes) readme = g_bytes_new_static ("x", 1);
  g_autoptr (GBytes) newer = hub_server_golden ("qwen3");
  g_autoptr (GAsyncResult) result = NULL;

  check (shelf, model);
  g_assert_false (app_model_get_outdated (model));
  hub_server_replace (shelf->server, "LICENSE.gguf.md", readme);
  check (shelf, model);
  g_assert_false (app_model_get_outdated (model));
  hub_server_replace (shelf->server, "Bird-1B-Q8_0.gguf", newer);
  check (shelf, model);
  g_assert_true (app_model_get_outdated (model));
  app_models_update_async (shelf->models, model, NULL, keep_result, &result);
  g_assert_true (app_models_update_finish (shelf->models, wait_result (&result), NULL));
  WAIT_UNTIL (app_model_get_download (model) == NULL);
  assert_file (shelf, "bird-1b-q8_0.gguf", "Bird-1B-Q8_0.gguf");
  g_assert_false (app_model_get_outdated (model));
  check (shelf, model);
  g_assert_false (app_model_get_outdated (model));
}

/* A gated repository opens with the token, which the next run finds in the keyring. That it is taken away, tests/ui/test-ui-hub.c sees: libsecret's keyring of
 * tests loses some bytes when it is written twice, and the sanitizers look at this program. */
static void
test_token (Shelf *shelf, gconstpointer data)
{
  g_autoptr (GAsyncResult) kept = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;
  g_autoptr (AppHubRepository) repository = NULL;

  g_assert_null (try_open (shelf, "owner/Secret-GGUF", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DOWNLOAD);
  g_clear_error (&error);
  app_keys_store_async (app_hub_get_keys (shelf->hub), app_hub_get_address (shelf->hub), "hf_good", keep_result, &kept);
  app_keys_store_finish (app_hub_get_keys (shelf->hub), wait_result (&kept), &notice);
  g_assert_null (notice);
  drop_models (shelf);
  make_models (shelf);
  repository = try_open (shelf, "owner/Secret-GGUF", &error);
  g_assert_no_error (error);
  g_assert_true (repository->gated);
}

/* ---- plans ---- */

static const char plan[] =
    "{ \"format\": 1, \"hub\": \"https://hub.example\", \"repository\": \"a/b\", \"revision\": \"0123456789012345678901234567890123456789\", \"id\": \"b\","
    "  \"name\": \"B\", \"files\": [ { \"path\": \"b.gguf\", \"name\": \"b.gguf\", \"sha256\": \"\", \"bytes\": 7 } ] }";

/* A plan is a file that anything may have written: it can name nothing outside of its model. */
static void
test_plans (void)
{
  static const struct {
    const char *from, *to;
  } wrong[] = {
    { "\"b.gguf\", \"sha256", "\"../b.gguf\", \"sha256" }, { "\"b.gguf\", \"sha256", "\"c.gguf\", \"sha256" }, { "\"path\": \"b.gguf\"", "\"path\": \"../b.gguf\"" },
    { "https://hub", "file://hub" },                       { "\"a/b\"", "\"a/../b\"" },                       { "\"id\": \"b\"", "\"id\": \"../b\"" },
    { "\"bytes\": 7", "\"bytes\": -7" },                   { "\"format\": 1", "\"format\": 2" },              { "0123456789012345678901234567890123456789", "main" },
    { "\"sha256\": \"\"", "\"sha256\": \"77\"" },
  };
  g_autoptr (AppHubPlan) good = app_hub_plan_parse (plan, -1);
  g_autofree char *json = NULL;
  g_autoptr (AppHubPlan) again = NULL;

  g_assert_nonnull (good);
  json = app_hub_plan_to_json (good);
  again = app_hub_plan_parse (json, -1);
  g_assert_nonnull (again);
  g_assert_cmpuint (app_hub_plan_get_bytes (again), ==, 7);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GString) text = g_string_new (plan);
    g_assert_cmpuint (g_string_replace (text, wrong[i].from, wrong[i].to, 1), ==, 1);
    g_assert_null (app_hub_plan_parse (text->str, -1));
  }
}

/* What is nested without an end is refused before the parser calls itself to death. */
static void
test_deep (void)
{
  g_autofree char *deep = g_strnfill (1000000, '[');
  g_autoptr (GBytes) json = g_bytes_new_static (deep, strlen (deep));
  g_autoptr (GError) error = NULL;

  g_assert_null (app_hub_reply_search (json, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
}

#define ADD(path, test) g_test_add ("/app/hub/" path, Shelf, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_autofree char *keyring = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  keyring = g_build_filename (g_get_tmp_dir (), "melete-test-XXXXXX", NULL);
  g_close (g_mkstemp (keyring), NULL);
  g_unlink (keyring);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", keyring, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "x", TRUE);
  ADD ("search", test_search);
  ADD ("errors", test_errors);
  ADD ("variants", test_variants);
  g_test_add_func ("/app/hub/labels", test_labels);
  ADD ("look", test_look);
  ADD ("suggest", test_suggest);
  ADD ("download", test_download);
  ADD ("kind", test_kind);
  ADD ("origin", test_origin);
  ADD ("restart", test_restart);
  ADD ("cancel", test_cancel);
  ADD ("update", test_update);
  ADD ("token", test_token);
  g_test_add_func ("/app/hub/plans", test_plans);
  g_test_add_func ("/app/hub/deep", test_deep);
  result = g_test_run ();
  g_unlink (keyring);
  return result;
}
