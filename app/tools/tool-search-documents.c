/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app-error.h"
#include "app-passages.h"
#include "tool-documents.h"

/* Of all passages, in tokens as counted here. */
#define ROOM 1500

gboolean
tool_has_documents (const AppToolScope *scope)
{
  return scope->documents->len > 0;
}

/* Near enough to what a model counts, and known on any thread. */
static gsize
count (const char *text, gsize n_bytes, gpointer data)
{
  return n_bytes / 4 + 1;
}

static AppToolResult *
search (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) sources = NULL;
  char *text = app_passages_quote (scope->documents, app_tool_get_string (arguments, "query", ""), ROOM, NULL, count, NULL, &sources, error);

  return text != NULL ? app_tool_result_new (text, NULL) : NULL;
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, search, task);
}

const AppTool search_documents_tool = {
  .name = "search_documents",
  .title = N_("Search what is attached"),
  .icon_name = "edit-find-symbolic",
  .description = "Finds the passages of the attached documents that fit a question best.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"query\":{\"type\":\"string\",\"minLength\":1}},\"required\":[\"query\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "query",
  .is_offered = tool_has_documents,
  .run = run,
};
