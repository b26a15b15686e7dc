/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-error.h"
#include "app-models.h"
#include "app-rest.h"
#include "app-speed-test.h"
#include "fixture.h"
#include "hub-server.h"

/* ---- a monitor that says what it is told ---- */

typedef struct {
  GObject parent;
} Monitor;
typedef struct {
  GObjectClass parent_class;
} MonitorClass;

static GType monitor_get_type (void);
static void
monitor_initable_init (GInitableIface *interface)
{
}
static void
monitor_interface_init (GMemoryMonitorInterface *interface)
{
}
static void
monitor_class_init (MonitorClass *klass)
{
}
static void
monitor_init (Monitor *self)
{
}
G_DEFINE_TYPE_WITH_CODE (Monitor, monitor, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, monitor_initable_init)
                         G_IMPLEMENT_INTERFACE (G_TYPE_MEMORY_MONITOR, monitor_interface_init))

/* ---- */

typedef struct {
  Fixture app;
  AppEngine *engine;
  Monitor *monitor;
  AppRest *rest;
} Rest;

static gint64 now;

static gint64
tell_now (void)
{
  return now;
}

static void
set_up (Rest *rest, gconstpointer data)
{
  fixture_set_up (&rest->app, NULL);
  rest->engine = APP_ENGINE (rest->app.engine);
  rest->monitor = g_object_new (monitor_get_type (), NULL);
  rest->rest = app_rest_new (rest->engine, G_MEMORY_MONITOR (rest->monitor));
  now = 1000;
  app_rest_set_clock (rest->rest, tell_now);
}

static void
tear_down (Rest *rest, gconstpointer data)
{
  g_assert_finalize_object (rest->rest);
  g_assert_finalize_object (rest->monitor);
  fixture_tear_down (&rest->app, NULL);
}

static void
load_model (Rest *rest)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_engine_load_async (rest->engine, rest->app.model, NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (rest->engine, wait_result (&result), NULL));
}

static void
pass (Rest *rest, int minutes)
{
  now += (gint64) minutes * 60 * G_USEC_PER_SEC;
  app_rest_check (rest->rest);
}

static void
warn (Rest *rest)
{
  g_signal_emit_by_name (rest->monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_MEDIUM);
}

/* After a quarter of an hour without an answer it goes, and the next load counts anew. */
static void
test_idle (Rest *rest, gconstpointer data)
{
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);
  pass (rest, 14);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);
  pass (rest, 1);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_NONE);
  load_model (rest);
  pass (rest, 14);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);
}

/* An answer counts as use, however long it takes; the time begins when it has ended. */
static void
test_answer (Rest *rest, gconstpointer data)
{
  static const Script holding = { .text = "Well", .hold = TRUE };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (rest->app.history);

  scripted_engine_set_script (rest->app.engine, &holding);
  send_text (conversation, "Hello");
  WAIT_UNTIL (app_engine_get_busy (rest->engine));
  pass (rest, 100);
  warn (rest);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_assert_false (app_engine_get_busy (rest->engine));
  pass (rest, 14);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);
  pass (rest, 1);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_NONE);
}

/* A model that belongs to another place goes at once, but not from under an answer, nor from under somebody who waits for one. */
static void
test_misplaced (Rest *rest, gconstpointer data)
{
  static const Script holding = { .text = "Well", .hold = TRUE };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (rest->app.history);

  g_object_set (rest->rest, "minutes", 0, NULL);
  scripted_engine_set_misplaced (rest->app.engine, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);

  scripted_engine_set_script (rest->app.engine, &holding);
  send_text (conversation, "Hello");
  WAIT_UNTIL (app_engine_get_busy (rest->engine));
  scripted_engine_set_misplaced (rest->app.engine, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  WAIT_UNTIL (app_engine_get_state (rest->engine) == APP_ENGINE_NONE);

  /* Loaded to the wrong place, because what was wanted changed meanwhile: who waited for it is answered. */
  scripted_engine_hold_load (rest->app.engine);
  app_engine_load_async (rest->engine, rest->app.model, NULL, NULL, NULL);
  send_text (conversation, "Hello again");
  scripted_engine_set_misplaced (rest->app.engine, TRUE);
  scripted_engine_release_load (rest->app.engine);
  scripted_engine_finish_load (rest->app.engine, NULL);
  WAIT_UNTIL (app_engine_get_busy (rest->engine));
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, n_messages (conversation) - 1)), ==, APP_MESSAGE_STOPPED);
  WAIT_UNTIL (app_engine_get_state (rest->engine) == APP_ENGINE_NONE);
}

static void
test_never (Rest *rest, gconstpointer data)
{
  g_object_set (rest->rest, "minutes", 0, NULL);
  pass (rest, 10000);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_READY);
  g_object_set (rest->rest, "minutes", 1, NULL);
  pass (rest, 0);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_NONE);
}

/* A shortage does not wait for the time. */
static void
test_pressure (Rest *rest, gconstpointer data)
{
  warn (rest);
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_NONE);
  warn (rest); /* there is nothing left to let go */
  g_assert_cmpint (app_engine_get_state (rest->engine), ==, APP_ENGINE_NONE);
}

/* A completion that is dropped before it began leaves the engine free. */
static void
test_busy (Rest *rest, gconstpointer data)
{
  AppSampling sampling = { .top_p = 1, .repeat_penalty = 1 };
  g_autoptr (AppPrompt) prompt = app_prompt_new (&sampling);
  AppCompletion *completion;

  app_prompt_add (prompt, APP_ROLE_USER, NULL, "Hello");
  completion = app_engine_complete (rest->engine, prompt, NULL);
  g_assert_true (app_engine_get_busy (rest->engine));
  g_object_unref (completion);
  g_assert_false (app_engine_get_busy (rest->engine));
}

/* The loaded model answers for its speed; not beside another answer. */
static void
test_speed (Rest *rest, gconstpointer data)
{
  static const Script holding = { .text = "Well", .hold = TRUE }, plain = { .text = "A garden wants rain." };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (rest->app.history);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  double speed;

  scripted_engine_set_script (rest->app.engine, &plain);
  app_speed_test_async (rest->engine, rest->app.model, NULL, keep_result, &result);
  speed = app_speed_test_finish (rest->engine, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (speed, >, 0);
  g_assert_cmpfloat (app_model_get_speed (rest->app.model), ==, speed);
  g_clear_object (&result);

  scripted_engine_set_script (rest->app.engine, &holding);
  send_text (conversation, "Hello");
  WAIT_UNTIL (app_engine_get_busy (rest->engine));
  app_speed_test_async (rest->engine, rest->app.model, NULL, keep_result, &result);
  g_assert_cmpfloat (app_speed_test_finish (rest->engine, wait_result (&result), &error), ==, 0);
  g_assert_error (error, APP_ERROR, APP_ERROR_BUSY);
  app_conversation_stop (conversation);
  wait_idle (conversation);
}

/* One that is not loaded is tried out beside the one that is. */
static void
test_speed_beside (Rest *rest, gconstpointer data)
{
  g_autofree char *directory = g_build_filename (rest->app.folder, "models", NULL);
  g_autofree char *path = g_build_filename (rest->app.folder, "tiny.gguf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) bytes = hub_server_golden ("qwen3");
  g_autoptr (AppModels) models = app_models_new ("/nonexistent", directory);
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppModel) model = NULL;
  double speed;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL));
  app_models_add_file_async (models, file, TRUE, NULL, keep_result, &added);
  model = app_models_add_file_finish (models, wait_result (&added), &error);
  g_assert_no_error (error);
  app_speed_test_async (rest->engine, model, NULL, keep_result, &result);
  speed = app_speed_test_finish (rest->engine, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (speed, >, 0);
  g_assert_cmpfloat (app_model_get_speed (model), ==, speed);
  g_assert_true (app_engine_get_model (rest->engine) == rest->app.model);
  g_clear_object (&result);

  g_assert_true (g_file_set_contents (app_model_get_path (model), "broken", -1, NULL));
  app_speed_test_async (rest->engine, model, NULL, keep_result, &result);
  g_assert_cmpfloat (app_speed_test_finish (rest->engine, wait_result (&result), &error), ==, 0);
  g_assert_error (error, APP_ERROR, APP_ERROR_ENGINE);
}

/* The history knows how quickly each model answered. */
static void
test_history (Rest *rest, gconstpointer data)
{
  static const Script plain = { .text = "A garden wants rain, and patience, and a fence against the deer, and again rain." };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (rest->app.history);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) speeds = NULL;
  const double *speed;

  scripted_engine_set_script (rest->app.engine, &plain);
  send_text (conversation, "Hello");
  wait_idle (conversation);
  app_history_get_speeds_async (rest->app.history, NULL, keep_result, &result);
  speeds = app_history_get_speeds_finish (rest->app.history, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (speeds), ==, 1);
  speed = g_hash_table_lookup (speeds, app_model_get_name (rest->app.model));
  g_assert_nonnull (speed);
  g_assert_cmpfloat_with_epsilon (*speed, app_message_get_stats (message_at (conversation, 1))->tokens_per_second, 1e-6);
}

#define ADD(path, test) g_test_add ("/app/rest/" path, Rest, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("idle", test_idle);
  ADD ("answer", test_answer);
  ADD ("misplaced", test_misplaced);
  ADD ("never", test_never);
  ADD ("pressure", test_pressure);
  ADD ("busy", test_busy);
  ADD ("speed", test_speed);
  ADD ("speed-beside", test_speed_beside);
  ADD ("history", test_history);
  return g_test_run ();
}
