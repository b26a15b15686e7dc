/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a UiTableGrid is made of: cells, numbers of rows, heads of columns. All of them are used again for other places. */
#pragma once

#include <gtk/gtk.h>

#include "app-table-rows.h"

G_BEGIN_DECLS

GtkWidget *ui_table_cell_new (void);
/* `row`: (nullable) */
void ui_table_cell_show (GtkWidget *cell, AppTableRow *row, const AppTable *table, guint column);
GtkWidget *ui_table_cell_new_number (void);
void ui_table_cell_show_number (GtkWidget *cell, AppTableRow *row);

/* A GtkMenuButton. */
GtkWidget *ui_table_cell_new_head (void);
void ui_table_cell_show_head (GtkWidget *head, const AppTable *table, guint column);

/* Pixels that a column, and that the numbers should have, where a digit has `digit`. */
int ui_table_cell_measure (const AppTable *table, guint column, int digit);
int ui_table_cell_measure_numbers (const AppTable *table, int digit);

G_END_DECLS
