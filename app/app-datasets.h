/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDatasets: the folder of the datasets, apart from the history. A file of the person is one dataset, whichever conversations it is attached to.
 *
 * A file's name says what is in it: the content's SHA-256, the version of the reader, and a hash of the choices where there are any. It is written under another name, made
 * safe on the disk, and renamed: a program that ends in between leaves no half of one. Call everything on the main thread. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* Counts up when the same file is read in another way. */
#define APP_DATASETS_READER_VERSION 1

#define APP_TYPE_DATASETS (app_datasets_get_type ())
G_DECLARE_FINAL_TYPE (AppDatasets, app_datasets, APP, DATASETS, GObject)

/* `folder` is made when it is needed. */
AppDatasets *app_datasets_new (const char *folder);
/* One that is never on the disk and is gone with the object; NULL where the system has no such place. */
AppDatasets *app_datasets_new_temporary (void);

const char *app_datasets_get_folder (AppDatasets *self);

/* Whether a file of this name is one whose tables are read: *hint for the helper (static). */
gboolean app_datasets_can_import (const char *name, const char *mime_type, const char **hint);

/* How the tables of this content are to be read, as AppTableChoices writes it; "" as guessed. */
const char *app_datasets_get_choices (AppDatasets *self, const char *sha256);
/* Says so, and to whoever keeps it: the signal "choices-changed" (sha256, choices). Datasets that are there stay as they are. */
void app_datasets_set_choices (AppDatasets *self, const char *sha256, const char *choices);
/* What was kept: it counts where nothing is said of the content yet, and tells nobody. */
void app_datasets_adopt_choices (AppDatasets *self, const char *sha256, const char *choices);

/* `fraction`: from 0 to 1; on the main thread, never after the callback. */
typedef void (*AppDatasetProgress) (double fraction, gpointer user_data);

/* Reads the tables of a file into a dataset, or finds the one that is there. `sha256`: of `bytes`, NULL to have it computed; `name`: of the file; `choices`:
 * (nullable). */
void app_datasets_import_async (AppDatasets *self, GBytes *bytes, const char *sha256, const char *name, const char *mime_type, const char *choices, GCancellable *cancellable,
                                AppDatasetProgress progress, gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data);
AppDataset *app_datasets_import_finish (AppDatasets *self, GAsyncResult *result, GError **error);

/* The dataset of a content, if it has been made. Returns: (transfer full) (nullable) */
AppDataset *app_datasets_find (AppDatasets *self, const char *sha256, const char *choices);

/* The dataset of this id, if it is there. Returns: (transfer full) (nullable) */
AppDataset *app_datasets_open (AppDatasets *self, const char *id);

/* Makes a dataset of the answer to `sql` over others: a new column, a join, a pivot, a cleaned copy. `name`: of its table. */
void app_datasets_derive_async (AppDatasets *self, GPtrArray *sources, const char *sql, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppDataset *app_datasets_derive_finish (AppDatasets *self, GAsyncResult *result, GError **error);

/* Deletes what was begun and not ended, what older readers made, and the datasets of contents that are not in `live` (of SHA-256, and of the ids of datasets that are spoken of),
 * in the background. Of a content its newest reading stays, and what a live derived dataset was made of. */
void app_datasets_tidy_async (AppDatasets *self, GHashTable *live, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_datasets_tidy_finish (AppDatasets *self, GAsyncResult *result, guint *n_deleted, GError **error);

G_END_DECLS
