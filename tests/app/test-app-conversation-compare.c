/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another model's version of an answer beside it, and which model is loaded before, while and after it is written. */
#include <glib/gstdio.h>
#include <string.h>

#include "app-error.h"
#include "remote-fixture.h"

typedef struct {
  Fixture app; /* its model, "Scripted 1B", is loaded */
  AppModels *models;
  AppModel *other, *third; /* installed beside it */
} Compare;

/* Two files in the folder are two models; the scripted engine does not read them. */
static void
set_up (Compare *c, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  const char *models = g_getenv ("MELETE_MODELS");
  g_autofree char *source = g_build_filename (models ? models : "", "smollm2-135m-instruct.gguf", NULL);
  g_autofree char *folder = NULL;

  fixture_set_up (&c->app, data);
  folder = g_build_filename (c->app.folder, "models", NULL);
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GFile) file = g_file_new_build_filename (folder, i ? "third.gguf" : "other.gguf", NULL);
    g_assert_true (g_file_make_symbolic_link (file, source, NULL, NULL));
  }
  c->models = app_models_new ("/nonexistent.json", folder);
  app_models_refresh_async (c->models, NULL, keep_result, &result);
  app_models_refresh_finish (c->models, wait_result (&result), NULL);
  c->other = app_models_find (c->models, "other");
  c->third = app_models_find (c->models, "third");
  g_assert_nonnull (c->other);
  g_assert_nonnull (c->third);
  app_engine_set_models (APP_ENGINE (c->app.engine), c->models);
}

static void
tear_down (Compare *c, gconstpointer data)
{
  app_engine_set_models (APP_ENGINE (c->app.engine), NULL);
  g_object_unref (c->models);
  app_engine_unload (APP_ENGINE (c->app.engine));
  fixture_tear_down (&c->app, data);
}

/* ---- calls that wait ---- */

static gboolean
compare (AppConversation *conversation, guint position, AppModel *model, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_compare_async (conversation, message_at (conversation, position), model, keep_result, &result);
  return app_conversation_compare_finish (conversation, wait_result (&result), error);
}

/* All versions of the message, of which there are so many. (transfer full) */
static GListModel *
versions_of (AppConversation *conversation, guint position, guint n_versions)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *versions;

  app_conversation_load_versions_async (conversation, message_at (conversation, position), keep_result, &result);
  versions = app_conversation_load_versions_finish (conversation, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (versions), ==, n_versions);
  return versions;
}

/* (transfer full) */
static AppMessage *
version_of (AppConversation *conversation, guint position, guint n_versions, guint index)
{
  g_autoptr (GListModel) versions = versions_of (conversation, position, n_versions);

  return g_list_model_get_item (versions, index);
}

static void
keep (AppConversation *conversation, guint position, guint index)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_conversation_select_branch_async (conversation, message_at (conversation, position), index, keep_result, &result);
  g_assert_true (app_conversation_select_branch_finish (conversation, wait_result (&result), &error));
  g_assert_no_error (error);
}

static AppModel *
loaded (Compare *c)
{
  return app_engine_get_model (APP_ENGINE (c->app.engine));
}

static void
set_script (Compare *c, const Script *script)
{
  scripted_engine_set_script (c->app.engine, script);
}

static void
assert_version (AppMessage *version, const char *text, const char *model, AppMessageState state)
{
  g_assert_cmpstr (app_message_get_text (version), ==, text);
  g_assert_cmpstr (app_message_get_model_name (version), ==, model);
  g_assert_cmpuint (app_message_get_state (version), ==, state);
}

/* ---- both answers ---- */

/* The other model is asked the same; what is shown stays, and afterwards the first model is loaded again. Both answers are in the file, with their models;
 * either can be kept, and the other one is then its sibling. */
static void
test_both (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "Say", "The first.");
  g_autofree char *model_id = g_strdup (app_conversation_get_model_id (conversation));
  const Script script = { .text = "The second.", .piece = 3 };
  g_autoptr (AppMessage) second = NULL;
  g_autoptr (AppMessage) stored = NULL;
  g_autofree char *prompt = NULL;
  g_autoptr (GError) error = NULL;

  set_script (c, &script);
  g_assert_true (compare (conversation, 1, c->other, &error));
  g_assert_no_error (error);
  g_assert_true (loaded (c) == c->other);
  g_assert_true (app_conversation_get_busy (conversation));
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "The first.");
  g_assert_cmpuint (app_message_get_branch_count (message_at (conversation, 1)), ==, 2);
  g_assert_cmpuint (app_message_get_branch_index (message_at (conversation, 1)), ==, 0);
  second = version_of (conversation, 1, 2, 1); /* the object that is written now */
  wait_idle (conversation);
  assert_version (second, "The second.", app_model_get_name (c->other), APP_MESSAGE_DONE);
  g_assert_cmpfloat (app_message_get_stats (second)->tokens_per_second, ==, 14);
  prompt = scripted_engine_dup_prompt (c->app.engine);
  g_assert_cmpstr (prompt, ==, "user: Say");
  g_assert_true (loaded (c) == c->app.model);
  g_assert_cmpstr (app_conversation_get_model_id (conversation), ==, model_id);
  g_assert_cmpuint (n_messages (conversation), ==, 2);

  g_clear_object (&second);
  g_clear_object (&conversation);
  fixture_close (&c->app);
  fixture_open (&c->app);
  conversation = g_object_ref (conversation_at (&c->app, 0));
  load (conversation);
  assert_version (message_at (conversation, 1), "The first.", "Scripted 1B", APP_MESSAGE_DONE);
  g_assert_cmpuint (app_message_get_branch_count (message_at (conversation, 1)), ==, 2);
  stored = version_of (conversation, 1, 2, 1);
  assert_version (stored, "The second.", app_model_get_name (c->other), APP_MESSAGE_DONE);
  g_assert_cmpfloat (app_message_get_stats (stored)->tokens_per_second, ==, 14);
  g_clear_object (&stored);
  keep (conversation, 1, 1);
  assert_version (message_at (conversation, 1), "The second.", app_model_get_name (c->other), APP_MESSAGE_DONE);
  stored = version_of (conversation, 1, 2, 0);
  assert_version (stored, "The first.", "Scripted 1B", APP_MESSAGE_DONE);
}

/* Who asks further without having kept one goes on from the answer that was there. */
static void
test_further (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "Say", "The first.");
  const Script script = { .text = "The second." };
  g_autofree char *prompt = NULL;

  set_script (c, &script);
  g_assert_true (compare (conversation, 1, c->other, NULL));
  wait_idle (conversation);
  send_text (conversation, "More");
  g_assert_true (loaded (c) == c->app.model);
  wait_idle (conversation);
  prompt = scripted_engine_dup_prompt (c->app.engine);
  g_assert_cmpstr (prompt, ==, "user: Say\nassistant: The first.\nuser: More");
}

/* What follows an answer in the middle stays, and is there again when one comes back. */
static void
test_middle (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "One", "First.");
  const Script script = { .text = "Other." };
  g_autofree char *prompt = NULL;

  send_text (conversation, "Two");
  wait_idle (conversation);
  set_script (c, &script);
  g_assert_true (compare (conversation, 1, c->other, NULL));
  wait_idle (conversation);
  prompt = scripted_engine_dup_prompt (c->app.engine);
  g_assert_cmpstr (prompt, ==, "user: One");
  g_assert_cmpuint (n_messages (conversation), ==, 4);
  keep (conversation, 1, 1);
  g_assert_cmpuint (n_messages (conversation), ==, 2);
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "Other.");
  keep (conversation, 1, 0);
  g_assert_cmpuint (n_messages (conversation), ==, 4);
}

/* After a restart the other model gets what was attached to the notes before. */
static void
test_attached (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (c->app.history);
  g_autofree char *path = g_build_filename (c->app.folder, "word.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (AppAttachment) attachment = app_attachment_new_for_file (file);
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (AppTurn) turn = NULL;
  g_autofree char *prompt = NULL;

  g_assert_true (g_file_set_contents (path, "Sesame.", -1, NULL));
  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  g_assert_true (app_attachment_load_finish (attachment, wait_result (&result), NULL));
  g_list_store_append (list, attachment);
  turn = app_turn_new ("Which word?", G_LIST_MODEL (list));
  g_assert_true (try_send (conversation, turn, NULL));
  wait_idle (conversation);
  g_clear_object (&conversation);
  fixture_close (&c->app);
  fixture_open (&c->app);
  conversation = g_object_ref (conversation_at (&c->app, 0));
  load (conversation);
  g_assert_true (compare (conversation, 1, c->other, NULL));
  wait_idle (conversation);
  prompt = scripted_engine_dup_prompt (c->app.engine);
  g_assert_nonnull (strstr (prompt, "Sesame."));
}

/* A crash while the second answer is written: it is there as far as it got, and the first one is still the one that is shown. */
static void
test_crash (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "Say", "The first.");
  g_autoptr (AppMessage) second = NULL;

  g_assert_true (compare (conversation, 1, c->other, NULL));
  wait_idle (conversation);
  g_clear_object (&conversation);
  fixture_close (&c->app);
  fixture_run_sql (c->app.path, "UPDATE messages SET state = 1, text = 'The sec' WHERE id = (SELECT max (id) FROM messages)");
  fixture_open (&c->app);
  conversation = g_object_ref (conversation_at (&c->app, 0));
  load (conversation);
  assert_version (message_at (conversation, 1), "The first.", "Scripted 1B", APP_MESSAGE_DONE);
  second = version_of (conversation, 1, 2, 1);
  assert_version (second, "The sec", app_model_get_name (c->other), APP_MESSAGE_STOPPED);
  g_assert_true (app_message_get_interrupted (second));
}

/* A temporary conversation compares too. */
static void
test_temporary (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_temporary (c->app.history);
  const Script script = { .text = "The second." };
  g_autoptr (AppMessage) second = NULL;

  send_text (conversation, "Say");
  wait_idle (conversation);
  set_script (c, &script);
  g_assert_true (compare (conversation, 1, c->other, NULL));
  wait_idle (conversation);
  second = version_of (conversation, 1, 2, 1);
  assert_version (second, "The second.", app_model_get_name (c->other), APP_MESSAGE_DONE);
}

/* ---- which model is loaded ---- */

/* A conversation with a model of its own gets that one back. */
static void
test_own_model (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (c->app.history);

  app_conversation_settings_set_text (app_conversation_get_settings (conversation), APP_SETTING_MODEL, "other");
  send_text (conversation, "Say");
  wait_idle (conversation);
  g_assert_true (compare (conversation, 1, c->third, NULL));
  g_assert_true (loaded (c) == c->third);
  wait_idle (conversation);
  g_assert_true (loaded (c) == c->other);
  /* Also when the usual model is the one to compare with, and nothing else asks for it. */
  g_assert_true (compare (conversation, 1, c->other, NULL));
  wait_idle (conversation);
  g_assert_true (loaded (c) == c->other);
}

/* Where none was loaded, none is afterwards: the next turn goes to no model that was only compared with. */
static void
test_none_loaded (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "Say", "The first.");

  app_engine_unload (APP_ENGINE (c->app.engine));
  g_assert_true (compare (conversation, 1, c->other, NULL));
  g_assert_true (loaded (c) == c->other);
  wait_idle (conversation);
  g_assert_null (loaded (c));
  g_assert_cmpuint (app_engine_get_state (APP_ENGINE (c->app.engine)), ==, APP_ENGINE_NONE);
}

/* Stop, while it is loaded and while it writes. */
static void
test_stop (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "Say", "The first.");
  const Script held = { .text = "For ever", .hold = TRUE };
  g_autoptr (AppMessage) loading = NULL;
  g_autoptr (AppMessage) writing = NULL;

  scripted_engine_hold_load (c->app.engine);
  g_assert_true (compare (conversation, 1, c->other, NULL));
  g_assert_cmpuint (app_engine_get_state (APP_ENGINE (c->app.engine)), ==, APP_ENGINE_LOADING);
  loading = version_of (conversation, 1, 2, 1);
  g_assert_cmpuint (app_message_get_state (loading), ==, APP_MESSAGE_WAITING);
  scripted_engine_release_load (c->app.engine);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  assert_version (loading, "", app_model_get_name (c->other), APP_MESSAGE_STOPPED);
  g_assert_true (loaded (c) == c->app.model);
  WAIT_UNTIL (app_engine_get_state (APP_ENGINE (c->app.engine)) == APP_ENGINE_READY);

  set_script (c, &held);
  g_assert_true (compare (conversation, 1, c->third, NULL));
  writing = version_of (conversation, 1, 3, 2);
  WAIT_UNTIL (strcmp (app_message_get_text (writing), "For ever") == 0);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  assert_version (writing, "For ever", app_model_get_name (c->third), APP_MESSAGE_STOPPED);
  g_assert_true (loaded (c) == c->app.model);
  assert_version (message_at (conversation, 1), "The first.", "Scripted 1B", APP_MESSAGE_DONE);
}

/* A model that cannot be loaded, and one that fails while it writes, say so in their version; the first model comes back. */
static void
test_failure (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "Say", "The first.");
  const Script broken = { .text = "Half", .error = "The engine fell over." };
  g_autoptr (AppMessage) unloaded = NULL;
  g_autoptr (AppMessage) half = NULL;

  scripted_engine_hold_load (c->app.engine);
  g_assert_true (compare (conversation, 1, c->other, NULL));
  scripted_engine_release_load (c->app.engine);
  scripted_engine_finish_load (c->app.engine, "The model file ends early.");
  wait_idle (conversation);
  unloaded = version_of (conversation, 1, 2, 1);
  assert_version (unloaded, "", app_model_get_name (c->other), APP_MESSAGE_FAILED);
  g_assert_cmpstr (app_message_get_error (unloaded), ==, "The model file ends early.");
  g_assert_true (loaded (c) == c->app.model);
  WAIT_UNTIL (app_engine_get_state (APP_ENGINE (c->app.engine)) == APP_ENGINE_READY);

  set_script (c, &broken);
  g_assert_true (compare (conversation, 1, c->third, NULL));
  wait_idle (conversation);
  half = version_of (conversation, 1, 3, 2);
  assert_version (half, "Half", app_model_get_name (c->third), APP_MESSAGE_FAILED);
  g_assert_cmpstr (app_message_get_error (half), ==, "The engine fell over.");
  g_assert_true (loaded (c) == c->app.model);
}

/* What the person chooses meanwhile stays, and writes nothing under another model's name. */
static void
test_chosen_meanwhile (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "Say", "The first.");
  const Script held = { .text = "For ever", .hold = TRUE };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (AppMessage) before = NULL;
  g_autoptr (AppMessage) loading = NULL;

  set_script (c, &held);
  app_conversation_compare_async (conversation, message_at (conversation, 1), c->other, keep_result, &result);
  app_engine_load_async (APP_ENGINE (c->app.engine), c->third, NULL, NULL, NULL);
  g_assert_true (app_conversation_compare_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
  before = version_of (conversation, 1, 2, 1);
  assert_version (before, "", app_model_get_name (c->other), APP_MESSAGE_STOPPED);
  g_assert_cmpstr (app_message_get_notices (before)[0], ==, "another model was chosen before this one could answer");
  g_assert_true (loaded (c) == c->third);

  scripted_engine_hold_load (c->app.engine);
  g_assert_true (compare (conversation, 1, c->other, NULL));
  scripted_engine_release_load (c->app.engine);
  app_engine_load_async (APP_ENGINE (c->app.engine), c->third, NULL, NULL, NULL);
  wait_idle (conversation);
  loading = version_of (conversation, 1, 3, 2);
  assert_version (loading, "", app_model_get_name (c->other), APP_MESSAGE_FAILED);
  g_assert_true (loaded (c) == c->third);
}

/* Neither a note, nor while something is written here or elsewhere, nor with a model that is gone: and nothing is stored of it. */
static void
test_refused (Compare *c, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (&c->app, "Say", "The first.");
  g_autoptr (AppConversation) elsewhere = app_history_new_conversation (c->app.history);
  g_autoptr (AppModel) gone = scripted_model_new ("gone", "Gone 7B");
  const Script held = { .text = "For ever", .hold = TRUE };
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) versions = NULL;

  g_assert_false (compare (conversation, 0, c->other, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  /* One that the list does not know: the first stays loaded. */
  g_assert_false (compare (conversation, 1, gone, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_NO_MODEL);
  g_assert_true (loaded (c) == c->app.model);
  g_clear_error (&error);
  app_models_remove_async (c->models, c->third, keep_result, &removed);
  g_assert_true (app_models_remove_finish (c->models, wait_result (&removed), NULL));
  g_assert_false (compare (conversation, 1, c->third, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_NO_MODEL);
  g_assert_nonnull (strstr (error->message, app_model_get_name (c->third)));
  g_clear_error (&error);

  set_script (c, &held);
  send_text (elsewhere, "Go on");
  g_assert_false (compare (conversation, 1, c->other, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_BUSY);
  g_assert_true (loaded (c) == c->app.model);
  g_assert_true (app_conversation_get_busy (elsewhere));
  g_clear_error (&error);
  app_conversation_stop (elsewhere);
  wait_idle (elsewhere);

  g_assert_true (compare (conversation, 1, c->other, NULL));
  g_assert_false (compare (conversation, 1, c->other, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  versions = versions_of (conversation, 1, 2);
}

/* ---- servers ---- */

/* A model of this machine beside one of a server: each version says where it was written, and the server is asked once. */
static void
test_server (Remote *r, gconstpointer data)
{
  const FakeReply reply = { .body = "data: {\"choices\":[{\"delta\":{\"content\":\"From afar.\"}}]}\n\ndata: [DONE]\n\n" };
  const Script script = { .text = "From here." };
  g_autoptr (AppConversation) conversation = NULL;
  g_autoptr (AppMessage) first = NULL;
  g_autoptr (AppMessage) second = NULL;
  AppModel *afar = remote_model_of (r, "big/gpt-oss.gguf");
  guint before;

  remote_choose (r, r->local_model);
  scripted_engine_set_script (r->local, &script);
  app_engine_set_models (r->engine, r->models);
  conversation = remote_talk (r, "Where?");
  remote_script (r, &reply);
  before = fake_server_get_n_requests (r->fake);
  g_assert_true (compare (conversation, 1, afar, NULL));
  wait_idle (conversation);
  g_assert_cmpuint (fake_server_get_n_requests (r->fake), ==, before + 1);
  first = version_of (conversation, 1, 2, 0);
  second = version_of (conversation, 1, 2, 1);
  assert_version (first, "From here.", "Scripted 1B", APP_MESSAGE_DONE);
  g_assert_null (app_message_get_host (first));
  assert_version (second, "From afar.", app_model_get_name (afar), APP_MESSAGE_DONE);
  g_assert_cmpstr (app_message_get_host (second), ==, "127.0.0.1");
  g_assert_true (app_engine_get_model (r->engine) == r->local_model);
  app_engine_set_models (r->engine, NULL);
}

#define ADD(path, test) g_test_add ("/app/conversation-compare/" path, Compare, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  char *keyring = remote_keyring ();

  g_test_init (&argc, &argv, NULL);
  ADD ("both", test_both);
  ADD ("further", test_further);
  ADD ("middle", test_middle);
  ADD ("attached", test_attached);
  ADD ("crash", test_crash);
  ADD ("temporary", test_temporary);
  ADD ("own-model", test_own_model);
  ADD ("none-loaded", test_none_loaded);
  ADD ("stop", test_stop);
  ADD ("failure", test_failure);
  ADD ("chosen-meanwhile", test_chosen_meanwhile);
  ADD ("refused", test_refused);
  g_test_add ("/app/conversation-compare/server", Remote, NULL, remote_set_up, test_server, remote_tear_down);
  return remote_run (keyring);
}
