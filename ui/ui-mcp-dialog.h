/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding or changing a server of tools: the program is started apart once, what it says of its tools is shown, and what is saved is what the person agreed to. */
#pragma once

#include <adwaita.h>

#include "mcp/mcp-servers.h"

G_BEGIN_DECLS

#define UI_TYPE_MCP_DIALOG (ui_mcp_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiMcpDialog, ui_mcp_dialog, UI, MCP_DIALOG, AdwWindow)

/* `owner`: what it stands before, and where toasts are shown. `server`: (nullable) the one to be changed. */
GtkWidget *ui_mcp_dialog_new (GtkWidget *owner, AppMcpServers *servers, AppMcpServer *server);

G_END_DECLS
