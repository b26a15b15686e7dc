/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppSse: a reader of server-sent events (text/event-stream), fed as the bytes come in. Internal to app/. Any one thread.
 *
 * Lines end with CR, LF or both, wherever the pieces are cut. Of the fields only `data` counts: its lines are joined with LF, and an empty line ends the
 * event. Comments, other fields and events without data are passed over; what has no empty line after it is not an event. A character of several bytes
 * may come in two pieces, because nothing is looked at before its line is whole. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The longest event that is taken, in bytes: what a server sends is never kept without bound. */
#define APP_SSE_MAX_EVENT (1024u * 1024)

typedef struct _AppSse AppSse;

/* `data`: ends with a NUL beyond `n_bytes`, is not checked for anything, and belongs to the reader. The reader must not be freed in it. */
typedef void (*AppSseFunc) (const char *data, gsize n_bytes, gpointer user_data);

AppSse *app_sse_new (AppSseFunc func, gpointer user_data);
void app_sse_free (AppSse *sse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppSse, app_sse_free)

/* Calls the function for each event that these bytes complete. FALSE with G_IO_ERROR_INVALID_DATA when an event is too long; feed it no more then. */
gboolean app_sse_feed (AppSse *sse, const void *bytes, gsize n_bytes, GError **error);

G_END_DECLS
