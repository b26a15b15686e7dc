/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables into files for other programs: CSV (UTF-8, RFC 4180) and XLSX. What begins like a formula stays text. */
#pragma once

#include "app-query.h"

G_BEGIN_DECLS

typedef enum { APP_TABLE_EXPORT_CSV, APP_TABLE_EXPORT_XLSX } AppTableExportFormat;

/* ".csv", ".xlsx" (transfer none) */
const char *app_table_export_get_end (AppTableExportFormat format);

/* An answer. `title`: of the sheet. The file is written beside `path` and takes its place when it is whole. */
void app_table_export_result_async (AppResult *result, const char *title, AppTableExportFormat format, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* All that a statement over the datasets (AppQuery) gives, row by row, however much that is; it may take ten minutes. `n_rows`: (nullable) how many are written, set by another thread (atomic); must live until the
 * end. */
void app_table_export_query_async (GPtrArray *datasets, const char *sql, const char *title, AppTableExportFormat format, const char *path, gint *n_rows, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
/* All tables of a dataset, each on a sheet; CSV has one, `table` (SQL name; NULL: the first). `n_rows`: likewise. */
void app_table_export_dataset_async (AppDataset *dataset, const char *table, AppTableExportFormat format, const char *path, gint *n_rows, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_table_export_finish (GAsyncResult *result, GError **error);

G_END_DECLS
