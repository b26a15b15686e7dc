/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app-error.h"
#include "app-query.h"
#include "artifacts/artifact-kind.h"
#include "tool-artifacts.h"

/* The ids of the tables that a statement may speak of. (transfer full) */
static GPtrArray *
list_tables (const AppToolScope *scope)
{
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < scope->datasets->len; i++)
    g_ptr_array_add (ids, (gpointer) app_dataset_get_id (scope->datasets->pdata[i]));
  g_ptr_array_add (ids, NULL);
  return ids;
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  const AppArtifactKind *kind = app_artifact_kind_find (app_tool_get_string (arguments, "kind", ""));
  const char *title = app_tool_get_string (arguments, "title", ""), *source = app_tool_get_string (arguments, "source", "");
  g_autoptr (GPtrArray) ids = list_tables (scope);
  GError *error = NULL;
  AppVersion *version;

  /* A statement is tried first: a table that cannot be shown is none. */
  if (kind->is_table && !app_query_check (scope->datasets, source, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  version = app_artifacts_begin (scope->artifacts, NULL, kind, title, scope->message, APP_ORIGIN_MODEL);
  app_artifacts_write (scope->artifacts, version, source, (const char *const *) ids->pdata);
  app_artifacts_end (scope->artifacts, version, title);
  tool_look (scope, version, g_strdup_printf ("“%s” is there, beside the conversation.", title), task);
}

const AppTool write_artifact_tool = {
  .name = "write_artifact",
  .title = N_("Make something"),
  .icon_name = "document-new-symbolic",
  .description = "Makes something that the person sees beside the conversation: a page, game or tool (source: one whole HTML page without anything from the network), a document (Markdown), "
                 "or a table (one SELECT statement over the attached tables). Pages are tried, and what is wrong is told.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\"page\",\"game\",\"tool\",\"document\",\"table\"]},\"title\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":80},"
                "\"source\":{\"type\":\"string\",\"minLength\":1}},\"required\":[\"kind\",\"title\",\"source\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_WORKSPACE,
  .object = "title",
  .seconds = 120,
  .is_offered = tool_has_artifacts,
  .run = run,
};
