/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppScriptRunner: who runs a script that a model wrote. The window implements it, by a page that nobody sees: without network, files and windows, and ended when it loops. Main thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define APP_TYPE_SCRIPT_RUNNER (app_script_runner_get_type ())
G_DECLARE_INTERFACE (AppScriptRunner, app_script_runner, APP, SCRIPT_RUNNER, GObject)

struct _AppScriptRunnerInterface {
  GTypeInterface parent;
  /* Answers through `task` (transfer full) with a text (transfer full): what was printed, and the value that the code returned; or with an error, a sentence with what was printed before. */
  void (*run) (AppScriptRunner *self, const char *code, GTask *task);
};

/* `code`: JavaScript, the body of an async function. */
void app_script_runner_run_async (AppScriptRunner *self, const char *code, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *app_script_runner_run_finish (AppScriptRunner *self, GAsyncResult *result, GError **error);

G_END_DECLS
