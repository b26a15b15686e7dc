/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs Python in bubblewrap: no network, nothing of the machine but the system's programs to read and the conversation's own files, with limits. It is offered where both are installed. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "sandbox.h"
#include "tool-files.h"

#define SECONDS 30
#define MAX_OUTPUT (256 * 1024)

static gboolean
is_there (const AppToolScope *scope)
{
  g_autofree char *python = g_find_program_in_path ("python3");

  return scope->workspace != NULL && python != NULL && app_sandbox_is_there (NULL);
}

static GPtrArray *
make_command (const char *folder)
{
  /* The limits are set inside, by a shell that becomes Python: seconds of the processor, memory, size of a file, open files, processes. */
  static const char limited[] = "ulimit -t 20; ulimit -v 2000000; ulimit -f 32768; ulimit -n 64; ulimit -c 0; exec python3 -I -B -u -";
  GPtrArray *argv = app_sandbox_new_command (FALSE);

  app_sandbox_add (argv, "--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8", "--setenv", "HOME", "/tmp", "--bind", folder, "/work", "--chdir", "/work", "/bin/sh", "-c", limited, NULL);
  g_ptr_array_add (argv, NULL);
  return argv;
}

/* All that it writes, up to a limit; then it is ended. */
static char *
read_output (GSubprocess *process, GCancellable *cancellable, GError **error)
{
  GInputStream *stream = g_subprocess_get_stdout_pipe (process);
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[8192];
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, cancellable, error)) > 0) {
    g_string_append_len (text, buffer, n);
    if (text->len > MAX_OUTPUT) {
      g_subprocess_force_exit (process);
      break;
    }
  }
  if (n < 0)
    return NULL;
  return g_utf8_make_valid (text->str, (gssize) text->len);
}

static AppToolResult *
run_python (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  const char *code = app_tool_get_string (arguments, "code", "");
  g_autoptr (GPtrArray) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *output = NULL;
  GOutputStream *input;

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !app_workspace_make_folder (scope->workspace, error))
    return NULL;
  argv = make_command (app_workspace_get_folder (scope->workspace));
  process = g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, error);
  if (process == NULL)
    return NULL;
  /* A short program fits into the pipe; Python reads all of it before it runs. */
  input = g_subprocess_get_stdin_pipe (process);
  if (g_output_stream_write_all (input, code, strlen (code), NULL, cancellable, NULL))
    g_output_stream_close (input, NULL, NULL);
  output = read_output (process, cancellable, error);
  if (output == NULL || !g_subprocess_wait (process, cancellable, error)) {
    g_subprocess_force_exit (process);
    g_subprocess_wait (process, NULL, NULL);
    return NULL;
  }
  if (!g_subprocess_get_if_exited (process) || g_subprocess_get_exit_status (process) != 0) {
    g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("The program failed. It wrote:\n%s"), output);
    return NULL;
  }
  return app_tool_result_new (g_strdup (*output != '\0' ? output : "It ran, and printed nothing."), NULL);
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, run_python, task);
}

const AppTool run_python_tool = {
  .name = "run_python",
  .title = N_("Run Python"),
  .icon_name = "utilities-terminal-symbolic",
  .description = "Runs a Python program and gives what it prints. The current folder is this conversation's own; there is no network and nothing else of the computer.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":30000}},\"required\":[\"code\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_OUTSIDE,
  .object = "code",
  .seconds = SECONDS,
  .is_offered = is_there,
  .run = run,
};
