/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real model of this machine that calls tools of real servers, each call allowed once. What ./dev bench mcp --model runs:
 *
 *     mcp-model FOLDER MODEL.gguf */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#include "app-model-private.h"
#include "app-toolbox.h"
#include "mcp/mcp-servers.h"

static const struct {
  const char *name, *package, *arguments, *tools;
} servers[] = { { "filesystem", "server-filesystem", " /work", " write_file read_text_file list_directory " }, { "everything", "server-everything", " stdio", " get-sum echo " } };

/* What is asked, which tool it needs, and what its result and the answer have to say. */
static const struct {
  const char *question, *tool, *result, *answer;
} questions[] = {
  { "How much is 19 plus 23? Use the tool everything_get_sum.", "everything_get_sum", "42", "42" },
  { "Write the text “milk, bread and eggs” into the file /work/food.txt. Use the tool filesystem_write_file.", "filesystem_write_file", "Successfully wrote", "" },
  { "What is in the file /work/food.txt? Look with the tool filesystem_read_text_file.", "filesystem_read_text_file", "eggs", "eggs" },
};

static void
add_server (AppMcpServers *list, const char *folder, gsize number)
{
  g_autofree char *command = g_strdup_printf ("node '%s/node_modules/@modelcontextprotocol/%s/dist/index.js'%s", folder, servers[number].package, servers[number].arguments), *notice = NULL;
  AppMcpLaunch launch = { command, (char *) folder, (char *) "", FALSE };
  g_autoptr (GAsyncResult) tried = NULL, saved = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppMcpTrial) trial = NULL;
  g_autoptr (AppMcpServer) server = NULL;

  app_mcp_servers_try_async (list, servers[number].name, &launch, NULL, keep_result, &tried);
  trial = app_mcp_servers_try_finish (list, wait_result (&tried), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < trial->tools->len; i++) {
    g_autofree char *word = g_strdup_printf (" %s ", app_mcp_tool_get_name (trial->tools->pdata[i]));
    app_mcp_tool_agree (trial->tools->pdata[i], strstr (servers[number].tools, word) != NULL);
  }
  app_mcp_servers_save_async (list, NULL, servers[number].name, &launch, trial->offers, trial->tools, trial->prompts, keep_result, &saved);
  server = app_mcp_servers_save_finish (list, wait_result (&saved), &notice, &error);
  g_assert_no_error (error);
}

static gboolean
ask (AppConversation *conversation, gsize number)
{
  g_autoptr (AppTurn) turn = app_turn_new (questions[number].question, NULL);
  g_autoptr (GError) error = NULL;
  gboolean called = FALSE, answered;
  const char *text;

  try_send (conversation, turn, &error);
  g_assert_no_error (error);
  while (app_conversation_get_busy (conversation)) {
    GListModel *calls = app_message_get_calls (message_at (conversation, n_messages (conversation) - 1));

    for (guint i = 0; i < g_list_model_get_n_items (calls); i++) {
      g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);
      if (app_tool_call_get_state (call) == APP_CALL_ASKING)
        app_tool_call_answer (call, APP_CONSENT_ONCE);
    }
    g_main_context_iteration (NULL, TRUE);
  }
  GListModel *calls = app_message_get_calls (message_at (conversation, n_messages (conversation) - 1));
  for (guint i = 0; i < g_list_model_get_n_items (calls); i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);
    printf ("#   %s %s -> %.200s\n", app_tool_call_get_name (call), app_tool_call_get_arguments (call), app_tool_call_get_result (call));
    called = called || (g_str_equal (app_tool_call_get_name (call), questions[number].tool) && app_tool_call_get_state (call) == APP_CALL_DONE && strstr (app_tool_call_get_result (call), questions[number].result));
  }
  text = app_message_get_text (message_at (conversation, n_messages (conversation) - 1));
  answered = strstr (text, questions[number].answer) != NULL;
  printf ("#   %s\n| %s | %s | %s |\n", text, questions[number].question, called ? "yes" : "no", answered ? "yes" : "no");
  fflush (stdout);
  return called && answered;
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("melete-mcp-XXXXXX", NULL), *path = g_build_filename (folder, "history.db", NULL);
  g_autoptr (AppSettings) settings = app_settings_new (NULL);
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  g_autoptr (GAsyncResult) loaded = NULL, opened = NULL;
  g_autoptr (AppModel) model = NULL;
  g_autoptr (AppConversation) conversation = NULL;
  g_autoptr (GError) error = NULL;
  Fixture fixture = { .folder = folder, .path = path };
  AppEngine *engine;
  gboolean good = TRUE;

  if (argc != 3) {
    fprintf (stderr, "mcp-model FOLDER MODEL.gguf\n");
    return 2;
  }
  g_settings_set_int (app_settings_get_gsettings (settings), "context", 8192);
  g_settings_set_boolean (app_settings_get_gsettings (settings), "use-tools", TRUE);
  g_settings_set_double (app_settings_get_gsettings (settings), "temperature", 0);
  engine = app_local_engine_new (settings, NULL);
  g_free (facts->name);
  facts->name = g_strdup ("Real");
  model = app_model_new (facts);
  app_model_set_path (model, argv[2], FALSE);
  app_engine_load_async (engine, model, NULL, keep_result, &loaded);
  if (!app_engine_load_finish (engine, wait_result (&loaded), &error)) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  WAIT_UNTIL (app_engine_get_state (engine) != APP_ENGINE_LOADING);
  app_history_open_async (path, engine, settings, NULL, keep_result, &opened);
  fixture.history = app_history_open_finish (wait_result (&opened), &error);
  g_assert_no_error (error);
  g_clear_object (&opened); /* it holds the history */
  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    add_server (app_history_get_mcp_servers (fixture.history), argv[1], i);
  conversation = app_history_new_conversation (fixture.history);
  printf ("| Asked | Called as it should | Answered |\n|---|---|---|\n");
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    good = ask (conversation, i) && good;
  g_clear_object (&conversation);
  fixture_close (&fixture);
  app_engine_unload (engine);
  g_object_unref (engine);
  fixture_delete_folder (folder);
  return good ? 0 : 1;
}
