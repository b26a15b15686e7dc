/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-error.h"
#include "fixture.h"

static AppFolder *
add (Fixture *fixture, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_folders_add_async (app_history_get_folders (fixture->history), name, keep_result, &result);
  return app_folders_add_finish (app_history_get_folders (fixture->history), wait_result (&result), error);
}

static void
move (AppConversation *conversation, AppFolder *folder)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_conversation_set_folder_async (conversation, folder ? app_folder_get_id (folder) : 0, keep_result, &result);
  g_assert_true (app_conversation_set_folder_finish (conversation, wait_result (&result), &error));
  g_assert_no_error (error);
}

static gboolean
rename_folder (Fixture *fixture, AppFolder *folder, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_folders_rename_async (app_history_get_folders (fixture->history), folder, name, keep_result, &result);
  return app_folders_rename_finish (app_history_get_folders (fixture->history), wait_result (&result), NULL);
}

static void
assert_names (Fixture *fixture, const char *expected)
{
  GListModel *folders = G_LIST_MODEL (app_history_get_folders (fixture->history));
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (folders); i++) {
    g_autoptr (AppFolder) folder = g_list_model_get_item (folders, i);
    g_string_append_printf (names, "%s%s", i ? ", " : "", app_folder_get_name (folder));
  }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppFolder) work = add (fixture, "  Work ", &error), garden = add (fixture, "garden", &error);

  g_assert_no_error (error);
  assert_names (fixture, strcmp ("Work", "garden") < 0 ? "Work, garden" : "garden, Work");
  g_assert_null (add (fixture, "Work", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (add (fixture, " ", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_false (rename_folder (fixture, work, "garden"));
  g_assert_true (rename_folder (fixture, work, "zoo"));
  assert_names (fixture, "garden, zoo");
  g_clear_object (&work);
  g_clear_object (&garden);
  fixture_close (fixture);
  fixture_open (fixture);
  assert_names (fixture, "garden, zoo");
}

static void
test_conversations_stay (Fixture *fixture, gconstpointer data)
{
  AppFolders *folders = app_history_get_folders (fixture->history);
  g_autoptr (AppFolder) work = add (fixture, "Work", NULL), other = add (fixture, "Other", NULL);
  g_autoptr (AppConversation) a = fixture_talk (fixture, "aa", "x"), b = fixture_talk (fixture, "bb", "x"), c = fixture_talk (fixture, "cc", "x");
  g_autoptr (GAsyncResult) removed = NULL, restored = NULL;
  gint64 id = app_folder_get_id (work), moved = app_conversation_get_id (a);

  move (a, work);
  move (b, work);
  g_assert_cmpint (app_conversation_get_folder (a), ==, id);
  app_folders_remove_async (folders, work, keep_result, &removed);
  g_assert_true (app_folders_remove_finish (folders, wait_result (&removed), NULL));
  assert_names (fixture, "Other");
  g_assert_cmpint (app_conversation_get_folder (a), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 3);
  /* One finds another place meanwhile, and keeps it. */
  move (b, other);
  app_folders_restore_async (folders, work, keep_result, &restored);
  g_assert_true (app_folders_restore_finish (folders, wait_result (&restored), NULL));
  g_assert_cmpint (app_conversation_get_folder (a), ==, id);
  g_assert_cmpint (app_conversation_get_folder (c), ==, 0);
  g_clear_object (&removed);
  g_clear_object (&restored);
  g_clear_object (&a);
  g_clear_object (&b);
  g_clear_object (&c);
  fixture_close (fixture);
  fixture_open (fixture);
  g_assert_cmpint (app_conversation_get_folder (app_history_find (fixture->history, moved)), ==, id);
  g_assert_cmpint (fixture->history != NULL, ==, TRUE);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM conversations c JOIN folders f ON f.id = c.folder WHERE f.name = 'Other'"), ==, 1);
}

/* Before its first turn, a conversation takes its folder along. */
static void
test_unsent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppFolder) work = add (fixture, "Work", NULL);
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);

  move (conversation, work);
  send_text (conversation, "Hello");
  wait_idle (conversation);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT folder FROM conversations"), ==, app_folder_get_id (work));
}

static void
count (GListModel *model, guint position, guint removed, guint added, guint *n)
{
  (*n)++;
}

/* Who groups by folders hears of a move; the order of the list stays. */
static void
test_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppFolder) work = add (fixture, "Work", NULL);
  g_autoptr (AppConversation) a = fixture_talk (fixture, "aa", "x");
  guint n = 0;

  g_signal_connect (fixture->history, "items-changed", G_CALLBACK (count), &n);
  move (a, work);
  g_assert_cmpuint (n, ==, 1);
  move (a, work);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (conversation_at (fixture, 0) == a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/app/folders/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("names", test_names);
  ADD ("conversations-stay", test_conversations_stay);
  ADD ("unsent", test_unsent);
  ADD ("told", test_told);
  return g_test_run ();
}
