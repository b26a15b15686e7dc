/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said in other conversations of this person: the same search as in the window. */
#include <glib/gi18n.h>

#include "app-store.h"
#include "tool.h"

#define MAX_HITS 12

static gboolean
has_history (const AppToolScope *scope)
{
  return scope->workspace != NULL; /* a temporary conversation has a history of its own, with nothing else in it */
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (rows == NULL) {
    g_task_return_error (task, error);
    return;
  }
  for (guint i = 0; i < rows->len; i++) {
    const AppSearchRow *row = rows->pdata[i];
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (row->time / 1000);
    g_autofree char *day = time != NULL ? g_date_time_format (time, "%Y-%m-%d") : g_strdup ("");
    g_string_append_printf (text, "%s%s, %s: %s", i > 0 ? "\n\n" : "", day, row->message == 0 ? "title" : row->role == APP_ROLE_USER ? "the person" : "the answer", row->snippet);
  }
  if (rows->len == 0)
    g_string_append (text, "Nothing was found.");
  g_task_return_pointer (task, app_tool_result_new (g_strdup (text->str), NULL), (GDestroyNotify) app_tool_result_free);
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  AppStoreSearch *search = g_new0 (AppStoreSearch, 1);

  search->query = g_strdup (app_tool_get_string (arguments, "query", ""));
  search->limit = MAX_HITS;
  app_database_run_async (scope->database, app_store_search, search, (GDestroyNotify) app_store_search_free, (GDestroyNotify) g_ptr_array_unref, g_task_get_cancellable (task), on_found, task);
}

const AppTool search_conversations_tool = {
  .name = "search_conversations",
  .title = N_("Search your conversations"),
  .icon_name = "system-search-symbolic",
  .description = "Searches all earlier conversations of this person by words, and gives the places where they stand.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"query\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":200}},\"required\":[\"query\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "query",
  .is_offered = has_history,
  .run = run,
};
