/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the history makes the list of servers. Internal to app/. */
#pragma once

#include "app-client.h"
#include "app-database.h"
#include "app-servers.h"

G_BEGIN_DECLS

/* `rows`: of AppServerRow (app-store.h). (transfer full) */
AppServers *app_servers_new (AppDatabase *database, AppConnections *connections, GPtrArray *rows);
AppClient *app_servers_get_client (AppServers *self); /* (transfer none) */

G_END_DECLS
