/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-error.h"
#include "fixture.h"

static gboolean
go_on (AppConversation *conversation, guint position, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_continue_async (conversation, message_at (conversation, position), keep_result, &result);
  return app_conversation_continue_finish (conversation, wait_result (&result), error);
}

/* An answer that reached its greatest length. (transfer full) */
static AppConversation *
talk_too_long (Fixture *fixture)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  Script script = { .text = "One, two, ", .too_long = TRUE };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Count");
  wait_idle (conversation);
  return conversation;
}

/* The model gets its own words back as the beginning of its turn; what it adds stands in the same message, and is stored. */
static void
test_length (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = talk_too_long (fixture);
  AppMessage *answer = message_at (conversation, 1);
  gint64 tokens = app_message_get_stats (answer)->tokens;
  Script script = { .text = "three.", .piece = 6 };
  g_autofree char *prompt = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (app_message_get_can_continue (answer));
  g_assert_false (app_message_get_can_continue (message_at (conversation, 0)));
  scripted_engine_set_script (fixture->engine, &script);
  g_assert_true (go_on (conversation, 1, &error));
  g_assert_no_error (error);
  g_assert_false (app_message_get_can_continue (answer));
  wait_idle (conversation);
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_cmpstr (prompt, ==, "user: Count\nassistant… One, two, ");
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  g_assert_cmpstr (app_message_get_text (answer), ==, "One, two, three.");
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_DONE);
  g_assert_cmpint (app_message_get_stats (answer)->tokens, ==, tokens + 1);
  g_assert_false (app_message_get_can_continue (answer));
  g_assert_cmpuint (g_strv_length ((char **) app_message_get_notices (answer)), ==, 0);
  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  g_assert_cmpstr (app_message_get_text (message_at (conversation_at (fixture, 0), 1)), ==, "One, two, three.");
}

/* Stopped, continued, stopped again: never "interrupted", though it was before. */
static void
test_interrupted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = talk_too_long (fixture);
  Script script = { .text = "and ", .hold = TRUE };

  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_run_sql (fixture->path, "UPDATE messages SET state = 1 WHERE role = 2");
  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  load (conversation);
  g_assert_true (app_message_get_interrupted (message_at (conversation, 1)));
  g_assert_true (app_message_get_can_continue (message_at (conversation, 1)));
  scripted_engine_set_script (fixture->engine, &script);
  g_assert_true (go_on (conversation, 1, NULL));
  WAIT_UNTIL (strlen (app_message_get_text (message_at (conversation, 1))) == strlen ("One, two, and "));
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
  g_assert_false (app_message_get_interrupted (message_at (conversation, 1)));
  g_assert_true (app_message_get_can_continue (message_at (conversation, 1)));
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT interrupted FROM messages WHERE role = 2"), ==, 0);
}

/* Only the last one, only one that was cut off, and one at a time. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = talk_too_long (fixture);
  AppMessage *first = message_at (conversation, 1);
  Script script = { .text = "Whole." };
  g_autoptr (GError) error = NULL;

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "More");
  g_assert_false (app_message_get_can_continue (first));
  g_assert_false (go_on (conversation, 1, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  wait_idle (conversation);
  g_assert_false (go_on (conversation, 1, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (go_on (conversation, 3, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_cmpstr (app_message_get_text (first), ==, "One, two, ");
}

/* Another model that goes on is named. */
static void
test_other_model (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = talk_too_long (fixture);
  g_autoptr (AppModel) other = scripted_model_new ("other", "Other 2B");
  g_autoptr (GAsyncResult) loaded = NULL;

  app_engine_load_async (APP_ENGINE (fixture->engine), other, NULL, keep_result, &loaded);
  wait_result (&loaded);
  g_assert_true (go_on (conversation, 1, NULL));
  wait_idle (conversation);
  g_assert_cmpstr (app_message_get_notices (message_at (conversation, 1))[0], ==, "continued by Other 2B");
  g_assert_cmpstr (app_message_get_model_name (message_at (conversation, 1)), ==, "Scripted 1B");
  app_engine_unload (APP_ENGINE (fixture->engine));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/app/continue/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("length", test_length);
  ADD ("interrupted", test_interrupted);
  ADD ("refused", test_refused);
  ADD ("other-model", test_other_model);
  return g_test_run ();
}
