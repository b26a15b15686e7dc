/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpServers for the rest of app/. */
#pragma once

#include "app-connections.h"
#include "app-database.h"
#include "app-keys.h"
#include "app-tool-call.h"
#include "mcp-run.h"
#include "mcp-servers.h"

G_BEGIN_DECLS

struct _AppMcpServers {
  GObject parent;
  AppDatabase *database;
  AppConnections *connections; /* nullable */
  AppKeys *keys;
  GPtrArray *list; /* AppMcpServer, by id */
  GHashTable *sessions; /* mcp-sessions.c: what runs */
  GHashTable *offered;  /* mcp-provider.c: what models are told of */
};

/* `rows`: of AppMcpServerRow. Conversations of `database` find them (app_mcp_servers_of ()). (transfer full) */
AppMcpServers *app_mcp_servers_new (AppDatabase *database, AppConnections *connections, GPtrArray *rows);
/* Those of a history, or of a conversation in memory that was given them. (transfer none) (nullable) */
AppMcpServers *app_mcp_servers_of (AppDatabase *database);
void app_mcp_servers_lend (AppMcpServers *self, AppDatabase *database);
const char *app_mcp_servers_place_of (AppDatabase *database); /* of one in memory: no other has it; "" for the history's */
/* Ends all that runs. */
void app_mcp_servers_close (AppMcpServers *self);
void app_mcp_servers_store (AppMcpServers *self, AppMcpServer *server);

/* ---- mcp-sessions.c ---- */

/* The child of a conversation, started if need be, whose tools were compared with what the person agreed to. `workspace`: (nullable) its folder, which is there; without one, `place` tells conversations apart. `call`: (nullable) the call that waits for it, by which
 * a question of the server reaches the person. finish: (transfer full) (nullable) */
void app_mcp_servers_connect_async (AppMcpServers *self, AppMcpServer *server, const char *workspace, const char *place, AppToolCall *call, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppMcpClient *app_mcp_servers_connect_finish (AppMcpServers *self, GAsyncResult *result, GError **error);
/* Ends what runs of a server (NULL: of all) in a place (NULL: in all, and those with a folder). */
void app_mcp_servers_disconnect (AppMcpServers *self, AppMcpServer *server, const char *place);
GHashTable *app_mcp_sessions_new (void);

/* ---- mcp-provider.c ---- */

/* An AppToolProvider; `database`: of the conversation. */
void app_mcp_provide (GPtrArray *tools, GPtrArray *hold, gpointer database);

G_END_DECLS
