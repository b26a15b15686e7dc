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

/* app-server-ask.c: asks the server at an address, which was parsed, for its models. `key`: NULL for the one that is kept. Takes the task, which answers with
 * a GPtrArray of AppServerModel and listens to its cancellable. */
void app_server_ask (AppClient *client, const char *address, const char *key, GTask *task);

G_END_DECLS
