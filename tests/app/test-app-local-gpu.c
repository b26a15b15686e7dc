/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine of this process on the graphics card, with a small random model: where a load goes, a card that fails in the middle of an answer, a
 * setting that changes. A program says that the card is one; the driver is what this machine has. */
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "gl/gl.h"
#include "gpu-fixture.h"
#include "tiny-model.h"

#include "app-model-private.h"
#include "app-rest.h"
#include "app-speed-test.h"

typedef struct {
  char *folder, *tool, *sentinel, *path;
  AppSettings *settings;
  AppGpu *gpu;
  AppEngine *local, *remote, *engine; /* the last in front of both, as in the application */
  AppModel *model;
  AppRest *rest;
} View;

static void
choose (View *v, const char *backend)
{
  g_assert_true (g_settings_set_string (app_settings_get_gsettings (v->settings), "backend", backend));
}

static void
set_up (View *v, gconstpointer data)
{
  const TinyModel options = { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 7 };
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();

  v->folder = g_dir_make_tmp ("melete-gpu-XXXXXX", NULL);
  v->tool = g_build_filename (v->folder, "melete-engine", NULL);
  v->sentinel = g_build_filename (v->folder, "gpu-busy", NULL);
  v->path = tiny_model_write (&options);
  gpu_fixture_set_tool (v->tool, GPU_GOOD);
  v->settings = app_settings_new (NULL);
  choose (v, "automatic");
  v->gpu = app_gpu_new (v->settings, v->sentinel);
  v->local = app_local_engine_new (v->settings, v->gpu);
  v->remote = app_remote_engine_new ();
  v->engine = app_router_engine_new (v->local, v->remote);
  v->rest = app_rest_new (v->engine, NULL);
  v->model = app_model_new (facts);
  app_model_set_path (v->model, v->path, FALSE);
}

/* Worker threads let go of it, which wakes nobody. */
static void
wait_alone (gpointer object)
{
  for (int i = 0; i < 20000 && G_OBJECT (object)->ref_count > 1; i++) {
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_usleep (1000);
  }
}

static void
tear_down (View *v, gconstpointer data)
{
  engine_gl_inject (ENGINE_GL_FAULT_NONE, 0);
  g_assert_finalize_object (v->rest);
  app_engine_unload (v->engine);
  wait_alone (v->engine);
  g_assert_finalize_object (v->engine);
  wait_alone (v->local);
  g_assert_finalize_object (v->local);
  g_assert_finalize_object (v->remote);
  app_gpu_close (v->gpu);
  wait_alone (v->gpu);
  g_assert_finalize_object (v->gpu);
  choose (v, "automatic");
  g_assert_finalize_object (v->settings);
  g_object_unref (v->model);
  g_unlink (v->path);
  fixture_delete_folder (v->folder);
  g_free (v->folder);
  g_free (v->tool);
  g_free (v->sentinel);
  g_free (v->path);
}

static void
load_model (View *v)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_engine_load_async (v->engine, v->model, NULL, keep_result, &result);
  app_engine_load_finish (v->engine, wait_result (&result), &error);
  g_assert_no_error (error);
}

typedef struct {
  GString *text;
  char *moved; /* the sentence */
  guint n_moved;
  AppCompletion *completion;
} Answer;

static void
on_text (AppCompletion *completion, const char *piece, Answer *answer)
{
  g_string_append (answer->text, piece);
}

static void
on_moved (AppCompletion *completion, const char *reason, Answer *answer)
{
  answer->moved = g_strdup (reason);
  answer->n_moved++;
}

static Answer *
begin (View *v)
{
  const AppSampling greedy = { .top_p = 1, .repeat_penalty = 1, .max_tokens = 24 };
  g_autoptr (AppPrompt) prompt = app_prompt_new (&greedy);
  Answer *answer = g_new0 (Answer, 1);

  app_prompt_add (prompt, APP_ROLE_USER, NULL, "Where do the mallards swim?");
  answer->text = g_string_new (NULL);
  answer->completion = app_engine_complete (v->engine, prompt, NULL);
  g_assert_nonnull (answer->completion);
  g_signal_connect (answer->completion, "text", G_CALLBACK (on_text), answer);
  g_signal_connect (answer->completion, "moved", G_CALLBACK (on_moved), answer);
  app_completion_start (answer->completion);
  return answer;
}

static const AppStats *
finish (Answer *answer)
{
  WAIT_UNTIL (app_completion_get_finished (answer->completion));
  g_assert_null (app_completion_get_error (answer->completion));
  g_assert_cmpuint (answer->text->len, >, 0);
  return app_completion_get_stats (answer->completion);
}

static void
answer_free (Answer *answer)
{
  g_object_unref (answer->completion);
  g_string_free (answer->text, TRUE);
  g_free (answer->moved);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

/* The whole model has room, and the figures say where the answer was made. */
static void
test_there (View *v, gconstpointer data)
{
  g_autoptr (Answer) answer = NULL;
  AppPlace place;

  load_model (v);
  place = app_engine_get_place (v->engine);
  g_assert_cmpint (place.n_layers, ==, 2);
  g_assert_cmpint (place.gpu_layers, ==, 2);
  g_assert_cmpstr (place.device, ==, "Wonder Card 3000");
  g_assert_false (app_engine_is_misplaced (v->engine));
  answer = begin (v);
  place = finish (answer)->place;
  g_assert_cmpint (place.n_layers, ==, 2);
  g_assert_cmpint (place.gpu_layers, ==, 2);
  g_assert_cmpstr (place.device, ==, "Wonder Card 3000");
  g_assert_cmpuint (*app_gpu_get_sentinel (v->gpu), ==, 0);
  g_assert_cmpuint (answer->n_moved, ==, 0);
}

/* A trial that fails costs nothing but the card. */
static void
test_not_there (View *v, gconstpointer data)
{
  g_autoptr (Answer) answer = NULL;
  AppPlace place;

  gpu_fixture_set_tool (v->tool, GPU_CRASHES);
  load_model (v);
  place = app_engine_get_place (v->engine);
  g_assert_cmpint (place.n_layers, ==, 2);
  g_assert_cmpint (place.gpu_layers, ==, 0);
  g_assert_null (place.device);
  answer = begin (v);
  g_assert_cmpint (finish (answer)->place.gpu_layers, ==, 0);
  g_assert_nonnull (app_gpu_get_reason (v->gpu));
}

/* Chosen while it is loaded: it goes, and the next load is in the other place; and an answer under way ends first. */
static void
test_setting (View *v, gconstpointer data)
{
  g_autoptr (Answer) answer = NULL;

  load_model (v);
  answer = begin (v);
  choose (v, "cpu");
  g_assert_true (app_engine_is_misplaced (v->engine));
  g_assert_cmpint (finish (answer)->place.gpu_layers, ==, 2);
  WAIT_UNTIL (app_engine_get_state (v->engine) == APP_ENGINE_NONE);
  load_model (v);
  g_assert_cmpint (app_engine_get_place (v->engine).gpu_layers, ==, 0);
  choose (v, "gpu");
  WAIT_UNTIL (app_engine_get_state (v->engine) == APP_ENGINE_NONE);
  load_model (v);
  g_assert_cmpint (app_engine_get_place (v->engine).gpu_layers, ==, 2);
  g_assert_cmpuint (gpu_fixture_n_calls (v->tool), ==, 1);
}

/* Loaded before anybody knew the card: as soon as that is wanted and works, the model goes there. */
static void
test_late (View *v, gconstpointer data)
{
  choose (v, "cpu");
  load_model (v);
  g_assert_cmpint (app_engine_get_place (v->engine).gpu_layers, ==, 0);
  g_assert_cmpuint (gpu_fixture_n_calls (v->tool), ==, 0);
  choose (v, "automatic");
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_TRYING);
  g_assert_false (app_engine_is_misplaced (v->engine));
  WAIT_UNTIL (app_engine_get_state (v->engine) == APP_ENGINE_NONE);
  g_assert_true (app_gpu_get_chosen (v->gpu));
}

/* The card fails in the middle of two answers: both go on, everybody knows, and from then on the processor is used, until it is tried again. */
static void
test_fails (View *v, gconstpointer data)
{
  g_autoptr (Answer) first = NULL, second = NULL, third = NULL;
  AppPlace place;

  load_model (v);
  first = begin (v);
  second = begin (v);
  WAIT_UNTIL (first->text->len > 0);
  engine_gl_inject (ENGINE_GL_FAULT_RESET, 0);
  place = finish (first)->place;
  finish (second);
  g_assert_cmpuint (first->n_moved, ==, 1);
  g_assert_cmpstr (first->moved, !=, "");
  g_assert_cmpint (place.n_layers, ==, 2);
  g_assert_cmpint (place.gpu_layers, ==, 0);
  g_assert_null (place.device);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_FAILED);
  g_assert_cmpstr (app_gpu_get_reason (v->gpu), ==, first->moved);
  /* It is where it belongs now. */
  g_assert_false (app_engine_is_misplaced (v->engine));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (app_engine_get_state (v->engine), ==, APP_ENGINE_READY);
  third = begin (v);
  g_assert_cmpint (finish (third)->place.gpu_layers, ==, 0);
  g_assert_cmpuint (third->n_moved, ==, 0);
  app_gpu_try_again (v->gpu);
  WAIT_UNTIL (app_engine_get_state (v->engine) == APP_ENGINE_NONE);
  load_model (v);
  g_assert_cmpint (app_engine_get_place (v->engine).gpu_layers, ==, 2);
  g_assert_cmpuint (gpu_fixture_n_calls (v->tool), ==, 2);
}

/* Another one that does not want to wait for a slow driver: the load is stopped, or goes to the processor. */
static void
test_waiting (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL, other = NULL;
  g_autoptr (GError) error = NULL;

  gpu_fixture_set_tool (v->tool, "exec sleep 1000\n");
  app_engine_load_async (v->engine, v->model, NULL, keep_result, &result);
  app_engine_unload (v->engine);
  g_assert_false (app_engine_load_finish (v->engine, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_TRYING);
  app_engine_load_async (v->engine, v->model, NULL, keep_result, &other);
  choose (v, "cpu");
  g_assert_true (app_engine_load_finish (v->engine, wait_result (&other), NULL));
  g_assert_cmpint (app_engine_get_place (v->engine).gpu_layers, ==, 0);
}

/* How fast a model is that is not loaded, is measured where it would be. */
static void
test_speed (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL, second = NULL;

  engine_gl_inject (ENGINE_GL_FAULT_RESET, 1000000); /* far away: it counts what OpenGL does */
  app_speed_test_async (v->engine, v->model, NULL, keep_result, &first);
  g_assert_cmpfloat (app_speed_test_finish (v->engine, wait_result (&first), NULL), >, 0);
  g_assert_cmpint (engine_gl_injected (), <, 1000000);
  g_assert_cmpuint (gpu_fixture_n_calls (v->tool), ==, 1);
  choose (v, "cpu");
  engine_gl_inject (ENGINE_GL_FAULT_RESET, 1000000);
  app_speed_test_async (v->engine, v->model, NULL, keep_result, &second);
  g_assert_cmpfloat (app_speed_test_finish (v->engine, wait_result (&second), NULL), >, 0);
  g_assert_cmpint (engine_gl_injected (), ==, 1000000);
}

#define ADD(path, test) g_test_add ("/app/local-gpu/" path, View, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("there", test_there);
  ADD ("not-there", test_not_there);
  ADD ("setting", test_setting);
  ADD ("late", test_late);
  ADD ("fails", test_fails);
  ADD ("waiting", test_waiting);
  ADD ("speed", test_speed);
  return g_test_run ();
}
