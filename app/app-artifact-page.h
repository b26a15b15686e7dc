/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of something that was made: its files, and what it keeps for itself. Internal to app/; main thread. */
#pragma once

#include "app-artifact.h"
#include "app-bundle.h"
#include "app-database.h"

G_BEGIN_DECLS

/* Of the ids of datasets, those that are there: AppDataset. (transfer full) */
GPtrArray *app_artifact_page_open_datasets (AppDatabase *database, const char *const *data);

/* Through `task`: AppBundle, or APP_ERROR_INVALID with a sentence that says what is wrong with the source. `data`: the ids of datasets, of which those that are there count. */
void app_artifact_page_make (AppDatabase *database, const AppArtifactKind *kind, const char *source, const char *title, const char *const *data, GTask *task);

/* Through `task` (transfer full): GHashTable of strings. */
void app_artifact_page_read_storage (AppDatabase *database, gint64 artifact, GTask *task);
/* `value`: NULL: none. `callback`: as of app_database_run_async (). */
void app_artifact_page_store_value (AppDatabase *database, gint64 artifact, const char *key, const char *value, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
