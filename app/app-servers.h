/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppServers: the servers that the person added, as a GListModel of AppServer, in the order in which they were added. Empty until then: this program
 * knows no server by itself, and nothing is sent to one before the person chose a model of it. Main thread only.
 *
 * Made by AppHistory, which keeps them in its file; their keys are in the keyring. */
#pragma once

#include "app-server.h"

G_BEGIN_DECLS

#define APP_TYPE_SERVERS (app_servers_get_type ())
G_DECLARE_FINAL_TYPE (AppServers, app_servers, APP, SERVERS, GObject)

/* Asks the server at an address (as the person wrote it) for its models: one connection, recorded. `key`: "" for none. */
void app_servers_ask_async (AppServers *self, const char *address, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): AppServerModel objects. */
GPtrArray *app_servers_ask_finish (AppServers *self, GAsyncResult *result, GError **error);

/* Asks a server that is in the list, with its key, and keeps what it says. The person's word on pictures stays. */
void app_servers_refresh_async (AppServers *self, AppServer *server, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_servers_refresh_finish (AppServers *self, GAsyncResult *result, GError **error);

/* Adds a server (`server` NULL) or changes one. `name`: "" for its host; `key`: "" for none; `models`: of AppServerModel. */
void app_servers_save_async (AppServers *self, AppServer *server, const char *name, const char *address, const char *key, GPtrArray *models,
                             GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable). `*notice`: (out) (transfer full) (nullable): what the person must know of the key. */
AppServer *app_servers_save_finish (AppServers *self, GAsyncResult *result, char **notice, GError **error);

/* The key that is kept for an address, for the dialog. */
void app_servers_lookup_key_async (AppServers *self, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): free it with app_keys_free (). */
char *app_servers_lookup_key_finish (AppServers *self, GAsyncResult *result);

/* Takes a server out of the list and the history; undo brings it back as it was. Its key stays in the keyring until purge (the toast is gone). */
void app_servers_remove_async (AppServers *self, AppServer *server, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_servers_remove_finish (AppServers *self, GAsyncResult *result, GError **error);
void app_servers_undo_remove_async (AppServers *self, AppServer *server, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_servers_undo_remove_finish (AppServers *self, GAsyncResult *result, GError **error);
void app_servers_purge (AppServers *self, AppServer *server);

/* Returns: (transfer none) (nullable) */
AppServer *app_servers_find (AppServers *self, gint64 id);

G_END_DECLS
