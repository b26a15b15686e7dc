/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tool of another program in a list: what it says of itself, and whether answers may call it. */
#pragma once

#include <adwaita.h>

#include "mcp/mcp-tool.h"

G_BEGIN_DECLS

#define UI_TYPE_MCP_TOOL_ROW (ui_mcp_tool_row_get_type ())
G_DECLARE_FINAL_TYPE (UiMcpToolRow, ui_mcp_tool_row, UI, MCP_TOOL_ROW, AdwActionRow)

/* The person has agreed to what the tool says now, or not any more. */
typedef void (*UiMcpAgree) (AppMcpTool *tool, gboolean agree, gpointer data);

/* `data` lives as long as the row. */
GtkWidget *ui_mcp_tool_row_new (AppMcpTool *tool, UiMcpAgree agree, gpointer data);

/* Shows all that a tool says of itself, word for word; where it is not what was agreed to, what differs, with the question whether it is agreed to now. (transfer none) */
GtkWidget *ui_mcp_tool_row_show (UiMcpToolRow *self);

G_END_DECLS
