/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQL over the tables that are attached: what runs can only read (AppQuery). */
#include <glib/gi18n.h>

#include "app-query.h"
#include "tool-tables.h"

#define MAX_ROWS 60
#define MAX_BYTES 8000
#define MILLISECONDS 15000

static AppToolResult *
query (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  const AppQueryLimits limits = { MAX_ROWS, MAX_BYTES, MILLISECONDS };
  g_autoptr (AppResult) result = app_query_run (scope->datasets, app_tool_get_string (arguments, "sql", ""), &limits, cancellable, error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (result == NULL)
    return NULL;
  for (guint i = 0; i < app_result_get_n_columns (result); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " | " : "", app_result_get_column (result, i)->name);
  for (guint row = 0; row < app_result_get_n_rows (result); row++)
    for (guint i = 0; i < app_result_get_n_columns (result); i++) {
      g_autofree char *value = app_result_dup_text (result, row, i);
      g_strdelimit (value, "\r\n|", ' ');
      g_string_append_printf (text, "%s%s", i > 0 ? " | " : "\n", value);
    }
  if (app_result_get_n_rows (result) == 0)
    g_string_append (text, "\n(no rows)");
  else if (app_result_is_cut (result))
    g_string_append_printf (text, "\n(more rows; ask for sums, or with LIMIT and OFFSET)");
  return app_tool_result_new (g_strdup (text->str), NULL);
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, query, task);
}

const AppTool query_tables_tool = {
  .name = "query_tables",
  .title = N_("Ask the tables"),
  .icon_name = "view-grid-symbolic",
  .description = "Runs one SELECT statement (SQLite) over the tables that are attached, and gives the rows. Use it for every figure about data.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"sql\":{\"type\":\"string\",\"minLength\":1}},\"required\":[\"sql\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "sql",
  .is_offered = tool_has_tables,
  .run = run,
};
