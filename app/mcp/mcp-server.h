/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpServer: a server of the Model Context Protocol that the person added: another program, whose tools a model may call. Made by AppMcpServers. Main thread only. */
#pragma once

#include "mcp-client.h"
#include "mcp-prompt.h"
#include "mcp-tool.h"

G_BEGIN_DECLS

#define APP_TYPE_MCP_SERVER (app_mcp_server_get_type ())
G_DECLARE_FINAL_TYPE (AppMcpServer, app_mcp_server, APP, MCP_SERVER, GObject)

/* Signal: "changed" (), after any change but of a tool's state, which its own "state" tells. Never NULL. */
gint64 app_mcp_server_get_id (AppMcpServer *self);
const char *app_mcp_server_get_name (AppMcpServer *self);
const char *app_mcp_server_get_command (AppMcpServer *self);
const char *app_mcp_server_get_folder (AppMcpServer *self); /* "": none */
gboolean app_mcp_server_get_network (AppMcpServer *self);
gboolean app_mcp_server_get_enabled (AppMcpServer *self);
AppMcpOffers app_mcp_server_get_offers (AppMcpServer *self);
GListModel *app_mcp_server_get_tools (AppMcpServer *self); /* AppMcpTool */
GListModel *app_mcp_server_get_prompts (AppMcpServer *self); /* AppMcpPrompt: what it had ready when it ran last */

AppMcpTool *app_mcp_server_find_tool (AppMcpServer *self, const char *name); /* (transfer none) (nullable) */
/* Whether a tool is not as the person agreed. */
gboolean app_mcp_server_has_changes (AppMcpServer *self);

G_END_DECLS
