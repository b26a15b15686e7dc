/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

#include "app-catalogue.h"
#include "app-connections-private.h"
#include "app-error.h"
#include "app-models.h"
#include "app-schema.h"

/* The smallest model that the tests have. It must be there. */
#define REAL_MODEL "smollm2-135m-instruct"

typedef struct {
  char *folder, *catalogue, *directory;
  AppDatabase *database; /* in memory */
  AppConnections *connections;
  AppModels *models;
} Shelf;

static const char catalogue[] =
    "{ \"format\": 1, \"models\": ["
    "  { \"id\": \"small\", \"name\": \"Small\", \"description\": \"d\", \"licence\": \"Apache-2.0\", \"architecture\": \"llama\", \"parameters\": 100,"
    "    \"bytes\": 10, \"sha256\": \"0123456789012345678901234567890123456789012345678901234567890123\", \"memory_bytes\": 1000, \"context\": 8192,"
    "    \"sees\": false, \"hears\": false, \"thinks\": false, \"codes\": false, \"recommended\": false, \"starter\": true, \"tests_only\": false,"
    "    \"source\": { \"kind\": \"pip\", \"packages\": [{ \"name\": \"p\", \"version\": \"1\", \"download_bytes\": 20, \"bytes\": 10 }], \"member\": \"x\" } },"
    "  { \"id\": \"good\", \"name\": \"Good\", \"description\": \"d\", \"licence\": \"Apache-2.0\", \"architecture\": \"qwen2\", \"parameters\": 1000,"
    "    \"bytes\": 30, \"sha256\": \"0123456789012345678901234567890123456789012345678901234567890123\", \"memory_bytes\": 2000, \"context\": 32768,"
    "    \"sees\": true, \"hears\": false, \"thinks\": true, \"codes\": true, \"recommended\": true, \"starter\": false, \"tests_only\": false,"
    "    \"source\": { \"kind\": \"pip\", \"packages\": [{ \"name\": \"q\", \"version\": \"1\", \"download_bytes\": 20, \"bytes\": 30 }], \"member\": \"x\" } },"
    "  { \"id\": \"huge\", \"name\": \"Huge\", \"description\": \"d\", \"licence\": \"Apache-2.0\", \"architecture\": \"qwen2\", \"parameters\": 9000,"
    "    \"bytes\": 40, \"sha256\": \"0123456789012345678901234567890123456789012345678901234567890123\", \"memory_bytes\": 9000000000000000, \"context\": 32768,"
    "    \"sees\": false, \"hears\": false, \"thinks\": false, \"codes\": false, \"recommended\": false, \"starter\": false, \"tests_only\": false,"
    "    \"source\": { \"kind\": \"pip\", \"packages\": [{ \"name\": \"r\", \"version\": \"1\", \"download_bytes\": 20, \"bytes\": 40 }], \"member\": \"x\" } },"
    "  { \"id\": \"hidden\", \"name\": \"Hidden\", \"description\": \"d\", \"licence\": \"Gemma\", \"architecture\": \"gemma3\", \"parameters\": 500,"
    "    \"bytes\": 50, \"sha256\": \"0123456789012345678901234567890123456789012345678901234567890123\", \"memory_bytes\": 1500, \"context\": 32768,"
    "    \"sees\": false, \"hears\": false, \"thinks\": false, \"codes\": false, \"recommended\": false, \"starter\": false, \"tests_only\": true,"
    "    \"source\": { \"kind\": \"pip\", \"packages\": [{ \"name\": \"s\", \"version\": \"1\", \"download_bytes\": 20, \"bytes\": 50 }], \"member\": \"x\" } }"
    "] }";

static void
set_up (Shelf *shelf, gconstpointer data)
{
  shelf->folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  shelf->catalogue = g_build_filename (shelf->folder, "models.json", NULL);
  shelf->directory = g_build_filename (shelf->folder, "models", NULL);
  g_assert_true (g_file_set_contents (shelf->catalogue, catalogue, -1, NULL));
  shelf->database = app_database_new (":memory:", &app_schema);
  shelf->connections = app_connections_new (shelf->database, NULL);
  shelf->models = app_models_new (shelf->catalogue, shelf->directory);
  app_models_set_connections (shelf->models, shelf->connections);
}

static void
drop_models (Shelf *shelf)
{
  for (int i = 0; i < 2000 && G_OBJECT (shelf->models)->ref_count > 1; i++) { /* a worker thread may hold it for a moment longer */
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_usleep (1000);
  }
  g_assert_finalize_object (shelf->models);
}

static void
tear_down (Shelf *shelf, gconstpointer data)
{
  drop_models (shelf);
  g_object_unref (shelf->connections);
  g_object_unref (shelf->database);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  fixture_delete_folder (shelf->folder);
  g_free (shelf->folder);
  g_free (shelf->catalogue);
  g_free (shelf->directory);
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

static char *
model_path (Shelf *shelf, const char *id)
{
  g_autofree char *name = g_strconcat (id, ".gguf", NULL);

  return g_build_filename (shelf->directory, name, NULL);
}

static void
install (Shelf *shelf, const char *id, gsize bytes)
{
  g_autofree char *path = model_path (shelf, id);
  g_autofree char *content = g_strnfill (bytes, 'm');

  g_mkdir_with_parents (shelf->directory, 0700);
  g_assert_true (g_file_set_contents (path, content, bytes, NULL));
}

static void
assert_list (Shelf *shelf, const char *expected)
{
  static const char *const states[] = { "absent", "downloading", "paused", "installed", "failed" };
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (shelf->models)); i++) {
    g_autoptr (AppModel) model = g_list_model_get_item (G_LIST_MODEL (shelf->models), i);
    g_string_append_printf (list, "%s%s %s", i ? ", " : "", app_model_get_id (model), states[app_model_get_state (model)]);
  }
  g_assert_cmpstr (list->str, ==, expected);
}

static void
test_list (Shelf *shelf, gconstpointer data)
{
  AppModel *model;

  assert_list (shelf, "");
  refresh (shelf);
  assert_list (shelf, "small absent, good absent, huge absent");
  g_assert_null (app_models_get_warning (shelf->models));
  g_assert_null (app_models_choose (shelf->models, NULL));
  g_assert_cmpstr (app_model_get_id (app_models_get_offer (shelf->models)), ==, "good");

  model = app_models_find (shelf->models, "good");
  g_assert_cmpstr (app_model_get_name (model), ==, "Good");
  g_assert_cmpstr (app_model_get_architecture (model), ==, "qwen2");
  g_assert_cmpuint (app_model_get_size (model), ==, 30);
  g_assert_true (app_model_get_sees (model));
  g_assert_true (app_model_get_thinks (model));
  g_assert_false (app_model_get_hears (model));
  g_assert_cmpint (app_model_get_fit (model), ==, APP_FIT_FITS);
  g_assert_true (g_str_has_prefix (app_model_get_fit_text (model), "Fits: needs 2\302\240"));
  model = app_models_find (shelf->models, "huge");
  g_assert_cmpint (app_model_get_fit (model), ==, APP_FIT_NONE);
  g_assert_true (g_str_has_prefix (app_model_get_fit_text (model), "Will not fit: needs 9\302\240"));
  g_assert_cmpfloat (app_model_get_fit_fraction (model), >, 1);

  /* Installed ones come first; what only tests use appears when it is there, but is never chosen. */
  install (shelf, "hidden", 50);
  refresh (shelf);
  assert_list (shelf, "hidden installed, small absent, good absent, huge absent");
  g_assert_null (app_models_choose (shelf->models, NULL));
  install (shelf, "small", 10);
  refresh (shelf);
  assert_list (shelf, "small installed, hidden installed, good absent, huge absent");
  g_assert_cmpstr (app_model_get_id (app_models_choose (shelf->models, NULL)), ==, "small");
  install (shelf, "good", 30);
  refresh (shelf);
  g_assert_cmpstr (app_model_get_id (app_models_choose (shelf->models, NULL)), ==, "good");
  g_assert_cmpstr (app_model_get_id (app_models_choose (shelf->models, "small")), ==, "small");
  g_assert_cmpstr (app_model_get_id (app_models_choose (shelf->models, "gone")), ==, "good");
  g_assert_true (app_models_find (shelf->models, "huge") == model); /* objects stay the same */
}

static void
test_warnings (Shelf *shelf, gconstpointer data)
{
  g_autofree char *path = NULL;

  install (shelf, "small", 7); /* cut off */
  install (shelf, "notes", 100);
  path = model_path (shelf, "dangling");
  g_assert_cmpint (symlink ("/nonexistent/model.gguf", path), ==, 0);
  refresh (shelf);
  assert_list (shelf, "small absent, good absent, huge absent");
  g_assert_nonnull (strstr (app_models_get_warning (shelf->models), "Small has 7 bytes"));
  g_assert_nonnull (strstr (app_models_get_warning (shelf->models), "notes.gguf"));
  g_assert_nonnull (strstr (app_models_get_warning (shelf->models), "dangling"));
}

static void
test_remove (Shelf *shelf, gconstpointer data)
{
  g_autofree char *path = model_path (shelf, "small");
  g_autoptr (GAsyncResult) result = NULL;
  AppModel *model;

  install (shelf, "small", 10);
  refresh (shelf);
  model = app_models_find (shelf->models, "small");
  g_assert_cmpstr (app_model_get_path (model), ==, path);

  app_models_remove_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_remove_finish (shelf->models, wait_result (&result), NULL));
  g_clear_object (&result);
  assert_list (shelf, "small absent, good absent, huge absent");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  app_models_undo_remove_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_undo_remove_finish (shelf->models, wait_result (&result), NULL));
  g_clear_object (&result);
  assert_list (shelf, "small installed, good absent, huge absent");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  app_models_remove_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_remove_finish (shelf->models, wait_result (&result), NULL));
  g_clear_object (&result);
  app_models_purge_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_purge_finish (shelf->models, wait_result (&result), NULL));
  g_clear_object (&result);
  app_models_undo_remove_async (shelf->models, model, keep_result, &result);
  g_assert_false (app_models_undo_remove_finish (shelf->models, wait_result (&result), NULL)); /* gone for good */
}

static void
remove_model (Shelf *shelf, AppModel *model)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_models_remove_async (shelf->models, model, keep_result, &result);
  g_assert_true (app_models_remove_finish (shelf->models, wait_result (&result), NULL));
}

/* Of two that were removed one after the other, the first one's end does not take the second. */
static void
test_remove_two (Shelf *shelf, gconstpointer data)
{
  g_autofree char *path = model_path (shelf, "good");
  g_autofree char *aside = g_build_filename (shelf->directory, ".removed", NULL);
  g_autoptr (GAsyncResult) purged = NULL;
  g_autoptr (GAsyncResult) undone = NULL;
  AppModel *small, *good;

  install (shelf, "small", 10);
  install (shelf, "good", 30);
  refresh (shelf);
  small = app_models_find (shelf->models, "small");
  good = app_models_find (shelf->models, "good");
  remove_model (shelf, small);
  remove_model (shelf, good);
  app_models_purge_async (shelf->models, small, keep_result, &purged);
  g_assert_true (app_models_purge_finish (shelf->models, wait_result (&purged), NULL));
  app_models_undo_remove_async (shelf->models, good, keep_result, &undone);
  g_assert_true (app_models_undo_remove_finish (shelf->models, wait_result (&undone), NULL));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  assert_list (shelf, "good installed, small absent, huge absent");

  /* The last one's end takes the folder along. */
  remove_model (shelf, good);
  g_clear_object (&purged);
  app_models_purge_async (shelf->models, good, keep_result, &purged);
  g_assert_true (app_models_purge_finish (shelf->models, wait_result (&purged), NULL));
  g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
}

/* What an earlier run left half-finished is offered to go on, and can be given up. */
static void
test_partial (Shelf *shelf, gconstpointer data)
{
  g_autofree char *part = g_build_filename (shelf->directory, "good.gguf.part", NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (shelf->directory, 0700);
  g_assert_true (g_file_set_contents (part, "0123456789", 10, NULL));
  refresh (shelf);
  assert_list (shelf, "small absent, good paused, huge absent");
  app_download_cancel (app_model_get_download (app_models_find (shelf->models, "good")));
  assert_list (shelf, "small absent, good absent, huge absent");
  for (int i = 0; i < 20000 && g_file_test (part, G_FILE_TEST_EXISTS); i++)
    g_usleep (1000);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));

  install (shelf, "good", 30);
  refresh (shelf);
  g_assert_null (app_models_download (shelf->models, app_models_find (shelf->models, "good"), &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
}

/* A download that is done installs its model. */
static void
test_download (Shelf *shelf, gconstpointer data)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "fake-pip.py", NULL);
  g_autofree char *store = g_build_filename (shelf->folder, "store", NULL);
  g_autofree char *package = g_build_filename (store, "p", NULL);
  g_autofree char *part = g_build_filename (package, "part", NULL);
  g_autofree char *pip = g_strdup_printf ("python3 '%s' '%s'", script, store);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "0123456789", 10);
  g_auto (GStrv) pieces = g_strsplit (catalogue, "0123456789012345678901234567890123456789012345678901234567890123", 2);
  g_autofree char *with_digest = g_strjoin (digest, pieces[0], pieces[1], NULL);
  g_auto (GStrv) pieces2 = g_strsplit (with_digest, "\"member\": \"x\"", 2);
  g_autofree char *with_member = g_strjoin ("\"member\": \"part.bin$\"", pieces2[0], pieces2[1], NULL);
  g_autoptr (AppConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  AppModel *model;
  AppDownload *download;

  g_assert_true (g_file_set_contents (shelf->catalogue, with_member, -1, NULL));
  g_mkdir_with_parents (package, 0700);
  g_assert_true (g_file_set_contents (part, "0123456789", 10, NULL));
  refresh (shelf);
  model = app_models_find (shelf->models, "small");
  g_setenv ("MELETE_PIP", pip, TRUE);
  app_models_set_connections (shelf->models, NULL);
  g_assert_null (app_models_download (shelf->models, model, &error)); /* nowhere to record it */
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  app_models_set_connections (shelf->models, shelf->connections);
  download = app_models_download (shelf->models, model, NULL);
  g_unsetenv ("MELETE_PIP");
  g_assert_nonnull (download);
  g_assert_true (app_model_get_download (model) == download);
  assert_list (shelf, "small downloading, good absent, huge absent");
  WAIT_UNTIL (app_model_get_state (model) != APP_MODEL_DOWNLOADING);
  assert_list (shelf, "small installed, good absent, huge absent");
  g_assert_null (app_model_get_download (model));
  g_assert_nonnull (app_model_get_path (model));
  connection = g_list_model_get_item (app_connections_get_list (shelf->connections), 0);
  g_assert_cmpstr (app_connection_get_purpose (connection), ==, "Download of Small");
}

/* ---- adding files ---- */

static AppModel *
add (Shelf *shelf, const char *path, gboolean copy, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  app_models_add_file_async (shelf->models, file, copy, NULL, keep_result, &result);
  return app_models_add_file_finish (shelf->models, wait_result (&result), error);
}

static char *
real_model (void)
{
  const char *directory = g_getenv ("MELETE_MODELS");

  return directory ? g_build_filename (directory, REAL_MODEL ".gguf", NULL)
                   : g_build_filename (g_get_user_data_dir (), "melete", "models", REAL_MODEL ".gguf", NULL);
}

static void
test_add (Shelf *shelf, gconstpointer data)
{
  g_autofree char *real = real_model ();
  g_autofree char *named = g_build_filename (shelf->folder, "My Löwe.GGUF", NULL);
  g_autoptr (AppModel) model = NULL;
  g_autoptr (AppModel) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  refresh (shelf);
  g_assert_cmpint (symlink (real, named), ==, 0);
  model = add (shelf, named, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (app_model_get_id (model), ==, "my-l--we");
  g_assert_cmpstr (app_model_get_architecture (model), ==, "llama");
  g_assert_cmpuint (app_model_get_context (model), ==, 8192);
  g_assert_cmpuint (app_model_get_parameters (model), ==, 134515008);
  g_assert_cmpuint (app_model_get_memory (model), >, app_model_get_size (model));
  g_assert_true (app_model_get_referenced (model));
  g_assert_false (app_model_get_in_catalogue (model));
  assert_list (shelf, "my-l--we installed, small absent, good absent, huge absent");

  again = add (shelf, real, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (app_model_get_id (again), ==, REAL_MODEL);
  g_assert_false (app_model_get_referenced (again));
  g_assert_false (g_file_test (app_model_get_path (again), G_FILE_TEST_IS_SYMLINK));

  /* Another object reads the same from the folder. */
  drop_models (shelf);
  shelf->models = app_models_new (shelf->catalogue, shelf->directory);
  refresh (shelf);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (shelf->models)), ==, 5);
  g_assert_true (app_model_get_referenced (app_models_find (shelf->models, "my-l--we")));

  /* Forgetting a reference leaves the file. */
  app_models_remove_async (shelf->models, app_models_find (shelf->models, "my-l--we"), keep_result, &result);
  g_assert_true (app_models_remove_finish (shelf->models, wait_result (&result), NULL));
  g_assert_true (g_file_test (real, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (shelf->models)), ==, 4);
}

static void
test_add_bad (Shelf *shelf, gconstpointer data)
{
  g_autofree char *path = g_build_filename (shelf->folder, "bad.gguf", NULL);
  g_autofree char *real = real_model ();
  g_autofree char *head = g_malloc (100000);
  FILE *file = g_fopen (real, "r");
  g_autoptr (GError) error = NULL;

  refresh (shelf);
  g_assert_true (g_file_set_contents (path, "GGUF but not really", -1, NULL));
  g_assert_null (add (shelf, path, TRUE, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "GGUF")); /* the engine's own sentence, and nothing that lay on the stack */
  g_clear_error (&error);

  g_assert_nonnull (file);
  g_assert_cmpuint (fread (head, 1, 100000, file), ==, 100000);
  fclose (file);
  g_assert_true (g_file_set_contents (path, head, 100000, NULL));
  g_assert_null (add (shelf, path, FALSE, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_null (add (shelf, "/nonexistent.gguf", FALSE, &error));
  g_assert_nonnull (error);
  assert_list (shelf, "small absent, good absent, huge absent");
}

/* ---- the catalogue ---- */

/* The one that the application brings along is sound and says what it should. */
static void
test_real_catalogue (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "data", "models.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = app_catalogue_read (path, &error);
  guint n_recommended = 0, n_starter = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (models->len, >=, 4);
  for (guint i = 0; i < models->len; i++) {
    AppModelFacts *facts = models->pdata[i];
    n_recommended += facts->recommended;
    n_starter += facts->starter;
    g_assert_cmpuint (facts->memory_bytes, >, facts->bytes);
    g_assert_cmpuint (facts->packages->len, >, 0);
    g_assert_true (!facts->convert || g_file_test (facts->convert->script, G_FILE_TEST_EXISTS));
  }
  g_assert_cmpuint (n_recommended, ==, 1);
  g_assert_cmpuint (n_starter, ==, 1);
}

static void
test_bad_catalogues (void)
{
  static const struct { const char *from, *to, *says; } changes[] = {
    { "\"format\": 1", "\"format\": 2", "format" },
    { "\"format\": 1,", "", "format" },
    { "\"models\": [", "\"modules\": [", "models" },
    { "\"id\": \"small\"", "\"id\": \"../small\"", "“id”" },
    { "\"id\": \"small\"", "\"id\": \"\"", "“id”" },
    { "\"id\": \"small\"", "\"id\": 5", "“id”" },
    { "\"bytes\": 10,", "\"bytes\": -10,", "bytes" },
    { "\"bytes\": 10,", "\"bytes\": 11,", "bytes" },
    { "\"bytes\": 10,", "\"bytes\": 1e3,", "bytes" },
    { "\"sees\": false", "\"sees\": 0", "sees" },
    { "\"name\": \"p\"", "\"name\": \"--index-url=x\"", "packages" },
    { "\"packages\": [{ \"name\": \"p\", \"version\": \"1\", \"download_bytes\": 20, \"bytes\": 10 }]", "\"packages\": []", "packages" },
    { "\"packages\": [{ \"name\": \"p\", \"version\": \"1\", \"download_bytes\": 20, \"bytes\": 10 }]", "\"packages\": [7]", "packages" },
    { "\"source\": { \"kind\"", "\"sauce\": { \"kind\"", "source" },
    { "0123456789012345678901234567890123456789012345678901234567890123", "01", "sha256" },
    { "] }", "]", "damaged" },
    { "{ \"format\"", "[{ \"format\"", "damaged" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_auto (GStrv) pieces = g_strsplit (catalogue, changes[i].from, 2);
    g_autofree char *json = g_strjoinv (changes[i].to, pieces);
    g_autoptr (GError) error = NULL;
    g_assert_nonnull (pieces[1]);
    g_assert_null (app_catalogue_parse (json, -1, "models.json", &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
    g_assert_nonnull (strstr (error->message, changes[i].says));
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (app_catalogue_parse ("", 0, "models.json", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
}

/* Without a catalogue installed models are still there. */
static void
test_no_catalogue (Shelf *shelf, gconstpointer data)
{
  g_autofree char *real = real_model ();
  g_autofree char *path = model_path (shelf, "mine");

  g_mkdir_with_parents (shelf->directory, 0700);
  g_assert_cmpint (symlink (real, path), ==, 0);
  g_assert_cmpint (g_unlink (shelf->catalogue), ==, 0);
  refresh (shelf);
  assert_list (shelf, "mine installed");
  g_assert_nonnull (strstr (app_models_get_warning (shelf->models), "catalogue"));
}

#define ADD(path, test) g_test_add ("/app/models/" path, Shelf, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("list", test_list);
  ADD ("warnings", test_warnings);
  ADD ("remove", test_remove);
  ADD ("remove-two", test_remove_two);
  ADD ("partial", test_partial);
  ADD ("download", test_download);
  ADD ("add", test_add);
  ADD ("add-bad", test_add_bad);
  g_test_add_func ("/app/models/real-catalogue", test_real_catalogue);
  g_test_add_func ("/app/models/bad-catalogues", test_bad_catalogues);
  ADD ("no-catalogue", test_no_catalogue);
  return g_test_run ();
}
