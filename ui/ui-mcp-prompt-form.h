/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiMcpPromptForm: asks for the arguments of a prompt that a server has ready, and says what becomes of them: the server is started and is given exactly these words. What it answers goes where the caller
 * wants it; it is not sent to any model by itself. */
#pragma once

#include <adwaita.h>

#include "mcp/mcp-servers.h"

G_BEGIN_DECLS

#define UI_TYPE_MCP_PROMPT_FORM (ui_mcp_prompt_form_get_type ())
G_DECLARE_FINAL_TYPE (UiMcpPromptForm, ui_mcp_prompt_form, UI, MCP_PROMPT_FORM, AdwWindow)

/* Called with the server's words; never when the form is left. Not after `owner` is gone. */
typedef void (*UiMcpPromptFunc) (const char *text, gpointer owner);

/* Opens it over the window of `owner` (a GtkWidget). */
UiMcpPromptForm *ui_mcp_prompt_form_open (AppMcpServers *servers, AppMcpServer *server, AppMcpPrompt *prompt, UiMcpPromptFunc done, GtkWidget *owner);

G_END_DECLS
