/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "app-conversation-private.h"
#include "app-error.h"

/* A graphics card that fails in the middle of an answer ends nothing: the answer says so at once, and still says it after a restart. */
static void
test_moved (Fixture *fixture, gconstpointer data)
{
  static const Script script = { .text = "On the card, ", .moved = "The device was lost.", .text_after = "and on the processor.", .hold = TRUE };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  const char *notice;
  AppMessage *answer;

  scripted_engine_set_place (fixture->engine, &(AppPlace) { .n_layers = 28, .gpu_layers = 22, .device = "Wonder Card" });
  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Hello");
  answer = message_at (conversation, 1);
  WAIT_UNTIL (app_message_get_notices (answer)[0] != NULL);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_WRITING);
  WAIT_UNTIL (g_str_equal (app_message_get_text (answer), "On the card, and on the processor."));
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_stats (answer)->place.n_layers, ==, 28);
  g_assert_cmpint (app_message_get_stats (answer)->place.gpu_layers, ==, 0);
  g_clear_object (&conversation);
  fixture_close (fixture);

  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  load (conversation);
  answer = message_at (conversation, 1);
  notice = app_message_get_notices (answer)[0];
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice, "the graphics card failed"));
  g_assert_null (app_message_get_notices (answer)[1]);
}

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

/* ---- streaming ---- */

static void
on_notify_text (AppMessage *message, GParamSpec *pspec, guint *count)
{
  ++*count;
}

/* Many small pieces reach the message as few changes, and none is lost. */
static void
test_coalesce (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autofree char *long_text = g_strnfill (400, 'x');
  Script script = { .text = long_text, .piece = 1, .ms = 1 };
  guint count = 0;

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Write");
  g_signal_connect (message_at (conversation, 1), "notify::text", G_CALLBACK (on_notify_text), &count);
  wait_idle (conversation);
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, long_text);
  g_assert_cmpuint (count, >, 0);
  g_assert_cmpuint (count, <=, 200); /* 400 pieces take at least 400 ms, which is 25 frames; a slow machine has more time, and more frames */
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  Script script = { .text = "As far as this.", .hold = TRUE };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Begin");
  while (!g_str_equal (app_message_get_text (message_at (conversation, 1)), script.text))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_WRITING);
  app_conversation_stop (conversation);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
  g_assert_cmpint (app_message_get_stats (message_at (conversation, 1))->finish, ==, APP_FINISH_NONE);

  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  AppMessage *answer = message_at (conversation_at (fixture, 0), 1);
  g_assert_cmpstr (app_message_get_text (answer), ==, script.text);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_STOPPED);
  g_assert_false (app_message_get_interrupted (answer));
}

/* Stop before the rows are stored is not forgotten. */
static void
test_stop_early (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) turn = app_turn_new ("Begin", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  Script script = { .text = "No.", .hold = TRUE };

  scripted_engine_set_script (fixture->engine, &script);
  app_conversation_send_async (conversation, turn, keep_result, &result);
  app_conversation_stop (conversation);
  g_assert_true (app_conversation_send_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
}

static void
test_failure_and_retry (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (GAsyncResult) result = NULL;
  Script script = { .text = "Half", .error = "The model file changed while it was read. Download it again." };

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Begin");
  wait_idle (conversation);
  AppMessage *answer = message_at (conversation, 1);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_FAILED);
  g_assert_cmpstr (app_message_get_error (answer), ==, script.error);
  g_assert_cmpstr (app_message_get_text (answer), ==, "Half");

  script = (Script){ .text = "Whole." };
  scripted_engine_set_script (fixture->engine, &script);
  app_conversation_regenerate_async (conversation, answer, keep_result, &result);
  g_assert_true (app_conversation_regenerate_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "Whole.");
  g_assert_cmpuint (app_message_get_branch_index (message_at (conversation, 1)), ==, 1);
  g_assert_cmpuint (app_message_get_branch_count (message_at (conversation, 1)), ==, 2);
}

/* ---- the model ---- */

static void
test_no_model (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) turn = app_turn_new ("Hello", NULL);
  g_autoptr (GError) error = NULL;

  app_engine_unload (APP_ENGINE (fixture->engine));
  g_assert_cmpint (app_engine_get_state (APP_ENGINE (fixture->engine)), ==, APP_ENGINE_NONE);
  g_assert_false (try_send (conversation, turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_NO_MODEL);
  g_assert_cmpuint (n_messages (conversation), ==, 0);
  g_assert_false (app_conversation_get_busy (conversation));
}

/* A message that is sent while the model loads waits for it. `data`: NULL, or why the load fails. */
static void
test_loading (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (GAsyncResult) result = NULL;
  AppEngine *engine = APP_ENGINE (fixture->engine);

  app_engine_unload (engine);
  scripted_engine_hold_load (fixture->engine);
  app_engine_load_async (engine, fixture->model, NULL, keep_result, &result);
  g_assert_cmpint (app_engine_get_state (engine), ==, APP_ENGINE_LOADING);
  g_assert_cmpfloat (app_engine_get_progress (engine), ==, 0.5);
  send_text (conversation, "Hello");
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_WAITING);

  scripted_engine_finish_load (fixture->engine, data);
  wait_idle (conversation);
  g_assert_cmpint (app_engine_load_finish (engine, wait_result (&result), NULL), ==, data == NULL);
  if (data) {
    g_assert_cmpint (app_engine_get_state (engine), ==, APP_ENGINE_FAILED);
    g_assert_cmpstr (app_engine_get_error (engine), ==, data);
    g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_FAILED);
    g_assert_cmpstr (app_message_get_error (message_at (conversation, 1)), ==, data);
  } else {
    g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "An answer.");
  }
}

/* Another load replaces the first, whose caller is told. */
static void
test_load_replaced (Fixture *fixture, gconstpointer data)
{
  AppEngine *engine = APP_ENGINE (fixture->engine);
  g_autoptr (AppModel) other = scripted_model_new ("other", "Other");
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  app_engine_load_async (engine, other, NULL, keep_result, &first);
  app_engine_load_async (engine, fixture->model, NULL, keep_result, &second);
  g_assert_true (app_engine_load_finish (engine, wait_result (&second), NULL));
  g_assert_false (app_engine_load_finish (engine, wait_result (&first), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (app_engine_get_state (engine), ==, APP_ENGINE_READY);
  g_assert_true (app_engine_get_model (engine) == fixture->model);
}

static void
test_load_cancelled (Fixture *fixture, gconstpointer data)
{
  AppEngine *engine = APP_ENGINE (fixture->engine);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_engine_unload (engine);
  scripted_engine_hold_load (fixture->engine);
  app_engine_load_async (engine, fixture->model, cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  scripted_engine_finish_load (fixture->engine, NULL);
  g_assert_false (app_engine_load_finish (engine, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (app_engine_get_state (engine), ==, APP_ENGINE_NONE);
}

/* ---- the tree ---- */

static void
assert_path (AppConversation *conversation, const char *expected)
{
  g_autoptr (GString) path = g_string_new (NULL);

  for (guint i = 0; i < n_messages (conversation); i++) {
    AppMessage *message = message_at (conversation, i);
    g_string_append_printf (path, "%s%s %u/%u", i ? ", " : "", app_message_get_text (message), app_message_get_branch_index (message) + 1, app_message_get_branch_count (message));
  }
  g_assert_cmpstr (path->str, ==, expected);
}

static void
answer_with (Fixture *fixture, const char *text)
{
  Script script = { .text = text, .piece = 100 };

  scripted_engine_set_script (fixture->engine, &script);
}

static void
say (Fixture *fixture, AppConversation *conversation, const char *note, const char *answer)
{
  answer_with (fixture, answer);
  send_text (conversation, note);
  wait_idle (conversation);
}

static void
regenerate (Fixture *fixture, AppConversation *conversation, guint position, const char *answer)
{
  g_autoptr (GAsyncResult) result = NULL;

  answer_with (fixture, answer);
  app_conversation_regenerate_async (conversation, message_at (conversation, position), keep_result, &result);
  g_assert_true (app_conversation_regenerate_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
}

static void
edit (Fixture *fixture, AppConversation *conversation, guint position, const char *note, const char *answer)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (AppTurn) turn = app_turn_new (note, NULL);

  answer_with (fixture, answer);
  app_conversation_edit_async (conversation, message_at (conversation, position), turn, keep_result, &result);
  g_assert_true (app_conversation_edit_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
}

static gboolean
select_branch (AppConversation *conversation, guint position, guint index, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_select_branch_async (conversation, message_at (conversation, position), index, keep_result, &result);
  return app_conversation_select_branch_finish (conversation, wait_result (&result), error);
}

static void
test_branches (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autofree char *prompt = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id_of_c;

  say (fixture, conversation, "a", "A");
  say (fixture, conversation, "b", "B");
  say (fixture, conversation, "c", "C");
  assert_path (conversation, "a 1/1, A 1/1, b 1/1, B 1/1, c 1/1, C 1/1");
  id_of_c = app_message_get_id (message_at (conversation, 4));

  regenerate (fixture, conversation, 3, "B2");
  assert_path (conversation, "a 1/1, A 1/1, b 1/1, B2 2/2");
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_cmpstr (prompt, ==, "user: a\nassistant: A\nuser: b");

  say (fixture, conversation, "d", "D");
  edit (fixture, conversation, 2, "b'", "E");
  assert_path (conversation, "a 1/1, A 1/1, b' 2/2, E 1/1");
  edit (fixture, conversation, 0, "a'", "F");
  assert_path (conversation, "a' 2/2, F 1/1");
  g_assert_cmpstr (app_conversation_get_title (conversation), ==, "a'");

  g_assert_true (select_branch (conversation, 0, 0, NULL));
  assert_path (conversation, "a 1/2, A 1/1, b' 2/2, E 1/1");
  g_assert_true (select_branch (conversation, 2, 0, NULL));
  assert_path (conversation, "a 1/2, A 1/1, b 1/2, B2 2/2, d 1/1, D 1/1"); /* each branch remembers where it went on */
  g_assert_true (select_branch (conversation, 3, 0, NULL));
  assert_path (conversation, "a 1/2, A 1/1, b 1/2, B 1/2, c 1/1, C 1/1");
  g_assert_true (select_branch (conversation, 0, 1, NULL));
  assert_path (conversation, "a' 2/2, F 1/1");

  g_assert_false (select_branch (conversation, 0, 2, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  assert_path (conversation, "a' 2/2, F 1/1");
  g_assert_false (app_conversation_get_busy (conversation));

  /* A search hit on a hidden branch is brought to light. */
  g_autoptr (GAsyncResult) result = NULL;
  app_conversation_show_message_async (conversation, id_of_c, keep_result, &result);
  g_assert_true (app_conversation_show_message_finish (conversation, wait_result (&result), NULL));
  assert_path (conversation, "a 1/2, A 1/1, b 1/2, B 1/2, c 1/1, C 1/1");
  g_assert_cmpint (app_conversation_find_message (conversation, id_of_c), ==, 4);
  g_assert_cmpint (app_conversation_find_message (conversation, 12345), ==, -1);

  /* What is visible is stored. */
  g_clear_object (&conversation);
  g_clear_object (&result);
  fixture_close (fixture);
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  assert_path (conversation_at (fixture, 0), "a 1/2, A 1/1, b 1/2, B 1/2, c 1/1, C 1/1");
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) empty = app_turn_new (" \n ", NULL);
  g_autoptr (AppTurn) turn = app_turn_new ("x", NULL);
  g_autoptr (GError) error = NULL;
  Script script = { .hold = TRUE };

  g_assert_false (try_send (conversation, empty, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Hello");
  g_assert_false (try_send (conversation, turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (select_branch (conversation, 0, 0, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  app_conversation_stop (conversation);
  wait_idle (conversation);
}

/* Two conversations are answered at once. */
static void
test_two_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) first = app_history_new_conversation (fixture->history);
  g_autoptr (AppConversation) second = app_history_new_conversation (fixture->history);

  send_text (first, "one");
  send_text (second, "two");
  g_assert_true (app_conversation_get_busy (first));
  g_assert_true (app_conversation_get_busy (second));
  wait_idle (first);
  wait_idle (second);
  g_assert_cmpstr (app_message_get_text (message_at (first, 1)), ==, "An answer.");
  g_assert_cmpstr (app_message_get_text (message_at (second, 1)), ==, "An answer.");
}

/* An answer without text is left out of the next prompt, and the notes around it become one. */
static void
test_prompt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  Script script = { .error = "It failed." };
  g_autofree char *prompt = NULL;

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "first");
  wait_idle (conversation);
  say (fixture, conversation, "second", "S");
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_cmpstr (prompt, ==, "user: first\n\nsecond");
}

/* ---- titles ---- */

static void
test_titles (void)
{
  static const struct { const char *text, *title; } cases[] = {
    { "What is a monad?", "What is a monad?" },
    { "Explain this. Then stop.", "Explain this" },
    { "\n\n## A *heading* of mine\nmore", "A *heading* of mine" },
    { "```c\nint main (void);\n```", "int main (void);" },
    { "a  b\tc", "a b c" },
    { "One two three four five six seven eight nine ten eleven twelve", "One two three four five six seven eight nine…" },
    { "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", "Donaudampfschifffahrtsgesellschaftskapitänsmütze…" },
    { "月の満ち欠けについて教えてください。詳しくお願いします。", "月の満ち欠けについて教えてください" },
    { "???", "???" },
    { "v1.2.3 is out", "v1.2.3 is out" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppTurn) turn = app_turn_new (cases[i].text, NULL);
    g_autofree char *title = app_title_for_turn (turn);
    g_assert_cmpstr (title, ==, cases[i].title);
  }
}

static void
rename_to (AppConversation *conversation, const char *title)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_rename_async (conversation, title, keep_result, &result);
  g_assert_true (app_conversation_rename_finish (conversation, wait_result (&result), NULL));
}

static void
test_rename (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppConversation) named_first = app_history_new_conversation (fixture->history);

  say (fixture, conversation, "Tell me about ducks", "Quack.");
  g_assert_cmpstr (app_conversation_get_title (conversation), ==, "Tell me about ducks");
  rename_to (conversation, "  Ducks\nand geese ");
  g_assert_cmpstr (app_conversation_get_title (conversation), ==, "Ducks and geese");
  edit (fixture, conversation, 0, "Something else", "Yes.");
  g_assert_cmpstr (app_conversation_get_title (conversation), ==, "Ducks and geese"); /* stays the person's */
  rename_to (conversation, "");
  g_assert_cmpstr (app_conversation_get_title (conversation), ==, "Something else");

  rename_to (named_first, "Mine");
  say (fixture, named_first, "Hello", "Hello.");
  g_clear_object (&conversation);
  g_clear_object (&named_first);
  fixture_close (fixture);
  fixture_open (fixture);
  g_assert_cmpstr (app_conversation_get_title (conversation_at (fixture, 0)), ==, "Mine");
  g_assert_cmpstr (app_conversation_get_title (conversation_at (fixture, 1)), ==, "Something else");
}

#define ADD(path, test) g_test_add ("/app/conversation/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("moved", test_moved);
  ADD ("coalesce", test_coalesce);
  ADD ("stop", test_stop);
  ADD ("stop-early", test_stop_early);
  ADD ("failure-and-retry", test_failure_and_retry);
  ADD ("no-model", test_no_model);
  ADD ("loading", test_loading);
  g_test_add ("/app/conversation/loading-fails", Fixture, "The model file ends early.", fixture_set_up, test_loading, fixture_tear_down);
  ADD ("load-replaced", test_load_replaced);
  ADD ("load-cancelled", test_load_cancelled);
  ADD ("branches", test_branches);
  ADD ("refusals", test_refusals);
  ADD ("two-at-once", test_two_at_once);
  ADD ("prompt", test_prompt);
  g_test_add_func ("/app/conversation/titles", test_titles);
  ADD ("rename", test_rename);
  return g_test_run ();
}
