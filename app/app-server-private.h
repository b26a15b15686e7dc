/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How AppServers makes and changes its servers. Internal to app/. */
#pragma once

#include "app-client.h"
#include "app-server.h"

G_BEGIN_DECLS

/* `models`: of AppServerModel. (transfer full) */
AppServer *app_server_new (gint64 id, const char *name, const char *address, GPtrArray *models, AppClient *client);
void app_server_change (AppServer *self, const char *name, const char *address, GPtrArray *models);
AppClient *app_server_get_client (AppServer *self); /* (transfer none) */

G_END_DECLS
