/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpRun: a server that runs, from the entry in the log of what was started to the one of how it ended. Internal to app/. Main thread; nothing waits.
 *
 * One that has the network is in the list of connections too, before it starts: this program cannot see whom it talks to. */
#pragma once

#include "app-connections.h"
#include "app-database.h"
#include "mcp-client.h"
#include "mcp-launch.h"

G_BEGIN_DECLS

#define APP_TYPE_MCP_RUN (app_mcp_run_get_type ())
G_DECLARE_FINAL_TYPE (AppMcpRun, app_mcp_run, APP, MCP_RUN, GObject)

/* `name`: for the log. `workspace`: (nullable) the folder that it may work in; it is there. `connections`: (nullable). */
AppMcpRun *app_mcp_run_new (AppDatabase *database, AppConnections *connections, const char *name, const AppMcpLaunch *launch, const char *workspace);
/* Valid until the run is gone; to be set up before start. (transfer none) */
AppMcpClient *app_mcp_run_get_client (AppMcpRun *self);
/* Once. Errors: with a sentence for the person; then it does not run. */
void app_mcp_run_start_async (AppMcpRun *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_mcp_run_start_finish (AppMcpRun *self, GAsyncResult *result, GError **error);
/* Ends it, if it runs. */
void app_mcp_run_close (AppMcpRun *self);

G_END_DECLS
