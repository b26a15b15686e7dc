/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns that a server answers, and every way in which it may fail to. */
#include "remote-fixture.h"

#include <string.h>

#include "app-client.h"
#include "app-servers-private.h"

/* The file of libsecret leaks what GIO gives it: lsan.supp knows GIO, which shows only when the whole stack is walked. */
const char *__asan_default_options (void);
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

#define CHUNK(text) "data: {\"choices\":[{\"delta\":{\"content\":\"" text "\"},\"finish_reason\":null}]}\n\n"
#define STOP "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define USAGE "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":31,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":7}}}\n\n"
#define DONE "data: [DONE]\n\n"
#define HELLO CHUNK ("Hello") CHUNK (", wörld 日") CHUNK (".") STOP USAGE DONE

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

static void
test_streaming (Remote *r, gconstpointer data)
{
  static const FakeReply reply = { .body = HELLO, .piece = FAKE_RANDOM };
  g_autoptr (AppConversation) conversation = NULL;
  const AppStats *stats;
  const FakeRequest *request;
  AppMessage *answer;
  gint64 id;

  remote_script (r, &reply);
  conversation = remote_talk (r, "Hi");
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
  g_assert_cmpstr (request->authorization, ==, "Bearer " REMOTE_KEY);
  g_assert_nonnull (strstr (request->body, "{\"role\":\"user\",\"content\":\"Hi\"}"));
  g_assert_nonnull (strstr (request->body, "\"repeat_penalty\""));
  g_assert_nonnull (strstr (request->body, "\"chat_template_kwargs\":{\"enable_thinking\":true,\"thinking\":true,\"reasoning_effort\":\"medium\"}"));
  remote_assert_connection (r, "Answer of gpt-oss", APP_CONNECTION_DONE, NULL);

  /* The whole path goes along. */
  send_text (conversation, "And you?");
  wait_idle (conversation);
  g_assert_nonnull (strstr (fake_server_get_request (r->fake, 0)->body, "{\"role\":\"assistant\",\"content\":\"Hello, wörld 日.\"},{\"role\":\"user\",\"content\":\"And you?\"}"));

  /* The row says after a new start who wrote it. */
  id = app_conversation_get_id (conversation);
  g_clear_object (&conversation);
  remote_close_history (r);
  remote_open_history (r);
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
  remote_choose (r, r->local_model);
  g_assert_null (app_engine_get_host (r->engine));
  conversation = remote_talk (r, "Hi");
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "From here.");
  g_assert_null (app_message_get_host (message_at (conversation, 1)));
  g_assert_cmpuint (fake_server_get_n_requests (r->fake), ==, before);
  /* Without a word of the person no model of a server is ever the one to begin with. */
  g_assert_null (app_models_choose (r->models, NULL));
  g_assert_null (app_models_choose (r->models, "gone"));
  g_assert_true (app_models_choose (r->models, app_model_get_id (remote_model_of (r, "seer"))) == remote_model_of (r, "seer"));
}

/* The person chooses a model of a server while a turn for this machine is under way: what was sent for here does not go there. */
static void
test_other_model_meanwhile (Remote *r, gconstpointer data)
{
  g_autoptr (AppConversation) first = app_history_new_conversation (r->history), second = app_history_new_conversation (r->history);
  g_autoptr (AppTurn) turn = app_turn_new ("For this machine only", NULL);
  g_autoptr (GAsyncResult) sent = NULL;

  /* While it is being stored. */
  remote_choose (r, r->local_model);
  app_conversation_send_async (first, turn, keep_result, &sent);
  remote_choose (r, remote_model_of (r, "seer"));
  g_assert_true (app_conversation_send_finish (first, wait_result (&sent), NULL));
  wait_idle (first);
  g_assert_cmpint (app_message_get_state (message_at (first, 1)), ==, APP_MESSAGE_FAILED);
  g_assert_nonnull (strstr (app_message_get_error (message_at (first, 1)), "nothing was sent"));
  g_assert_null (app_message_get_host (message_at (first, 1)));

  /* While its model is being loaded. */
  scripted_engine_hold_load (r->local);
  app_engine_load_async (r->engine, r->local_model, NULL, NULL, NULL);
  send_text (second, "For this machine only");
  remote_choose (r, remote_model_of (r, "seer"));
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
    const char *thought; /* NULL: none */
  } cases[] = {
    { { .content_type = "application/json; charset=utf-8", .body = "{\"choices\":[{\"message\":{\"content\":\"All at once\"},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":3}}" },
      "All at once", NULL, APP_FINISH_STOP, 3 },
    { { .body = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n: ping\r\n\r\n" DONE, .piece = FAKE_RANDOM }, "a", NULL, APP_FINISH_NONE, 1 },
    { { .body = CHUNK ("a") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n" }, "a", NULL, APP_FINISH_CONTEXT, 1 },
    { { .body = CHUNK ("a") "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n" }, "a", "filter", APP_FINISH_STOP, 1 },
    { { .body = "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"Let me see\"}}]}\n\n" CHUNK ("a") STOP }, "a", NULL, APP_FINISH_STOP, 2, "Let me see" },
    { { .body = "data: {\"choices\":[{\"delta\":{\"reasoning\":\"Let\"}}]}\n\n" "data: {\"choices\":[{\"delta\":{\"reasoning\":\" me\"}}]}\n\n" CHUNK ("a") STOP
        "data: {\"choices\":[],\"usage\":{\"completion_tokens\":9,\"completion_tokens_details\":{\"reasoning_tokens\":7}}}\n\n", .piece = FAKE_RANDOM },
      "a", NULL, APP_FINISH_STOP, 9, "Let me" },
    { { .body = CHUNK ("<thi") CHUNK ("nk>So") CHUNK (" be it</") CHUNK ("think>\\n\\na") CHUNK (" <think>") STOP }, "a <think>", NULL, APP_FINISH_STOP, 4, "So be it" },
    { { .content_type = "application/json", .body = "{\"choices\":[{\"message\":{\"content\":\"a\",\"reasoning_content\":\"Hm\"},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":3}}" },
      "a", NULL, APP_FINISH_STOP, 3, "Hm" },
    { { .body = STOP }, "", NULL, APP_FINISH_STOP, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppConversation) conversation = NULL;
    AppMessage *answer;
    g_test_message ("%s", cases[i].reply.body);
    remote_script (r, &cases[i].reply);
    conversation = remote_talk (r, "Hi");
    answer = message_at (conversation, 1);
    g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_DONE);
    g_assert_cmpstr (app_message_get_text (answer), ==, cases[i].text);
    g_assert_cmpint (app_message_get_stats (answer)->finish, ==, cases[i].finish);
    g_assert_cmpint (app_message_get_stats (answer)->tokens, ==, cases[i].tokens);
    g_assert_cmpstr (app_message_get_thought (answer), ==, cases[i].thought ? cases[i].thought : "");
    g_assert_cmpint (app_message_get_stats (answer)->thought_end, ==, cases[i].thought ? APP_THOUGHT_CLOSED : APP_THOUGHT_NONE);
    g_assert_cmpint (app_message_get_stats (answer)->thought_tokens, ==, cases[i].tokens == 9 ? 7 : 0);
    if (cases[i].notice)
      g_assert_nonnull (strstr (app_message_get_notices (answer)[0], cases[i].notice));
    else
      g_assert_null (app_message_get_notices (answer)[0]);
  }
}

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
    { { .status = "401 Unauthorized", .content_type = "application/json", .body = "{\"error\":{\"message\":\"Bad key " REMOTE_KEY "\"}}" }, "", "does not let Melete in" },
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
    remote_script (r, &cases[i].reply);
    conversation = remote_talk (r, "Hi");
    answer = message_at (conversation, 1);
    g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_FAILED);
    g_assert_cmpstr (app_message_get_text (answer), ==, cases[i].text);
    g_test_message ("%s", app_message_get_error (answer));
    g_assert_nonnull (strstr (app_message_get_error (answer), cases[i].sentence));
    g_assert_null (strstr (app_message_get_error (answer), REMOTE_KEY));
    g_assert_cmpstr (app_message_get_host (answer), ==, "127.0.0.1");
    remote_assert_connection (r, "Answer of gpt-oss", APP_CONNECTION_FAILED, cases[i].sentence);
  }
}

/* A failed answer is asked for again as any other. */
static void
test_retry (Remote *r, gconstpointer data)
{
  static const FakeReply bad = { .body = CHUNK ("Half"), .end = FAKE_CUT }, good = { .body = HELLO };
  g_autoptr (AppConversation) conversation = NULL;

  remote_script (r, &bad);
  conversation = remote_talk (r, "Hi");
  remote_script (r, &good);
  remote_again (conversation, message_at (conversation, 1));
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

  remote_script (r, &reply);
  conversation = remote_talk (r, "Hi");
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
    remote_script (r, &replies[i]);
    conversation = remote_talk (r, "Hi");
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
    remote_script (r, &replies[i]);
    send_text (conversation, "Hi");
    WAIT_UNTIL (fake_server_get_n_requests (r->fake) == i + 2);
    if (replies[i].body)
      wait_state (conversation, APP_MESSAGE_WRITING);
    app_conversation_stop (conversation);
    wait_idle (conversation);
    answer = message_at (conversation, 1);
    g_assert_cmpint (app_message_get_state (answer), ==, APP_MESSAGE_STOPPED);
    g_assert_cmpstr (app_message_get_text (answer), ==, replies[i].body ? "Half" : "");
    remote_assert_connection (r, "Answer of gpt-oss", APP_CONNECTION_STOPPED, NULL);
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

  remote_script (r, &reply);
  send_text (conversation, "Hi");
  wait_state (conversation, APP_MESSAGE_WRITING);
  g_clear_object (&conversation);
  remote_close_history (r);
  WAIT_UNTIL (fake_server_get_n_closed (r->fake) == 1);
  remote_open_history (r);
  load (conversation_at (&(Fixture){ .history = r->history }, 0));
  g_assert_cmpstr (app_message_get_text (message_at (conversation_at (&(Fixture){ .history = r->history }, 0), 1)), ==, "Half");
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

  remote_script (r, &reply);
  g_list_store_append (list, picture);
  turn = app_turn_new ("What is it?", G_LIST_MODEL (list));
  for (guint seen = 0; seen < 2; seen++) {
    g_autoptr (AppConversation) conversation = app_history_new_conversation (r->history);
    const char *body;
    remote_choose (r, remote_model_of (r, seen ? "seer" : "big/gpt-oss.gguf"));
    g_assert_true (try_send (conversation, turn, NULL));
    wait_idle (conversation);
    body = fake_server_get_request (r->fake, 0)->body;
    g_assert_cmpint (strstr (body, url) != NULL, ==, seen);
    g_assert_cmpint (strstr (body, "[Picture \\\"cat.png\\\"]") != NULL, ==, seen);
    g_assert_cmpint (strstr (body, "[Read with OCR]") != NULL, ==, !seen);
    g_assert_null (strstr (body, "SECRET"));
    g_assert_cmpint (app_message_get_notices (message_at (conversation, 0))[0] == NULL, ==, seen);
    /* Now the other one, of the note as it is in the history. */
    remote_choose (r, remote_model_of (r, seen ? "big/gpt-oss.gguf" : "seer"));
    remote_again (conversation, message_at (conversation, 1));
    wait_idle (conversation);
    body = fake_server_get_request (r->fake, 0)->body;
    g_assert_cmpint (strstr (body, url) != NULL, ==, !seen);
    g_assert_cmpint (strstr (body, "[Read with OCR]") != NULL, ==, seen);
  }
}

/* A server runs its model as it is: the answer says that the adapter which is chosen did not take part. */
static void
test_adapter (Remote *r, gconstpointer data)
{
  static const FakeReply reply = { .body = HELLO };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (r->history);

  remote_script (r, &reply);
  app_conversation_settings_set_adapter (app_conversation_get_settings (conversation), "pirate", 1);
  send_text (conversation, "Hi");
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_DONE);
  g_assert_cmpstr (app_message_get_notices (message_at (conversation, 1))[0], ==, "written without the adapter pirate: it can change models of this machine only");
  g_assert_null (strstr (fake_server_get_request (r->fake, 0)->body, "pirate"));
}

int
main (int argc, char **argv)
{
  char *keyring = remote_keyring ();

  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/remote/" name, Remote, NULL, remote_set_up, function, remote_tear_down)
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
  ADD ("pictures", test_pictures);
  ADD ("adapter", test_adapter);
#undef ADD
  return remote_run (keyring);
}
