/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMade: one thing that was made, by itself and without its conversation, as a window of its own shows it. Plain data; main thread only.
 *
 * A handle names it outside of the history: its id and when it was made, so that another history has nothing of that name. */
#pragma once

#include "app-artifact.h"
#include "app-bundle.h"
#include "app-history.h"

G_BEGIN_DECLS

typedef struct {
  gint64 artifact;
  gint64 conversation, message; /* that made the version */
  char *handle;
  const AppArtifactKind *kind;
  char *title, *source;
  char **data;       /* ids of datasets */
  GBytes *thumbnail; /* a PNG; NULL for none */
} AppMade;
void app_made_free (AppMade *made);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppMade, app_made_free)

/* Letters, digits and "_". `created`: milliseconds since 1970. (transfer full) */
char *app_made_dup_handle (gint64 artifact, gint64 created);

/* The newest version that works, else the newest that is whole. Errors: APP_ERROR_MISSING when there is none, or its conversation was deleted. finish returns: (transfer full) */
void app_history_read_made_async (AppHistory *self, const char *handle, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppMade *app_history_read_made_finish (AppHistory *self, GAsyncResult *result, GError **error);

/* The files of its page, and what it keeps (strings; (transfer full)): as AppArtifacts has them. */
void app_history_make_page_async (AppHistory *self, const AppMade *made, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppBundle *app_history_make_page_finish (AppHistory *self, GAsyncResult *result, GError **error);
void app_history_read_page_storage_async (AppHistory *self, gint64 artifact, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GHashTable *app_history_read_page_storage_finish (AppHistory *self, GAsyncResult *result, GError **error);
void app_history_store_page_value (AppHistory *self, gint64 artifact, const char *key, const char *value); /* value NULL: none */

/* Removes the entries of what is not in the history any more; app_history_set_launchers () and each purge have it done. */
void app_history_tidy_launchers (AppHistory *self);

G_END_DECLS
