/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiTableGrid: rows and columns of a table with a cursor in it, of any size.
 *
 * There are widgets for the cells that show, and no others: they move along as one scrolls, and are filled anew. (GtkColumnView of GTK 4.8 makes cells of all columns for two hundred
 * rows at least, which takes seconds.) All rows are of one height. The numbers of the rows and the heads of the columns stay where they are. Put it into a GtkScrolledWindow. */
#pragma once

#include <gtk/gtk.h>

#include "app-table-rows.h"

G_BEGIN_DECLS

#define UI_TYPE_TABLE_GRID (ui_table_grid_get_type ())
G_DECLARE_FINAL_TYPE (UiTableGrid, ui_table_grid, UI, TABLE_GRID, GtkWidget)

/* What shows: the place and the cursor stay where they are, as far as there are so many rows and columns. (nullable) */
void ui_table_grid_set_rows (UiTableGrid *self, AppTableRows *rows);
AppTableRows *ui_table_grid_get_rows (UiTableGrid *self);

/* Makes what opens at the head of a column. (transfer floating) */
typedef GtkWidget *(*UiTableGridPopover) (gpointer data, guint column);
void ui_table_grid_set_popover (UiTableGrid *self, UiTableGridPopover func, gpointer data);

/* Puts the cursor there, and shows it. */
void ui_table_grid_go (UiTableGrid *self, guint row, guint column);
void ui_table_grid_get_cursor (UiTableGrid *self, guint *row, guint *column);
/* Back to the beginning. */
void ui_table_grid_reset (UiTableGrid *self);

G_END_DECLS
