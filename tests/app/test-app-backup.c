/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "app-backup.h"
#include "app-error.h"
#include "fixture.h"
#include "tools/workspace.h"

static char *
backup_path (Fixture *fixture)
{
  return g_build_filename (fixture->folder, "a.melete-backup", NULL);
}

static gboolean
try_write (Fixture *fixture, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  app_backup_write_async (fixture->history, file, NULL, keep_result, &result);
  return app_backup_write_finish (fixture->history, wait_result (&result), error);
}

static void
write_backup (Fixture *fixture)
{
  g_autofree char *path = backup_path (fixture);
  g_autoptr (GError) error = NULL;

  try_write (fixture, path, &error);
  g_assert_no_error (error);
}

static AppBackupInfo *
try_read (Fixture *fixture, GError **error)
{
  g_autofree char *path = backup_path (fixture);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  app_backup_read_async (fixture->path, file, NULL, keep_result, &result);
  return app_backup_read_finish (wait_result (&result), error);
}

/* Nothing of a backup lies beside the history. */
static void
assert_no_traces (Fixture *fixture)
{
  static const char *const suffixes[] = { ".restore", ".restore-part", ".restore-files" };
  g_autofree char *copy = g_build_filename (fixture->folder, "history.db.backup", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  }
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
}

/* What was said is in it, what was deleted is not; it comes back, and what it replaced is set aside. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) kept = fixture_talk (fixture, "What is a heron?", "A bird.");
  g_autoptr (AppConversation) gone = fixture_talk (fixture, "My secret is sesame", "I see.");
  g_autofree char *path = backup_path (fixture), *replaced = NULL, *bytes = NULL, *title = NULL;
  g_autoptr (AppBackupInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  fixture_change (fixture, app_history_delete_async, gone);
  fixture_change (fixture, app_history_purge_async, gone);
  g_clear_object (&gone);
  write_backup (fixture);
  assert_no_traces (fixture);

  /* Afterwards the history goes on. */
  g_clear_object (&kept);
  kept = fixture_talk (fixture, "And a stork?", "Another bird.");
  info = try_read (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info->n_conversations, ==, 1);
  g_assert_cmpuint (info->n_messages, ==, 2);
  g_assert_cmpint (ABS (info->created - g_get_real_time () / G_USEC_PER_SEC), <, 600);
  g_clear_object (&kept);
  fixture_close (fixture);
  g_assert_true (app_backup_install (fixture->path, &error));
  g_assert_no_error (error);
  fixture_open (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 1);
  g_assert_cmpstr (app_conversation_get_title (conversation_at (fixture, 0)), ==, "What is a heron?");
  load (conversation_at (fixture, 0));
  g_assert_cmpstr (app_message_get_text (message_at (conversation_at (fixture, 0), 1)), ==, "A bird.");
  replaced = app_backup_dup_replaced_path (fixture->path);
  g_assert_cmpint (fixture_ask_number (replaced, "SELECT count (*) FROM conversations"), ==, 2);
  assert_no_traces (fixture);
  /* There is nothing more to restore. */
  g_assert_false (app_backup_install (fixture->path, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_MISSING);
}

/* A file from anywhere has no program started, and allows none of its tools. */
static void
test_servers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "What is a heron?", "A bird.");
  g_autoptr (AppBackupInfo) info = NULL;
  g_autoptr (AppMcpServer) server = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_run_sql (fixture->path,
                   "INSERT INTO mcp_servers (name, command, folder, key, network, enabled, offers, tools) VALUES ('Evil', 'sh -c true', '', 'k', 1, 1, 1,"
                   " '[{\"said\":{\"name\":\"a\",\"inputSchema\":{\"type\":\"object\"}},\"agreed\":{\"name\":\"a\",\"inputSchema\":{\"type\":\"object\"}}}]');"
                   "INSERT INTO grants (tool, origin, pin, granted) VALUES ('evil_a', 'Evil', 'p', 0), ('calculate', '', '', 0);");
  fixture_open (fixture);
  server = g_list_model_get_item (G_LIST_MODEL (app_history_get_mcp_servers (fixture->history)), 0);
  g_assert_cmpuint (app_mcp_tool_get_state (app_mcp_server_find_tool (server, "a")), ==, APP_MCP_TOOL_ON);
  g_clear_object (&server);
  write_backup (fixture);
  info = try_read (fixture, &error);
  g_assert_no_error (error);
  fixture_close (fixture);
  g_assert_true (app_backup_install (fixture->path, &error));
  fixture_open (fixture);
  server = g_list_model_get_item (G_LIST_MODEL (app_history_get_mcp_servers (fixture->history)), 0);
  g_assert_cmpstr (app_mcp_server_get_command (server), ==, "sh -c true");
  g_assert_false (app_mcp_server_get_enabled (server));
  g_assert_cmpuint (g_list_model_get_n_items (app_mcp_server_get_tools (server)), ==, 0);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM grants"), ==, 1);
  fixture_open (fixture);
}

static AppWorkspace *
workspace_of (Fixture *fixture, const char *id)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "workspaces", id, NULL);

  return app_workspace_new (folder);
}

/* The files of conversations come back with them; what is in use is set aside with its history. */
static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "What is a heron?", "A bird.");
  g_autoptr (AppWorkspace) one = workspace_of (fixture, "1"), two = workspace_of (fixture, "2");
  g_autofree char *odd = g_build_filename (fixture->folder, "workspaces", "other", NULL), *kept = NULL, *replaced = NULL;
  g_autoptr (AppBackupInfo) info = NULL;
  g_autoptr (GBytes) herons = NULL, empty = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (app_workspace_write (one, "lists/herons.txt", "grey\n", 5, NULL));
  g_assert_true (app_workspace_write (one, "empty", "", 0, NULL));
  g_assert_true (app_workspace_write (two, "ä.bin", "\0\1", 2, NULL));
  g_mkdir (odd, 0700);
  write_backup (fixture);
  g_assert_true (app_workspace_write (one, "lists/herons.txt", "purple\n", 7, NULL));
  g_assert_true (app_workspace_write (one, "later", "x", 1, NULL));
  info = try_read (fixture, &error);
  g_assert_no_error (error);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_true (app_backup_install (fixture->path, &error));
  fixture_open (fixture);
  herons = app_workspace_read (one, "lists/herons.txt", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (herons, NULL), g_bytes_get_size (herons), "grey\n", 5);
  empty = app_workspace_read (one, "empty", NULL);
  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);
  files = app_workspace_list (one, NULL);
  g_assert_cmpuint (files->len, ==, 2);
  g_clear_pointer (&files, g_ptr_array_unref);
  files = app_workspace_list (two, NULL);
  g_assert_cmpuint (files->len, ==, 1);
  replaced = g_strconcat (fixture->path, ".replaced-files/1/lists/herons.txt", NULL);
  g_assert_true (g_file_get_contents (replaced, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "purple\n");
  assert_no_traces (fixture);
}

/* So is what is not sent yet, with its files: typed, and waiting for the end of an answer. */
static void
test_unsent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "What is a heron?", "A bird.");
  g_autoptr (AppAttachment) ducks = fixture_attachment ("ducks.txt", "A duck swims.\n"), geese = fixture_attachment ("geese.txt", "A goose flies.\n");
  g_autoptr (AppTurn) turn = fixture_turn ("And a duck?", ducks);
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppBackupInfo) info = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) read = NULL;
  g_autoptr (AppAttachment) stored = NULL;
  g_autoptr (AppQueued) item = NULL;
  g_autoptr (GError) error = NULL;
  Script script = { .text = "As far as this.", .hold = TRUE };
  GListModel *queue;

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Go on");
  g_assert_true (app_queue_add (app_conversation_get_queue (conversation), turn, NULL));
  g_list_store_append (list, geese);
  app_conversation_set_draft (conversation, "And a goo", G_LIST_MODEL (list));
  write_backup (fixture);
  info = try_read (fixture, &error);
  g_assert_no_error (error);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_true (app_backup_install (fixture->path, &error));
  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  g_assert_cmpstr (app_conversation_get_draft (conversation), ==, "And a goo");
  app_conversation_read_draft_async (conversation, keep_result, &result);
  read = app_conversation_read_draft_finish (conversation, wait_result (&result), &error);
  g_assert_no_error (error);
  stored = g_list_model_get_item (read, 0);
  g_assert_true (g_bytes_equal (app_attachment_get_bytes (stored), app_attachment_get_bytes (geese)));
  queue = G_LIST_MODEL (app_conversation_get_queue (conversation));
  WAIT_UNTIL (g_list_model_get_n_items (queue) == 1);
  item = g_list_model_get_item (queue, 0);
  g_assert_cmpstr (app_turn_get_text (app_queued_get_turn (item)), ==, "And a duck?");
  g_assert_true (g_bytes_equal (app_attachment_get_bytes (app_turn_get_attachment (app_queued_get_turn (item), 0)), app_attachment_get_bytes (ducks)));
  fixture_settle (fixture); /* the thumbnails */
}

/* A backup of the size of a book, with a picture's worth of bytes, is whole. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AppConversation) conversation = NULL;
  g_autoptr (AppBackupInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  for (guint32 i = 1; text->len < 3000000; i = i * 1664525u + 1013904223u)
    g_string_append_printf (text, "%x ", i);
  conversation = fixture_talk (fixture, text->str, "Much.");
  write_backup (fixture);
  info = try_read (fixture, &error);
  g_assert_no_error (error);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_true (app_backup_install (fixture->path, NULL));
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  g_assert_cmpstr (app_message_get_text (message_at (conversation_at (fixture, 0), 0)), ==, g_strchomp (text->str));
}

/* Wherever a byte is changed or the file ends early, it is refused with a sentence, and the history stays. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "What is a heron?", "A bird.");
  g_autofree char *path = backup_path (fixture), *bytes = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint n_refused = 0;
  gsize size;

  write_backup (fixture);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (guint i = 0; i < 200; i++) {
    g_autofree char *copy = g_memdup2 (bytes, size);
    gsize n = i < 50 ? (gsize) g_rand_int_range (random, 0, (gint32) size) : size;
    g_autoptr (AppBackupInfo) info = NULL;
    g_autoptr (GError) error = NULL;

    if (n == size)
      copy[g_rand_int_range (random, 0, (gint32) size)] ^= (char) (1 << g_rand_int_range (random, 0, 8));
    g_assert_true (g_file_set_contents (path, copy, (gssize) n, NULL));
    info = try_read (fixture, &error);
    /* A time stamp, or the list at the end of the zip, may be wrong; the history in it is whole then. */
    g_assert_true ((info != NULL) != (error != NULL));
    n_refused += info == NULL;
    app_backup_discard (fixture->path);
    assert_no_traces (fixture);
  }
  g_test_message ("%u of 200 refused", n_refused);
  g_assert_cmpuint (n_refused, >, 150);
  g_assert_cmpuint (n_messages (conversation), ==, 2);
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  static const char *const contents[] = { "", "PK", "{\"format\":\"melete-backup\"}", "hello" };
  g_autofree char *path = backup_path (fixture);

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (path, contents[i], -1, NULL));
    g_assert_null (try_read (fixture, &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
  }
}

/* Where it cannot be written, it says so, and what was there stays. */
static void
test_no_place (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (try_write (fixture, "/nonexistent/a.melete-backup", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "a.melete-backup"));
  assert_no_traces (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, run) g_test_add ("/app/backup/" name, Fixture, NULL, fixture_set_up, run, fixture_tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("servers", test_servers);
  ADD ("files", test_files);
  ADD ("unsent", test_unsent);
  ADD ("large", test_large);
  ADD ("damaged", test_damaged);
  ADD ("foreign", test_foreign);
  ADD ("no-place", test_no_place);
  return g_test_run ();
}
