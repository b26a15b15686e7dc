/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app-query.h"
#include "tool-tables.h"

/* Of the description, in characters. */
#define BUDGET 6000

gboolean
tool_has_tables (const AppToolScope *scope)
{
  return scope->datasets->len > 0;
}

static AppToolResult *
describe (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  return app_tool_result_new (app_query_dup_schema (scope->datasets, BUDGET), NULL);
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, describe, task);
}

const AppTool describe_tables_tool = {
  .name = "describe_tables",
  .title = N_("Look at the tables"),
  .icon_name = "view-grid-symbolic",
  .description = "Tells the tables that are attached: their names for SQL, their columns and some values.",
  .parameters = "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .is_offered = tool_has_tables,
  .run = run,
};
