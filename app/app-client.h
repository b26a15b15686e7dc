/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppClient and AppExchange: how this program talks to servers: those that the person added, and the hub. Internal to app/. Nothing here waits.
 *
 * One exchange is one request and its reply. It is recorded first (AppErrand), with every server that a redirect leads to; the key goes to the server that was
 * asked first and to no other. Only https is spoken, and http with this machine, unless the person was asked. There are no cookies, nothing is compressed.
 * Every error is a sentence for the person with the host in it and never the key.
 *
 * A client and its exchanges belong to the thread that makes them, and answer in its thread-default context. A worker that wants to wait has AppHttp. */
#pragma once

#include <libsoup/soup.h>

#include "app-errand.h"
#include "app-keys.h"

G_BEGIN_DECLS

/* ---- AppClient: what the exchanges of one thread share ---- */

#define APP_TYPE_CLIENT (app_client_get_type ())
G_DECLARE_FINAL_TYPE (AppClient, app_client, APP, CLIENT, GObject)

/* `connections`, `keys`: (nullable) for those who ask for them; with keys, exchanges that are given none look there. */
AppClient *app_client_new (AppConnections *connections, AppKeys *keys);
AppConnections *app_client_get_connections (AppClient *self); /* (transfer none) (nullable) */
AppKeys *app_client_get_keys (AppClient *self);               /* (transfer none) (nullable) */
/* For exchanges. */
SoupSession *app_client_get_session (AppClient *self); /* (transfer none) */
guint app_client_get_patience (AppClient *self, guint usual);
/* How long a server may be silent, in milliseconds, in the place of what each exchange allows; 0: that. For tests. */
void app_client_set_patience (AppClient *self, guint ms);

/* ---- AppExchange; app-exchange.c ---- */

typedef struct {
  const char *url;
  const char *accept;           /* NULL: anything */
  GBytes *body;                 /* JSON that is posted; NULL: GET */
  const char *key;              /* NULL: what is kept for the origin; "" for none */
  const char *range, *if_range; /* headers; NULL: none */
  guint first_patience;         /* ms until the reply begins: a server may have to load a model first */
  guint patience;               /* ms between two pieces of it */
  gboolean plain;               /* http is spoken with other machines too: the person was told what that means */
  gboolean follow;              /* redirects, by the rule for addresses, up to ten */
  gboolean only_ok;             /* whatever is not 200 is an error, with the server's own words */
} AppRequest;

#define APP_TYPE_EXCHANGE (app_exchange_get_type ())
G_DECLARE_FINAL_TYPE (AppExchange, app_exchange, APP, EXCHANGE, GObject)

/* `request` is copied. */
AppExchange *app_exchange_new (AppClient *client, AppErrand *errand, const AppRequest *request);

const char *app_exchange_get_host (AppExchange *self);

/* Until the reply begins. Fails with APP_ERROR_NETWORK when another try may go better, and else with APP_ERROR_DOWNLOAD (where it leads), FAILED, or ENGINE
 * (the server says no). */
void app_exchange_open_async (AppExchange *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_exchange_open_finish (AppExchange *self, GAsyncResult *result, GError **error);
/* After that: the reply's head. (transfer none) */
SoupMessage *app_exchange_get_message (AppExchange *self);
/* "application/json", in lower case; "" when it is not said. (transfer full) */
char *app_exchange_dup_content_type (AppExchange *self);

/* The next piece of the reply; one without bytes is its end. One at a time, after open. */
void app_exchange_read_async (AppExchange *self, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
GBytes *app_exchange_read_finish (AppExchange *self, GAsyncResult *result, GError **error);
/* The whole reply of at most `limit` bytes, in the place of read; a longer one is APP_ERROR_DAMAGED. */
void app_exchange_read_all_async (AppExchange *self, gsize limit, GAsyncReadyCallback callback, gpointer user_data);
GBytes *app_exchange_read_all_finish (AppExchange *self, GAsyncResult *result, GError **error);

/* Any thread: closes the connection within a moment; what is under way ends with G_IO_ERROR_CANCELLED. */
void app_exchange_stop (AppExchange *self);
/* Main thread: closes, and has the errand end with `error`, or well (NULL). */
void app_exchange_end (AppExchange *self, const GError *error);

/* ---- app-client-address.c: the rule for addresses ---- */

/* (transfer full) (nullable): NULL for what is no address of a server. */
GUri *app_client_parse (const char *url);
/* Whether it may be asked although nobody was: https, or http on this machine. */
gboolean app_client_is_safe (GUri *uri);
/* The server of an address, "https://hub.example:8443". (transfer full) */
char *app_client_dup_server (GUri *uri);
/* Where a redirect at `from` leads, of an exchange that began at `first`; NULL with APP_ERROR_DOWNLOAD when we do not go there. (transfer full) */
GUri *app_client_redirect (const char *location, GUri *from, GUri *first, GError **error);

/* ---- app-client-errors.c ---- */

/* What went wrong on the way, as a sentence. `tls_errors`: of the certificate. */
GError *app_client_explain (const GError *error, const char *host, GTlsCertificateFlags tls_errors);
/* What the server said instead of yes. `words`: (nullable) its own, of which at most a line is told; `key` (nullable) is taken out of them. `location`: of a redirect. */
GError *app_client_explain_status (guint status, const char *words, gboolean overflow, const char *host, const char *key, const char *location);
/* One line of a server's words, shortened, for a sentence. (transfer full) */
char *app_client_clean_words (const char *words, const char *key);

G_END_DECLS
