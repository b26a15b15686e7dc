/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppErrand: one errand over HTTP (an answer, a search, a download) in the list of connections. Internal to app/.
 *
 * An errand may lead to several servers, since servers redirect: each has an entry of its own in the list, made before the first byte goes there. The work
 * may be done on any thread; the list lives on the main thread, to which this object carries it. Counted, any thread unless said otherwise. */
#pragma once

#include "app-connections.h"

G_BEGIN_DECLS

typedef struct _AppErrand AppErrand;

/* Main thread. `purpose`: for the person, "Search for models on Hugging Face". */
AppErrand *app_errand_new (AppConnections *connections, const char *purpose);
AppErrand *app_errand_ref (AppErrand *self);
void app_errand_unref (AppErrand *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppErrand, app_errand_unref)

/* Records that `peer` ("https://hub.example") is about to be connected to, unless this errand has done so, and answers in the thread-default context when
 * that is stored. Do not connect when it fails. */
void app_errand_admit_async (AppErrand *self, const char *peer, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_errand_admit_finish (GAsyncResult *result, GError **error);
/* Bytes that came; they count for the server that was new last, which is the one that sends what was asked for. */
void app_errand_received (AppErrand *self, guint64 bytes);
/* Main thread: how it went, with every server; one that is let go of before was stopped. `error`: (nullable) the sentence of a failure. */
void app_errand_end (AppErrand *self, AppConnectionOutcome outcome, const char *error);
/* Main thread: the same, of an error (NULL: it went well). */
void app_errand_end_with (AppErrand *self, const GError *error);

G_END_DECLS
