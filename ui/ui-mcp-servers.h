/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of the preferences with the servers of tools: other programs, whose tools answers may call. */
#pragma once

#include <adwaita.h>

#include "mcp/mcp-servers.h"

G_BEGIN_DECLS

#define UI_TYPE_MCP_SERVERS (ui_mcp_servers_get_type ())
G_DECLARE_FINAL_TYPE (UiMcpServers, ui_mcp_servers, UI, MCP_SERVERS, AdwPreferencesPage)

UiMcpServers *ui_mcp_servers_new (AppMcpServers *servers);

G_END_DECLS
