/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tool.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

#define TOOL(name) extern const AppTool name;
#include "tools.def"
#undef TOOL

static const AppTool *const tools[] = {
#define TOOL(name) &name,
#include "tools.def"
#undef TOOL
};

const AppTool *
app_tool_get (guint index)
{
  return index < G_N_ELEMENTS (tools) ? tools[index] : NULL;
}

gboolean
app_tool_is_named (const char *words)
{
  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    if (strchr (tools[i]->name, '_') != NULL && strstr (words, tools[i]->name) != NULL)
      return TRUE;
  return FALSE;
}

AppToolResult *
app_tool_result_new (char *text, char *data)
{
  AppToolResult *result = g_new (AppToolResult, 1);

  *result = (AppToolResult) { text, data };
  return result;
}

void
app_tool_result_free (AppToolResult *result)
{
  if (result == NULL)
    return;
  g_free (result->text);
  g_free (result->data);
  g_free (result);
}

/* ---- on a thread ---- */

typedef struct {
  const AppToolScope *scope;
  JsonObject *arguments;
  AppToolFunc func;
} Work;

static void
work_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Work *work = data;
  GError *error = NULL;
  AppToolResult *result = work->func (work->scope, work->arguments, cancellable, &error);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) app_tool_result_free);
  else
    g_task_return_error (task, error);
}

void
app_tool_run_in_thread (const AppToolScope *scope, JsonObject *arguments, AppToolFunc func, GTask *task)
{
  Work *work = g_new (Work, 1);

  *work = (Work) { scope, arguments, func };
  g_task_set_task_data (task, work, g_free);
  /* What happened is answered, even when it was stopped meanwhile. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, work_thread);
  g_object_unref (task);
}

/* ---- arguments ---- */

const char *
app_tool_get_string (JsonObject *arguments, const char *name, const char *fallback)
{
  return json_object_get_string_member_with_default (arguments, name, fallback);
}

gint64
app_tool_get_integer (JsonObject *arguments, const char *name, gint64 fallback)
{
  return json_object_get_int_member_with_default (arguments, name, fallback);
}

char *
app_tool_cut (char *text, gsize max)
{
  gsize n_bytes = strlen (text), end = max;
  char *cut;

  if (n_bytes <= max)
    return text;
  while (end > 0 && ((guchar) text[end] & 0xc0) == 0x80)
    end--;
  cut = g_strdup_printf ("%.*s\n[cut here: %" G_GSIZE_FORMAT " bytes more]", (int) end, text, n_bytes - end);
  g_free (text);
  return cut;
}
