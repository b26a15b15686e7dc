/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What answers of a conversation may call. */
#include "app-conversation-private.h"

#include <glib/gi18n.h>

#include "app-history-private.h"
#include "app-tool-call-private.h"
#include "mcp/mcp-servers-private.h"

gboolean
app_tools_are_wanted (AppSettings *settings, AppConversationSettings *own, const char *host)
{
  const char *here = own ? app_conversation_settings_get_text (own, APP_SETTING_TOOLS) : NULL;

  /* A server is not told of them yet: what it calls would say what files and tables there are. */
  if (host)
    return FALSE;
  return here ? g_str_equal (here, "on") : settings && app_settings_get_use_tools (settings);
}

void
app_conversation_tools_stored (AppConversation *self)
{
  if (self->toolbox)
    app_toolbox_set_conversation (self->toolbox, self->id);
}

AppToolbox *
app_conversation_get_toolbox (AppConversation *self)
{
  if (!self->toolbox) {
    self->toolbox = app_toolbox_new (self->database, G_LIST_MODEL (self->messages), app_conversation_get_artifacts (self), app_history_datasets_of (self->database));
    app_toolbox_set_provider (self->toolbox, app_mcp_provide, self->database);
    app_toolbox_set_conversation (self->toolbox, self->id);
  }
  return self->toolbox;
}

static void
settle (AppConversation *self, AppToolCall *call)
{
  AppWorkspace *workspace = app_toolbox_get_workspace (app_conversation_get_toolbox (self));
  const AppTool *tool = NULL;
  JsonObject *arguments;
  AppToolTrace trace;

  for (guint i = 0; *app_tool_call_get_origin (call) == '\0' && app_tool_get (i) && !tool; i++)
    if (g_str_equal (app_tool_get (i)->name, app_tool_call_get_name (call)))
      tool = app_tool_get (i);
  arguments = tool && tool->find_trace && workspace ? app_tool_check_arguments (tool->parameters, app_tool_call_get_arguments (call), NULL) : NULL;
  if (!arguments)
    return;
  trace = tool->find_trace (workspace, arguments);
  json_object_unref (arguments);
  if (trace != APP_TOOL_TRACE_UNKNOWN)
    app_tool_call_settle_found (call, trace == APP_TOOL_TRACE_HAPPENED,
                                trace == APP_TOOL_TRACE_HAPPENED ? _("The program ended while this ran. The file shows that it happened.") : _("The program ended while this ran. The file shows that it did not happen."));
}

void
app_conversation_settle_calls (AppConversation *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->messages)); i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), i);
    GListModel *calls = app_message_get_calls (message);

    for (guint k = 0; k < g_list_model_get_n_items (calls); k++) {
      g_autoptr (AppToolCall) call = g_list_model_get_item (calls, k);
      if (app_tool_call_get_state (call) == APP_CALL_UNKNOWN)
        settle (self, call);
    }
  }
}
