/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tool-files.h"

#include <string.h>

static AppToolResult *
write_file (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  const char *path = app_tool_get_string (arguments, "path", ""), *content = app_tool_get_string (arguments, "content", "");

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !app_workspace_write (scope->workspace, path, content, strlen (content), error))
    return NULL;
  return tool_written (path, content);
}

/* Files are written whole or not at all. */
static AppToolTrace
find_trace (AppWorkspace *workspace, JsonObject *arguments)
{
  g_autofree char *text = tool_read_text (workspace, app_tool_get_string (arguments, "path", ""), NULL);

  return g_strcmp0 (text, app_tool_get_string (arguments, "content", "")) == 0 ? APP_TOOL_TRACE_HAPPENED : APP_TOOL_TRACE_NONE;
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, write_file, task);
}

const AppTool write_file_tool = {
  .name = "write_file",
  .title = N_("Write a file"),
  .icon_name = "document-new-symbolic",
  .description = "Writes a text file into this conversation's own folder, in the place of the one that is there.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\",\"description\":\"for example notes/plan.md\"},"
                "\"content\":{\"type\":\"string\",\"description\":\"all of the file\"}},\"required\":[\"path\",\"content\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_WORKSPACE,
  .object = "path",
  .is_offered = tool_has_files,
  .find_trace = find_trace,
  .run = run,
};
