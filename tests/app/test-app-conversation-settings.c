/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is set for one conversation: its JSON, where it is kept, what the model is asked with it, and which model is asked. */
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app-conversation-private.h"
#include "app-error.h"

static AppConversationSettings *
settings_new (const char *json)
{
  AppConversationSettings *settings = app_conversation_settings_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (app_conversation_settings_set_json (settings, json, &error));
  g_assert_no_error (error);
  return settings;
}

static const AppSamplingField *
field (const char *key)
{
  const AppSamplingField *found = app_sampling_find_field (key);

  g_assert_nonnull (found);
  return found;
}

static void
count (AppConversationSettings *settings, guint *n)
{
  ++*n;
}

/* ---- the object ---- */

static void
test_round_trip (void)
{
  const char *json = "{\"instructions\":\"Antworte auf Deutsch.\",\"temperature\":0.25,\"top-k\":7,\"adapter\":\"a.gguf\",\"adapter-scale\":0.5,\"later\":{\"a\":[1]}}";
  g_autoptr (AppConversationSettings) settings = settings_new (json);
  g_autoptr (AppConversationSettings) copy = app_conversation_settings_new ();
  g_autofree char *written = app_conversation_settings_dup_json (settings);
  g_autofree char *copied = NULL;
  double number;
  guint n = 0;

  g_assert_cmpstr (written, ==, json); /* what this version does not know too */
  g_assert_cmpuint (app_conversation_settings_count (settings), ==, 6);
  g_assert_cmpstr (app_conversation_settings_get_text (settings, APP_SETTING_INSTRUCTIONS), ==, "Antworte auf Deutsch.");
  g_assert_true (app_conversation_settings_get_number (settings, field ("temperature"), &number));
  g_assert_cmpfloat (number, ==, 0.25);
  g_assert_true (app_conversation_settings_get_number (settings, field ("top-k"), &number));
  g_assert_cmpfloat (number, ==, 7);
  g_assert_false (app_conversation_settings_get_number (settings, field ("top-p"), &number));

  app_conversation_settings_copy (copy, settings);
  copied = app_conversation_settings_dup_json (copy);
  g_assert_cmpstr (copied, ==, json);
  app_conversation_settings_drop_unknown (copy);
  g_assert_cmpuint (app_conversation_settings_count (copy), ==, 5);

  g_signal_connect (settings, "changed", G_CALLBACK (count), &n);
  app_conversation_settings_set_number (settings, field ("top-k"), 7); /* it is so already */
  app_conversation_settings_set_text (settings, APP_SETTING_MODEL, NULL);
  g_assert_cmpuint (n, ==, 0);
  app_conversation_settings_set_number (settings, field ("top-k"), 1e9); /* is bounded */
  g_assert_true (app_conversation_settings_get_number (settings, field ("top-k"), &number));
  g_assert_cmpfloat (number, ==, 1000);
  app_conversation_settings_unset (settings, "top-k");
  g_assert_cmpuint (n, ==, 2);
  app_conversation_settings_copy (settings, NULL);
  g_assert_true (app_conversation_settings_is_empty (settings));
  g_assert_null (app_conversation_settings_dup_json (settings));
}

static void
test_wrong (void)
{
  static const char *const broken[] = {
    "", "[]", "7", "{", "{\"a\":1}}", "{\"a\":/* \" */1}", "{'a':1}", "\xff", "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
  };
  g_autoptr (AppConversationSettings) settings = settings_new ("{\"temperature\":1}");
  g_autoptr (AppConversationSettings) odd = settings_new ("{\"temperature\":\"hot\",\"top-p\":7,\"top-k\":-1,\"instructions\":5,\"model\":\"\",\"min-p\":0.5}");
  g_autofree char *written = app_conversation_settings_dup_json (odd);
  g_autofree char *large = g_strnfill (APP_SETTINGS_MAX_BYTES + 1, ' ');
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (written, ==, "{\"min-p\":0.5}");
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_test_message ("%s", broken[i]);
    g_assert_false (app_conversation_settings_set_json (settings, broken[i], &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
    g_clear_error (&error);
  }
  g_assert_false (app_conversation_settings_set_json (settings, large, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
  g_assert_cmpuint (app_conversation_settings_count (settings), ==, 1); /* as it was */
}

static void
test_apply (void)
{
  g_autoptr (AppConversationSettings) settings = settings_new ("{\"temperature\":0,\"seed\":11,\"mirostat-tau\":5,\"max-tokens\":64}");
  AppSampling general = app_sampling_usual (), sampling = app_conversation_settings_apply (settings, &general), again;

  g_assert_cmpfloat (sampling.temperature, ==, 0);
  g_assert_cmpuint (sampling.seed, ==, 11);
  g_assert_cmpfloat (sampling.mirostat_tau, ==, 5);
  g_assert_cmpint (sampling.max_tokens, ==, 64);
  g_assert_cmpfloat (sampling.top_p, ==, general.top_p);
  sampling = app_conversation_settings_apply (NULL, &general);
  again = app_conversation_settings_apply (NULL, &general);
  g_assert_cmpfloat (sampling.temperature, ==, general.temperature);
  g_assert_cmpuint (sampling.seed, !=, again.seed); /* 0 is none */
}

/* ---- in a conversation ---- */

/* Set before the first turn, they are stored with it; set later, at once. The next turn is asked with them. */
static void
test_conversation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  AppConversationSettings *settings = app_conversation_get_settings (conversation);
  AppPrompt *prompt;
  g_autofree char *stored = NULL;

  app_conversation_settings_set_text (settings, APP_SETTING_INSTRUCTIONS, "Answer in rhymes.");
  app_conversation_settings_set_number (settings, field ("temperature"), 0.125);
  send_text (conversation, "Hello");
  prompt = scripted_engine_get_prompt (fixture->engine);
  g_assert_cmpuint (app_prompt_get_n_messages (prompt), ==, 2);
  g_assert_cmpint (app_prompt_get_role (prompt, 0), ==, APP_ROLE_SYSTEM);
  g_assert_cmpstr (app_prompt_get_text (prompt, 0), ==, "Answer in rhymes.");
  g_assert_cmpfloat (app_prompt_get_sampling (prompt)->temperature, ==, 0.125);
  wait_idle (conversation);
  g_clear_object (&conversation);
  fixture_close (fixture);
  stored = fixture_ask (fixture->path, "SELECT settings FROM conversations");
  g_assert_cmpstr (stored, ==, "{\"instructions\":\"Answer in rhymes.\",\"temperature\":0.125}");

  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  settings = app_conversation_get_settings (conversation);
  g_assert_cmpstr (app_conversation_settings_get_text (settings, APP_SETTING_INSTRUCTIONS), ==, "Answer in rhymes.");
  load (conversation);
  app_conversation_settings_set_text (settings, APP_SETTING_INSTRUCTIONS, "Answer in prose.");
  app_conversation_settings_unset (settings, "temperature");
  send_text (conversation, "Again");
  prompt = scripted_engine_get_prompt (fixture->engine);
  g_assert_cmpstr (app_prompt_get_text (prompt, 0), ==, "Answer in prose.");
  g_assert_cmpfloat (app_prompt_get_sampling (prompt)->temperature, ==, app_sampling_usual ().temperature);
  wait_idle (conversation);
  app_conversation_settings_copy (settings, NULL);
  g_clear_object (&conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT settings IS NULL FROM conversations"), ==, 1);
}

/* What is changed while the first turn is being stored is not lost. */
static void
test_while_storing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) turn = app_turn_new ("Hello", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *stored = NULL;

  app_conversation_send_async (conversation, turn, keep_result, &result);
  app_conversation_settings_set_number (app_conversation_get_settings (conversation), field ("top-k"), 3);
  g_assert_true (app_conversation_send_finish (conversation, wait_result (&result), NULL));
  wait_idle (conversation);
  g_clear_object (&result);
  g_clear_object (&conversation);
  fixture_close (fixture);
  stored = fixture_ask (fixture->path, "SELECT settings FROM conversations");
  g_assert_cmpstr (stored, ==, "{\"top-k\":3}");
}

/* A row that nobody can read does not stop the conversation. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "Hello", "Hello.");

  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_run_sql (fixture->path, "UPDATE conversations SET settings = '{{{'");
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "*settings of conversation 1 are left out*");
  fixture_open (fixture);
  g_test_assert_expected_messages ();
  g_assert_true (app_conversation_settings_is_empty (app_conversation_get_settings (conversation_at (fixture, 0))));
}

static AppPrompt *
make_prompt (AppConversation *conversation, AppMessage *edited, const char *text)
{
  g_autoptr (AppTurn) turn = app_turn_new (text, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  AppPrompt *prompt;

  app_conversation_make_prompt_async (conversation, edited, turn, keep_result, &result);
  prompt = app_conversation_make_prompt_finish (conversation, wait_result (&result), NULL);
  g_assert_nonnull (prompt);
  return prompt;
}

static void
assert_same (AppPrompt *a, AppPrompt *b)
{
  g_assert_cmpuint (app_prompt_get_n_messages (a), ==, app_prompt_get_n_messages (b));
  for (guint i = 0; i < app_prompt_get_n_messages (a); i++) {
    g_assert_cmpint (app_prompt_get_role (a, i), ==, app_prompt_get_role (b, i));
    g_assert_cmpstr (app_prompt_get_attached (a, i), ==, app_prompt_get_attached (b, i));
    g_assert_cmpstr (app_prompt_get_text (a, i), ==, app_prompt_get_text (b, i));
  }
}

/* What would be asked is what is then asked: at the end, and in the place of a note. */
static void
test_make_prompt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "Hello", "Good day.");
  g_autoptr (AppPrompt) next = NULL;
  g_autoptr (AppPrompt) instead = NULL;
  g_autoptr (AppPrompt) empty = NULL;
  g_autoptr (AppTurn) turn = app_turn_new ("Good night", NULL);
  g_autoptr (GAsyncResult) result = NULL;

  app_conversation_settings_set_text (app_conversation_get_settings (conversation), APP_SETTING_INSTRUCTIONS, "Answer in rhymes.");
  next = make_prompt (conversation, NULL, "Again");
  g_assert_cmpuint (n_messages (conversation), ==, 2); /* nothing was sent */
  send_text (conversation, "Again");
  assert_same (next, scripted_engine_get_prompt (fixture->engine));
  g_assert_cmpuint (app_prompt_get_n_messages (next), ==, 4);
  wait_idle (conversation);
  empty = make_prompt (conversation, NULL, "");
  g_assert_cmpuint (app_prompt_get_n_messages (empty), ==, 6); /* the note that is about to be written */
  instead = make_prompt (conversation, message_at (conversation, 0), "Good night");
  app_conversation_edit_async (conversation, message_at (conversation, 0), turn, keep_result, &result);
  g_assert_true (app_conversation_edit_finish (conversation, wait_result (&result), NULL));
  assert_same (instead, scripted_engine_get_prompt (fixture->engine));
  wait_idle (conversation);
}

/* ---- the model ---- */

typedef struct {
  Fixture app;
  AppModels *models;
  AppModel *other; /* installed beside the one that is loaded */
} Lending;

/* Two files in the folder are two models; the scripted engine does not read them. */
static void
set_up_lending (Lending *l, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  const char *models = g_getenv ("MELETE_MODELS");
  g_autofree char *source = g_build_filename (models ? models : "", "smollm2-135m-instruct.gguf", NULL);
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  fixture_set_up (&l->app, data);
  folder = g_build_filename (l->app.folder, "models", NULL);
  path = g_build_filename (folder, "other.gguf", NULL);
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  file = g_file_new_for_path (path);
  g_assert_true (g_file_make_symbolic_link (file, source, NULL, NULL));
  l->models = app_models_new ("/nonexistent.json", folder);
  app_models_refresh_async (l->models, NULL, keep_result, &result);
  app_models_refresh_finish (l->models, wait_result (&result), NULL);
  l->other = app_models_find (l->models, "other");
  g_assert_nonnull (l->other);
  app_engine_set_models (APP_ENGINE (l->app.engine), l->models);
}

static void
tear_down_lending (Lending *l, gconstpointer data)
{
  app_engine_set_models (APP_ENGINE (l->app.engine), NULL);
  g_object_unref (l->models);
  app_engine_unload (APP_ENGINE (l->app.engine));
  fixture_tear_down (&l->app, data);
}

static AppModel *
loaded (Lending *l)
{
  return app_engine_get_model (APP_ENGINE (l->app.engine));
}

/* A conversation's own model is loaded when its turn is sent; the next one without gets the usual one back. */
static void
test_model (Lending *l, gconstpointer data)
{
  g_autoptr (AppConversation) own = app_history_new_conversation (l->app.history);
  g_autoptr (AppConversation) plain = app_history_new_conversation (l->app.history);

  app_conversation_settings_set_text (app_conversation_get_settings (own), APP_SETTING_MODEL, "other");
  g_assert_true (loaded (l) == l->app.model);
  send_text (own, "Hello");
  g_assert_true (loaded (l) == l->other);
  wait_idle (own);
  g_assert_cmpstr (app_message_get_model_name (message_at (own, 1)), ==, app_model_get_name (l->other));
  send_text (own, "Again");
  wait_idle (own);
  send_text (plain, "Hello");
  g_assert_true (loaded (l) == l->app.model);
  wait_idle (plain);
  g_assert_cmpstr (app_message_get_model_name (message_at (plain, 1)), ==, "Scripted 1B");
}

/* What the person then loads by name stays. */
static void
test_model_kept (Lending *l, gconstpointer data)
{
  g_autoptr (AppConversation) own = app_history_new_conversation (l->app.history);
  g_autoptr (AppConversation) plain = app_history_new_conversation (l->app.history);

  app_conversation_settings_set_text (app_conversation_get_settings (own), APP_SETTING_MODEL, "other");
  send_text (own, "Hello");
  wait_idle (own);
  app_engine_load_async (APP_ENGINE (l->app.engine), l->other, NULL, NULL, NULL);
  send_text (plain, "Hello");
  g_assert_true (loaded (l) == l->other);
  wait_idle (plain);
}

/* Nobody's answer is broken off for another conversation's model, and what is not installed is said. */
static void
test_model_refused (Lending *l, gconstpointer data)
{
  g_autoptr (AppConversation) own = app_history_new_conversation (l->app.history);
  g_autoptr (AppConversation) plain = app_history_new_conversation (l->app.history);
  g_autoptr (AppTurn) turn = app_turn_new ("Hello", NULL);
  g_autoptr (GError) error = NULL;
  const Script held = { .text = "For ever", .hold = TRUE };

  scripted_engine_set_script (l->app.engine, &held);
  send_text (plain, "Hello");
  app_conversation_settings_set_text (app_conversation_get_settings (own), APP_SETTING_MODEL, "other");
  g_assert_false (try_send (own, turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_BUSY);
  g_assert_true (loaded (l) == l->app.model);
  g_assert_true (app_conversation_get_busy (plain));
  app_conversation_stop (plain);
  wait_idle (plain);
  g_clear_error (&error);

  app_conversation_settings_set_text (app_conversation_get_settings (own), APP_SETTING_MODEL, "gone");
  g_assert_false (try_send (own, turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_NO_MODEL);
  g_assert_nonnull (strstr (error->message, "gone"));
  g_assert_cmpuint (n_messages (own), ==, 0);
}

#define ADD(path, test) g_test_add ("/app/conversation-settings/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
#define LEND(path, test) g_test_add ("/app/conversation-settings/" path, Lending, NULL, set_up_lending, test, tear_down_lending)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/conversation-settings/round-trip", test_round_trip);
  g_test_add_func ("/app/conversation-settings/wrong", test_wrong);
  g_test_add_func ("/app/conversation-settings/apply", test_apply);
  ADD ("conversation", test_conversation);
  ADD ("while-storing", test_while_storing);
  ADD ("damaged", test_damaged);
  ADD ("make-prompt", test_make_prompt);
  LEND ("model", test_model);
  LEND ("model-kept", test_model_kept);
  LEND ("model-refused", test_model_refused);
  return g_test_run ();
}
