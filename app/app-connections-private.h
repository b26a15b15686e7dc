/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the history makes the list of connections. Internal to app/. */
#pragma once

#include "app-connections.h"
#include "app-database.h"

G_BEGIN_DECLS

/* `rows`: (nullable) of AppConnectionRow, what app_store_connections read. `database` may be one in memory; the list then says so. (transfer full) */
AppConnections *app_connections_new (AppDatabase *database, GPtrArray *rows);
/* The program ends: what is under way is interrupted. Queues it before the database's closing. */
void app_connections_close (AppConnections *self);

G_END_DECLS
