/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-gpu-trial.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "app-error.h"

/* The tool's result is one line. */
#define MOST_BYTES 16384

/* One trial under way, the data of its task. Each pending call holds the task. */
typedef struct {
  GSubprocess *process;
  char out[MOST_BYTES + 1];
  gsize n_out;
  guint limit_ms, timer;
} Run;

static void
run_free (Run *run)
{
  g_clear_handle_id (&run->timer, g_source_remove);
  g_clear_object (&run->process);
  g_free (run);
}

void
app_gpu_trial_free (AppGpuTrial *trial)
{
  g_free (trial->device);
  g_free (trial->driver);
  g_free (trial->why_not);
  g_free (trial);
}

/* Takes `why_not`. */
static AppGpuTrial *
trial_new (char *why_not)
{
  AppGpuTrial *trial = g_new0 (AppGpuTrial, 1);

  trial->device = g_strdup ("");
  trial->driver = g_strdup ("");
  trial->why_not = why_not;
  return trial;
}

/* ---- finding it ---- */

char *
app_gpu_trial_find_tool (GError **error)
{
  /* Beside a program that runs out of its build directory: ui/melete, tests/<room>/<test>. */
  static const char *const beside[] = { "melete-engine", "../engine/tool/melete-engine", "../../engine/tool/melete-engine" };
  const char *named = g_getenv ("MELETE_ENGINE");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname (self) : NULL;

  if (named && *named) {
    if (access (named, X_OK) == 0)
      return g_strdup (named);
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The program that tries the graphics card is not at “%s”, where MELETE_ENGINE says. Correct or unset that variable."), named);
    return NULL;
  }
  if (access (APP_BINDIR "/melete-engine", X_OK) == 0)
    return g_strdup (APP_BINDIR "/melete-engine");
  for (gsize i = 0; folder && i < G_N_ELEMENTS (beside); i++) {
    g_autofree char *path = g_build_filename (folder, beside[i], NULL);
    if (access (path, X_OK) == 0)
      return g_steal_pointer (&path);
  }
  g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The program “%s”, which tries the graphics card, is missing. Install Melete again."), APP_BINDIR "/melete-engine");
  return NULL;
}

/* ---- what it said ---- */

static char *
dup_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return g_strdup (node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "");
}

/* NULL: it is no result. A sentence of the engine comes from another process, as it stands in the source where it has no numbers. */
static AppGpuTrial *
read_result (const char *text)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  g_autofree char *error = NULL;
  JsonObject *object;
  JsonNode *nmse, *memory, *software;
  AppGpuTrial *trial;

  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  object = json_node_get_object (root);
  nmse = json_object_get_member (object, "nmse");
  memory = json_object_get_member (object, "memory");
  software = json_object_get_member (object, "software");
  error = dup_member (object, "error");
  trial = trial_new (NULL);
  g_free (trial->device);
  g_free (trial->driver);
  trial->device = dup_member (object, "device");
  trial->driver = dup_member (object, "driver");
  if (memory && json_node_get_value_type (memory) == G_TYPE_INT64)
    trial->memory = MAX (json_node_get_int (memory), 0);
  trial->software = software && json_node_get_value_type (software) == G_TYPE_BOOLEAN && json_node_get_boolean (software);
  if (*error && nmse && JSON_NODE_HOLDS_VALUE (nmse))
    trial->why_not = g_strdup (_("The graphics card computes wrongly: sums whose results are known came out different. Update its driver, then try again."));
  else if (*error)
    trial->why_not = g_strdup (g_dgettext (GETTEXT_PACKAGE, error));
  else if (!nmse || !JSON_NODE_HOLDS_VALUE (nmse) || !*trial->device)
    g_clear_pointer (&trial, app_gpu_trial_free);
  return trial;
}

static AppGpuTrial *
judge (Run *run)
{
  AppGpuTrial *trial = NULL;

  /* What talked without end was killed here. */
  if (run->n_out < MOST_BYTES && g_subprocess_get_if_signaled (run->process))
    return trial_new (g_strdup (_("The driver of the graphics card crashed when it was tried. Update it, then try again.")));
  run->out[run->n_out] = '\0';
  if (run->n_out < MOST_BYTES)
    trial = read_result (run->out);
  return trial ? trial : trial_new (g_strdup (_("The trial of the graphics card ended without a result. Install Melete again, then try again.")));
}

/* ---- running it ---- */

/* Between fork and exec: it ends when this program does. */
static void
set_up_child (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
on_limit (gpointer user_data)
{
  GTask *task = user_data;
  Run *run = g_task_get_task_data (task);

  run->timer = 0;
  g_subprocess_force_exit (run->process);
  /* A process that waits for a driver in the kernel ends when that lets it: nobody waits for it here. */
  g_task_return_pointer (task, trial_new (g_strdup_printf (g_dngettext (NULL, "The driver of the graphics card did not answer within %u second when it was tried. Update it, then try again.",
                                                                        "The driver of the graphics card did not answer within %u seconds when it was tried. Update it, then try again.", run->limit_ms / 1000),
                                                           run->limit_ms / 1000)),
                         (GDestroyNotify) app_gpu_trial_free);
  return G_SOURCE_REMOVE;
}

/* Whether it was answered already, by the limit, or is now because it was cancelled. */
static gboolean
is_over (GTask *task, GError *error)
{
  Run *run = g_task_get_task_data (task);

  if (!run->timer) {
    g_clear_error (&error);
    return TRUE;
  }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_clear_error (&error);
    return FALSE;
  }
  g_clear_handle_id (&run->timer, g_source_remove);
  g_subprocess_force_exit (run->process);
  g_task_return_error (task, error);
  return TRUE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error);
  if (is_over (task, error))
    return;
  g_clear_handle_id (&run->timer, g_source_remove);
  g_task_return_pointer (task, judge (run), (GDestroyNotify) app_gpu_trial_free);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &run->n_out, &error);
  if (is_over (task, error))
    return;
  /* What talks without end is stopped, and was none of ours. */
  if (run->n_out == MOST_BYTES)
    g_subprocess_force_exit (run->process);
  g_subprocess_wait_async (run->process, g_task_get_cancellable (task), on_ended, g_object_ref (task));
}

void
app_gpu_trial_async (guint limit_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  g_autofree char *tool = app_gpu_trial_find_tool (&error);
  Run *run = g_new0 (Run, 1);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  g_subprocess_launcher_set_child_setup (launcher, set_up_child, NULL, NULL);
  if (tool)
    run->process = g_subprocess_launcher_spawn (launcher, &error, tool, "try", "--backend", "gl", "--json", NULL);
  if (!run->process) {
    g_task_return_pointer (task, trial_new (g_strdup (error->message)), (GDestroyNotify) app_gpu_trial_free);
    return;
  }
  run->limit_ms = limit_ms;
  run->timer = g_timeout_add (limit_ms, on_limit, task);
  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (run->process), run->out, MOST_BYTES, G_PRIORITY_DEFAULT, cancellable, on_read, g_object_ref (task));
}

AppGpuTrial *
app_gpu_trial_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
