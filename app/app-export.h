/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations, out of the history into a file. Markdown and HTML have the visible path, to be read; JSON has everything (transfer/json-format.h).
 * A thread of its own writes, one conversation at a time: nobody waits, and a large history does not come into memory. Main thread only. */
#pragma once

#include "app-history.h"

G_BEGIN_DECLS

/* The formats, in the order of the menu. `*label`: translated. FALSE behind the last. */
gboolean app_export_get_format (guint index, const char **id, const char **label, const char **ending);

/* A name for the file: out of the title, without what file systems refuse. `conversation` NULL: of all. (transfer full) */
char *app_export_dup_name (AppConversation *conversation, const char *format);

/* `done` of `total` conversations are written or read; total 0: not known. Called at most some twenty times a second. */
typedef void (*AppTransferProgress) (double fraction, guint done, gpointer user_data);

/* Writes `conversation`, or all with NULL, to `file`. Neither an error nor a cancel leaves half a file: one that was there is replaced only when all is
 * written. `format`: an id. `progress` (nullable) is not called any more after `callback`. What is written just now goes out as it is so far. */
void app_history_export_async (AppHistory *self, AppConversation *conversation, const char *format, GFile *file, AppTransferProgress progress, gpointer progress_data,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* How many conversations were written, or -1. */
int app_history_export_finish (AppHistory *self, GAsyncResult *result, GError **error);

G_END_DECLS
