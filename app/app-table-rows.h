/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppTableRows: the rows of a table of a dataset as a list, of which only those that somebody looks at are in memory.
 *
 * It is a GListModel of AppTableRow and never changes: a row is there at once and says when its cells have arrived ("notify::loaded"). A thread of its own reads them,
 * PAGE rows at a time, what was asked for last first. Main thread only. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

#define APP_TABLE_ROWS_PAGE 128

#define APP_TYPE_TABLE_ROW (app_table_row_get_type ())
G_DECLARE_FINAL_TYPE (AppTableRow, app_table_row, APP, TABLE_ROW, GObject)

#define APP_TYPE_TABLE_ROWS (app_table_rows_get_type ())
G_DECLARE_FINAL_TYPE (AppTableRows, app_table_rows, APP, TABLE_ROWS, GObject)

/* `table`: its place in the dataset. */
AppTableRows *app_table_rows_new (AppDataset *dataset, guint table);
AppDataset *app_table_rows_get_dataset (AppTableRows *self);    /* (transfer none) */
const AppTable *app_table_rows_get_table (AppTableRows *self);
/* How many pages were read so far, and how many rows are in memory: for tests. */
guint app_table_rows_get_n_read (AppTableRows *self);
guint app_table_rows_get_n_kept (AppTableRows *self);

/* The position of the row with this number in the file, or of the next one behind it. */
void app_table_rows_find_async (AppTableRows *self, gint64 number, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_table_rows_find_finish (AppTableRows *self, GAsyncResult *result, guint *position, GError **error);

gboolean app_table_row_get_loaded (AppTableRow *row);  /* "loaded" */
gint64 app_table_row_get_number (AppTableRow *row);    /* in the file; 0 until loaded */

typedef enum {
  APP_TABLE_CELL_WAITING, /* not read yet, or it could not be read */
  APP_TABLE_CELL_EMPTY,
  APP_TABLE_CELL_VALUE,
  APP_TABLE_CELL_MISFIT,  /* it is not what its column is; the text is what stands in the file */
} AppTableCell;

/* *text: (out) (optional) (transfer full): as a person's language writes it; "" for none. */
AppTableCell app_table_row_dup_cell (AppTableRow *row, guint column, char **text);

G_END_DECLS
