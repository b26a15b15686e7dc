/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "remote-fixture.h"

#include <string.h>

#include "app-connections-private.h"

const FakeReply remote_models = {
  .content_type = "application/json",
  .body = "{\"data\":[{\"id\":\"big/gpt-oss.gguf\",\"owned_by\":\"llamacpp\",\"meta\":{\"n_ctx\":2048}},{\"id\":\"seer\",\"capabilities\":[\"vision\"]}]}",
};

/* ---- calls that wait ---- */

AppServer *
remote_save (Remote *r, AppServer *server, const char *name, const char *address, const char *key, GPtrArray *list)
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

GPtrArray *
remote_ask (Remote *r, const char *address, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_servers_ask_async (app_history_get_servers (r->history), address, key, NULL, keep_result, &result);
  return app_servers_ask_finish (app_history_get_servers (r->history), wait_result (&result), error);
}

void
remote_choose (Remote *r, AppModel *model)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_engine_load_async (r->engine, model, NULL, keep_result, &result);
  app_engine_load_finish (r->engine, wait_result (&result), &error);
  g_assert_no_error (error);
}

AppModel *
remote_model_of (Remote *r, const char *name)
{
  g_autofree char *id = g_strdup_printf ("server:%d/%s", (int) app_server_get_id (r->server), name);
  AppModel *model = app_models_find (r->models, id);

  g_assert_nonnull (model);
  return model;
}

void
remote_open_history (Remote *r)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_history_open_async (r->path, r->engine, NULL, NULL, keep_result, &result);
  r->history = app_history_open_finish (wait_result (&result), &error);
  g_assert_no_error (error);
  r->models = app_models_new ("/nowhere.json", r->folder);
  app_models_set_servers (r->models, app_history_get_servers (r->history));
}

void
remote_close_history (Remote *r)
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
void
remote_set_up (Remote *r, gconstpointer data)
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
  remote_open_history (r);
  fake_server_set_reply (r->fake, "/v1/models", &remote_models);
  address = fake_server_dup_address (r->fake);
  list = remote_ask (r, address, REMOTE_KEY, &error);
  g_assert_no_error (error);
  r->server = remote_save (r, NULL, "", address, REMOTE_KEY, list);
  remote_choose (r, remote_model_of (r, "big/gpt-oss.gguf"));
}

void
remote_tear_down (Remote *r, gconstpointer data)
{
  app_engine_unload (r->engine);
  g_clear_object (&r->server);
  remote_close_history (r);
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

void
remote_script (Remote *r, const FakeReply *reply)
{
  fake_server_set_reply (r->fake, REMOTE_CHAT, reply);
}

/* A conversation with one note and its answer, which has ended. */
AppConversation *
remote_talk (Remote *r, const char *note)
{
  AppConversation *conversation = app_history_new_conversation (r->history);

  send_text (conversation, note);
  wait_idle (conversation);
  return conversation;
}

void
remote_again (AppConversation *conversation, AppMessage *answer)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_conversation_regenerate_async (conversation, answer, keep_result, &result);
  app_conversation_regenerate_finish (conversation, wait_result (&result), &error);
  g_assert_no_error (error);
}

/* The newest connection. */
void
remote_assert_connection (Remote *r, const char *purpose, AppConnectionOutcome outcome, const char *error_part)
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

/* ---- the keyring ---- */

char *
remote_keyring (void)
{
  char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "keyring", NULL);

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
  return folder;
}

int
remote_run (char *keyring)
{
  int status = g_test_run ();

  fixture_delete_folder (keyring);
  g_free (keyring);
  return status;
}
