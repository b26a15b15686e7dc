/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of the rows of a table: AppTableRow into the columns of a GtkColumnView. */
#pragma once

#include <gtk/gtk.h>

#include "app-table-rows.h"

G_BEGIN_DECLS

/* What makes the cells of a column. `table`: whose `place` it is. (transfer full) */
GtkListItemFactory *ui_table_cells_new (AppDataset *dataset, const AppTable *table, guint place);
/* Those with the numbers that rows have in the file. (transfer full) */
GtkListItemFactory *ui_table_cells_new_numbers (void);
/* Pixels that a column should have. `widget`: in whose font. */
int ui_table_cells_measure (GtkWidget *widget, const AppTable *table, guint place);
int ui_table_cells_measure_numbers (GtkWidget *widget, const AppTable *table);
gboolean ui_table_cells_is_numeric (MediaColumnType type);

G_END_DECLS
