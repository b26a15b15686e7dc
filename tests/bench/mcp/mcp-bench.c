/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations with real servers of the registry, over stdio and in their sandbox: every call goes the way that a model's goes, is asked, allowed once, run and compared. What ./dev bench mcp runs:
 *
 *     mcp-bench FOLDER      that has node_modules, as mcp/package-lock.json has them */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#include "app-toolbox.h"
#include "mcp/mcp-servers.h"

/* One call and a part of what it has to give. */
typedef struct {
  const char *tool, *arguments, *expected;
  gboolean fails;
} Case;

static const Case filesystem[] = {
  { "list_allowed_directories", "{}", "/work" },
  { "write_file", "{\"path\": \"/work/notes.txt\", \"content\": \"milk\\nbread\\neggs\\n\"}", "Successfully wrote" },
  { "read_text_file", "{\"path\": \"/work/notes.txt\"}", "milk\nbread\neggs" },
  { "read_text_file", "{\"path\": \"/work/notes.txt\", \"head\": 1}", "milk" },
  { "edit_file", "{\"path\": \"/work/notes.txt\", \"edits\": [{\"oldText\": \"bread\", \"newText\": \"rye bread\"}]}", "+rye bread" },
  { "create_directory", "{\"path\": \"/work/lists\"}", "Successfully created" },
  { "move_file", "{\"source\": \"/work/notes.txt\", \"destination\": \"/work/lists/food.txt\"}", "Successfully moved" },
  { "list_directory", "{\"path\": \"/work\"}", "[DIR] lists" },
  { "list_directory_with_sizes", "{\"path\": \"/work/lists\"}", "food.txt" },
  { "directory_tree", "{\"path\": \"/work\"}", "food.txt" },
  { "search_files", "{\"path\": \"/work\", \"pattern\": \"**/*.txt\"}", "food.txt" },
  { "get_file_info", "{\"path\": \"/work/lists/food.txt\"}", "size:" },
  { "read_multiple_files", "{\"paths\": [\"/work/lists/food.txt\", \"/work/none.txt\"]}", "rye bread" },
  { "read_media_file", "{\"path\": \"/work/lists/food.txt\"}", "food.txt" },
  { "read_text_file", "{\"path\": \"/work/none.txt\"}", "ENOENT", TRUE },
  { "read_text_file", "{\"path\": \"/etc/passwd\"}", "Access denied", TRUE },
  { "read_text_file", "{\"path\": \"/work/../etc/hostname\"}", "Access denied", TRUE },
  { "read_text_file", "{\"file\": \"/work/lists/food.txt\"}", "do not fit", TRUE },
};

static const Case everything[] = {
  { "echo", "{\"message\": \"Grüße, 世界\"}", "Grüße, 世界" },
  { "get-sum", "{\"a\": 19, \"b\": 23}", "42" },
  { "get-sum", "{\"a\": \"nineteen\", \"b\": 23}", "do not fit", TRUE },
  { "get-env", "{}", "\"HOME\": \"/tmp\"" },
  { "get-annotated-message", "{\"messageType\": \"error\", \"includeImage\": true}", "image/png" },
  { "get-tiny-image", "{}", "image/png" },
  { "get-structured-content", "{\"location\": \"Chicago\"}", "temperature" },
  { "get-resource-links", "{\"count\": 2}", "demo://resource/dynamic" },
  { "get-resource-reference", "{\"resourceType\": \"Text\", \"resourceId\": 1}", "demo://resource/dynamic/text/1" },
  { "toggle-simulated-logging", "{}", "" },
  { "toggle-simulated-logging", "{}", "" },
  { "trigger-long-running-operation", "{\"duration\": 3, \"steps\": 6}", "completed" },
  { "get-roots-list", "{}", "file:///work" },
  { "trigger-elicitation-request", "{}", "Ada" },
  { "gzip-file-as-resource", "{\"data\": \"data:text/plain;base64,aGVsbG8=\", \"outputType\": \"resource\"}", "application/gzip" },
  { "gzip-file-as-resource", "{}", "", TRUE }, /* a page of the web: there is no network */
  { "read_resource", "{}", "architecture.md" },
  { "read_resource", "{\"uri\": \"demo://resource/dynamic/text/7\"}", "demo://resource/dynamic/text/7" },
  { "get_prompt", "{}", "args-prompt" },
  { "get_prompt", "{\"name\": \"args-prompt\", \"arguments\": {\"city\": \"Lyon\"}}", "Lyon" },
};

static const struct {
  const char *name, *package, *arguments;
  const Case *cases;
  gsize n;
} servers[] = { { "filesystem", "server-filesystem", " /work", filesystem, G_N_ELEMENTS (filesystem) }, { "everything", "server-everything", " stdio", everything, G_N_ELEMENTS (everything) } };

static const Script done = { .text = "Done." };

static AppToolCall *
call_of (AppConversation *conversation)
{
  AppToolCall *call = g_list_model_get_item (app_message_get_calls (message_at (conversation, n_messages (conversation) - 1)), 0);

  if (call)
    g_object_unref (call);
  return call;
}

/* What the person answers: a name, "Yes", the first choice, or a number. */
static void
reply (AppToolCall *call)
{
  const char *const *choices = app_tool_call_get_choices (call), *question = app_tool_call_get_question (call);

  app_tool_call_reply (call, strstr (question, "full, legal name") ? "Ada" : strstr (question, "nteger") ? "7" : choices[0]);
}

/* Returns the milliseconds from the person's word to the result; `*result`: (transfer none). */
static double
play (Fixture *fixture, AppConversation *conversation, const char *calls, const char **result, AppCallState *state)
{
  Script script = { .calls = calls, .then = &done };
  gint64 from = 0, to = 0;

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Go on");
  while (app_conversation_get_busy (conversation)) {
    AppToolCall *call = call_of (conversation);

    if (call && to == 0 && app_tool_call_get_state (call) >= APP_CALL_DONE)
      to = g_get_monotonic_time ();
    if (call && app_tool_call_get_state (call) == APP_CALL_ASKING) {
      from = g_get_monotonic_time ();
      app_tool_call_answer (call, APP_CONSENT_ONCE);
    } else if (call && app_tool_call_get_question (call)) {
      reply (call);
    } else {
      g_main_context_iteration (NULL, TRUE);
    }
  }
  wait_idle (conversation);
  *result = app_tool_call_get_result (call_of (conversation));
  *state = app_tool_call_get_state (call_of (conversation));
  return from > 0 ? (double) (MAX (to, from) - from) / 1000 : 0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const double *) a < *(const double *) b ? -1 : *(const double *) a > *(const double *) b;
}

static gboolean
run (Fixture *fixture, const char *folder, gsize number)
{
  AppMcpServers *list = app_history_get_mcp_servers (fixture->history);
  g_autofree char *notice = NULL;
  g_autofree char *whole = g_strdup_printf ("node '%s/node_modules/@modelcontextprotocol/%s/dist/index.js'%s", folder, servers[number].package, servers[number].arguments);
  AppMcpLaunch launch = { whole, (char *) folder, (char *) "", FALSE };
  g_autoptr (GAsyncResult) tried = NULL, saved = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppMcpTrial) trial = NULL;
  g_autoptr (AppMcpServer) server = NULL;
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  gint64 from = g_get_monotonic_time ();
  double start, first = 0;
  guint n_good = 0, n_usable = 0;

  app_mcp_servers_try_async (list, servers[number].name, &launch, NULL, keep_result, &tried);
  trial = app_mcp_servers_try_finish (list, wait_result (&tried), &error);
  if (!trial) {
    printf ("# %s did not start: %s\n", servers[number].name, error->message);
    return FALSE;
  }
  start = (double) (g_get_monotonic_time () - from) / 1000;
  for (guint i = 0; i < trial->tools->len; i++) {
    app_mcp_tool_agree (trial->tools->pdata[i], TRUE);
    n_usable += app_mcp_tool_get_state (trial->tools->pdata[i]) == APP_MCP_TOOL_ON;
    if (app_mcp_tool_get_state (trial->tools->pdata[i]) != APP_MCP_TOOL_ON)
      printf ("# %s: %s\n", app_mcp_tool_get_name (trial->tools->pdata[i]), app_mcp_tool_get_reason (trial->tools->pdata[i]));
  }
  app_mcp_servers_save_async (list, NULL, servers[number].name, &launch, trial->offers | APP_MCP_MAY_RESOURCES | APP_MCP_MAY_PROMPTS, trial->tools, trial->prompts, keep_result, &saved);
  server = app_mcp_servers_save_finish (list, wait_result (&saved), &notice, &error);
  g_assert_no_error (error);
  app_conversation_settings_set_text (app_conversation_get_settings (conversation), APP_SETTING_TOOLS, "on");
  for (gsize i = 0; i < servers[number].n; i++) {
    const Case *test = &servers[number].cases[i];
    g_autofree char *tool = g_strdelimit (g_strdup (test->tool), "-", '_'), *calls = g_strdup_printf ("%s_%s %s", servers[number].name, tool, test->arguments);
    const char *result;
    AppCallState state;
    double ms = play (fixture, conversation, calls, &result, &state);
    gboolean good = state == (test->fails ? APP_CALL_FAILED : APP_CALL_DONE) && strstr (result, test->expected);

    n_good += good;
    if (!good)
      printf ("# %s %s gave, in state %u: %.600s\n", test->tool, test->arguments, state, result);
    if (i == 0)
      first = ms;
    else if (ms > 0 && !strstr (test->tool, "long-running"))
      g_array_append_val (times, ms);
  }
  g_array_sort (times, compare);
  printf ("| %s | %s | %s | %u of %u | %u of %zu | %.0f | %.0f | %.1f |\n", servers[number].name, trial->name, trial->version, n_usable, trial->tools->len, n_good, servers[number].n, start, first, g_array_index (times, double, times->len / 2));
  fflush (stdout);
  return n_good == servers[number].n;
}

int
main (int argc, char *argv[])
{
  Fixture fixture = { 0 };
  gboolean good = TRUE;

  if (argc != 2) {
    fprintf (stderr, "mcp-bench FOLDER\n");
    return 2;
  }
  fixture_set_up (&fixture, NULL);
  printf ("| Server | Calls itself | Protocol | Tools that can be called | Calls as expected | Start and list, ms | First call with its child's start, ms | Median of later calls, ms |\n|---|---|---|---:|---:|---:|---:|---:|\n");
  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    good = run (&fixture, argv[1], i) && good;
  fixture_tear_down (&fixture, NULL);
  return good ? 0 : 1;
}
