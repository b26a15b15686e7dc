/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

static gboolean
on_too_late (gpointer user_data)
{
  g_error ("waited for 120 seconds in vain");
  return G_SOURCE_REMOVE;
}

guint
watchdog_new (void)
{
  return g_timeout_add_seconds (120, on_too_late, NULL);
}

void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GAsyncResult *
wait_result (GAsyncResult **result)
{
  WAIT_UNTIL (*result);
  return *result;
}

void
wait_idle (AppConversation *conversation)
{
  WAIT_UNTIL (!app_conversation_get_busy (conversation));
}

void
wait_state (AppConversation *conversation, AppMessageState state)
{
  WAIT_UNTIL (app_message_get_state (message_at (conversation, n_messages (conversation) - 1)) == state);
}

void
fixture_delete_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      fixture_delete_folder (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
fixture_set_up_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Script script = { .text = "An answer." };

  fixture->folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "history.db", NULL);
  fixture->engine = scripted_engine_new ();
  fixture->model = scripted_model_new ("scripted", "Scripted 1B");
  scripted_engine_set_script (fixture->engine, &script);
  app_engine_load_async (APP_ENGINE (fixture->engine), fixture->model, NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (APP_ENGINE (fixture->engine), wait_result (&result), &error));
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up_closed (fixture, data);
  fixture_open (fixture);
}

gboolean
fixture_try_open (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_history_open_async (fixture->path, APP_ENGINE (fixture->engine), NULL, NULL, keep_result, &result);
  fixture->history = app_history_open_finish (wait_result (&result), error);
  return fixture->history != NULL;
}

void
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture_try_open (fixture, &error);
  g_assert_no_error (error);
}

void
fixture_close (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_history_close_async (fixture->history, keep_result, &result);
  g_assert_true (app_history_close_finish (fixture->history, wait_result (&result), &error));
  g_assert_no_error (error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&result);
  g_assert_finalize_object (g_steal_pointer (&fixture->history));
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->history)
    fixture_close (fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->engine);
  g_assert_finalize_object (fixture->model);
  fixture_delete_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

AppMessage *
message_at (AppConversation *conversation, guint position)
{
  g_autoptr (AppMessage) message = g_list_model_get_item (app_conversation_get_messages (conversation), position);

  g_assert_nonnull (message);
  return message;
}

AppConversation *
conversation_at (Fixture *fixture, guint position)
{
  g_autoptr (AppConversation) conversation = g_list_model_get_item (G_LIST_MODEL (fixture->history), position);

  g_assert_nonnull (conversation);
  return conversation;
}

guint
n_messages (AppConversation *conversation)
{
  return g_list_model_get_n_items (app_conversation_get_messages (conversation));
}

gboolean
try_send (AppConversation *conversation, AppTurn *turn, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_send_async (conversation, turn, keep_result, &result);
  return app_conversation_send_finish (conversation, wait_result (&result), error);
}

void
send_text (AppConversation *conversation, const char *text)
{
  g_autoptr (AppTurn) turn = app_turn_new (text, NULL);
  g_autoptr (GError) error = NULL;

  try_send (conversation, turn, &error);
  g_assert_no_error (error);
}

void
load (AppConversation *conversation)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_conversation_load_async (conversation, NULL, keep_result, &result);
  app_conversation_load_finish (conversation, wait_result (&result), &error);
  g_assert_no_error (error);
}

GListModel *
search (Fixture *fixture, const char *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *hits;

  app_history_search_async (fixture->history, query, 50, NULL, keep_result, &result);
  hits = app_history_search_finish (fixture->history, wait_result (&result), &error);
  g_assert_no_error (error);
  return hits;
}

AppAttachment *
fixture_loaded (AppAttachment *attachment)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  app_attachment_load_finish (attachment, wait_result (&result), &error);
  g_assert_no_error (error);
  return attachment;
}

AppAttachment *
fixture_attach (GBytes *bytes, const char *name)
{
  return fixture_loaded (app_attachment_new_for_bytes (bytes, name));
}

AppAttachment *
fixture_attachment (const char *name, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return fixture_attach (bytes, name);
}

AppTurn *
fixture_turn (const char *text, AppAttachment *attachment)
{
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);

  g_list_store_append (list, attachment);
  return app_turn_new (text, G_LIST_MODEL (list));
}

void
fixture_settle (Fixture *fixture)
{
  g_autoptr (GListModel) hits = search (fixture, "nothing that anybody wrote");

  while (g_main_context_iteration (NULL, FALSE))
    ;
}

char *
fixture_copy_killed (Fixture *fixture)
{
  static const char *const ends[] = { "", "-wal" };
  char *copy = g_build_filename (fixture->folder, "killed.db", NULL);

  fixture_settle (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *from = g_strconcat (fixture->path, ends[i], NULL), *to = g_strconcat (copy, ends[i], NULL), *bytes = NULL;
    gsize size;
    g_assert_true (g_file_get_contents (from, &bytes, &size, NULL));
    g_assert_true (g_file_set_contents (to, bytes, size, NULL));
  }
  return copy;
}

AppConversation *
fixture_talk (Fixture *fixture, const char *note, const char *answer)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  Script script = { .text = answer, .piece = 1000 };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, note);
  wait_idle (conversation);
  return conversation;
}

void
fixture_change (Fixture *fixture, FixtureChange function, AppConversation *conversation)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  function (fixture->history, conversation, keep_result, &result);
  g_assert_true (app_history_delete_finish (fixture->history, wait_result (&result), &error));
  g_assert_no_error (error);
}

void
fixture_run_sql (const char *path, const char *sql)
{
  sqlite3 *raw;
  char *wrong = NULL;

  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  sqlite3_exec (raw, sql, NULL, NULL, &wrong);
  g_assert_cmpstr (wrong, ==, NULL);
  sqlite3_close (raw);
}

char *
fixture_ask (const char *path, const char *sql)
{
  sqlite3 *raw;
  sqlite3_stmt *statement;
  char *text;

  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (raw, sql, -1, &statement, NULL), ==, SQLITE_OK);
  text = sqlite3_step (statement) == SQLITE_ROW ? g_strdup ((const char *) sqlite3_column_text (statement, 0)) : NULL;
  sqlite3_finalize (statement);
  sqlite3_close (raw);
  return text;
}

gint64
fixture_ask_number (const char *path, const char *sql)
{
  g_autofree char *text = fixture_ask (path, sql);

  g_assert_nonnull (text);
  return g_ascii_strtoll (text, NULL, 10);
}

void
fixture_run_in_namespace (const char *subtest)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *as_root[] = { "unshare", "-m", self, "-p", subtest, NULL };
  const char *as_user[] = { "unshare", "-m", "-U", "-r", self, "-p", subtest, NULL };
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) (geteuid () == 0 ? as_root : as_user), NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  if (status != 0 || !strstr (out, "ok 1"))
    g_test_message ("%s", out);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (out, "ok 1"));
}
