/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of servers, and where their keys go. */
#include "remote-fixture.h"

#include <string.h>

#include "app-error.h"

/* The file of libsecret leaks what GIO gives it: lsan.supp knows GIO, which shows only when the whole stack is walked. */
const char *__asan_default_options (void);
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

#define HELLO "data: {\"choices\":[{\"delta\":{\"content\":\"Hello.\"},\"finish_reason\":\"stop\"}]}\n\n"

static void
test_list (Remote *r, gconstpointer data)
{
  AppServers *servers = app_history_get_servers (r->history);
  g_autofree char *address = fake_server_dup_address (r->fake);
  g_autoptr (AppServer) second = remote_save (r, NULL, "Second", "https://api.example", "", app_server_get_models (r->server));
  g_autoptr (GAsyncResult) result = NULL;
  AppModel *model = remote_model_of (r, "big/gpt-oss.gguf");
  gint64 id = app_server_get_id (r->server);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (servers)), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (r->models)), ==, 4);
  g_assert_cmpstr (app_model_get_name (model), ==, "gpt-oss");
  g_assert_cmpstr (app_model_get_host (model), ==, "127.0.0.1");
  g_assert_cmpuint (app_model_get_context (model), ==, 2048);
  g_assert_false (app_model_get_sees (model));
  g_assert_true (app_model_get_sees (remote_model_of (r, "seer")));

  /* Removed and brought back it is the same, at its place; the loaded model cannot answer meanwhile. */
  app_servers_remove_async (servers, r->server, keep_result, &result);
  g_assert_true (app_servers_remove_finish (servers, wait_result (&result), NULL));
  g_assert_cmpint (app_model_get_state (model), ==, APP_MODEL_ABSENT);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (r->models)), ==, 2);
  {
    g_autoptr (AppConversation) conversation = remote_talk (r, "Hi");
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
  remote_close_history (r);
  remote_open_history (r);
  r->server = g_object_ref (app_servers_find (app_history_get_servers (r->history), id));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (r->models)), ==, 4);
  g_assert_nonnull (remote_model_of (r, "seer"));
  g_assert_cmpuint (fake_server_get_n_requests (r->fake), ==, 1);
}

/* A server has other models by now: those that it still has stay the same, with the person's word on pictures. */
static void
test_refresh (Remote *r, gconstpointer data)
{
  static const FakeReply newer = { .content_type = "application/json", .body = "{\"data\":[{\"id\":\"new\"},{\"id\":\"big/gpt-oss.gguf\",\"owned_by\":\"llamacpp\"}]}" };
  static const FakeReply empty = { .content_type = "application/json", .body = "{\"data\":[]}" };
  AppServers *servers = app_history_get_servers (r->history);
  AppModel *model = remote_model_of (r, "big/gpt-oss.gguf"), *seer = remote_model_of (r, "seer");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ((AppServerModel *) app_server_get_models (r->server)->pdata[0])->pictures = TRUE;
  fake_server_set_reply (r->fake, "/v1/models", &newer);
  app_servers_refresh_async (servers, r->server, NULL, keep_result, &result);
  g_assert_true (app_servers_refresh_finish (servers, wait_result (&result), NULL));
  g_assert_cmpstr (fake_server_get_request (r->fake, 0)->authorization, ==, "Bearer " REMOTE_KEY);
  remote_assert_connection (r, "List of the models on 127.0.0.1", APP_CONNECTION_DONE, NULL);
  g_assert_true (remote_model_of (r, "big/gpt-oss.gguf") == model);
  g_assert_true (app_model_get_sees (model));
  g_assert_cmpint (app_model_get_state (seer), ==, APP_MODEL_ABSENT);
  g_assert_cmpint (app_model_get_state (remote_model_of (r, "new")), ==, APP_MODEL_INSTALLED);

  fake_server_set_reply (r->fake, "/v1/models", &empty);
  g_clear_object (&result);
  app_servers_refresh_async (servers, r->server, NULL, keep_result, &result);
  g_assert_false (app_servers_refresh_finish (servers, wait_result (&result), &error));
  g_assert_nonnull (strstr (error->message, "offers no model"));
  remote_assert_connection (r, "List of the models on 127.0.0.1", APP_CONNECTION_FAILED, "offers no model");
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
  remote_assert_connection (r, "List of the models on 127.0.0.1", APP_CONNECTION_STOPPED, NULL);
  WAIT_UNTIL (fake_server_get_n_closed (r->fake) == 1);
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
  app_servers_ask_async (servers, address, REMOTE_KEY, NULL, keep_result, &result);
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
  remote_open_history (r);
}

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
    remote_script (r, &reply);
    conversation = remote_talk (r, "Hi");
    g_assert_nonnull (strstr (app_message_get_error (message_at (conversation, 1)), there));
    fake_server_set_reply (r->fake, "/v1/models", &reply);
    g_assert_null (remote_ask (r, address, REMOTE_KEY, &error));
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
  g_autoptr (AppServer) same = remote_save (r, r->server, "Kitchen", there, "", app_server_get_models (r->server));
  g_autoptr (AppConversation) conversation = NULL;

  g_assert_true (same == r->server);
  g_assert_cmpstr (app_server_get_name (same), ==, "Kitchen");
  fake_server_set_reply (other, REMOTE_CHAT, &reply);
  conversation = remote_talk (r, "Hi");
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
  static const FakeReply reply = { .status = "401 No", .content_type = "application/json", .body = "{\"error\":{\"message\":\"Incorrect API key provided: " REMOTE_KEY "\"}}" };
  const char *const ends[] = { "", "-wal", NULL };

  remote_script (r, &reply);
  g_object_unref (remote_talk (r, "Hi"));
  for (guint i = 0; i < 2; i++) {
    for (const char *const *end = ends; *end; end++) {
      g_autofree char *path = g_strconcat (r->path, *end, NULL);
      g_autofree char *content = NULL;
      gsize n;
      if (g_file_get_contents (path, &content, &n, NULL))
        g_assert_null (g_strstr_len (content, n, REMOTE_KEY));
      else
        g_assert_cmpstr (*end, ==, "-wal");
    }
    remote_close_history (r);
    remote_open_history (r);
  }
}

int
main (int argc, char **argv)
{
  char *keyring = remote_keyring ();

  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/servers/" name, Remote, NULL, remote_set_up, function, remote_tear_down)
  ADD ("list", test_list);
  ADD ("refresh", test_refresh);
  ADD ("ask-stopped", test_ask_stopped);
  ADD ("not-recorded", test_not_recorded);
  ADD ("redirect", test_redirect);
  ADD ("other-address", test_other_address);
  ADD ("key-nowhere", test_key_nowhere);
#undef ADD
  return remote_run (keyring);
}
