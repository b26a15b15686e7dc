/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the graphics card is used: the trial in another process, with programs that do what drivers do to them; the byte that outlives a
 * crash; and what follows for the next load. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "app-error.h"
#include "app-gpu.h"
#include "app-gpu-trial.h"
#include "app-sentinel.h"
#include "fixture.h"
#include "gpu-fixture.h"

#define WRONG "{\"name\": \"gl\", \"device\": \"Wonder Card\", \"driver\": \"4.6\", \"software\": false, \"nmse\": 0.25, \"error\": \"The backend gl computes wrongly.\"}"
#define REFUSED "{\"name\": \"gl\", \"device\": null, \"driver\": null, \"software\": false, \"nmse\": null, \"error\": \"The driver gives neither OpenGL 4.3 nor OpenGL ES 3.1.\"}"

typedef struct {
  char *folder, *tool, *sentinel;
  AppSettings *settings;
  AppGpu *gpu;
} View;

static void
set_tool (View *v, const char *body)
{
  gpu_fixture_set_tool (v->tool, body);
}

static guint
n_calls (View *v)
{
  return gpu_fixture_n_calls (v->tool);
}

static void
choose (View *v, const char *backend)
{
  g_assert_true (g_settings_set_string (app_settings_get_gsettings (v->settings), "backend", backend));
}

static void
start (View *v)
{
  v->gpu = app_gpu_new (v->settings, v->sentinel);
  app_gpu_set_limit (v->gpu, 20000);
}

static void
set_up (View *v, gconstpointer data)
{
  v->folder = g_dir_make_tmp ("melete-gpu-XXXXXX", NULL);
  v->tool = g_build_filename (v->folder, "melete-engine", NULL);
  v->sentinel = g_build_filename (v->folder, "state", "melete", "gpu-busy", NULL);
  g_setenv ("MELETE_ENGINE", v->tool, TRUE);
  v->settings = app_settings_new (NULL);
  g_assert_nonnull (v->settings);
  choose (v, "automatic");
  start (v);
}

static void
stop (View *v)
{
  app_gpu_close (v->gpu);
  for (int i = 0; i < 5000 && G_OBJECT (v->gpu)->ref_count > 1; i++) { /* a trial that was stopped says so */
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_usleep (1000);
  }
  g_assert_finalize_object (v->gpu);
}

static void
tear_down (View *v, gconstpointer data)
{
  stop (v);
  choose (v, "automatic");
  g_assert_finalize_object (v->settings);
  fixture_delete_folder (v->folder);
  g_free (v->folder);
  g_free (v->tool);
  g_free (v->sentinel);
}

static gboolean
prepare (View *v)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean chosen;

  app_gpu_prepare_async (v->gpu, NULL, keep_result, &result);
  chosen = app_gpu_prepare_finish (v->gpu, wait_result (&result), &error);
  g_assert_no_error (error);
  g_test_message ("%s", app_gpu_get_reason (v->gpu) ? app_gpu_get_reason (v->gpu) : "");
  g_assert_cmpint (chosen, ==, app_gpu_get_chosen (v->gpu));
  return chosen;
}

/* ---- the trial ---- */

static void
test_good (View *v, gconstpointer data)
{
  g_autofree char *status = NULL;

  set_tool (v, GPU_GOOD);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNKNOWN);
  g_assert_true (prepare (v));
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_USABLE);
  g_assert_null (app_gpu_get_reason (v->gpu));
  g_assert_cmpstr (app_gpu_get_device (v->gpu), ==, "Wonder Card 3000/PCIe/SSE2");
  g_assert_cmpstr (app_gpu_get_short_name (v->gpu), ==, "Wonder Card 3000");
  g_assert_cmpstr (app_gpu_get_driver (v->gpu), ==, "4.6 Wonder 1.2");
  g_assert_cmpuint (app_gpu_get_memory (v->gpu), ==, 6442450944);
  status = app_gpu_dup_status (v->gpu);
  g_assert_true (g_str_has_prefix (status, "4.6 Wonder 1.2, 6"));
  /* Once is enough. */
  g_assert_true (prepare (v));
  g_assert_cmpuint (n_calls (v), ==, 1);
}

typedef struct {
  const char *name, *body, *inside;
} Bad;

static const Bad bads[] = {
  { "crash", GPU_CRASHES, "crashed" },
  { "crash-after", GPU_GOOD GPU_CRASHES, "crashed" },
  { "silent", "exit 0\n", "without a result" },
  { "garbage", "head -c 5000 /dev/urandom\n", "without a result" },
  { "endless", "exec cat /dev/zero\n", "without a result" },
  { "half", "printf '{\"device\": \"Wonder\"'\n", "without a result" },
  { "list", "echo '[1, 2]'\n", "without a result" },
  { "no-numbers", "echo '{\"device\": \"Wonder\", \"error\": null}'\n", "without a result" },
  { "odd-types", "echo '{\"device\": [1], \"driver\": {}, \"memory\": \"x\", \"nmse\": 0, \"software\": 3, \"error\": null}'\n", "without a result" },
  { "wrong", GPU_SAYS (WRONG) "exit 1\n", "computes wrongly" },
  { "refused", GPU_SAYS (REFUSED) "exit 1\n", "neither OpenGL 4.3 nor" },
};

static void
test_bad (View *v, gconstpointer data)
{
  const Bad *bad = data;
  g_autofree char *status = NULL;

  set_tool (v, bad->body);
  g_assert_false (prepare (v));
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNUSABLE);
  g_test_message ("%s", app_gpu_get_reason (v->gpu));
  g_assert_nonnull (strstr (app_gpu_get_reason (v->gpu), bad->inside));
  status = app_gpu_dup_status (v->gpu);
  g_assert_nonnull (strstr (status, app_gpu_get_reason (v->gpu)));
  /* Not at every load; but when the person wants it. */
  g_assert_false (prepare (v));
  g_assert_cmpuint (n_calls (v), ==, 1);
  set_tool (v, GPU_GOOD);
  g_assert_true (app_gpu_can_try_again (v->gpu));
  app_gpu_try_again (v->gpu);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_TRYING);
  g_assert_true (prepare (v));
  g_assert_cmpuint (n_calls (v), ==, 2);
  g_assert_false (app_gpu_can_try_again (v->gpu));
}

static void
test_hangs (View *v, gconstpointer data)
{
  set_tool (v, "exec sleep 1000\n");
  app_gpu_set_limit (v->gpu, 200);
  g_assert_false (prepare (v));
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNUSABLE);
  g_assert_nonnull (strstr (app_gpu_get_reason (v->gpu), "did not answer"));
}

static void
test_missing (View *v, gconstpointer data)
{
  g_assert_false (prepare (v));
  g_assert_nonnull (strstr (app_gpu_get_reason (v->gpu), v->tool));
  g_assert_nonnull (strstr (app_gpu_get_reason (v->gpu), "MELETE_ENGINE"));
}

/* The one that was built beside this test, and what it really says here. */
static void
test_real (View *v, gconstpointer data)
{
  g_autofree char *found = NULL;
  g_autofree char *out = NULL;
  g_autoptr (GSubprocess) process = NULL;

  g_unsetenv ("MELETE_ENGINE");
  found = app_gpu_trial_find_tool (NULL);
  g_assert_nonnull (found);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, found, "try", "--json", NULL);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, NULL));
  set_tool (v, "cat \"$(dirname \"$0\")/answer\"\n");
  g_autofree char *answer = g_build_filename (v->folder, "answer", NULL);
  g_assert_true (g_file_set_contents (answer, out, -1, NULL));
  g_setenv ("MELETE_ENGINE", v->tool, TRUE);
  g_assert_true (prepare (v)); /* that of the processor: the same form */
  g_assert_cmpstr (app_gpu_get_device (v->gpu), !=, "");
}

/* Several that ask at the same time wait for the same trial; one that gives up is answered, and the others too. */
static void
test_together (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL, second = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  set_tool (v, GPU_GOOD);
  app_gpu_prepare_async (v->gpu, cancellable, keep_result, &first);
  app_gpu_prepare_async (v->gpu, NULL, keep_result, &second);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_TRYING);
  g_cancellable_cancel (cancellable);
  g_assert_false (app_gpu_prepare_finish (v->gpu, wait_result (&first), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (app_gpu_prepare_finish (v->gpu, wait_result (&second), NULL));
  g_assert_cmpuint (n_calls (v), ==, 1);
}

/* …at once, however long the driver takes. */
static void
test_cancel (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  set_tool (v, "exec sleep 1000\n");
  app_gpu_prepare_async (v->gpu, cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_false (app_gpu_prepare_finish (v->gpu, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_TRYING);
}

/* ---- what the person chose ---- */

static void
count (gpointer object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_backend (View *v, gconstpointer data)
{
  g_autofree char *status = NULL;
  static guint n; /* closing notifies once more, when this function has ended */

  n = 0;
  g_signal_connect (v->gpu, "notify::chosen", G_CALLBACK (count), &n);
  set_tool (v, GPU_GOOD);
  choose (v, "cpu");
  g_assert_cmpint (app_gpu_get_backend (v->gpu), ==, APP_BACKEND_CPU);
  g_assert_false (prepare (v));
  g_assert_cmpuint (n_calls (v), ==, 0); /* not even touched */
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNKNOWN);
  choose (v, "automatic");
  g_assert_false (app_gpu_get_chosen (v->gpu)); /* nobody knows */
  g_assert_true (app_gpu_get_undecided (v->gpu));
  g_assert_true (prepare (v));
  g_assert_cmpuint (n, ==, 1);
  choose (v, "cpu");
  g_assert_cmpuint (n, ==, 2);
  g_assert_false (app_gpu_get_chosen (v->gpu));
  status = app_gpu_dup_status (v->gpu);
  g_assert_cmpstr (status, ==, "Not used: the processor was chosen.");
  choose (v, "gpu");
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (app_gpu_get_chosen (v->gpu));
}

static void
test_software (View *v, gconstpointer data)
{
  g_autofree char *status = NULL;

  set_tool (v, GPU_SOFTWARE);
  g_assert_false (prepare (v));
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_USABLE);
  g_assert_true (app_gpu_get_software (v->gpu));
  g_assert_cmpstr (app_gpu_get_short_name (v->gpu), ==, "llvmpipe");
  status = app_gpu_dup_status (v->gpu);
  g_assert_nonnull (strstr (status, "Not used by itself"));
  choose (v, "gpu");
  g_assert_true (app_gpu_get_chosen (v->gpu));
}

/* Who does not want to wait for a driver chooses the processor, and what is loaded goes on at once. */
static void
test_give_up (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  set_tool (v, "exec sleep 1000\n");
  app_gpu_prepare_async (v->gpu, NULL, keep_result, &result);
  g_assert_null (result);
  choose (v, "cpu");
  g_assert_false (app_gpu_prepare_finish (v->gpu, wait_result (&result), &error));
  g_assert_no_error (error);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_TRYING);
}

static void
test_failed (View *v, gconstpointer data)
{
  g_autofree char *status = NULL;

  set_tool (v, GPU_GOOD);
  choose (v, "gpu");
  g_assert_true (prepare (v));
  app_gpu_fail (v->gpu, "The device was lost.");
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_FAILED);
  g_assert_cmpstr (app_gpu_get_reason (v->gpu), ==, "The device was lost.");
  status = app_gpu_dup_status (v->gpu);
  g_assert_nonnull (strstr (status, "The device was lost."));
  g_assert_false (prepare (v));
  g_assert_cmpuint (n_calls (v), ==, 1);
  app_gpu_try_again (v->gpu);
  g_assert_true (prepare (v));
  g_assert_cmpuint (n_calls (v), ==, 2);
  /* Only for this start. */
  app_gpu_fail (v->gpu, "The device was lost.");
  stop (v);
  start (v);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNKNOWN);
}

/* ---- the sentinel ---- */

/* Another process that works, once its byte has that value. (transfer full) */
static GSubprocess *
start_child (View *v, const char *byte)
{
  g_autofree char *child = g_test_build_filename (G_TEST_BUILT, "gpu-child", NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, child, v->sentinel, byte, NULL);
  char line[6];

  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (g_subprocess_get_stdout_pipe (process), line, sizeof line, NULL, NULL, NULL));
  g_assert_cmpmem (line, sizeof line, "ready\n", 6);
  return process;
}

static void
kill_child (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGKILL);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
}

static void
test_crashed (View *v, gconstpointer data)
{
  g_autoptr (GSubprocess) child = NULL;
  g_autofree char *status = NULL;

  set_tool (v, GPU_GOOD);
  stop (v);
  child = start_child (v, "1");
  kill_child (child);
  start (v);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_DISABLED);
  g_assert_true (app_gpu_get_crashed (v->gpu));
  status = app_gpu_dup_status (v->gpu);
  g_assert_true (g_str_has_prefix (status, "Off: "));
  g_assert_false (prepare (v));
  choose (v, "gpu");
  g_assert_false (prepare (v));
  g_assert_cmpuint (n_calls (v), ==, 0);
  /* Still so after another start, which has nothing new to tell. */
  stop (v);
  start (v);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_DISABLED);
  g_assert_false (app_gpu_get_crashed (v->gpu));
  /* Until it is turned on again, which stays so too. */
  app_gpu_try_again (v->gpu);
  g_assert_true (prepare (v));
  stop (v);
  start (v);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNKNOWN);
}

/* Killed at another moment: no fault of the driver's. */
static void
test_killed_idle (View *v, gconstpointer data)
{
  g_autoptr (GSubprocess) child = NULL;

  stop (v);
  child = start_child (v, "0");
  kill_child (child);
  start (v);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNKNOWN);
}

/* A second process that is at work has not crashed; when it then does, the next start knows, whoever else runs. */
static void
test_living (View *v, gconstpointer data)
{
  g_autoptr (GSubprocess) child = start_child (v, "1"), other = NULL;
  AppGpu *second;

  stop (v);
  start (v);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNKNOWN);
  *app_gpu_get_sentinel (v->gpu) = 1; /* at work too */
  other = start_child (v, "0");
  kill_child (other);
  second = app_gpu_new (v->settings, v->sentinel);
  g_assert_cmpint (app_gpu_get_state (second), ==, APP_GPU_UNKNOWN);
  g_assert_true (app_gpu_get_sentinel (second) != app_gpu_get_sentinel (v->gpu));
  g_assert_finalize_object (second);
  kill_child (child);
  second = app_gpu_new (v->settings, v->sentinel);
  g_assert_cmpint (app_gpu_get_state (second), ==, APP_GPU_DISABLED);
  g_assert_finalize_object (second);
}

/* Who quits while the driver works, or hangs, has not crashed, and what it writes afterwards is nobody's. */
static void
test_orderly (View *v, gconstpointer data)
{
  g_autofree char *child = g_test_build_filename (G_TEST_BUILT, "gpu-child", NULL);
  g_autoptr (GSubprocess) process = NULL;

  stop (v);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, child, v->sentinel, "1", "end", NULL);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
  start (v);
  g_assert_cmpint (app_gpu_get_state (v->gpu), ==, APP_GPU_UNKNOWN);
}

/* More processes than there are bytes: the last ones compute on the processor, and say why. Files that are no file of ours do no harm. */
static void
test_files (View *v, gconstpointer data)
{
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func ((GDestroyNotify) app_sentinel_close);
  g_autoptr (GError) error = NULL;
  g_autofree char *junk = g_build_filename (v->folder, "junk", NULL);
  AppSentinel *sentinel;

  while ((sentinel = app_sentinel_open (v->sentinel, &error)))
    g_ptr_array_add (many, sentinel);
  g_assert_cmpuint (many->len, ==, 15); /* and that of v->gpu */
  g_assert_error (error, APP_ERROR, APP_ERROR_FAILED);
  g_clear_error (&error);
  for (guint i = 0; i < many->len; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpuint (app_sentinel_get_byte (many->pdata[i]) - (guint8 *) NULL, !=, app_sentinel_get_byte (many->pdata[j]) - (guint8 *) NULL);

  g_assert_true (g_file_set_contents (junk, "x", 1, NULL));
  sentinel = app_sentinel_open (junk, &error);
  g_assert_no_error (error);
  g_assert_true (app_sentinel_get_tripped (sentinel));
  g_assert_false (app_sentinel_get_tripped_now (sentinel));
  app_sentinel_close (sentinel);

  g_assert_null (app_sentinel_open (v->folder, &error));
  g_assert_nonnull (strstr (error->message, v->folder));
}

static void
test_no_file (View *v, gconstpointer data)
{
  g_autofree char *below = g_build_filename (v->tool, "gpu-busy", NULL); /* below a file */
  AppGpu *gpu;

  set_tool (v, GPU_GOOD);
  gpu = app_gpu_new (v->settings, below);
  g_assert_cmpint (app_gpu_get_state (gpu), ==, APP_GPU_UNUSABLE);
  g_assert_nonnull (strstr (app_gpu_get_reason (gpu), below));
  g_assert_null (app_gpu_get_sentinel (gpu));
  app_gpu_try_again (gpu);
  g_assert_cmpint (app_gpu_get_state (gpu), ==, APP_GPU_UNUSABLE);
  g_assert_cmpuint (n_calls (v), ==, 0);
  g_assert_finalize_object (gpu);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/app/gpu/good", test_good },
    { "/app/gpu/hangs", test_hangs },
    { "/app/gpu/missing", test_missing },
    { "/app/gpu/real", test_real },
    { "/app/gpu/together", test_together },
    { "/app/gpu/cancel", test_cancel },
    { "/app/gpu/backend", test_backend },
    { "/app/gpu/software", test_software },
    { "/app/gpu/give-up", test_give_up },
    { "/app/gpu/failed", test_failed },
    { "/app/gpu/crashed", test_crashed },
    { "/app/gpu/killed-idle", test_killed_idle },
    { "/app/gpu/living", test_living },
    { "/app/gpu/orderly", test_orderly },
    { "/app/gpu/files", test_files },
    { "/app/gpu/no-file", test_no_file },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (bads); i++) {
    g_autofree char *path = g_strdup_printf ("/app/gpu/bad/%s", bads[i].name);

    g_test_add (path, View, &bads[i], set_up, test_bad, tear_down);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
