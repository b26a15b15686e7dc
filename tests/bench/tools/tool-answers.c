/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: whether answers hold what the tools gave back. A real model is asked 30 questions of arithmetic, each in a conversation of its own, greedily.
 *
 *   tool-answers MODEL [--count N]
 *       prints one line for each question, and at the end how many called the tool, got the right number from it, and say that number.
 * MELETE_CPU chooses the kernels, which round a little differently, so that a small model decides otherwise here and there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#include "app-model-private.h"
#include "app-tool-said.h"

/* In words as people write them; what is true, as it is written without separators. */
static const struct {
  const char *question, *number;
} questions[] = {
  { "How much is 2348.40 * 0.175? Compute it exactly.", "410.97" },
  { "What is 1274 * 386?", "491764" },
  { "Calculate 98765 - 43219.5.", "55545.5" },
  { "How much is 17.5% of 2348.40?", "410.97" },
  { "What do 13 boxes at 24.75 each cost together?", "321.75" },
  { "Divide 9216 by 128.", "72" },
  { "What is (358 + 417) * 12?", "9300" },
  { "I pay 1349 a month. How much is that in a year?", "16188" },
  { "How much is 1.08 * 459.50?", "496.26" },
  { "What is 45678 + 98765 + 12345?", "156788" },
  { "Compute 2 to the power of 24.", "16777216" },
  { "What is the square root of 15129?", "123" },
  { "A bill of 187.60 is split between 4 people. How much does each pay?", "46.9" },
  { "What is 19% of 1250?", "237.5" },
  { "Compute 7.25 * 38.5 exactly.", "279.125" },
  { "How much is 100000 - 36789?", "63211" },
  { "What is 365 * 24 * 60?", "525600" },
  { "How much are 3 tickets at 89.90 and 2 at 54.50?", "378.7" },
  { "What is 8888 divided by 11?", "808" },
  { "What is the mean of 734, 881 and 925?", "846.666667" },
  { "Compute 0.125 * 6.4.", "0.8" },
  { "I drive 437 km, then 268 km, then 195.5 km. How far is that?", "900.5" },
  { "What is 24 * 24 * 24?", "13824" },
  { "What is 5040 / 72 + 19?", "89" },
  { "How much is 349.99 less 15%?", "297.4915" },
  { "Calculate 1001 * 999.", "999999" },
  { "What is 62500 * 0.042?", "2625" },
  { "What is 77 squared minus 23 squared?", "5400" },
  { "How many minutes are 3 days and 7 hours? Compute it.", "4740" },
  { "How much is 1234567 + 7654321?", "8888888" },
};

/* The newest result of calculate. (transfer full) (nullable) */
static char *
find_result (AppMessage *message)
{
  GListModel *calls = app_message_get_calls (message);
  char *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (calls); i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);

    if (g_strcmp0 (app_tool_call_get_name (call), "calculate") != 0 || app_tool_call_get_state (call) != APP_CALL_DONE)
      continue;
    g_free (found);
    found = g_strdup (app_tool_call_get_result (call));
  }
  return found;
}

static AppConversation *
ask (AppHistory *history, const char *question)
{
  AppConversation *conversation = app_history_new_conversation (history);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppTurn) turn = app_turn_new (question, NULL);

  if (!try_send (conversation, turn, &error))
    g_error ("%s", error->message);
  while (app_conversation_get_busy (conversation))
    g_main_context_iteration (NULL, TRUE);
  return conversation;
}

int
main (int argc, char *argv[])
{
  guint count = G_N_ELEMENTS (questions), n_called = 0, n_right = 0, n_held = 0, n_true = 0;
  g_autofree char *folder = g_dir_make_tmp ("melete-answers-XXXXXX", NULL), *path = g_build_filename (folder, "history.db", NULL);
  g_autoptr (AppSettings) settings = app_settings_new (NULL);
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  g_autoptr (GAsyncResult) loaded = NULL, opened = NULL;
  g_autoptr (GError) error = NULL;
  Fixture fixture = { .folder = folder, .path = path };
  AppEngine *engine;

  if (argc < 2)
    return 2;
  for (int i = 2; i + 1 < argc; i += 2)
    if (strcmp (argv[i], "--count") == 0)
      count = MIN ((guint) atoi (argv[i + 1]), count);
  g_settings_set_int (app_settings_get_gsettings (settings), "context", 8192);
  g_settings_set_boolean (app_settings_get_gsettings (settings), "use-tools", TRUE);
  g_settings_set_double (app_settings_get_gsettings (settings), "temperature", 0);
  engine = app_local_engine_new (settings, NULL);
  g_free (facts->name);
  facts->name = g_strdup ("Real");
  g_autoptr (AppModel) model = app_model_new (facts);
  app_model_set_path (model, argv[1], FALSE);
  app_engine_load_async (engine, model, NULL, keep_result, &loaded);
  if (!app_engine_load_finish (engine, wait_result (&loaded), &error))
    g_error ("%s", error->message);
  WAIT_UNTIL (app_engine_get_state (engine) != APP_ENGINE_LOADING);
  app_history_open_async (path, engine, settings, NULL, keep_result, &opened);
  fixture.history = app_history_open_finish (wait_result (&opened), &error);
  g_clear_object (&opened);
  if (fixture.history == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < count; i++) {
    gint64 began = g_get_monotonic_time ();
    g_autoptr (AppConversation) conversation = ask (fixture.history, questions[i].question);
    AppMessage *answer = message_at (conversation, 1);
    g_autofree char *result = find_result (answer), *wanted = g_strconcat ("= ", questions[i].number, NULL), *line = g_strdelimit (g_strdup (app_message_get_text (answer)), "\n", ' ');
    gboolean right = result != NULL && app_tool_said_has (strrchr (result, '=') != NULL ? strrchr (result, '=') : result, wanted), held = result != NULL && app_tool_said_has (app_message_get_text (answer), result);
    GListModel *calls = app_message_get_calls (answer);

    n_called += result != NULL;
    n_right += right;
    n_held += held;
    n_true += app_tool_said_has (app_message_get_text (answer), wanted);
    printf ("%2u %s %s %4.1f s  %s\n", i + 1, result == NULL ? "no call" : right ? "right  " : "wrong  ", held ? "said   " : "missing", (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC, questions[i].question);
    for (guint k = 0; k < g_list_model_get_n_items (calls); k++) {
      g_autoptr (AppToolCall) call = g_list_model_get_item (calls, k);
      printf ("     %s %s -> %s\n", app_tool_call_get_name (call), app_tool_call_get_arguments (call), app_tool_call_get_result (call));
    }
    printf ("     %s\n", line);
    fflush (stdout);
  }
  printf ("%u questions: %u called, %u got the right number, %u of the called say the tool's number, %u say the true number\n", count, n_called, n_right, n_held, n_true);
  fixture_close (&fixture);
  app_engine_unload (engine);
  g_object_unref (engine);
  fixture_delete_folder (folder);
  return 0;
}
