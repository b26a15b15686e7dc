/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppHttp: the exchanges (AppExchange) of one errand, for a worker thread that waits for them. Internal to app/. Everything here blocks. */
#pragma once

#include "app-client.h"

G_BEGIN_DECLS

typedef struct _AppHttp AppHttp;

/* On the thread that uses it. `key`: (nullable). `stall_ms`: how long a server may be silent. */
AppHttp *app_http_new (AppErrand *errand, const char *key, guint stall_ms);
void app_http_free (AppHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppHttp, app_http_free)

/* Asks for an address, follows redirects, and returns with the head of the last answer, whatever its status. `range`, `if_range`: (nullable) the headers.
 * (transfer full) (nullable) */
AppExchange *app_http_get (AppHttp *self, const char *url, const char *range, const char *if_range, GCancellable *cancellable, GError **error);
/* The next piece; one without bytes is the end. (transfer full) (nullable) */
GBytes *app_http_read (AppHttp *self, AppExchange *exchange, GCancellable *cancellable, GError **error);
/* All of a body that is no longer than `limit`. (transfer full) (nullable) */
GBytes *app_http_read_all (AppHttp *self, AppExchange *exchange, gsize limit, GCancellable *cancellable, GError **error);

G_END_DECLS
