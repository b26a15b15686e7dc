/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model thinks before its answer, from the engine to the history: kept apart, never asked again, and as deep as somebody chose. */
#include <string.h>

#include "app-error.h"
#include "fixture.h"

static const Script thoughtful = { .thought = "Six times seven. That is 42.", .text = "It is 42.", .thought_end = APP_THOUGHT_SETTLED };

static AppDepth
asked_depth (Fixture *fixture)
{
  return app_prompt_get_thinking (scripted_engine_get_prompt (fixture->engine))->depth;
}

static AppConversation *
talk (Fixture *fixture, const Script *script, const char *note)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);

  scripted_engine_set_script (fixture->engine, script);
  send_text (conversation, note);
  wait_idle (conversation);
  return conversation;
}

static void
assert_thought (AppMessage *answer)
{
  const AppStats *stats = app_message_get_stats (answer);

  g_assert_cmpstr (app_message_get_thought (answer), ==, "Six times seven. That is 42.");
  g_assert_cmpstr (app_message_get_text (answer), ==, "It is 42.");
  g_assert_cmpint (stats->thought_tokens, ==, 7);
  g_assert_cmpfloat (stats->thought_ms, ==, 2000);
  g_assert_cmpint (stats->thought_end, ==, APP_THOUGHT_SETTLED);
  g_assert_cmpstr (app_message_get_depth (answer), ==, "compact");
  g_assert_false (app_message_get_thinking (answer));
}

/* It is read again, no later prompt has it, and the search does not find it. */
static void
test_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = talk (fixture, &thoughtful, "What is 6 * 7?");
  g_autofree char *prompt = NULL;
  g_autoptr (GListModel) in_thought = NULL, in_text = NULL;
  gint64 id = app_conversation_get_id (conversation);

  assert_thought (message_at (conversation, 1));
  g_assert_cmpint (asked_depth (fixture), ==, APP_DEPTH_COMPACT);
  send_text (conversation, "And 6 * 8?");
  wait_idle (conversation);
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_cmpstr (prompt, ==, "user: What is 6 * 7?\nassistant: It is 42.\nuser: And 6 * 8?");
  in_thought = search (fixture, "seven");
  g_assert_cmpuint (g_list_model_get_n_items (in_thought), ==, 0);
  in_text = search (fixture, "42");
  g_assert_cmpuint (g_list_model_get_n_items (in_text), ==, 2); /* both answers, once each */
  g_clear_object (&in_text);
  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_open (fixture);
  conversation = g_object_ref (app_history_find (fixture->history, id));
  load (conversation);
  assert_thought (message_at (conversation, 1));
  g_assert_cmpstr (app_message_get_thought (message_at (conversation, 0)), ==, "");
}

typedef struct {
  GString *order;
  guint n_thoughts;
} Watched;

static void
on_change (AppMessage *answer, GParamSpec *pspec, Watched *watched)
{
  g_string_append_c (watched->order, *pspec->name == 't' ? pspec->name[3] : '?'); /* "tho_u_ght", "thi_n_king", "tex_t_" */
  watched->n_thoughts += pspec->name[3] == 'u';
}

/* Thought, then words: thinking is told when it begins and when it is over, and the seconds grow meanwhile. */
static void
test_live (Fixture *fixture, gconstpointer data)
{
  Script script = { .thought = "One. Two. Three. Four. Five. Six. Seven.", .hold_thought = TRUE, .text = "Done.", .ms = 5 };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  Watched watched = { g_string_new (NULL), 0 };
  AppMessage *answer;

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Count");
  answer = message_at (conversation, 1);
  g_signal_connect (answer, "notify::thought", G_CALLBACK (on_change), &watched);
  g_signal_connect (answer, "notify::thinking", G_CALLBACK (on_change), &watched);
  g_signal_connect (answer, "notify::text", G_CALLBACK (on_change), &watched);
  WAIT_UNTIL (g_str_equal (app_message_get_thought (answer), script.thought));
  g_assert_true (app_message_get_thinking (answer));
  g_assert_true (app_message_get_can_answer_now (answer));
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_WRITING);
  g_assert_cmpfloat (app_message_get_stats (answer)->thought_ms, >, 0);
  /* In no more than a frame each. */
  g_assert_cmpuint (watched.n_thoughts, >, 1);

  /* The person has seen enough. */
  app_conversation_answer_now (conversation);
  wait_idle (conversation);
  g_assert_cmpstr (app_message_get_text (answer), ==, "Done.");
  g_assert_cmpint (app_message_get_stats (answer)->thought_end, ==, APP_THOUGHT_ASKED);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_DONE);
  g_assert_true (g_str_has_prefix (watched.order->str, "nu"));
  g_assert_nonnull (strstr (watched.order->str, "nt"));
  g_string_free (watched.order, TRUE);
  app_conversation_answer_now (conversation); /* nothing is under way */
}

/* Whether who is killed now leaves the whole thought. */
static gboolean
is_saved (Fixture *fixture, char **copy)
{
  g_free (*copy);
  *copy = fixture_copy_killed (fixture);
  return fixture_ask_number (*copy, "SELECT count (*) FROM messages WHERE state = 1 AND thought = 'One thing and another.'") == 1;
}

/* Stopped in the middle of it, failed, and killed: what was thought is there. */
static void
test_broken_off (Fixture *fixture, gconstpointer data)
{
  Script script = { .thought = "One thing and another.", .hold_thought = TRUE, .text = "Done." }, failing = { .thought = "One thing.", .error = "Out of memory." };
  g_autoptr (AppConversation) stopped = app_history_new_conversation (fixture->history), killed = app_history_new_conversation (fixture->history);
  g_autoptr (AppConversation) failed = talk (fixture, &failing, "Fail");
  g_autofree char *copy = NULL;
  gint64 id;

  g_assert_cmpint (app_message_get_state (message_at (failed, 1)), ==, APP_MESSAGE_FAILED);
  g_assert_cmpstr (app_message_get_thought (message_at (failed, 1)), ==, "One thing.");
  g_assert_false (app_message_get_thinking (message_at (failed, 1)));

  scripted_engine_set_script (fixture->engine, &script);
  send_text (stopped, "Stop");
  WAIT_UNTIL (g_str_equal (app_message_get_thought (message_at (stopped, 1)), script.thought));
  app_conversation_stop (stopped);
  wait_idle (stopped);
  g_assert_cmpint (app_message_get_state (message_at (stopped, 1)), ==, APP_MESSAGE_STOPPED);
  g_assert_false (app_message_get_thinking (message_at (stopped, 1)));
  g_assert_false (app_message_get_can_continue (message_at (stopped, 1)));
  g_assert_cmpint (app_message_get_stats (message_at (stopped, 1))->thought_end, ==, APP_THOUGHT_NONE);

  send_text (killed, "Kill");
  id = app_conversation_get_id (killed);
  WAIT_UNTIL (g_str_equal (app_message_get_thought (message_at (killed, 1)), script.thought));
  /* Saved at the pace of words. */
  WAIT_UNTIL (is_saved (fixture, &copy));
  app_conversation_stop (killed);
  wait_idle (killed);
  g_clear_object (&killed);
  g_clear_object (&stopped);
  g_clear_object (&failed);
  fixture_close (fixture);
  g_free (fixture->path);
  fixture->path = g_steal_pointer (&copy);
  fixture_open (fixture);
  load (app_history_find (fixture->history, id));
  g_assert_cmpint (app_message_get_state (message_at (app_history_find (fixture->history, id), 1)), ==, APP_MESSAGE_STOPPED);
  g_assert_true (app_message_get_interrupted (message_at (app_history_find (fixture->history, id), 1)));
  g_assert_cmpstr (app_message_get_thought (message_at (app_history_find (fixture->history, id), 1)), ==, script.thought);
}

static void
send_at (AppConversation *conversation, const char *text, const char *depth)
{
  g_autoptr (AppTurn) words = app_turn_new (text, NULL), turn = app_turn_new_depth (words, depth);

  g_assert_true (try_send (conversation, turn, NULL));
  wait_idle (conversation);
}

static void
again (AppConversation *conversation, AppMessage *answer, gboolean more)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  (more ? app_conversation_think_more_async : app_conversation_regenerate_async) (conversation, answer, keep_result, &result);
  app_conversation_regenerate_finish (conversation, wait_result (&result), &error);
  g_assert_no_error (error);
  wait_idle (conversation);
}

/* The message's own depth counts before the conversation's, and that before the preferences'; another answer to it keeps it; more is more. */
static void
test_depth (Fixture *fixture, gconstpointer data)
{
  Script script = { .text = "Well." };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  AppConversationSettings *own = app_conversation_get_settings (conversation);
  const AppSamplingField *cap = app_sampling_find_field ("max-thought");
  gint64 id;

  scripted_engine_set_script (fixture->engine, &script);
  send_at (conversation, "One", "");
  g_assert_cmpint (asked_depth (fixture), ==, APP_DEPTH_COMPACT);
  g_assert_cmpstr (app_message_get_depth (message_at (conversation, 0)), ==, "");
  app_conversation_settings_set_text (own, APP_SETTING_DEPTH, "instant");
  app_conversation_settings_set_number (own, cap, 77);
  again (conversation, message_at (conversation, 1), FALSE);
  g_assert_cmpint (asked_depth (fixture), ==, APP_DEPTH_INSTANT);
  g_assert_cmpint (app_prompt_get_thinking (scripted_engine_get_prompt (fixture->engine))->max_tokens, ==, 77);
  g_assert_cmpstr (app_message_get_depth (message_at (conversation, 1)), ==, "instant");
  send_at (conversation, "Two", "compact");
  g_assert_cmpint (asked_depth (fixture), ==, APP_DEPTH_COMPACT);
  again (conversation, message_at (conversation, 3), FALSE);
  g_assert_cmpint (asked_depth (fixture), ==, APP_DEPTH_COMPACT);
  g_assert_true (app_conversation_can_think_more (message_at (conversation, 3)));
  again (conversation, message_at (conversation, 3), TRUE);
  g_assert_cmpint (asked_depth (fixture), ==, APP_DEPTH_THOROUGH);
  g_assert_cmpuint (app_message_get_branch_count (message_at (conversation, 3)), ==, 3);
  g_assert_cmpstr (app_message_get_depth (message_at (conversation, 3)), ==, "thorough");
  g_assert_false (app_conversation_can_think_more (message_at (conversation, 3)));
  /* What makes no sense is none. */
  app_conversation_settings_set_json (own, "{\"depth\":\"deep\"}", NULL);
  g_assert_null (app_conversation_settings_get_text (own, APP_SETTING_DEPTH));
  app_conversation_settings_set_text (own, APP_SETTING_DEPTH, "thorough");
  id = app_conversation_get_id (conversation);
  g_clear_object (&conversation);
  fixture_settle (fixture);
  fixture_close (fixture);
  fixture_open (fixture);
  conversation = g_object_ref (app_history_find (fixture->history, id));
  load (conversation);
  g_assert_cmpstr (app_message_get_depth (message_at (conversation, 2)), ==, "compact");
  g_assert_cmpstr (app_message_get_depth (message_at (conversation, 3)), ==, "thorough");
  g_assert_cmpint (app_conversation_choose_thinking (conversation, NULL).depth, ==, APP_DEPTH_THOROUGH);
  g_assert_cmpint (app_conversation_choose_thinking (conversation, "instant").depth, ==, APP_DEPTH_INSTANT);
}

/* What waits, and what is typed, keeps it over the end of the program. */
static void
test_waiting (Fixture *fixture, gconstpointer data)
{
  Script script = { .text = "Well.", .hold = TRUE };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) words = app_turn_new ("Two", NULL), turn = app_turn_new_depth (words, "thorough");
  g_autoptr (AppQueued) item = NULL;
  AppQueue *queue;
  gint64 id;

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "One");
  g_assert_true (app_queue_add (app_conversation_get_queue (conversation), turn, NULL));
  app_conversation_set_draft_wish (conversation, "Three", "", "instant", NULL);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  id = app_conversation_get_id (conversation);
  g_clear_object (&conversation);
  fixture_settle (fixture);
  fixture_close (fixture);
  fixture_open (fixture);
  conversation = g_object_ref (app_history_find (fixture->history, id));
  load (conversation);
  g_assert_cmpstr (app_conversation_get_draft_depth (conversation), ==, "instant");
  queue = app_conversation_get_queue (conversation);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (queue)) == 1);
  item = g_list_model_get_item (G_LIST_MODEL (queue), 0);
  g_assert_cmpstr (app_turn_get_depth (app_queued_get_turn (item)), ==, "thorough");
  script.hold = FALSE;
  scripted_engine_set_script (fixture->engine, &script);
  app_queue_resume (queue);
  WAIT_UNTIL (n_messages (conversation) == 4);
  wait_idle (conversation);
  g_assert_cmpint (asked_depth (fixture), ==, APP_DEPTH_THOROUGH);
  g_assert_cmpstr (app_message_get_depth (message_at (conversation, 2)), ==, "thorough");
}

/* An answer that goes on is not thought about again, and keeps what it was thought about before. */
static void
test_continued (Fixture *fixture, gconstpointer data)
{
  Script first = { .thought = "Six times seven.", .text = "It is", .too_long = TRUE }, second = { .text = " 42." };
  g_autoptr (AppConversation) conversation = talk (fixture, &first, "What is 6 * 7?");
  g_autoptr (GAsyncResult) result = NULL;
  AppMessage *answer = message_at (conversation, 1);

  g_assert_true (app_message_get_can_continue (answer));
  scripted_engine_set_script (fixture->engine, &second);
  app_conversation_continue_async (conversation, answer, keep_result, &result);
  g_assert_true (app_conversation_continue_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
  g_assert_cmpstr (app_message_get_text (answer), ==, "It is 42.");
  g_assert_cmpstr (app_message_get_thought (answer), ==, "Six times seven.");
  g_assert_cmpint (app_message_get_stats (answer)->thought_tokens, ==, 4);
  g_assert_cmpint (app_message_get_stats (answer)->thought_end, ==, APP_THOUGHT_CLOSED);
  g_assert_cmpint (asked_depth (fixture), ==, APP_DEPTH_INSTANT);
}

#define ADD(name, function) g_test_add ("/app-conversation-thought/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("kept", test_kept);
  ADD ("live", test_live);
  ADD ("broken-off", test_broken_off);
  ADD ("depth", test_depth);
  ADD ("waiting", test_waiting);
  ADD ("continued", test_continued);
  return g_test_run ();
}
