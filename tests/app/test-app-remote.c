/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns that a server answers, and every way in which it may fail to. */
#include "fixture.h"

#include <string.h>

#include "app-client.h"
#include "app-connections-private.h"
#include "app-error.h"
#include "app-models.h"
#include "app-servers-private.h"
#include "fake-server.h"

#define CHAT "/v1/chat/completions"
#define KEY "sk-tell-nobody"

#define CHUNK(text) "data: {\"choices\":[{\"delta\":{\"content\":\"" text "\"},\"finish_reason\":null}]}\n\n"
#define STOP "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define USAGE "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":31,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":7}}}\n\n"
#define DONE "data: [DONE]\n\n"
#define HELLO CHUNK ("Hello") CHUNK (", wörld 日") CHUNK (".") STOP USAGE DONE

static const FakeReply models = {
  .content_type = "application/json",
  .body = "{\"data\":[{\"id\":\"big/gpt-oss.gguf\",\"owned_by\":\"llamacpp\",\"meta\":{\"n_ctx\":2048}},{\"id\":\"seer\",\"capabilities\":[\"vision\"]}]}",
};

typedef struct {
  char *folder, *path;
  FakeServer *fake;
  ScriptedEngine *local;
  AppModel *local_model;
  AppEngine *engine;
  AppHistory *history;
  AppModels *models;
  AppServer *server;
} Remote;

/* ---- calls that wait ---- */

static AppServer *
save (Remote *r, AppServer *server, const char *name, const char *address, const char *key, GPtrArray *list)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;
  AppServer *saved;

  app_servers_save_async (app_history_get_servers (r->history), server, name, address, key, list, keep_result, &result);
  saved = app_servers_save_finish (app_history_get_servers (r->history), wait_result (&result), &notice, &error);
  g_assert_no_error (error);
  g_assert_null (notice);
  return saved;
}

static GPtrArray *
ask (Remote *r, const char *address, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_servers_ask_async (app_history_get_servers (r->history), address, key, NULL, keep_result, &result);
  return app_servers_ask_finish (app_history_get_servers (r->history), wait_result (&result), error);
}

static void
choose (Remote *r, AppModel *model)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_engine_load_async (r->engine, model, NULL, keep_result, &result);
  app_engine_load_finish (r->engine, wait_result (&result), &error);
  g_assert_no_error (error);
}

static AppModel *
model_of (Remote *r, const char *name)
{
  g_autofree char *id = g_strdup_printf ("server:%d/%s", (int) app_server_get_id (r->server), name);
  AppModel *model = app_models_find (r->models, id);

  g_assert_nonnull (model);
  return model;
}

static void
open_history (Remote *r)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_history_open_async (r->path, r->engine, NULL, NULL, keep_result, &result);
  r->history = app_history_open_finish (wait_result (&result), &error);
  g_assert_no_error (error);
  r->models = app_models_new ("/nowhere.json", r->folder);
  app_models_set_servers (r->models, app_history_get_servers (r->history));
}

static void
close_history (Remote *r)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_history_close_async (r->history, keep_result, &result);
  g_assert_true (app_history_close_finish (r->history, wait_result (&result), NULL));
  g_clear_object (&result);
  g_clear_object (&r->models);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (g_steal_pointer (&r->history));
}

/* A history with one server in it, and the large model of that server chosen. */
static void
set_up (Remote *r, gconstpointer data)
{
  g_autofree char *address = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  r->folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  r->path = g_build_filename (r->folder, "history.db", NULL);
  r->fake = fake_server_new (FALSE);
  r->local = scripted_engine_new ();
  r->local_model = scripted_model_new ("scripted", "Scripted 1B");
  {
    g_autoptr (AppEngine) remote = app_remote_engine_new ();
    r->engine = app_router_engine_new (APP_ENGINE (r->local), remote);
  }
  open_history (r);
  fake_server_set_reply (r->fake, "/v1/models", &models);
  address = fake_server_dup_address (r->fake);
  list = ask (r, address, KEY, &error);
  g_assert_no_error (error);
  r->server = save (r, NULL, "", address, KEY, list);
  choose (r, model_of (r, "big/gpt-oss.gguf"));
}

static void
tear_down (Remote *r, gconstpointer data)
{
  app_engine_unload (r->engine);
  g_clear_object (&r->server);
  close_history (r);
  g_assert_finalize_object (r->engine);
  g_assert_finalize_object (r->local);
  g_assert_finalize_object (r->local_model);
  fake_server_free (r->fake);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  fixture_delete_folder (r->folder);
  g_free (r->folder);
  g_free (r->path);
}

static void
script (Remote *r, const FakeReply *reply)
{
  fake_server_set_reply (r->fake, CHAT, reply);
}

/* A conversation with one note and its answer, which has ended. */
static AppConversation *
talk (Remote *r, const char *note)
{
  AppConversation *conversation = app_history_new_conversation (r->history);

  send_text (conversation, note);
  wait_idle (conversation);
  return conversation;
}

static void
again (AppConversation *conversation, AppMessage *answer)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_conversation_regenerate_async (conversation, answer, keep_result, &result);
  app_conversation_regenerate_finish (conversation, wait_result (&result), &error);
  g_assert_no_error (error);
}

/* The newest connection. */
static void
assert_connection (Remote *r, const char *purpose, AppConnectionOutcome outcome, const char *error_part)
{
  GListModel *list = app_connections_get_list (app_history_get_connections (r->history));
  g_autoptr (AppConnection) connection = g_list_model_get_item (list, 0);
  g_autofree char *address = fake_server_dup_address (r->fake);

  g_assert_nonnull (connection);
  g_assert_cmpstr (app_connection_get_purpose (connection), ==, purpose);
  g_assert_cmpstr (app_connection_get_peer (connection), ==, address);
  g_assert_cmpint (app_connection_get_outcome (connection), ==, outcome);
  if (error_part)
    g_assert_nonnull (strstr (app_connection_get_error (connection), error_part));
  else
    g_assert_null (app_connection_get_error (connection));
}

/* ---- a turn that goes well ---- */

static void
test_streaming (Remote *r, gconstpointer data)
{
  static const FakeReply reply = { .body = HELLO, .piece = FAKE_RANDOM };
  g_autoptr (AppConversation) conversation = NULL;
  const AppStats *stats;
  const FakeRequest *request;
  AppMessage *answer;
  gint64 id;

  script (r, &reply);
  conversation = talk (r, "Hi");
  answer = message_at (conversation, 1);
  stats = app_message_get_stats (answer);
  g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_DONE);
  g_assert_cmpstr (app_message_get_text (answer), ==, "Hello, wörld 日.");
  g_assert_cmpstr (app_message_get_model_name (answer), ==, "gpt-oss");
  g_assert_cmpstr (app_message_get_host (answer), ==, "127.0.0.1");
  g_assert_null (app_message_get_host (message_at (conversation, 0)));
  g_assert_cmpint (stats->prompt_tokens, ==, 31);
  g_assert_cmpint (stats->reused_tokens, ==, 7);
  g_assert_cmpint (stats->tokens, ==, 5);
  g_assert_cmpint (stats->finish, ==, APP_FINISH_STOP);
  g_assert_cmpfloat (stats->first_token_ms, >, 0);
  g_assert_cmpstr (app_message_get_notices (answer)[0], ==, NULL);
  request = fake_server_get_request (r->fake, 0);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->authorization, ==, "Bearer " KEY);
  g_assert_nonnull (strstr (request->body, "{\"role\":\"user\",\"content\":\"Hi\"}"));
  g_assert_nonnull (strstr (request->body, "\"repeat_penalty\""));
  assert_connection (r, "Answer of gpt-oss", APP_CONNECTION_DONE, NULL);

  /* The whole path goes along. */
  send_text (conversation, "And you?");
  wait_idle (conversation);
  g_assert_nonnull (strstr (fake_server_get_request (r->fake, 0)->body, "{\"role\":\"assistant\",\"content\":\"Hello, wörld 日.\"},{\"role\":\"user\",\"content\":\"And you?\"}"));

  /* The row says after a new start who wrote it. */
  id = app_conversation_get_id (conversation);
  g_clear_object (&conversation);
  close_history (r);
  open_history (r);
  load (app_history_find (r->history, id));
  g_assert_cmpstr (app_message_get_host (message_at (app_history_find (r->history, id), 1)), ==, "127.0.0.1");
}

/* Adding, choosing and looking at a server sends it nothing of a conversation; a turn for the local model stays here. */
static void
test_off_until_chosen (Remote *r, gconstpointer data)
{
  Script local = { .text = "From here." };
  g_autoptr (AppConversation) conversation = NULL;
  guint before = fake_server_get_n_requests (r->fake);

  g_assert_cmpuint (before, ==, 1); /* the list of models, that the person asked for */
  g_assert_cmpstr (app_engine_get_host (r->engine), ==, "127.0.0.1");
  scripted_engine_set_script (r->local, &local);
  choose (r, r->local_model);
  g_assert_null (app_engine_get_host (r->engine));
  conversation = talk (r, "Hi");
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "From here.");
  g_assert_null (app_message_get_host (message_at (conversation, 1)));
  g_assert_cmpuint (fake_server_get_n_requests (r->fake), ==, before);
  /* Without a word of the person no model of a server is ever the one to begin with. */
  g_assert_null (app_models_choose (r->models, NULL));
  g_assert_null (app_models_choose (r->models, "gone"));
  g_assert_true (app_models_choose (r->models, app_model_get_id (model_of (r, "seer"))) == model_of (r, "seer"));
}

/* The person chooses a model of a server while a turn for this machine is under way: what was sent for here does not go there. */
static void
test_other_model_meanwhile (Remote *r, gconstpointer data)
{
  g_autoptr (AppConversation) first = app_history_new_conversation (r->history), second = app_history_new_conversation (r->history);
  g_autoptr (AppTurn) turn = app_turn_new ("For this machine only", NULL);
  g_autoptr (GAsyncResult) sent = NULL;

  /* While it is being stored. */
  choose (r, r->local_model);
  app_conversation_send_async (first, turn, keep_result, &sent);
  choose (r, model_of (r, "seer"));
  g_assert_true (app_conversation_send_finish (first, wait_result (&sent), NULL));
  wait_idle (first);
  g_assert_cmpint (app_message_get_state (message_at (first, 1)), ==, APP_MESSAGE_FAILED);
  g_assert_nonnull (strstr (app_message_get_error (message_at (first, 1)), "nothing was sent"));
  g_assert_null (app_message_get_host (message_at (first, 1)));

  /* While its model is being loaded. */
  scripted_engine_hold_load (r->local);
  app_engine_load_async (r->engine, r->local_model, NULL, NULL, NULL);
  send_text (second, "For this machine only");
  choose (r, model_of (r, "seer"));
  wait_idle (second);
  g_assert_cmpint (app_message_get_state (message_at (second, 1)), ==, APP_MESSAGE_FAILED);
  g_assert_cmpuint (fake_server_get_n_requests (r->fake), ==, 1);
  scripted_engine_finish_load (r->local, NULL);
}

/* Not every server streams, nor counts. */
static void
test_kinds_of_replies (Remote *r, gconstpointer data)
{
  static const struct {
    FakeReply reply;
    const char *text, *notice;
    AppFinish finish;
    int tokens;
  } cases[] = {
    { { .content_type = "application/json; charset=utf-8", .body = "{\"choices\":[{\"message\":{\"content\":\"All at once\"},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":3}}" },
      "All at once", NULL, APP_FINISH_STOP, 3 },
    { { .body = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n: ping\r\n\r\n" DONE, .piece = FAKE_RANDOM }, "a", NULL, APP_FINISH_NONE, 1 },
    { { .body = CHUNK ("a") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n" }, "a", NULL, APP_FINISH_CONTEXT, 1 },
    { { .body = CHUNK ("a") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n" }, "a", "filter", APP_FINISH_STOP, 1 },
    { { .body = "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"Let me see\"}}]}\n\n" CHUNK ("a") STOP }, "a", "thought for 10 characters", APP_FINISH_STOP, 1 },
    { { .body = STOP }, "", NULL, APP_FINISH_STOP, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppConversation) conversation = NULL;
    AppMessage *answer;
    g_test_message ("%s", cases[i].reply.body);
    script (r, &cases[i].reply);
    conversation = talk (r, "Hi");
    answer = message_at (conversation, 1);
    g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_DONE);
    g_assert_cmpstr (app_message_get_text (answer), ==, cases[i].text);
    g_assert_cmpint (app_message_get_stats (answer)->finish, ==, cases[i].finish);
    g_assert_cmpint (app_message_get_stats (answer)->tokens, ==, cases[i].tokens);
    if (cases[i].notice)
      g_assert_nonnull (strstr (app_message_get_notices (answer)[0], cases[i].notice));
    else
      g_assert_null (app_message_get_notices (answer)[0]);
  }
}

/* ---- faults ---- */

static void
test_faults (Remote *r, gconstpointer data)
{
  static const struct {
    FakeReply reply;
    const char *text, *sentence;
  } cases[] = {
    /* The connection breaks: what has come is kept. */
    { { .body = CHUNK ("Half") CHUNK (" a"), .end = FAKE_CUT }, "Half a", "broke the connection off" },
    { { .body = CHUNK ("Half") "data: {\"choi", .end = FAKE_CUT, .piece = FAKE_RANDOM }, "Half", "broke the connection off" },
    { { .body = CHUNK ("Half") }, "Half", "broke the connection off" }, /* it ends well, but never said so */
    { { .dumb = TRUE, .end = FAKE_CUT }, "", "127.0.0.1" },
    /* It makes no sense. */
    { { .body = CHUNK ("A") "data: <html>\n\n" CHUNK ("B") }, "A", "cannot be understood" },
    { { .body = CHUNK ("A") "data: \xff\n\n" }, "A", "cannot be understood" },
    { { .content_type = "application/json", .body = "<html>" }, "", "cannot be understood" },
    { { .content_type = "text/html", .body = "<html>Welcome to your router</html>" }, "", "cannot be understood" },
    /* It fails in the middle. */
    { { .body = CHUNK ("A") "data: {\"error\":{\"message\":\"CUDA out of memory\"}}\n\n" }, "A", "“CUDA out of memory”" },
    /* It says no. */
    { { .status = "401 Unauthorized", .content_type = "application/json", .body = "{\"error\":{\"message\":\"Bad key " KEY "\"}}" }, "", "does not let Melete in" },
    { { .status = "403 Forbidden" }, "", "does not let Melete in" },
    { { .status = "404 Not Found", .content_type = "text/html", .body = "<html>" }, "", "does not know this model" },
    { { .status = "429 Too Many Requests", .content_type = "application/json", .body = "{\"error\":{\"message\":\"Slow\\ndown\"}}" }, "", "It said: “Slow down”" },
    { { .status = "500 Internal Server Error" }, "", "failed while it was at work" },
    { { .status = "503 Service Unavailable", .content_type = "application/json", .body = "{\"error\":{\"message\":\"Loading model\"}}" }, "", "“Loading model”" },
    { { .status = "418 I'm a teapot" }, "", "did not take the request" },
    { { .status = "204 No Content" }, "", "(204)" },
    { { .status = "400 Bad Request", .content_type = "application/json",
        .body = "{\"error\":{\"code\":400,\"message\":\"request (6031 tokens) exceeds the available context size\",\"type\":\"exceed_context_size_error\"}}" },
      "", "longer than the model" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppConversation) conversation = NULL;
    AppMessage *answer;
    g_test_message ("%u: %s", i, cases[i].sentence);
    script (r, &cases[i].reply);
    conversation = talk (r, "Hi");
    answer = message_at (conversation, 1);
    g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_FAILED);
    g_assert_cmpstr (app_message_get_text (answer), ==, cases[i].text);
    g_test_message ("%s", app_message_get_error (answer));
    g_assert_nonnull (strstr (app_message_get_error (answer), cases[i].sentence));
    g_assert_null (strstr (app_message_get_error (answer), KEY));
    g_assert_cmpstr (app_message_get_host (answer), ==, "127.0.0.1");
    assert_connection (r, "Answer of gpt-oss", APP_CONNECTION_FAILED, cases[i].sentence);
  }
}

/* A failed answer is asked for again as any other. */
static void
test_retry (Remote *r, gconstpointer data)
{
  static const FakeReply bad = { .body = CHUNK ("Half"), .end = FAKE_CUT }, good = { .body = HELLO };
  g_autoptr (AppConversation) conversation = NULL;

  script (r, &bad);
  conversation = talk (r, "Hi");
  script (r, &good);
  again (conversation, message_at (conversation, 1));
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_DONE);
  g_assert_cmpuint (app_message_get_branch_count (message_at (conversation, 1)), ==, 2);
}

/* One line without end, however it is cut. */
static void
test_endless_line (Remote *r, gconstpointer data)
{
  g_autofree char *line = g_strnfill (3 * 1024 * 1024, 'x');
  g_autofree char *body = g_strconcat (CHUNK ("A"), "data: ", line, NULL);
  const FakeReply reply = { .body = body, .end = FAKE_HOLD };
  g_autoptr (AppConversation) conversation = NULL;

  script (r, &reply);
  conversation = talk (r, "Hi");
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "A");
  g_assert_nonnull (strstr (app_message_get_error (message_at (conversation, 1)), "cannot be understood"));
}

static void
test_silence (Remote *r, gconstpointer data)
{
  static const FakeReply replies[] = { { .dumb = TRUE, .end = FAKE_HOLD }, { .end = FAKE_HOLD }, { .body = CHUNK ("A"), .end = FAKE_HOLD } };

  app_client_set_patience (app_servers_get_client (app_history_get_servers (r->history)), 100);
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++) {
    g_autoptr (AppConversation) conversation = NULL;
    script (r, &replies[i]);
    conversation = talk (r, "Hi");
    g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_FAILED);
    g_assert_nonnull (strstr (app_message_get_error (message_at (conversation, 1)), "silent for too long"));
    WAIT_UNTIL (fake_server_get_n_closed (r->fake) == i + 1);
  }
}

/* The server hears at once that nobody listens any more. */
static void
test_stop (Remote *r, gconstpointer data)
{
  static const FakeReply replies[] = { { .dumb = TRUE, .end = FAKE_HOLD }, { .end = FAKE_HOLD }, { .body = CHUNK ("Half"), .end = FAKE_HOLD } };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++) {
    g_autoptr (AppConversation) conversation = app_history_new_conversation (r->history);
    AppMessage *answer;
    script (r, &replies[i]);
    send_text (conversation, "Hi");
    WAIT_UNTIL (fake_server_get_n_requests (r->fake) == i + 2);
    if (replies[i].body)
      wait_state (conversation, APP_MESSAGE_WRITING);
    app_conversation_stop (conversation);
    wait_idle (conversation);
    answer = message_at (conversation, 1);
    g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_STOPPED);
    g_assert_cmpstr (app_message_get_text (answer), ==, replies[i].body ? "Half" : "");
    assert_connection (r, "Answer of gpt-oss", APP_CONNECTION_STOPPED, NULL);
    WAIT_UNTIL (fake_server_get_n_closed (r->fake) == i + 1);
  }
  /* Before anything is on its way at all. */
  {
    g_autoptr (AppConversation) conversation = app_history_new_conversation (r->history);
    send_text (conversation, "Hi");
    app_conversation_stop (conversation);
    wait_idle (conversation);
    g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
  }
}

/* The program ends while a server writes. */
static void
test_close (Remote *r, gconstpointer data)
{
  static const FakeReply reply = { .body = CHUNK ("Half"), .end = FAKE_HOLD };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (r->history);

  script (r, &reply);
  send_text (conversation, "Hi");
  wait_state (conversation, APP_MESSAGE_WRITING);
  g_clear_object (&conversation);
  close_history (r);
  WAIT_UNTIL (fake_server_get_n_closed (r->fake) == 1);
  open_history (r);
  load (conversation_at (&(Fixture){ .history = r->history }, 0));
  g_assert_cmpstr (app_message_get_text (message_at (conversation_at (&(Fixture){ .history = r->history }, 0), 1)), ==, "Half");
}

/* ---- the key ---- */

/* Whoever answers with "go there" does not get the key sent there, nor the words. */
static void
test_redirect (Remote *r, gconstpointer data)
{
  FakeServer *other = fake_server_new (FALSE);
  g_autofree char *there = fake_server_dup_address (other);
  g_autofree char *location = g_strdup_printf ("Location: %s/v1/chat/completions\r\n", there);

  for (const char *const *status = (const char *const[]){ "301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect", NULL }; *status; status++) {
    const FakeReply reply = { .status = *status, .headers = location };
    g_autoptr (AppConversation) conversation = NULL;
    g_autofree char *address = fake_server_dup_address (r->fake);
    g_autoptr (GError) error = NULL;
    script (r, &reply);
    conversation = talk (r, "Hi");
    g_assert_nonnull (strstr (app_message_get_error (message_at (conversation, 1)), there));
    fake_server_set_reply (r->fake, "/v1/models", &reply);
    g_assert_null (ask (r, address, KEY, &error));
    g_assert_nonnull (strstr (error->message, there));
  }
  g_assert_cmpuint (fake_server_get_n_requests (other), ==, 0);
  fake_server_free (other);
}

/* An edited server keeps its key only where it was given for. */
static void
test_other_address (Remote *r, gconstpointer data)
{
  static const FakeReply reply = { .body = HELLO };
  FakeServer *other = fake_server_new (FALSE);
  g_autofree char *there = fake_server_dup_address (other);
  g_autoptr (AppServer) same = save (r, r->server, "Kitchen", there, "", app_server_get_models (r->server));
  g_autoptr (AppConversation) conversation = NULL;

  g_assert_true (same == r->server);
  g_assert_cmpstr (app_server_get_name (same), ==, "Kitchen");
  fake_server_set_reply (other, CHAT, &reply);
  conversation = talk (r, "Hi");
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_DONE);
  g_assert_cmpstr (fake_server_get_request (other, 0)->authorization, ==, "");
  g_clear_object (&conversation);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  fake_server_free (other);
}

/* Neither the history nor its journal has the key, whatever went wrong. */
static void
test_key_nowhere (Remote *r, gconstpointer data)
{
  static const FakeReply reply = { .status = "401 No", .content_type = "application/json", .body = "{\"error\":{\"message\":\"Incorrect API key provided: " KEY "\"}}" };
  const char *const ends[] = { "", "-wal", NULL };

  script (r, &reply);
  g_object_unref (talk (r, "Hi"));
  for (guint i = 0; i < 2; i++) {
    for (const char *const *end = ends; *end; end++) {
      g_autofree char *path = g_strconcat (r->path, *end, NULL);
      g_autofree char *content = NULL;
      gsize n;
      if (g_file_get_contents (path, &content, &n, NULL))
        g_assert_null (g_strstr_len (content, n, KEY));
      else
        g_assert_cmpstr (*end, ==, "-wal");
    }
    close_history (r);
    open_history (r);
  }
}

/* ---- the list of servers ---- */

static void
test_list (Remote *r, gconstpointer data)
{
  AppServers *servers = app_history_get_servers (r->history);
  g_autofree char *address = fake_server_dup_address (r->fake);
  g_autoptr (AppServer) second = save (r, NULL, "Second", "https://api.example", "", app_server_get_models (r->server));
  g_autoptr (GAsyncResult) result = NULL;
  AppModel *model = model_of (r, "big/gpt-oss.gguf");
  gint64 id = app_server_get_id (r->server);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (servers)), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (r->models)), ==, 4);
  g_assert_cmpstr (app_model_get_name (model), ==, "gpt-oss");
  g_assert_cmpstr (app_model_get_host (model), ==, "127.0.0.1");
  g_assert_cmpuint (app_model_get_context (model), ==, 2048);
  g_assert_false (app_model_get_sees (model));
  g_assert_true (app_model_get_sees (model_of (r, "seer")));

  /* Removed and brought back it is the same, at its place; the loaded model cannot answer meanwhile. */
  app_servers_remove_async (servers, r->server, keep_result, &result);
  g_assert_true (app_servers_remove_finish (servers, wait_result (&result), NULL));
  g_assert_cmpint (app_model_get_state (model), ==, APP_MODEL_ABSENT);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (r->models)), ==, 2);
  {
    g_autoptr (AppConversation) conversation = talk (r, "Hi");
    g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_FAILED);
    g_assert_cmpuint (fake_server_get_n_requests (r->fake), ==, 1);
  }
  g_clear_object (&result);
  app_servers_undo_remove_async (servers, r->server, keep_result, &result);
  g_assert_true (app_servers_undo_remove_finish (servers, wait_result (&result), NULL));
  g_assert_true (app_servers_find (servers, id) == r->server);
  {
    g_autoptr (AppServer) first = g_list_model_get_item (G_LIST_MODEL (servers), 0);
    g_assert_true (first == r->server);
  }
  g_assert_cmpint (app_model_get_state (model), ==, APP_MODEL_INSTALLED);

  /* After a new start all of it is there without asking anybody. */
  g_clear_object (&r->server);
  g_clear_object (&second);
  close_history (r);
  open_history (r);
  r->server = g_object_ref (app_servers_find (app_history_get_servers (r->history), id));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (r->models)), ==, 4);
  g_assert_nonnull (model_of (r, "seer"));
  g_assert_cmpuint (fake_server_get_n_requests (r->fake), ==, 1);
}

/* A server has other models by now: those that it still has stay the same, with the person's word on pictures. */
static void
test_refresh (Remote *r, gconstpointer data)
{
  static const FakeReply newer = { .content_type = "application/json", .body = "{\"data\":[{\"id\":\"new\"},{\"id\":\"big/gpt-oss.gguf\",\"owned_by\":\"llamacpp\"}]}" };
  static const FakeReply empty = { .content_type = "application/json", .body = "{\"data\":[]}" };
  AppServers *servers = app_history_get_servers (r->history);
  AppModel *model = model_of (r, "big/gpt-oss.gguf"), *seer = model_of (r, "seer");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ((AppServerModel *) app_server_get_models (r->server)->pdata[0])->pictures = TRUE;
  fake_server_set_reply (r->fake, "/v1/models", &newer);
  app_servers_refresh_async (servers, r->server, NULL, keep_result, &result);
  g_assert_true (app_servers_refresh_finish (servers, wait_result (&result), NULL));
  g_assert_cmpstr (fake_server_get_request (r->fake, 0)->authorization, ==, "Bearer " KEY);
  assert_connection (r, "List of the models on 127.0.0.1", APP_CONNECTION_DONE, NULL);
  g_assert_true (model_of (r, "big/gpt-oss.gguf") == model);
  g_assert_true (app_model_get_sees (model));
  g_assert_cmpint (app_model_get_state (seer), ==, APP_MODEL_ABSENT);
  g_assert_cmpint (app_model_get_state (model_of (r, "new")), ==, APP_MODEL_INSTALLED);

  fake_server_set_reply (r->fake, "/v1/models", &empty);
  g_clear_object (&result);
  app_servers_refresh_async (servers, r->server, NULL, keep_result, &result);
  g_assert_false (app_servers_refresh_finish (servers, wait_result (&result), &error));
  g_assert_nonnull (strstr (error->message, "offers no model"));
  assert_connection (r, "List of the models on 127.0.0.1", APP_CONNECTION_FAILED, "offers no model");
  g_assert_cmpuint (app_server_get_models (r->server)->len, ==, 2);
}

static void
test_ask_stopped (Remote *r, gconstpointer data)
{
  static const FakeReply held = { .dumb = TRUE, .end = FAKE_HOLD };
  AppServers *servers = app_history_get_servers (r->history);
  g_autofree char *address = fake_server_dup_address (r->fake);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_set_reply (r->fake, "/v1/models", &held);
  app_servers_ask_async (servers, address, "", cancellable, keep_result, &result);
  WAIT_UNTIL (fake_server_get_n_requests (r->fake) == 2);
  g_cancellable_cancel (cancellable);
  g_assert_null (app_servers_ask_finish (servers, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_connection (r, "List of the models on 127.0.0.1", APP_CONNECTION_STOPPED, NULL);
  WAIT_UNTIL (fake_server_get_n_closed (r->fake) == 1);
}

/* Nobody listens; a certificate that nobody trusts: nothing of the request is ever read there. */
static void
test_unreachable (Remote *r, gconstpointer data)
{
  FakeServer *tls = fake_server_new (TRUE);
  g_autofree char *safe = fake_server_dup_address (tls);
  FakeServer *gone = fake_server_new (FALSE);
  g_autofree char *nobody = fake_server_dup_address (gone);
  g_autoptr (GError) error = NULL;

  fake_server_free (gone);
  g_assert_null (ask (r, nobody, KEY, &error));
  g_assert_nonnull (strstr (error->message, "nothing listens there"));
  g_clear_error (&error);
  fake_server_set_reply (tls, "/v1/models", &models);
  g_assert_null (ask (r, safe, KEY, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "signed by nobody whom this machine trusts"));
  g_assert_cmpuint (fake_server_get_n_requests (tls), ==, 0);
  fake_server_free (tls);
}

/* What cannot be recorded is not done. */
static void
test_not_recorded (Remote *r, gconstpointer data)
{
  g_autoptr (AppServers) servers = g_object_ref (app_history_get_servers (r->history));
  g_autofree char *address = fake_server_dup_address (r->fake);
  g_autoptr (GAsyncResult) closed = NULL, result = NULL;
  g_autoptr (GError) error = NULL;

  app_history_close_async (r->history, keep_result, &closed);
  g_assert_true (app_history_close_finish (r->history, wait_result (&closed), NULL));
  app_servers_ask_async (servers, address, KEY, NULL, keep_result, &result);
  g_assert_null (app_servers_ask_finish (servers, wait_result (&result), &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_cmpuint (fake_server_get_n_requests (r->fake), ==, 1);
  g_clear_object (&closed);
  g_clear_object (&result);
  g_clear_object (&servers);
  g_clear_object (&r->models);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&r->history);
  open_history (r);
}

/* ---- pictures ---- */

static AppAttachment *
make_picture (GBytes **bytes)
{
  /* With words in it that must stay here. */
  static const guint8 png[] = "\x89PNG\r\n\x1a\n" "\0\0\0\4IHDRabcdCRCC" "\0\0\0\6tEXtSECRETCRCC" "\0\0\0\0IENDCRCC";
  g_autofree char *sha256 = NULL, *metadata = NULL;
  g_autoptr (GError) error = NULL;
  AppAttachment *attachment;

  *bytes = g_bytes_new (png, sizeof png - 1);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, *bytes);
  metadata = g_strdup_printf ("{\"kind\":\"picture\",\"name\":\"cat.png\",\"size\":%d,\"sha256\":\"%s\",\"mime-type\":\"image/png\",\"model-text\":\"[Read with OCR]\","
                              "\"summary\":\"\",\"pages\":1,\"notices\":[\"this model cannot see pictures\"]}", (int) sizeof png - 1, sha256);
  attachment = app_attachment_new_stored (metadata, *bytes, &error);
  g_assert_no_error (error);
  return attachment;
}

/* A model that sees gets the picture, bare; one that does not gets what was read from it, and the note says so. So it stays when the other is asked later. */
static void
test_pictures (Remote *r, gconstpointer data)
{
  static const FakeReply reply = { .body = HELLO };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AppAttachment) picture = make_picture (&bytes);
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (AppTurn) turn = NULL;
  static const guint8 bare[] = "\x89PNG\r\n\x1a\n" "\0\0\0\4IHDRabcdCRCC" "\0\0\0\0IENDCRCC";
  g_autofree char *encoded = g_base64_encode (bare, sizeof bare - 1);
  g_autofree char *url = g_strdup_printf ("data:image/png;base64,%s", encoded);

  script (r, &reply);
  g_list_store_append (list, picture);
  turn = app_turn_new ("What is it?", G_LIST_MODEL (list));
  for (guint seen = 0; seen < 2; seen++) {
    g_autoptr (AppConversation) conversation = app_history_new_conversation (r->history);
    const char *body;
    choose (r, model_of (r, seen ? "seer" : "big/gpt-oss.gguf"));
    g_assert_true (try_send (conversation, turn, NULL));
    wait_idle (conversation);
    body = fake_server_get_request (r->fake, 0)->body;
    g_assert_cmpint (strstr (body, url) != NULL, ==, seen);
    g_assert_cmpint (strstr (body, "[Picture \\\"cat.png\\\"]") != NULL, ==, seen);
    g_assert_cmpint (strstr (body, "[Read with OCR]") != NULL, ==, !seen);
    g_assert_null (strstr (body, "SECRET"));
    g_assert_cmpint (app_message_get_notices (message_at (conversation, 0))[0] == NULL, ==, seen);
    /* Now the other one, of the note as it is in the history. */
    choose (r, model_of (r, seen ? "big/gpt-oss.gguf" : "seer"));
    again (conversation, message_at (conversation, 1));
    wait_idle (conversation);
    body = fake_server_get_request (r->fake, 0)->body;
    g_assert_cmpint (strstr (body, url) != NULL, ==, !seen);
    g_assert_cmpint (strstr (body, "[Read with OCR]") != NULL, ==, seen);
  }
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  g_autofree char *keyring = g_build_filename (folder, "keyring", NULL);
  int status;

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", keyring, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/remote/" name, Remote, NULL, set_up, function, tear_down)
  ADD ("streaming", test_streaming);
  ADD ("off-until-chosen", test_off_until_chosen);
  ADD ("other-model-meanwhile", test_other_model_meanwhile);
  ADD ("kinds-of-replies", test_kinds_of_replies);
  ADD ("faults", test_faults);
  ADD ("retry", test_retry);
  ADD ("endless-line", test_endless_line);
  ADD ("silence", test_silence);
  ADD ("stop", test_stop);
  ADD ("close", test_close);
  ADD ("redirect", test_redirect);
  ADD ("other-address", test_other_address);
  ADD ("key-nowhere", test_key_nowhere);
  ADD ("list", test_list);
  ADD ("refresh", test_refresh);
  ADD ("ask-stopped", test_ask_stopped);
  ADD ("unreachable", test_unreachable);
  ADD ("not-recorded", test_not_recorded);
  ADD ("pictures", test_pictures);
#undef ADD
  status = g_test_run ();
  fixture_delete_folder (folder);
  return status;
}
