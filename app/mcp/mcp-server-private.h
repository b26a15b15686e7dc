/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How AppMcpServers makes and changes its servers. Internal to app/. */
#pragma once

#include "mcp-server.h"
#include "mcp-store.h"

G_BEGIN_DECLS

AppMcpServer *app_mcp_server_new (const AppMcpServerRow *row);
void app_mcp_server_set_row (AppMcpServer *self, const AppMcpServerRow *row);
AppMcpServerRow *app_mcp_server_dup_row (AppMcpServer *self); /* (transfer full) */
const char *app_mcp_server_get_key (AppMcpServer *self);
void app_mcp_server_set_enabled (AppMcpServer *self, gboolean enabled);
void app_mcp_server_set_may (AppMcpServer *self, AppMcpOffers which, gboolean may);
/* Where the environment is kept: another command is not given what this one has. (transfer full) */
char *app_mcp_server_dup_origin (const char *key, const char *command, const char *folder);

/* What "tools/list" says now. TRUE: something is otherwise than before. */
gboolean app_mcp_server_update (AppMcpServer *self, JsonArray *described, AppMcpOffers offers);
/* The same of its prompts: app_mcp_prompts_print (). */
gboolean app_mcp_server_update_prompts (AppMcpServer *self, const char *prompts);
/* (transfer full): the tools of "tools/list"; what cannot be used is left out. */
GPtrArray *app_mcp_server_read_tools (JsonArray *described);
char *app_mcp_server_print_tools (GPtrArray *tools); /* (transfer full): JSON, as it is kept */

G_END_DECLS
