/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-error.h"
#include "fixture.h"

/* Whether the word is anywhere in the folder of the history: in the file, its journal, or a backup. */
static gboolean
is_on_disk (Fixture *fixture, const char *word)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  gboolean found = FALSE;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
    g_autofree char *bytes = NULL;
    gsize size;

    if (g_file_get_contents (path, &bytes, &size, NULL))
      found |= memmem (bytes, size, word, strlen (word)) != NULL;
  }
  return found;
}

static char *
random_word (void)
{
  return g_strdup_printf ("q%08xz%08x", g_test_rand_int (), g_test_rand_int ());
}

/* A note with an attachment, an answer, a second version, a title, a draft: all with the word. */
static AppConversation *
talk (Fixture *fixture, const char *word)
{
  AppConversation *conversation = app_history_new_temporary (fixture->history);
  g_autofree char *text = g_strdup_printf ("My %s is secret", word);
  g_autoptr (GListStore) attachments = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppAttachment) attachment = fixture_attachment ("note.txt", text);
  g_autoptr (AppTurn) turn = NULL;
  g_autoptr (GAsyncResult) again = NULL, renamed = NULL;
  g_autoptr (GError) error = NULL;
  Script script = { .text = text, .piece = 1000 };

  g_list_store_append (attachments, attachment);
  turn = app_turn_new (text, G_LIST_MODEL (attachments));
  scripted_engine_set_script (fixture->engine, &script);
  app_conversation_set_draft (conversation, text, NULL);
  try_send (conversation, turn, &error);
  g_assert_no_error (error);
  wait_idle (conversation);
  app_conversation_regenerate_async (conversation, message_at (conversation, 1), keep_result, &again);
  g_assert_true (app_conversation_regenerate_finish (conversation, wait_result (&again), &error));
  wait_idle (conversation);
  app_conversation_rename_async (conversation, text, keep_result, &renamed);
  g_assert_true (app_conversation_rename_finish (conversation, wait_result (&renamed), &error));
  app_conversation_set_draft (conversation, text, G_LIST_MODEL (attachments));
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  g_assert_cmpuint (app_message_get_branch_count (message_at (conversation, 1)), ==, 2);
  script.text = "Nothing";
  scripted_engine_set_script (fixture->engine, &script);
  return conversation;
}

static void
test_never_on_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *word = random_word (), *other = random_word ();
  AppConversation *conversation = talk (fixture, word);
  g_autoptr (AppConversation) stored = fixture_talk (fixture, other, "x");
  g_autoptr (GListModel) hits = search (fixture, word);

  g_assert_true (app_conversation_get_temporary (conversation));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 0);
  /* While it is there, and when it is gone; the scan sees what is stored. */
  g_assert_true (is_on_disk (fixture, other));
  g_assert_false (is_on_disk (fixture, word));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (conversation);
  g_clear_object (&stored);
  fixture_close (fixture);
  g_assert_true (is_on_disk (fixture, other));
  g_assert_false (is_on_disk (fixture, word));
}

/* What waits in its queue is not either, sent or not. */
static void
test_queue_never_on_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *word = random_word ();
  g_autofree char *text = g_strdup_printf ("Of %s", word);
  g_autoptr (AppConversation) conversation = app_history_new_temporary (fixture->history);
  g_autoptr (AppAttachment) attachment = fixture_attachment ("note.txt", text);
  g_autoptr (AppTurn) turn = fixture_turn (text, attachment);
  Script script = { .text = "As far as this.", .hold = TRUE };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Begin");
  g_assert_true (app_queue_add (app_conversation_get_queue (conversation), turn, NULL));
  fixture_settle (fixture);
  g_assert_false (is_on_disk (fixture, word));
  app_conversation_stop (conversation);
  wait_idle (conversation);
  script = (Script){ .text = "Yes." };
  scripted_engine_set_script (fixture->engine, &script);
  app_queue_resume (app_conversation_get_queue (conversation));
  WAIT_UNTIL (n_messages (conversation) == 4);
  wait_idle (conversation);
  g_assert_false (is_on_disk (fixture, word));
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_false (is_on_disk (fixture, word));
}

static void
test_keep (Fixture *fixture, gconstpointer data)
{
  g_autofree char *word = random_word ();
  g_autoptr (AppConversation) conversation = talk (fixture, word), kept = NULL;
  g_autoptr (GListModel) hits = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_history_keep_async (fixture->history, conversation, keep_result, &result);
  kept = app_history_keep_finish (fixture->history, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_false (app_conversation_get_temporary (kept));
  g_assert_true (conversation_at (fixture, 0) == kept);
  g_assert_cmpstr (app_conversation_get_title (kept), ==, app_conversation_get_title (conversation));
  load (kept);
  g_assert_cmpuint (n_messages (kept), ==, 2);
  g_assert_cmpuint (app_message_get_branch_count (message_at (kept, 1)), ==, 2);
  g_assert_cmpuint (app_message_get_n_attachments (message_at (kept, 0)), ==, 1);
  hits = search (fixture, word);
  g_assert_cmpuint (g_list_model_get_n_items (hits), >, 0);
  g_assert_true (is_on_disk (fixture, word));
  send_text (kept, "And on");
  wait_idle (kept);
  g_clear_object (&hits);
}

static void
test_nothing_to_keep (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_temporary (fixture->history);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_history_keep_async (fixture->history, conversation, keep_result, &result);
  g_assert_null (app_history_keep_finish (fixture->history, wait_result (&result), &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
}

/* Closing the history ends an answer that is written in one. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_temporary (fixture->history);
  Script script = { .text = "On and on", .hold = TRUE };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Hello");
  wait_state (conversation, APP_MESSAGE_WRITING);
  fixture_close (fixture);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/app/temporary/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("never-on-disk", test_never_on_disk);
  ADD ("queue-never-on-disk", test_queue_never_on_disk);
  ADD ("keep", test_keep);
  ADD ("nothing-to-keep", test_nothing_to_keep);
  ADD ("close", test_close);
  return g_test_run ();
}
