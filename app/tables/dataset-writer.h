/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the file of a dataset: tables, rows, what is known of them. Any thread, one at a time. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

typedef struct _DatasetWriter DatasetWriter;

/* Begins a file beside `path`, which becomes it at the end. */
DatasetWriter *dataset_writer_new (const char *path, GError **error);
/* Removes what was begun and not ended. */
void dataset_writer_free (DatasetWriter *writer);

/* "format", "name", "choices", "sql"; "source" any number of times. */
gboolean dataset_writer_set_info (DatasetWriter *writer, const char *key, const char *value, GError **error);

/* One table after the other. `names`: for SQL, one for each column; NULL to make them. */
gboolean dataset_writer_begin_table (DatasetWriter *writer, const MediaTable *table, const char *fallback_name, GError **error);
gboolean dataset_writer_add_row (DatasetWriter *writer, gint64 row, const MediaCell *cells, GError **error);
gboolean dataset_writer_end_table (DatasetWriter *writer, const GPtrArray *notes, GError **error);

/* Makes it safe on the disk and gives it its name. */
gboolean dataset_writer_finish (DatasetWriter *writer, GError **error);

/* What a file that is written is called at the end, and whether nobody writes this one any more. */
#define DATASET_PART_END ".part"
gboolean dataset_writer_is_abandoned (const char *path);

/* The sentence for what SQLite answered about the dataset at `path`. */
void dataset_set_error (const char *path, gpointer db, int code, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DatasetWriter, dataset_writer_free)

G_END_DECLS
