/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What takes how much of the disk, and what of it can go. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The things that are measured; each is one line in app-storage.c, which says how. */
typedef enum {
  APP_STORAGE_HISTORY,   /* the history with its journal, attachments and their tables included */
  APP_STORAGE_MODELS,    /* installed models and adapters; links count as nothing */
  APP_STORAGE_DOWNLOADS, /* what half-finished downloads have so far */
  APP_STORAGE_OLD,       /* histories from before a migration or a restored backup */
  APP_STORAGE_N_THINGS,
} AppStorageThing;

typedef struct {
  guint64 bytes[APP_STORAGE_N_THINGS];
} AppStorage;

/* Measures in the background. `history_path`: ":memory:" has no files. */
void app_storage_measure_async (const char *history_path, const char *models_directory, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_storage_measure_finish (GAsyncResult *result, AppStorage *storage, GError **error);

/* Whether the person can delete it here (conversations, models and downloads have pages of their own). */
gboolean app_storage_can_clear (AppStorageThing thing);
/* Deletes it, for good, in the background. */
void app_storage_clear_async (AppStorageThing thing, const char *history_path, const char *models_directory, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_storage_clear_finish (GAsyncResult *result, GError **error);

G_END_DECLS
