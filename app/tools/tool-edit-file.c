/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tool-files.h"

#include <string.h>

#include "app-error.h"

static AppToolResult *
edit_file (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  const char *path = app_tool_get_string (arguments, "path", ""), *old = app_tool_get_string (arguments, "old", ""), *new = app_tool_get_string (arguments, "new", "");
  g_autofree char *text = tool_read_text (scope->workspace, path, error), *edited = NULL;
  const char *found = text != NULL ? strstr (text, old) : NULL;

  if (text == NULL)
    return NULL;
  if (found == NULL || strstr (found + 1, old) != NULL) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID,
                         found == NULL ? _("The old text is not in the file, so nothing was changed. Read the file, and copy the text as it stands there.")
                                       : _("The old text is in the file more than once, so nothing was changed. Give more of the lines around it."));
    return NULL;
  }
  edited = g_strdup_printf ("%.*s%s%s", (int) (found - text), text, new, found + strlen (old));
  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !app_workspace_write (scope->workspace, path, edited, strlen (edited), error))
    return NULL;
  return tool_written (path, edited);
}

static AppToolTrace
find_trace (AppWorkspace *workspace, JsonObject *arguments)
{
  const char *old = app_tool_get_string (arguments, "old", ""), *new = app_tool_get_string (arguments, "new", "");
  g_autofree char *text = tool_read_text (workspace, app_tool_get_string (arguments, "path", ""), NULL);
  gboolean has_old = text != NULL && strstr (text, old) != NULL, has_new = text != NULL && strstr (text, new) != NULL;

  /* A text in which both are, or neither is, was the same before and after for all that can be seen. */
  return has_old == has_new ? APP_TOOL_TRACE_UNKNOWN : has_new ? APP_TOOL_TRACE_HAPPENED : APP_TOOL_TRACE_NONE;
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, edit_file, task);
}

const AppTool edit_file_tool = {
  .name = "edit_file",
  .title = N_("Edit a file"),
  .icon_name = "document-edit-symbolic",
  .description = "Changes one place of a text file in this conversation's own folder: the old text, which must be there exactly once, becomes the new one.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},\"old\":{\"type\":\"string\",\"minLength\":1},\"new\":{\"type\":\"string\"}},"
                "\"required\":[\"path\",\"old\",\"new\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_WORKSPACE,
  .object = "path",
  .is_offered = tool_has_files,
  .find_trace = find_trace,
  .run = run,
};
