/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppConnections: every connection that this program ever made, for the person to see. Main thread only.
 *
 * Whoever is about to connect says so first (app_connections_begin_async), and connects only when that is stored; afterwards it says how it went. So a
 * connection that a crash ended is in the list too. One entry is one errand to the same servers: a download from its start, or from where it was
 * resumed, until it is done, fails or is stopped, however many times pip is run for it. There is no way to take an entry out. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  APP_CONNECTION_UNDER_WAY,
  APP_CONNECTION_DONE,
  APP_CONNECTION_FAILED,      /* see its error */
  APP_CONNECTION_STOPPED,     /* by the person */
  APP_CONNECTION_INTERRUPTED, /* the program ended first: what came after the last count of bytes is not known */
} AppConnectionOutcome;

#define APP_TYPE_CONNECTION (app_connection_get_type ())
G_DECLARE_FINAL_TYPE (AppConnection, app_connection, APP, CONNECTION, GObject)

/* Facts that never change. Never NULL. */
GDateTime *app_connection_get_time (AppConnection *self);     /* when it began, in the person's time zone; (transfer none) */
const char *app_connection_get_purpose (AppConnection *self); /* "Download of Qwen2.5 Coder 1.5B" */
const char *app_connection_get_peer (AppConnection *self);    /* to whom: "https://index.example" */

guint64 app_connection_get_bytes (AppConnection *self);                 /* "bytes": received so far, as last counted */
AppConnectionOutcome app_connection_get_outcome (AppConnection *self);  /* "outcome" (uint) */
const char *app_connection_get_error (AppConnection *self);             /* "error": the sentence when FAILED, else NULL */

#define APP_TYPE_CONNECTIONS (app_connections_get_type ())
G_DECLARE_FINAL_TYPE (AppConnections, app_connections, APP, CONNECTIONS, GObject)

/* AppConnection objects, the newest first. (transfer none) */
GListModel *app_connections_get_list (AppConnections *self);
/* "notice": what the person must know about the list itself (it is in memory only, or an outcome could not be stored), or NULL. */
const char *app_connections_get_notice (AppConnections *self);

/* Stores that a connection is about to be made. Do not connect when this fails. */
void app_connections_begin_async (AppConnections *self, const char *purpose, const char *peer, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
AppConnection *app_connections_begin_finish (AppConnections *self, GAsyncResult *result, GError **error);

/* Counts bytes that came, as often as you like: the list shows them at once, and they are stored now and then. Nothing when the connection has ended. */
void app_connections_received (AppConnections *self, AppConnection *connection, guint64 bytes);
/* How it went; the first word counts. `error`: (nullable) the sentence of a failure. */
void app_connections_end (AppConnections *self, AppConnection *connection, AppConnectionOutcome outcome, const char *error);

G_END_DECLS
