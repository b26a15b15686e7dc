/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: turns with a real server, through all of the application but the window, for tests/bench/remote.py.
 *
 *   remote-turn ADDRESS
 *
 * writes one line for each step: its name, how the answer ended, bytes of text, tokens, milliseconds to the first word, tokens/s of the answer, bytes that
 * came, and how the connection ended. Fails when something is not as it should be. */
#include "fixture.h"

#include <string.h>

#include "app-models.h"

#define NOTE "Write a long story about a lighthouse keeper and the sea."
/* So much of an answer is read before it is stopped, in bytes. */
#define HALF 120

static AppConnection *
newest_connection (AppHistory *history)
{
  return g_list_model_get_item (app_connections_get_list (app_history_get_connections (history)), 0);
}

static void
report (const char *step, AppHistory *history, AppMessage *answer)
{
  static const char *const states[] = { "waiting", "writing", "done", "stopped", "failed" };
  static const char *const outcomes[] = { "under way", "done", "failed", "stopped", "interrupted" };
  const AppStats *stats = app_message_get_stats (answer);
  g_autoptr (AppConnection) connection = newest_connection (history);

  g_print ("%s\t%s\t%" G_GSIZE_FORMAT "\t%" G_GINT64_FORMAT "\t%.1f\t%.1f\t%" G_GUINT64_FORMAT "\t%s\n", step, states[app_message_get_state (answer)],
           strlen (app_message_get_text (answer)), stats->tokens, stats->first_token_ms, stats->tokens_per_second, app_connection_get_bytes (connection),
           outcomes[app_connection_get_outcome (connection)]);
  if (app_message_get_error (answer))
    g_printerr ("%s\n", app_message_get_error (answer));
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "history.db", NULL);
  g_autoptr (AppEngine) engine = NULL;
  g_autoptr (AppHistory) history = NULL;
  g_autoptr (AppModels) models = app_models_new ("/nowhere.json", folder);
  g_autoptr (AppConversation) conversation = NULL;
  g_autoptr (GAsyncResult) opened = NULL, asked = NULL, saved = NULL, loaded = NULL, again = NULL, closed = NULL;
  g_autoptr (GPtrArray) offered = NULL;
  g_autoptr (AppServer) server = NULL;
  g_autoptr (AppModel) model = NULL;
  g_autofree char *notice = NULL;
  g_autoptr (GError) error = NULL;
  AppMessage *answer;

  if (argc != 2)
    g_error ("Usage: remote-turn ADDRESS");
  {
    g_autoptr (AppEngine) local = app_local_engine_new (NULL, NULL), remote = app_remote_engine_new ();
    engine = app_router_engine_new (local, remote);
  }
  app_history_open_async (path, engine, NULL, NULL, keep_result, &opened);
  history = app_history_open_finish (wait_result (&opened), &error);
  g_assert_no_error (error);
  app_models_set_servers (models, app_history_get_servers (history));
  app_servers_ask_async (app_history_get_servers (history), argv[1], "", NULL, keep_result, &asked);
  offered = app_servers_ask_finish (app_history_get_servers (history), wait_result (&asked), &error);
  g_assert_no_error (error);
  app_servers_save_async (app_history_get_servers (history), NULL, "", argv[1], "", offered, keep_result, &saved);
  server = app_servers_save_finish (app_history_get_servers (history), wait_result (&saved), &notice, &error);
  g_assert_no_error (error);
  model = g_list_model_get_item (G_LIST_MODEL (models), 0);
  g_print ("model\t%s\t%u\t%s\n", app_model_get_name (model), app_model_get_context (model), app_model_get_host (model));
  app_engine_load_async (engine, model, NULL, keep_result, &loaded);
  app_engine_load_finish (engine, wait_result (&loaded), &error);
  g_assert_no_error (error);

  /* A whole answer. */
  conversation = app_history_new_conversation (history);
  send_text (conversation, "Say hello in one short sentence.");
  wait_idle (conversation);
  report ("answer", history, message_at (conversation, 1));
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_DONE);

  /* Stopped in the middle. */
  send_text (conversation, NOTE);
  answer = message_at (conversation, 3);
  WAIT_UNTIL (strlen (app_message_get_text (answer)) >= HALF || !app_conversation_get_busy (conversation));
  app_conversation_stop (conversation);
  wait_idle (conversation);
  report ("stopped", history, answer);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_STOPPED);

  /* And asked again. */
  app_conversation_regenerate_async (conversation, answer, keep_result, &again);
  app_conversation_regenerate_finish (conversation, wait_result (&again), &error);
  g_assert_no_error (error);
  wait_idle (conversation);
  answer = message_at (conversation, 3);
  report ("again", history, answer);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_DONE);
  g_assert_cmpuint (app_message_get_branch_count (answer), ==, 2);
  g_assert_cmpstr (app_message_get_host (answer), ==, app_server_get_host (server));

  g_clear_object (&conversation);
  app_history_close_async (history, keep_result, &closed);
  g_assert_true (app_history_close_finish (history, wait_result (&closed), NULL));
  fixture_delete_folder (folder);
  return 0;
}
