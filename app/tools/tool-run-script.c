/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app-script-runner.h"
#include "tool.h"

static gboolean
has_runner (const AppToolScope *scope)
{
  return scope->runner != NULL;
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char *text = app_script_runner_run_finish (APP_SCRIPT_RUNNER (source), result, &error);

  if (text != NULL)
    g_task_return_pointer (task, app_tool_result_new (text, NULL), (GDestroyNotify) app_tool_result_free);
  else
    g_task_return_error (task, error);
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_script_runner_run_async (scope->runner, app_tool_get_string (arguments, "code", ""), g_task_get_cancellable (task), on_run, task);
}

const AppTool run_script_tool = {
  .name = "run_javascript",
  .title = N_("Run JavaScript"),
  .icon_name = "utilities-terminal-symbolic",
  .description = "Runs JavaScript, the body of an async function, in an empty page without network, and gives what console.log printed and the value that it returned.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":30000}},\"required\":[\"code\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "code",
  .is_offered = has_runner,
  .run = run,
};
