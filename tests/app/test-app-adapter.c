/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adapters: found among the models, chosen for a conversation, and answered with, by a small random model and adapters of it. */
#include <glib/gstdio.h>
#include <string.h>

#include "app-error.h"
#include "app-settings.h"
#include "app-storage.h"
#include "fixture.h"
#include "tiny-adapter.h"

static const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 3, .n_layers = 2, .n_embd = 64, .n_ff = 64, .n_head = 2, .n_head_kv = 1, .head_dim = 32 };
static const TinyModel wide = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 3, .n_layers = 2, .n_embd = 128, .n_ff = 64, .n_head = 2, .n_head_kv = 1, .head_dim = 32 };
static const TinyModel foreign = { .architecture = "qwen3", .type = ENGINE_TYPE_F32, .n_layers = 2, .n_embd = 64, .n_ff = 64, .n_head = 2, .n_head_kv = 1, .head_dim = 32 };

/* A folder with the model "tiny" and the adapters "pirate" and "poet" for it, "wide" for one of its kind that is another, "foreign" for another kind. */
typedef struct {
  Fixture app;
  char *folder;
  AppModels *models;
} Place;

static void
add_base (GgufWriter *writer)
{
  gguf_write_string (writer, "general.base_model.0.name", "Tiny 1B");
}

static void
write_bytes (const char *folder, const char *id, GByteArray *bytes)
{
  g_autofree char *name = g_strconcat (id, ".gguf", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  g_byte_array_unref (bytes);
}

static void
write_adapter (const char *folder, const char *id, const TinyModel *model, guint64 seed)
{
  const TinyAdapter options = { .model = model, .type = ENGINE_TYPE_F16, .seed = seed, .rank = 8, .alpha = 32, .extra = add_base };

  write_bytes (folder, id, tiny_adapter_bytes (&options));
}

static void
refresh (Place *p)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_models_refresh_async (p->models, NULL, keep_result, &result);
  g_assert_true (app_models_refresh_finish (p->models, wait_result (&result), NULL));
}

static AppModel *
find (Place *p, const char *id)
{
  AppModel *model = app_models_find (p->models, id);

  g_assert_nonnull (model);
  return model;
}

static void
set_up (Place *p, gconstpointer data)
{
  fixture_set_up (&p->app, data);
  p->folder = g_build_filename (p->app.folder, "models", NULL);
  g_assert_cmpint (g_mkdir (p->folder, 0755), ==, 0);
  write_bytes (p->folder, "tiny", tiny_model_bytes (&tiny));
  write_adapter (p->folder, "pirate", &tiny, 1);
  write_adapter (p->folder, "poet", &tiny, 2);
  write_adapter (p->folder, "wide", &wide, 1);
  write_adapter (p->folder, "foreign", &foreign, 1);
  p->models = app_models_new ("/nonexistent.json", p->folder);
  refresh (p);
  app_engine_set_models (APP_ENGINE (p->app.engine), p->models);
}

static void
tear_down (Place *p, gconstpointer data)
{
  app_engine_set_models (APP_ENGINE (p->app.engine), NULL);
  app_engine_unload (APP_ENGINE (p->app.engine));
  g_object_unref (p->models);
  g_free (p->folder);
  fixture_tear_down (&p->app, data);
}

/* ---- among the models ---- */

static void
test_found (Place *p, gconstpointer data)
{
  AppModel *model = find (p, "tiny"), *adapter = find (p, "pirate");

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (p->models)), ==, 5);
  g_assert_true (app_model_get_adapts (adapter));
  g_assert_false (app_model_get_answers (adapter));
  g_assert_cmpint (app_model_get_state (adapter), ==, APP_MODEL_INSTALLED);
  g_assert_cmpstr (app_model_get_name (adapter), ==, "Tiny adapter");
  g_assert_cmpstr (app_model_get_architecture (adapter), ==, "llama");
  g_assert_cmpstr (app_model_get_base (adapter), ==, "Tiny 1B");
  g_assert_true (app_model_get_answers (model));
  g_assert_false (app_model_get_adapts (model));
  g_assert_true (app_model_fits (adapter, model));
  g_assert_true (app_model_fits (find (p, "wide"), model)); /* as far as both say */
  g_assert_false (app_model_fits (find (p, "foreign"), model));
  g_assert_false (app_model_fits (model, model));
  g_assert_false (app_model_fits (adapter, adapter));
  /* None is offered as a model, whatever is preferred. */
  g_assert_true (app_models_choose (p->models, "pirate") == model);
}

static AppModel *
add_file (Place *p, const char *path, gboolean copy, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  app_models_add_file_async (p->models, file, copy, NULL, keep_result, &result);
  return app_models_add_file_finish (p->models, wait_result (&result), error);
}

static guint64
stored (Place *p)
{
  g_autoptr (GAsyncResult) result = NULL;
  AppStorage storage;

  app_storage_measure_async (p->app.path, p->folder, NULL, keep_result, &result);
  g_assert_true (app_storage_measure_finish (wait_result (&result), &storage, NULL));
  return storage.bytes[APP_STORAGE_MODELS];
}

/* They come, go, come back and count as models do. */
static void
test_kept (Place *p, gconstpointer data)
{
  g_autofree char *path = g_build_filename (p->app.folder, "Sailor.gguf", NULL);
  g_autoptr (AppModel) added = NULL;
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GAsyncResult) back = NULL;
  g_autoptr (GError) error = NULL;
  guint64 bytes = app_models_get_disk_bytes (p->models), on_disk = stored (p);

  write_adapter (p->app.folder, "Sailor", &tiny, 5);
  added = add_file (p, path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (app_model_get_adapts (added));
  g_assert_cmpstr (app_model_get_id (added), ==, "sailor");
  g_assert_cmpuint (app_model_get_size (added), >, 0);
  g_assert_cmpuint (app_models_get_disk_bytes (p->models), ==, bytes + app_model_get_size (added));
  g_assert_cmpuint (stored (p), >, on_disk);

  app_models_remove_async (p->models, added, keep_result, &removed);
  g_assert_true (app_models_remove_finish (p->models, wait_result (&removed), NULL));
  g_assert_null (app_model_get_path (added));
  g_assert_cmpuint (app_models_get_disk_bytes (p->models), ==, bytes);
  g_assert_cmpuint (stored (p), ==, on_disk);
  app_models_undo_remove_async (p->models, added, keep_result, &back);
  g_assert_true (app_models_undo_remove_finish (p->models, wait_result (&back), NULL));
  g_assert_cmpint (app_model_get_state (added), ==, APP_MODEL_INSTALLED);
}

/* A name that was a model's may become an adapter's. */
static void
test_name_again (Place *p, gconstpointer data)
{
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GAsyncResult) purged = NULL;
  g_autoptr (AppModel) added = NULL;
  g_autofree char *path = g_build_filename (p->app.folder, "tiny.gguf", NULL);

  app_models_remove_async (p->models, find (p, "tiny"), keep_result, &removed);
  g_assert_true (app_models_remove_finish (p->models, wait_result (&removed), NULL));
  app_models_purge_async (p->models, find (p, "tiny"), keep_result, &purged);
  g_assert_true (app_models_purge_finish (p->models, wait_result (&purged), NULL));
  write_adapter (p->app.folder, "tiny", &tiny, 5);
  added = add_file (p, path, FALSE, NULL);
  g_assert_cmpstr (app_model_get_id (added), ==, "tiny");
  g_assert_true (app_model_get_adapts (added));
  g_assert_true (find (p, "tiny") == added);
}

/* What this version cannot use is named with the reason, and is no model either. */
static void
test_left_out (Place *p, gconstpointer data)
{
  g_autofree char *path = g_build_filename (p->folder, "odd.gguf", NULL);
  g_autoptr (GError) error = NULL;
  GgufWriter writer;

  gguf_writer_init (&writer);
  gguf_write_string (&writer, "general.type", "adapter");
  gguf_write_string (&writer, "general.architecture", "llama");
  gguf_write_string (&writer, "adapter.type", "something");
  write_bytes (p->folder, "odd", gguf_writer_finish (&writer));
  refresh (p);
  g_assert_null (app_models_find (p->models, "odd"));
  g_assert_nonnull (strstr (app_models_get_warning (p->models), "\"something\" are not supported"));
  g_assert_null (add_file (p, path, TRUE, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
}

/* ---- answering ---- */

typedef struct {
  Place place;
  AppEngine *engine;
} Local;

static void
set_up_local (Local *l, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&l->place, data);
  l->engine = app_local_engine_new (NULL, NULL);
  app_engine_load_async (l->engine, find (&l->place, "tiny"), NULL, keep_result, &result);
  app_engine_load_finish (l->engine, wait_result (&result), &error);
  g_assert_no_error (error);
}

static void
tear_down_local (Local *l, gconstpointer data)
{
  WAIT_UNTIL (G_OBJECT (l->engine)->ref_count == 1);
  g_assert_finalize_object (l->engine);
  tear_down (&l->place, data);
}

static void
on_text (AppCompletion *completion, const char *piece, GString *text)
{
  g_string_append (text, piece);
}

/* What the model answers, greedily. `id`: (nullable) of the adapter. NULL with an error. */
static char *
answer (Local *l, const char *id, double scale, GError **error)
{
  const AppSampling greedy = { .top_p = 1, .repeat_penalty = 1, .max_tokens = 24 };
  g_autoptr (AppPrompt) prompt = app_prompt_new (&greedy);
  g_autoptr (AppCompletion) completion = NULL;
  GString *text = g_string_new (NULL);

  app_prompt_add (prompt, APP_ROLE_USER, NULL, "Where do the mallards swim?");
  if (id) {
    g_autofree char *name = g_strconcat (id, ".gguf", NULL);
    g_autofree char *path = g_build_filename (l->place.folder, name, NULL);
    app_prompt_set_adapter (prompt, app_prompt_adapter_new (id, path, scale));
  }
  completion = app_engine_complete (l->engine, prompt, NULL);
  g_assert_nonnull (completion);
  g_signal_connect (completion, "text", G_CALLBACK (on_text), text);
  app_completion_start (completion);
  WAIT_UNTIL (app_completion_get_finished (completion));
  if (app_completion_get_error (completion)) {
    g_propagate_error (error, g_error_copy (app_completion_get_error (completion)));
    g_string_free (text, TRUE);
    return NULL;
  }
  return g_string_free (text, FALSE);
}

static void
assert_answers (Local *l, const char *id, double scale, const char *expected, gboolean same)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = answer (l, id, scale, &error);

  g_assert_no_error (error);
  g_test_message ("%s at %g: %s", id ? id : "none", scale, text);
  g_assert_cmpint (g_str_equal (text, expected), ==, same);
}

/* Each request has its own, and the model stays as it is. */
static void
test_answers (Local *l, gconstpointer data)
{
  g_autofree char *plain = answer (l, NULL, 1, NULL);
  g_autofree char *pirate = answer (l, "pirate", 1, NULL);
  g_autofree char *poet = answer (l, "poet", 1, NULL);

  g_assert_cmpstr (plain, !=, NULL);
  g_assert_cmpstr (pirate, !=, plain);
  g_assert_cmpstr (poet, !=, plain);
  g_assert_cmpstr (poet, !=, pirate);
  assert_answers (l, NULL, 1, plain, TRUE);
  assert_answers (l, "pirate", 1, pirate, TRUE);
  assert_answers (l, "pirate", 0, plain, TRUE);
  assert_answers (l, "pirate", 1.9, pirate, FALSE);
}

/* More than are kept in memory: what was dropped is read again. */
static void
test_many (Local *l, gconstpointer data)
{
  g_autofree char *first = answer (l, "pirate", 1, NULL);

  for (guint i = 0; i < 6; i++) {
    g_autofree char *id = g_strdup_printf ("many-%u", i);
    write_adapter (l->place.folder, id, &tiny, 10 + i);
    assert_answers (l, id, 1, first, FALSE);
  }
  assert_answers (l, "pirate", 1, first, TRUE);
}

/* A file that was changed is read again; one that is gone, or for another model, is told, and the next answer is as ever. */
static void
test_trouble (Local *l, gconstpointer data)
{
  g_autofree char *plain = answer (l, NULL, 1, NULL);
  g_autofree char *pirate = answer (l, "pirate", 1, NULL);
  g_autofree char *poet = answer (l, "poet", 1, NULL);
  g_autofree char *path = g_build_filename (l->place.folder, "pirate.gguf", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (pirate, !=, poet);
  write_adapter (l->place.folder, "pirate", &tiny, 2);
  assert_answers (l, "pirate", 1, poet, TRUE);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (answer (l, "pirate", 1, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "The adapter pirate is no longer on this machine"));
  g_clear_error (&error);
  g_assert_null (answer (l, "wide", 1, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_ENGINE);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "The adapter wide could not be used."));
  g_assert_nonnull (strstr (error->message, "choose the model that it was trained on"));
  assert_answers (l, NULL, 1, plain, TRUE);
}

/* ---- in a conversation ---- */

/* The model that answers, scripted. */
static void
load_scripted (Place *p, const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_engine_load_async (APP_ENGINE (p->app.engine), find (p, id), NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (APP_ENGINE (p->app.engine), wait_result (&result), NULL));
}

static void
test_settings (void)
{
  g_autoptr (AppConversationSettings) settings = app_conversation_settings_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  g_assert_cmpfloat (app_conversation_settings_get_adapter_scale (settings), ==, 1);
  app_conversation_settings_set_adapter (settings, "pirate", 0.5);
  json = app_conversation_settings_dup_json (settings);
  g_assert_cmpstr (json, ==, "{\"adapter\":\"pirate\",\"adapter-scale\":0.5}");
  app_conversation_settings_drop_unknown (settings);
  g_assert_cmpfloat (app_conversation_settings_get_adapter_scale (settings), ==, 0.5);
  app_conversation_settings_set_adapter (settings, "pirate", 7);
  g_assert_cmpfloat (app_conversation_settings_get_adapter_scale (settings), ==, APP_ADAPTER_SCALE_MAX);
  app_conversation_settings_set_adapter (settings, NULL, 0.5);
  g_assert_true (app_conversation_settings_is_empty (settings));
  g_assert_true (app_conversation_settings_set_json (settings, "{\"adapter\":\"a\",\"adapter-scale\":\"much\"}", &error));
  g_assert_cmpfloat (app_conversation_settings_get_adapter_scale (settings), ==, 1);
  g_assert_true (app_conversation_settings_set_json (settings, "{\"adapter-scale\":-1}", &error));
  g_assert_true (app_conversation_settings_is_empty (settings));
}

/* The request gets it, and the answer says so, also when it is read again. */
static void
test_conversation (Place *p, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (p->app.history);
  AppConversationSettings *settings = app_conversation_get_settings (conversation);
  const AppPromptAdapter *adapter;

  load_scripted (p, "tiny");
  app_conversation_settings_set_adapter (settings, "pirate", 1);
  send_text (conversation, "Hello");
  adapter = app_prompt_get_adapter (scripted_engine_get_prompt (p->app.engine));
  g_assert_nonnull (adapter);
  g_assert_cmpstr (adapter->path, ==, app_model_get_path (find (p, "pirate")));
  g_assert_cmpfloat (adapter->scale, ==, 1);
  wait_idle (conversation);
  app_conversation_settings_set_adapter (settings, "pirate", 0.25);
  send_text (conversation, "Again");
  g_assert_cmpfloat (app_prompt_get_adapter (scripted_engine_get_prompt (p->app.engine))->scale, ==, 0.25);
  wait_idle (conversation);
  app_conversation_settings_set_adapter (settings, NULL, 1);
  send_text (conversation, "And without");
  g_assert_null (app_prompt_get_adapter (scripted_engine_get_prompt (p->app.engine)));
  wait_idle (conversation);
  g_clear_object (&conversation);
  fixture_close (&p->app);
  fixture_open (&p->app);
  conversation = g_object_ref (conversation_at (&p->app, 0));
  load (conversation);
  g_assert_cmpstr (app_message_get_notices (message_at (conversation, 1))[0], ==, "written with the adapter Tiny adapter");
  g_assert_cmpstr (app_message_get_notices (message_at (conversation, 3))[0], ==, "written with the adapter Tiny adapter at a strength of 0.25");
  g_assert_null (app_message_get_notices (message_at (conversation, 5))[0]);
}

static void
assert_refused (Place *p, const char *id, const char *inside)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (p->app.history);
  g_autoptr (AppTurn) turn = app_turn_new ("Hello", NULL);
  g_autoptr (GError) error = NULL;

  app_conversation_settings_set_adapter (app_conversation_get_settings (conversation), id, 1);
  g_assert_false (try_send (conversation, turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_NO_MODEL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, inside));
  g_assert_cmpuint (n_messages (conversation), ==, 0); /* nothing was sent, so what was typed is still there */
}

static void
test_refused (Place *p, gconstpointer data)
{
  load_scripted (p, "tiny");
  assert_refused (p, "gone", "The adapter gone, which this conversation’s settings ask for, is not installed.");
  assert_refused (p, "tiny", "is not installed."); /* is a model */
  assert_refused (p, "foreign", "is for models of the kind “qwen3”, and");
}

/* An answer that goes on goes on with the adapter that is chosen now, and says so once. */
static void
test_continue (Place *p, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (p->app.history);
  const Script cut = { .text = "The wind", .too_long = TRUE };
  const char *const *notices;

  load_scripted (p, "tiny");
  scripted_engine_set_script (p->app.engine, &cut);
  app_conversation_settings_set_adapter (app_conversation_get_settings (conversation), "pirate", 1);
  send_text (conversation, "Hello");
  wait_idle (conversation);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GAsyncResult) result = NULL;

    app_conversation_continue_async (conversation, message_at (conversation, 1), keep_result, &result);
    g_assert_true (app_conversation_continue_finish (conversation, wait_result (&result), NULL));
    g_assert_nonnull (app_prompt_get_adapter (scripted_engine_get_prompt (p->app.engine)));
    wait_idle (conversation);
  }
  notices = app_message_get_notices (message_at (conversation, 1));
  g_assert_cmpstr (notices[0], ==, "written with the adapter Tiny adapter");
  g_assert_null (notices[1]);
}

/* The other answer gets the adapter where it fits its model, and says so where it does not. */
static void
test_compare (Place *p, gconstpointer data)
{
  static const char *const others[] = { "second", "third" };
  static const char *const notices[] = { "written with the adapter Tiny adapter", "written without the adapter Tiny adapter: it is for other models" };
  TinyModel other = tiny;
  g_autoptr (AppConversation) conversation = app_history_new_conversation (p->app.history);

  other.architecture = "qwen2";
  write_bytes (p->folder, others[0], tiny_model_bytes (&tiny));
  write_bytes (p->folder, others[1], tiny_model_bytes (&other));
  refresh (p);
  load_scripted (p, "tiny");
  app_conversation_settings_set_adapter (app_conversation_get_settings (conversation), "pirate", 1);
  send_text (conversation, "Hello");
  wait_idle (conversation);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GAsyncResult) asked = NULL, read = NULL;
    g_autoptr (GListModel) versions = NULL;
    g_autoptr (AppMessage) version = NULL;

    app_conversation_compare_async (conversation, message_at (conversation, 1), find (p, others[i]), keep_result, &asked);
    g_assert_true (app_conversation_compare_finish (conversation, wait_result (&asked), NULL));
    g_assert_cmpint (app_prompt_get_adapter (scripted_engine_get_prompt (p->app.engine)) != NULL, ==, i == 0);
    wait_idle (conversation);
    app_conversation_load_versions_async (conversation, message_at (conversation, 1), keep_result, &read);
    versions = app_conversation_load_versions_finish (conversation, wait_result (&read), NULL);
    g_assert_cmpuint (g_list_model_get_n_items (versions), ==, i + 2);
    version = g_list_model_get_item (versions, i + 1);
    g_assert_cmpstr (app_message_get_notices (version)[0], ==, notices[i]);
  }
}

#define PLACE(path, test) g_test_add ("/app/adapter/" path, Place, NULL, set_up, test, tear_down)
#define LOCAL(path, test) g_test_add ("/app/adapter/" path, Local, NULL, set_up_local, test, tear_down_local)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/adapter/settings", test_settings);
  PLACE ("found", test_found);
  PLACE ("kept", test_kept);
  PLACE ("name-again", test_name_again);
  PLACE ("left-out", test_left_out);
  PLACE ("compare", test_compare);
  LOCAL ("answers", test_answers);
  LOCAL ("many", test_many);
  LOCAL ("trouble", test_trouble);
  PLACE ("conversation", test_conversation);
  PLACE ("refused", test_refused);
  PLACE ("continue", test_continue);
  return g_test_run ();
}
