/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "app-conversation-private.h"
#include "app-error.h"

/* A conversation is written, closed, opened and read back. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  Script script = { .text = "Guten Tag, 世界 — schön.", .dropped = 12 };

  scripted_engine_set_script (fixture->engine, &script);
  g_assert_cmpint (app_conversation_get_id (conversation), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 0);

  send_text (conversation, "  Hello there. How are you?  ");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 1);
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  g_assert_true (app_conversation_get_busy (conversation));
  wait_idle (conversation);
  g_clear_object (&conversation);
  fixture_close (fixture);

  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  g_assert_cmpstr (app_conversation_get_title (conversation), ==, "Hello there");
  g_assert_cmpstr (app_conversation_get_model_id (conversation), ==, "scripted");
  g_assert_false (app_conversation_get_loaded (conversation));
  load (conversation);
  g_assert_cmpuint (n_messages (conversation), ==, 2);

  AppMessage *note = message_at (conversation, 0), *answer = message_at (conversation, 1);
  g_assert_cmpint (app_message_get_role (note), ==, APP_ROLE_USER);
  g_assert_cmpstr (app_message_get_text (note), ==, "Hello there. How are you?");
  g_assert_cmpint (app_message_get_state (note), ==, APP_MESSAGE_DONE);
  g_assert_null (app_message_get_model_name (note));
  g_assert_cmpint (app_message_get_role (answer), ==, APP_ROLE_ASSISTANT);
  g_assert_cmpstr (app_message_get_text (answer), ==, script.text);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_DONE);
  g_assert_cmpstr (app_message_get_model_name (answer), ==, "Scripted 1B");
  g_assert_cmpint (app_message_get_stats (answer)->tokens, >, 3);
  g_assert_cmpint (app_message_get_stats (answer)->reused_tokens, ==, 3);
  g_assert_cmpfloat (app_message_get_stats (answer)->tokens_per_second, ==, 14);
  g_assert_cmpint (app_message_get_stats (answer)->finish, ==, APP_FINISH_STOP);
  g_assert_cmpstr (app_message_get_notices (answer)[0], ==, "12 earlier messages left out: the model’s context is full");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/conversation/round-trip", Fixture, NULL, fixture_set_up, test_round_trip, fixture_tear_down);
  return g_test_run ();
}
