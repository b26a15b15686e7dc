/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppHttp: GET requests of one errand, made by one worker thread that waits for them. Internal to app/.
 *
 * Only https; http to this machine alone, for servers of the person's own and of tests. Redirects are followed by the same rule, up to ten; the access
 * token goes to the server that was asked first and to no other, and each server is in the list of connections before it is asked. Nothing is unpacked
 * on the way, there are no cookies, and a server that sends nothing for a while is given up. Everything here blocks. */
#pragma once

#include <libsoup/soup.h>

#include "app-errand.h"

G_BEGIN_DECLS

typedef struct _AppHttp AppHttp;

/* On the thread that uses it. `token`: (nullable). `stall_ms`: after how long without a byte a request ends with G_IO_ERROR_TIMED_OUT. */
AppHttp *app_http_new (AppErrand *errand, const char *token, guint stall_ms);
void app_http_free (AppHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppHttp, app_http_free)

/* Sends a request and returns with the head of the last answer, whatever its status; the body is read with app_http_read (). `range`, `if_range`: (nullable)
 * the headers. `message`: (out) (transfer full). Errors: APP_ERROR_DOWNLOAD for what would not be better the next time (a forbidden redirect, a wrong
 * certificate), those of the list of connections, and G_IO_ERROR … of the network. (transfer full) (nullable) */
GInputStream *app_http_get (AppHttp *self, const char *url, const char *range, const char *if_range, SoupMessage **message, GCancellable *cancellable, GError **error);
/* Up to `n` bytes; 0 at the end, -1 with `error`. */
gssize app_http_read (AppHttp *self, GInputStream *stream, void *buffer, gsize n, GCancellable *cancellable, GError **error);
/* All of a body that is no longer than `limit`: a longer one is APP_ERROR_DAMAGED. (transfer full) (nullable) */
GBytes *app_http_read_all (AppHttp *self, GInputStream *stream, gsize limit, GCancellable *cancellable, GError **error);

/* Whether an address may be asked at all. */
gboolean app_http_is_allowed (const char *url);
/* The server of an address, "https://hub.example:8443". (transfer full) */
char *app_http_dup_server (const char *url);
/* Seconds of a Retry-After header; 0: none, or one that says nothing. */
guint app_http_retry_after (SoupMessage *message);

G_END_DECLS
