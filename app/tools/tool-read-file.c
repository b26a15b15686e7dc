/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tool-files.h"

#include <string.h>

static AppToolResult *
read_file (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = tool_read_text (scope->workspace, app_tool_get_string (arguments, "path", ""), error);
  gint64 first = app_tool_get_integer (arguments, "first_line", 1);
  const char *from = text;

  if (text == NULL)
    return NULL;
  for (gint64 line = 1; line < first && *from != '\0'; line++) {
    from = strchr (from, '\n');
    from = from != NULL ? from + 1 : text + strlen (text);
  }
  return app_tool_result_new (g_strdup (*text == '\0' ? "The file is empty." : *from == '\0' ? "The file has fewer lines." : from), NULL);
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, read_file, task);
}

const AppTool read_file_tool = {
  .name = "read_file",
  .title = N_("Read a file"),
  .icon_name = "text-x-generic-symbolic",
  .description = "Reads a text file in this conversation's own folder.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\",\"description\":\"for example notes/plan.md\"},"
                "\"first_line\":{\"type\":\"integer\",\"minimum\":1,\"description\":\"where to begin, for a long file\"}},\"required\":[\"path\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "path",
  .is_offered = tool_has_files,
  .run = run,
};
