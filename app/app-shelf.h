/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shelf: everything that was made, in all conversations. Plain data; main thread only. */
#pragma once

#include "app-artifact.h"
#include "app-history.h"

G_BEGIN_DECLS

typedef struct {
  char *handle;                 /* app-made.h */
  gint64 conversation, message; /* that made the newest version */
  const AppArtifactKind *kind;
  char *title;
  gboolean starred;
  AppVersionState state;
  GDateTime *time;   /* of the newest version, local */
  GBytes *thumbnail; /* a PNG; NULL for none */
} AppShelved;

/* Starred ones first, then the newest. finish returns: (transfer full) (nullable): of AppShelved */
void app_history_read_shelf_async (AppHistory *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *app_history_read_shelf_finish (AppHistory *self, GAsyncResult *result, GError **error);

G_END_DECLS
