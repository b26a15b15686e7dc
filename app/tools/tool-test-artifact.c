/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "artifacts/artifact-kind.h"
#include "tool-artifacts.h"

static gboolean
can_look (const AppToolScope *scope)
{
  return tool_has_made (scope) && scope->checker != NULL;
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  GError *error = NULL;
  AppVersion *version = tool_find_version (scope, app_tool_get_string (arguments, "title", ""), &error);

  if (version != NULL) {
    tool_look (scope, version, g_strdup_printf ("“%s”.", app_artifact_get_title (app_version_get_artifact (version))), task);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

const AppTool test_artifact_tool = {
  .name = "test_artifact",
  .title = N_("Try what was made"),
  .icon_name = "media-playback-start-symbolic",
  .description = "Opens a page that was made, narrow and wide, and tells what does not work.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\",\"description\":\"empty: the newest\"}},\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "title",
  .seconds = 120,
  .is_offered = can_look,
  .run = run,
};
