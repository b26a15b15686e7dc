/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables that are attached to the notes of a conversation. Internal to app/. Main thread only. */
#pragma once

#include "app-datasets.h"

G_BEGIN_DECLS

typedef struct {
  gint64 note;      /* the message */
  guint attachment; /* its position there */
  char *name;
  AppDataset *dataset;
} AppAttachedTable;

/* Whether any of the first `n` messages (AppMessage) may have some, as far as the names of what is attached say. */
gboolean app_attached_tables_may_be (GListModel *messages, guint n);

/* Those of the first `n` messages, the newest first, each file once; read anew where the datasets lack them. What cannot be read is left out. */
void app_attached_tables_async (GListModel *messages, guint n, AppDatasets *datasets, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Of AppAttachedTable; (transfer full) (nullable): NULL only when cancelled. */
GPtrArray *app_attached_tables_finish (GAsyncResult *result, GError **error);

G_END_DECLS
