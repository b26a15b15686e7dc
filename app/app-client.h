/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppClient and AppExchange: how this program talks to the servers that the person added. Internal to app/. Main thread only; nothing here waits.
 *
 * One exchange is one request and its reply: it is recorded first (AppConnections), then the key of the server's origin is looked up, then it is sent.
 * The key goes to that origin and nowhere else: no redirect is followed. No cookie is kept, and nothing is compressed. Every error is a sentence for the
 * person with the host in it and never the key, and is recorded with the connection. */
#pragma once

#include "app-connections.h"
#include "app-keys.h"

G_BEGIN_DECLS

/* ---- AppClient: what exchanges share ---- */

#define APP_TYPE_CLIENT (app_client_get_type ())
G_DECLARE_FINAL_TYPE (AppClient, app_client, APP, CLIENT, GObject)

AppClient *app_client_new (AppConnections *connections);
AppKeys *app_client_get_keys (AppClient *self); /* (transfer none) */
/* How long a server may be silent, in milliseconds, in the place of what each exchange allows; 0: that. For tests. */
void app_client_set_patience (AppClient *self, guint ms);

/* ---- AppExchange ---- */

typedef struct {
  const char *purpose;  /* for the list of connections: "Answer of gpt-oss" */
  const char *address;  /* of the server, parsed */
  const char *path;     /* below it: "/models" */
  GBytes *body;         /* JSON that is posted; NULL: GET */
  const char *key;      /* NULL: what is kept for the origin; "" for none */
  guint first_patience; /* ms until the reply begins: a server may have to load a model first */
  guint patience;       /* ms between two pieces of it */
} AppRequest;

#define APP_TYPE_EXCHANGE (app_exchange_get_type ())
G_DECLARE_FINAL_TYPE (AppExchange, app_exchange, APP, EXCHANGE, GObject)

/* `request` is copied. */
AppExchange *app_exchange_new (AppClient *client, const AppRequest *request);

const char *app_exchange_get_host (AppExchange *self);

/* Until the reply begins. Fails unless the status is 200: APP_ERROR_FAILED, or APP_ERROR_ENGINE when the server says no. */
void app_exchange_open_async (AppExchange *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_exchange_open_finish (AppExchange *self, GAsyncResult *result, GError **error);
/* "application/json", in lower case; "" when it is not said. */
const char *app_exchange_get_content_type (AppExchange *self);

/* The next piece of the reply; one without bytes is its end. One at a time, after open. */
void app_exchange_read_async (AppExchange *self, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
GBytes *app_exchange_read_finish (AppExchange *self, GAsyncResult *result, GError **error);
/* The whole reply of at most `limit` bytes, in the place of read. */
void app_exchange_read_all_async (AppExchange *self, gsize limit, GAsyncReadyCallback callback, gpointer user_data);
GBytes *app_exchange_read_all_finish (AppExchange *self, GAsyncResult *result, GError **error);

/* Closes the connection at once; what is under way ends with G_IO_ERROR_CANCELLED. */
void app_exchange_stop (AppExchange *self);
/* How it went, as far as only the caller knows: APP_CONNECTION_DONE when it has all that it wants, FAILED when it makes no sense. Closes. What failed or was
 * stopped before stays that. */
void app_exchange_end (AppExchange *self, AppConnectionOutcome outcome, const char *error);

/* ---- app-client-errors.c ---- */

/* What went wrong on the way, as a sentence. `tls_errors`: of the certificate. */
GError *app_client_explain (const GError *error, const char *host, GTlsCertificateFlags tls_errors);
/* What the server said instead of yes. `words`: (nullable) its own, of which at most a line is told; `key` (nullable) is taken out of them. `location`: of a redirect. */
GError *app_client_explain_status (guint status, const char *words, gboolean overflow, const char *host, const char *key, const char *location);
/* One line of a server's words, shortened, for a sentence. (transfer full) */
char *app_client_clean_words (const char *words, const char *key);

G_END_DECLS
