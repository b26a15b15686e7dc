/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that are attached to messages: read beside the text, told to the model where that is cut, deleted with the history's last use of them. */
#include <sqlite3.h>
#include <string.h>

#include "app-error.h"
#include "fixture.h"
#include "tables-fixture.h"

static AppAttachment *
attach (AppDatasets *datasets, GBytes *bytes, const char *name)
{
  AppAttachment *attachment = app_attachment_new_for_bytes (bytes, name);

  app_attachment_set_datasets (attachment, datasets);
  return fixture_loaded (attachment);
}

static AppAttachment *
attach_text (AppDatasets *datasets, const char *text, const char *name)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  return attach (datasets, bytes, name);
}

static void
wait_dataset (AppAttachment *attachment)
{
  WAIT_UNTIL (app_attachment_get_dataset (attachment) != NULL || app_attachment_get_dataset_error (attachment) != NULL);
}

static void
test_small (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (AppAttachment) with = attach_text (fixture->datasets, "a,b\n1,2\n3,4\n", "x.csv"), without = attach_text (NULL, "a,b\n1,2\n3,4\n", "x.csv");

  /* The model gets the same. */
  g_assert_cmpstr (app_attachment_get_model_text (with), ==, app_attachment_get_model_text (without));
  wait_dataset (with);
  g_autofree char *summary = app_dataset_dup_summary (app_attachment_get_dataset (with));
  g_assert_cmpstr (summary, ==, "2 rows, 2 columns");
  g_assert_cmpfloat (app_attachment_get_dataset_fraction (with), ==, 1);
  g_assert_null (app_attachment_get_dataset (without));
}

static void
test_large (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("id,name,amount\n");
  for (int i = 0; i < 3000; i++)
    g_string_append_printf (text, "%d,name %d,%d.5\n", i, i % 10, i);
  g_autoptr (AppAttachment) attachment = attach_text (fixture->datasets, text->str, "long.csv");
  const char *model_text = app_attachment_get_model_text (attachment);

  g_assert_nonnull (app_attachment_get_dataset (attachment));
  g_assert_nonnull (strstr (model_text, "long: 3000 rows\n  id integer, 0 to 2999\n  name text, such as 'name 0'"));
  g_assert_nonnull (strstr (model_text, "| 0 | name 0 | 0.5 |"));
}

static void
test_json (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = attach_text (fixture->datasets, "[{\"a\": 1}, {\"a\": 2}]", "x.json"), none = attach_text (fixture->datasets, "{\"a\": ", "y.json");

  g_assert_cmpint (app_attachment_get_kind (attachment), ==, APP_ATTACHMENT_TEXT);
  wait_dataset (attachment);
  g_assert_nonnull (app_attachment_get_dataset (attachment));
  /* What is no table is still text. */
  wait_dataset (none);
  g_assert_cmpint (app_attachment_get_state (none), ==, APP_ATTACHMENT_READY);
  g_assert_nonnull (app_attachment_get_dataset_error (none));
}

/* `folder`: whether there is one for the tables; otherwise they are in memory. */
static void
test_database (TablesFixture *fixture, gconstpointer folder)
{
  g_autofree char *path = g_build_filename (fixture->folder, "shop", NULL), *bytes = NULL;
  sqlite3 *db;
  gsize size;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, "CREATE TABLE t (x INTEGER, y TEXT); INSERT INTO t VALUES (1, 'a|b'), (2, 'c')", NULL, NULL, NULL);
  sqlite3_close (db);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_autoptr (GBytes) content = g_bytes_new (bytes, size);
  g_autoptr (AppAttachment) attachment = attach (folder != NULL ? fixture->datasets : NULL, content, "shop.db");
  g_assert_cmpint (app_attachment_get_kind (attachment), ==, APP_ATTACHMENT_DATABASE);
  g_assert_cmpstr (app_attachment_get_summary (attachment), ==, "2 rows, 2 columns");
  g_assert_nonnull (strstr (app_attachment_get_model_text (attachment), "t: 2 rows"));
  g_assert_nonnull (strstr (app_attachment_get_model_text (attachment), "| 1 | a\\|b | "));
  g_autoptr (GAsyncResult) read = NULL, lost = NULL;
  app_attachment_read_dataset_async (attachment, fixture->datasets, NULL, keep_result, &read);
  g_autoptr (AppDataset) again = app_attachment_read_dataset_finish (attachment, wait_result (&read), NULL);
  g_assert_nonnull (again);
  g_autofree char *metadata = app_attachment_dup_metadata (attachment);
  g_autoptr (AppAttachment) stored = app_attachment_new_stored (metadata, NULL, NULL);
  g_assert_cmpint (app_attachment_get_kind (stored), ==, APP_ATTACHMENT_DATABASE);
  g_autoptr (AppDatasets) empty = app_datasets_new ("/nonexistent");
  g_autoptr (GError) error = NULL;
  app_attachment_read_dataset_async (stored, empty, NULL, keep_result, &lost);
  g_assert_null (app_attachment_read_dataset_finish (stored, wait_result (&lost), &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_MISSING);
}

/* The dataset lies beside the history, as long as a message there has the file. */
static void
test_history (Fixture *fixture, gconstpointer data)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  AppDatasets *datasets = app_conversation_get_datasets (conversation);
  AppAttachment *attachment = attach_text (datasets, "a,b\n1,2\n3,4\n", "x.csv");
  AppTurn *turn;

  wait_dataset (attachment);
  g_autofree char *path = g_strdup (app_dataset_get_path (app_attachment_get_dataset (attachment))), *sha256 = g_strdup (app_attachment_get_sha256 (attachment));
  g_autofree char *folder = g_build_filename (fixture->folder, "tables", NULL), *of = g_path_get_dirname (path);
  g_assert_cmpstr (folder, ==, of);
  turn = fixture_turn ("What is in it?", attachment);
  g_assert_true (try_send (conversation, turn, NULL));
  wait_idle (conversation);
  app_turn_unref (turn);
  g_object_unref (attachment);
  fixture_close (fixture);
  g_object_unref (conversation);
  fixture_open (fixture);
  fixture_settle (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  datasets = app_conversation_get_datasets (conversation);
  g_autoptr (AppDataset) kept = app_datasets_find (datasets, sha256, NULL);
  g_assert_nonnull (kept);
  g_clear_object (&kept);
  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_purge_async, conversation);
  WAIT_UNTIL ((g_main_context_iteration (NULL, FALSE), !g_file_test (path, G_FILE_TEST_EXISTS)));
  g_object_unref (conversation);
  /* A temporary one has a place in memory. */
  g_autoptr (AppConversation) temporary = app_history_new_temporary (fixture->history);
  AppDatasets *memory = app_conversation_get_datasets (temporary);
  if (memory != NULL) {
    g_autofree char *place = g_strdup (app_datasets_get_folder (memory));
    g_assert_false (g_str_has_prefix (place, fixture->folder));
    g_assert_true (g_file_test (place, G_FILE_TEST_IS_DIR));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test, data) g_test_add ("/attached/" path, TablesFixture, data, tables_set_up, test, tables_tear_down)
  ADD ("small", test_small, NULL);
  ADD ("large", test_large, NULL);
  ADD ("json", test_json, NULL);
  ADD ("database/kept", test_database, "");
  ADD ("database/memory", test_database, NULL);
  g_test_add ("/attached/history", Fixture, NULL, fixture_set_up, test_history, fixture_tear_down);
  return g_test_run ();
}
