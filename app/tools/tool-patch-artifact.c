/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app-query.h"
#include "artifacts/artifact-kind.h"
#include "artifacts/edit-blocks.h"
#include "tool-artifacts.h"

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  GError *error = NULL;
  AppVersion *base = tool_find_version (scope, app_tool_get_string (arguments, "title", ""), &error), *version;
  guint n_edits = 0;
  g_autofree char *source = base != NULL ? edit_blocks_apply (app_version_get_source (base), app_tool_get_string (arguments, "changes", ""), &n_edits, &error) : NULL;
  const AppArtifactKind *kind = base != NULL ? app_artifact_get_kind (app_version_get_artifact (base)) : NULL;

  if (source == NULL || (kind->is_table && !app_query_check (scope->datasets, source, &error))) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  /* Another version: the one before stays, and can be brought back. */
  version = app_artifacts_begin (scope->artifacts, base, kind, app_artifact_get_title (app_version_get_artifact (base)), scope->message, APP_ORIGIN_MODEL);
  app_artifacts_write (scope->artifacts, version, source, app_version_get_data (base));
  app_artifacts_end (scope->artifacts, version, NULL);
  tool_look (scope, version, g_strdup_printf ("%u places were changed.", n_edits), task);
}

const AppTool patch_artifact_tool = {
  .name = "patch_artifact",
  .title = N_("Change what was made"),
  .icon_name = "document-edit-symbolic",
  .description = "Changes something that was made, by blocks of lines: <<<<<<< SEARCH, lines as they stand there, =======, lines in their place, >>>>>>> REPLACE. A new version comes of it, and is tried.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\",\"description\":\"of what is changed; empty: the newest\"},\"changes\":{\"type\":\"string\",\"minLength\":1}},"
                "\"required\":[\"changes\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_WORKSPACE,
  .object = "title",
  .seconds = 120,
  .is_offered = tool_has_made,
  .run = run,
};
