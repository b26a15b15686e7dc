/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tool-files.h"

static AppToolResult *
list (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) files = app_workspace_list (scope->workspace, error);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  if (files == NULL)
    return NULL;
  json_builder_begin_array (builder);
  for (guint i = 0; i < files->len; i++) {
    const AppWorkspaceFile *file = files->pdata[i];
    g_string_append_printf (text, "%s (%" G_GUINT64_FORMAT " bytes)\n", file->path, file->n_bytes);
    json_builder_add_string_value (builder, file->path);
  }
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  if (files->len == 0)
    g_string_append (text, "There are no files yet.");
  return app_tool_result_new (g_strdup (text->str), json_to_string (root, FALSE));
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, list, task);
}

const AppTool list_files_tool = {
  .name = "list_files",
  .title = N_("List files"),
  .icon_name = "folder-symbolic",
  .description = "Lists the files in this conversation's own folder.",
  .parameters = "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .is_offered = tool_has_files,
  .run = run,
};
