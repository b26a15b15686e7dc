/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A conversation with a server in its sandbox: what is asked is answered, and a server that does what none should is ended, or passed over. */
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "mcp-fixture.h"

#include "app-error.h"
#include "mcp/mcp-client.h"
#include "mcp/mcp-message.h"
#include "mcp/mcp-result.h"

/* A server that runs, in a folder of its own. */
typedef struct {
  char *folder, *work;
  AppMcpLaunch *launch;
  AppMcpClient *client;
  char *ended;
} Talk;

static void
on_ended (AppMcpClient *client, const char *sentence, Talk *talk)
{
  talk->ended = g_strdup (sentence);
}

static Talk *
begin (const char *mode, AppMcpAsk ask, GError **error)
{
  Talk *talk = g_new0 (Talk, 1);
  g_auto (GStrv) environment = NULL;
  g_autoptr (GPtrArray) command = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  talk->folder = g_dir_make_tmp ("melete-mcp-XXXXXX", NULL);
  talk->work = g_build_filename (talk->folder, "work", NULL);
  g_mkdir (talk->work, 0700);
  talk->launch = mcp_fixture_launch (talk->folder, mode);
  talk->client = app_mcp_client_new (APP_MCP_WORK);
  app_mcp_client_set_ask (talk->client, ask, talk);
  g_signal_connect (talk->client, "ended", G_CALLBACK (on_ended), talk);
  command = app_mcp_launch_make (talk->launch, talk->work, &environment, error);
  if (!command)
    return talk;
  app_mcp_client_start_async (talk->client, (const char *const *) command->pdata, (const char *const *) environment, 3, NULL, keep_result, &result);
  app_mcp_client_start_finish (talk->client, wait_result (&result), error);
  return talk;
}

static Talk *
begin_well (const char *mode)
{
  g_autoptr (GError) error = NULL;
  Talk *talk = begin (mode, NULL, &error);

  g_assert_no_error (error);
  return talk;
}

static void
end (Talk *talk)
{
  app_mcp_client_close (talk->client);
  g_object_unref (talk->client);
  mcp_fixture_launch_free (talk->launch);
  fixture_delete_folder (talk->folder);
  g_free (talk->folder);
  g_free (talk->work);
  g_free (talk->ended);
  g_free (talk);
}

static JsonObject *
request (Talk *talk, const char *method, JsonObject *params, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_mcp_client_request_async (talk->client, method, params, cancellable, keep_result, &result);
  return app_mcp_client_request_finish (talk->client, wait_result (&result), error);
}

/* What a tool gives, as a model is told it, or the sentence of its error. */
static char *
call (Talk *talk, const char *name, JsonObject *arguments, GCancellable *cancellable)
{
  g_autoptr (JsonObject) params = json_object_new (), answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppToolResult) result = NULL;

  json_object_set_string_member (params, "name", name);
  json_object_set_object_member (params, "arguments", arguments ? arguments : json_object_new ());
  answer = request (talk, "tools/call", params, cancellable, &error);
  result = answer ? app_mcp_read_call (answer, &error) : NULL;
  if (!result)
    return g_strdup (error->message);
  return result->data ? g_strdup_printf ("%s|%s", result->text, result->data) : g_strdup (result->text);
}

static void
assert_call (Talk *talk, const char *name, const char *expected)
{
  g_autofree char *given = call (talk, name, NULL, NULL);

  g_assert_cmpstr (given, ==, expected);
}

static void
test_talk (void)
{
  Talk *talk = begin_well ("start=noise");
  JsonObject *arguments = json_object_new ();
  g_autofree char *echo = NULL, *log = NULL;

  g_assert_cmpstr (app_mcp_client_get_name (talk->client), ==, "scripted 7");
  g_assert_cmpstr (app_mcp_client_get_version (talk->client), ==, "2025-06-18");
  g_assert_cmpuint (app_mcp_client_get_offers (talk->client), ==, APP_MCP_HAS_TOOLS | APP_MCP_HAS_RESOURCES | APP_MCP_HAS_PROMPTS | APP_MCP_HAS_LOGGING);
  json_object_set_string_member (arguments, "text", "Grüße, 世界");
  echo = call (talk, "echo", arguments, NULL);
  g_assert_cmpstr (echo, ==, "Echo: Grüße, 世界");
  assert_call (talk, "fail", "It did not work: No such thing");
  assert_call (talk, "structured", "{\"degrees\":21}|{\"degrees\":21}");
  assert_call (talk, "blocks", "One\n(image image/png, about 3 bytes: it cannot be shown here)\na://b:\nTwo\nResource “c”: a://c ");
  assert_call (talk, "sample", "{\"code\": -32601, \"message\": \"Servers may not use the model here.\"}");
  assert_call (talk, "roots", "[{\"roots\": [{\"uri\": \"file:///work\", \"name\": \"Files of the conversation\"}]}, {}, -32601]");
  assert_call (talk, "batch", "In a batch");
  assert_call (talk, "ask", "{\"code\": -32601, \"message\": \"This client does not do that.\"}"); /* nobody who could ask is there */
  log = app_mcp_client_dup_log (talk->client);
  g_assert_nonnull (strstr (log, "Welcome"));
  g_assert_nonnull (strstr (log, "warning: Beside"));
  end (talk);
}

static void
test_versions (void)
{
  static const char *const good[] = { "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25" };
  g_autoptr (GError) error = NULL;
  Talk *talk;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autofree char *mode = g_strdup_printf ("version=%s", good[i]);

    talk = begin_well (mode);
    g_assert_cmpstr (app_mcp_client_get_version (talk->client), ==, good[i]);
    end (talk);
  }
  talk = begin_well ("version=echo");
  g_assert_cmpstr (app_mcp_client_get_version (talk->client), ==, "2025-11-25");
  end (talk);
  talk = begin ("version=1999-01-01", NULL, &error);
  g_assert_nonnull (strstr (error->message, "1999-01-01"));
  g_assert_false (app_mcp_client_is_running (talk->client));
  end (talk);
}

static void
test_start (void)
{
  g_autoptr (GError) died = NULL, silent = NULL;
  Talk *talk = begin ("start=die", NULL, &died);

  g_assert_nonnull (strstr (died->message, "ended with code 1. It said: I cannot start"));
  end (talk);
  talk = begin ("start=silent", NULL, &silent);
  g_assert_error (silent, APP_ERROR, APP_ERROR_NETWORK);
  g_assert_false (app_mcp_client_is_running (talk->client));
  end (talk);
}

static guint
count (Talk *talk, const char *method, const char *member)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (JsonArray) items = NULL;
  g_autoptr (GError) error = NULL;

  app_mcp_client_list_async (talk->client, method, member, NULL, keep_result, &result);
  items = app_mcp_client_list_finish (talk->client, wait_result (&result), &error);
  g_assert_no_error (error);
  return json_array_get_length (items);
}

static void
test_lists (void)
{
  Talk *talk = begin_well ("pages=3");
  g_autoptr (JsonObject) params = json_object_new (), answer = NULL, prompt = NULL;
  g_autoptr (AppToolResult) read = NULL, greeting = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *arguments = json_object_new ();

  g_assert_cmpuint (count (talk, "tools/list", "tools"), ==, 26);
  g_assert_cmpuint (count (talk, "resources/list", "resources"), ==, 1);
  g_assert_cmpuint (count (talk, "prompts/list", "prompts"), ==, 1);
  json_object_set_string_member (params, "uri", "note://1");
  answer = request (talk, "resources/read", params, NULL, NULL);
  read = app_mcp_read_resource (answer);
  g_assert_cmpstr (read->text, ==, "note://1:\nWhat it says\nnote://1: not a text (image/png, about 3 bytes), so it cannot be shown.");
  json_object_set_string_member (arguments, "who", "Ada");
  json_object_set_string_member (params, "name", "greet");
  json_object_set_object_member (params, "arguments", arguments);
  prompt = request (talk, "prompts/get", params, NULL, NULL);
  greeting = app_mcp_read_prompt (prompt);
  g_assert_cmpstr (greeting->text, ==, "A greeting\nuser:\nGreet Ada");
  g_assert_null (request (talk, "x/y", NULL, NULL, &error));
  g_assert_cmpstr (error->message, ==, "The server answered: I do not know x/y");
  end (talk);

  talk = begin_well ("pages=round");
  g_assert_cmpuint (count (talk, "tools/list", "tools"), ==, 4); /* the page that names itself is asked once more, and then no more */
  end (talk);
}

/* What no server should do. */
static void
test_wrong (void)
{
  Talk *talk = begin_well ("");

  assert_call (talk, "wrong", "After the wrong ones");
  assert_call (talk, "deep", "After the deep one");
  assert_call (talk, "twice", "First");
  assert_call (talk, "batch", "In a batch"); /* the second answer of the last was passed over */
  assert_call (talk, "die", "The server has ended with code 3. It said: I am out of here");
  g_assert_cmpstr (talk->ended, ==, "The server has ended with code 3. It said: I am out of here");
  g_assert_false (app_mcp_client_is_running (talk->client));
  assert_call (talk, "batch", "The server has ended with code 3. It said: I am out of here");
  end (talk);

  talk = begin_well ("");
  assert_call (talk, "flood", "The server writes without end what nobody asked for, so it was ended.");
  end (talk);
  talk = begin_well ("");
  assert_call (talk, "huge", "The server wrote a message of more than 8 MiB, so it was ended.");
  end (talk);
}

/* How many processes run that name this folder. */
static guint
count_processes (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename ("/proc", name, "cmdline", NULL), *line = NULL;
    gsize length;

    if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &line, &length, NULL))
      continue;
    for (gsize i = 0; i + 1 < length; i++)
      line[i] = line[i] == '\0' ? ' ' : line[i];
    n += strstr (line, folder) != NULL;
  }
  return n;
}

/* Has the loop look again. */
static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* One that does not want to end, with a child of its own: nothing of it is left. */
static void
test_stay (void)
{
  Talk *talk = begin_well ("start=stay");
  guint tick;

  assert_call (talk, "batch", "In a batch");
  g_assert_cmpuint (count_processes (talk->folder), >=, 3);
  app_mcp_client_close (talk->client);
  tick = g_timeout_add (50, on_tick, NULL);
  WAIT_UNTIL (count_processes (talk->folder) == 0);
  g_source_remove (tick);
  end (talk);
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

/* A server is told of what is stopped, and goes on with the next. */
static void
test_cancel (void)
{
  Talk *talk = begin_well ("");
  g_autoptr (GCancellable) cancellable = g_cancellable_new (), before = g_cancellable_new ();
  g_autofree char *path = g_build_filename (talk->work, "cancelled.txt", NULL), *stopped = NULL, *never = NULL;

  g_timeout_add (100, cancel, cancellable);
  stopped = call (talk, "hang", NULL, cancellable);
  g_assert_cmpstr (stopped, ==, "Stopped");
  assert_call (talk, "batch", "In a batch");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_cancellable_cancel (before);
  never = call (talk, "batch", NULL, before);
  g_assert_cmpstr (never, ==, "Stopped");
  assert_call (talk, "slow", "At last");
  end (talk);
}

static void
on_asked (JsonObject *params, GTask *task, gpointer data)
{
  JsonObject *result = json_object_new ();

  g_assert_cmpstr (app_mcp_get_string (params, "message"), ==, "Which one?");
  json_object_set_string_member (result, "action", "decline");
  g_task_return_pointer (task, result, (GDestroyNotify) json_object_unref);
  g_object_unref (task);
}

static void
test_ask (void)
{
  g_autoptr (GError) error = NULL;
  Talk *talk = begin ("", on_asked, &error);

  g_assert_no_error (error);
  assert_call (talk, "ask", "{\"action\": \"decline\"}");
  end (talk);
}

/* It sees the files of the conversation and those that it is made of, which it cannot change; it reaches nobody; it has no variable that was not given to it. */
static void
test_box (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *secret = g_build_filename (g_get_tmp_dir (), "melete-mcp-secret", NULL), *mode = g_strdup_printf ("port=%u\nsecret=%s", port, secret), *expected = g_strdup_printf ("cwd /work reached [%u] files [] here ['made.txt']", port);
  g_autofree char *environment = NULL;
  g_autoptr (GError) error = NULL;
  Talk *talk;

  g_assert_true (g_file_set_contents (secret, "x", -1, NULL));
  g_setenv ("MELETE_TEST_SECRET", "nothing for servers", TRUE);
  talk = begin_well (mode);
  assert_call (talk, "look", "cwd /work reached [] files [] here ['made.txt']");
  environment = call (talk, "environment", NULL, NULL);
  g_assert_null (strstr (environment, "MELETE"));
  g_assert_nonnull (strstr (environment, "\"HOME\": \"/tmp\""));

  /* …but with the network, which was granted. */
  app_mcp_client_close (talk->client);
  talk->launch->network = TRUE;
  talk->launch->environment = (g_free (talk->launch->environment), g_strdup ("OWN_KEY=a b"));
  {
    g_auto (GStrv) all = NULL;
    g_autoptr (GPtrArray) command = app_mcp_launch_make (talk->launch, talk->work, &all, &error);
    g_autoptr (GAsyncResult) result = NULL;
    g_autofree char *own = NULL;

    g_object_unref (talk->client);
    talk->client = app_mcp_client_new (NULL);
    app_mcp_client_start_async (talk->client, (const char *const *) command->pdata, (const char *const *) all, 10, NULL, keep_result, &result);
    g_assert_true (app_mcp_client_start_finish (talk->client, wait_result (&result), NULL));
    assert_call (talk, "look", expected);
    own = call (talk, "environment", NULL, NULL);
    g_assert_nonnull (strstr (own, "\"OWN_KEY\": \"a b\""));
  }
  end (talk);
  g_remove (secret);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!mcp_fixture_can_run ())
    g_error ("bubblewrap can make no sandbox here: install it, or allow user namespaces.");
  g_test_add_func ("/app/mcp/client/talk", test_talk);
  g_test_add_func ("/app/mcp/client/versions", test_versions);
  g_test_add_func ("/app/mcp/client/start", test_start);
  g_test_add_func ("/app/mcp/client/lists", test_lists);
  g_test_add_func ("/app/mcp/client/wrong", test_wrong);
  g_test_add_func ("/app/mcp/client/cancel", test_cancel);
  g_test_add_func ("/app/mcp/client/stay", test_stay);
  g_test_add_func ("/app/mcp/client/ask", test_ask);
  g_test_add_func ("/app/mcp/client/box", test_box);
  return g_test_run ();
}
