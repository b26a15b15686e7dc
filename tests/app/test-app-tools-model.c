/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real model of this machine that calls a tool, and answers with what came of it. Small models decide a little differently on each kind of processor, so what is asked for is what the program sees to,
 * whatever they write. */
#include <string.h>

#include "fixture.h"

#include "app-model-private.h"
#include "app-tool-said.h"

#define REAL_MODEL "qwen2.5-coder-1.5b-instruct"

static void
wait_ready (AppEngine *engine)
{
  WAIT_UNTIL (app_engine_get_state (engine) != APP_ENGINE_LOADING);
}

static void
on_question (AppConversation *conversation, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppTurn) turn = app_turn_new (text, NULL);
  gboolean sent = try_send (conversation, turn, &error);

  g_assert_no_error (error);
  g_assert_true (sent);
  while (app_conversation_get_busy (conversation)) /* a slow machine reads for minutes what tools there are; meson knows when it is too long */
    g_main_context_iteration (NULL, TRUE);
}

/* Whether one of the calls computed the number, and the answer says it, without marks of the model's format. */
static void
check_answer (AppMessage *answer, const char *number)
{
  static const char *const marks[] = { "<tool_", "</tool_", "<think>", "</think>", "<|im_", "\"arguments\"" };
  GListModel *calls = app_message_get_calls (answer);
  gboolean computed = FALSE;

  g_test_message ("%s", app_message_get_text (answer));
  for (guint i = 0; i < g_list_model_get_n_items (calls); i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);
    const char *result = app_tool_call_get_result (call);

    g_test_message ("%s %s -> %u %s", app_tool_call_get_name (call), app_tool_call_get_arguments (call), app_tool_call_get_state (call), result);
    computed |= g_str_equal (app_tool_call_get_name (call), "calculate") && app_tool_call_get_state (call) == APP_CALL_DONE && app_tool_said_has (result, number);
  }
  g_assert_true (computed);
  g_assert_true (app_tool_said_has (app_message_get_text (answer), number));
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    g_assert_null (strstr (app_message_get_text (answer), marks[i]));
}

static const struct {
  const char *text, *number;
} questions[] = {
  { "How much is 2348.40 * 0.175? Compute it exactly.", "410.97" },
  { "What is 1274 * 386? Compute it exactly.", "491764" },
  { "Divide 9216 by 128. Compute it exactly.", "72" },
};

static void
test_model (void)
{
  const char *directory = g_getenv ("MELETE_MODELS");
  g_autofree char *folder = g_dir_make_tmp ("melete-model-XXXXXX", NULL), *path = g_build_filename (folder, "history.db", NULL);
  g_autofree char *model_path = directory ? g_build_filename (directory, REAL_MODEL ".gguf", NULL) : g_build_filename (g_get_user_data_dir (), "melete", "models", REAL_MODEL ".gguf", NULL);
  g_autoptr (AppSettings) settings = app_settings_new (NULL);
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  g_autoptr (GAsyncResult) loaded = NULL, opened = NULL;
  g_autoptr (GError) error = NULL;
  Fixture fixture = { .folder = folder, .path = path };
  AppEngine *engine;

  g_settings_set_int (app_settings_get_gsettings (settings), "context", 8192);
  g_settings_set_boolean (app_settings_get_gsettings (settings), "use-tools", TRUE);
  g_settings_set_double (app_settings_get_gsettings (settings), "temperature", 0);
  engine = app_local_engine_new (settings, NULL);
  g_free (facts->name);
  facts->name = g_strdup ("Real");
  g_autoptr (AppModel) model = app_model_new (facts);
  app_model_set_path (model, model_path, FALSE);
  app_engine_load_async (engine, model, NULL, keep_result, &loaded);
  g_assert_true (app_engine_load_finish (engine, wait_result (&loaded), &error));
  g_assert_no_error (error);
  wait_ready (engine);

  app_history_open_async (path, engine, settings, NULL, keep_result, &opened);
  fixture.history = app_history_open_finish (wait_result (&opened), &error);
  g_assert_no_error (error);
  g_clear_object (&opened); /* it holds the history */
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++) {
    g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture.history);

    on_question (conversation, questions[i].text);
    check_answer (message_at (conversation, 1), questions[i].number);
  }
  fixture_close (&fixture);
  app_engine_unload (engine);
  g_object_unref (engine);
  fixture_delete_folder (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/tools/model", test_model);
  return g_test_run ();
}
