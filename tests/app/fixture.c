/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <glib/gstdio.h>

static gboolean
on_too_late (gpointer user_data)
{
  g_error ("waited for 60 seconds in vain");
  return G_SOURCE_REMOVE;
}

void
wait_for (const gboolean *condition)
{
  guint timer = g_timeout_add_seconds (60, on_too_late, NULL);

  while (!*condition)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GAsyncResult *
wait_result (GAsyncResult **result)
{
  guint timer = g_timeout_add_seconds (60, on_too_late, NULL);

  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  return *result;
}

void
wait_idle (AppConversation *conversation)
{
  guint timer = g_timeout_add_seconds (60, on_too_late, NULL);

  while (app_conversation_get_busy (conversation))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

void
wait_state (AppConversation *conversation, AppMessageState state)
{
  guint timer = g_timeout_add_seconds (60, on_too_late, NULL);

  while (app_message_get_state (message_at (conversation, n_messages (conversation) - 1)) != state)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
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
