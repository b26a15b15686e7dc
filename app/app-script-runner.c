/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-script-runner.h"

G_DEFINE_INTERFACE (AppScriptRunner, app_script_runner, G_TYPE_OBJECT)

static void
app_script_runner_default_init (AppScriptRunnerInterface *iface)
{
}

void
app_script_runner_run_async (AppScriptRunner *self, const char *code, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, app_script_runner_run_async);
  APP_SCRIPT_RUNNER_GET_IFACE (self)->run (self, code, task);
}

char *
app_script_runner_run_finish (AppScriptRunner *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
