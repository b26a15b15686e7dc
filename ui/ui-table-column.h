/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiTableColumn: what a column of a table is, and what it is to be: its name, its type, how its dates and numbers are written.
 *
 * Its signal "corrected" (text: all choices of the file, as AppTableChoices writes them) says what was changed; nothing is read here. */
#pragma once

#include <adwaita.h>

#include "app-dataset.h"

G_BEGIN_DECLS

#define UI_TYPE_TABLE_COLUMN (ui_table_column_get_type ())
G_DECLARE_FINAL_TYPE (UiTableColumn, ui_table_column, UI, TABLE_COLUMN, GtkPopover)

/* `table`, `column`: their places in the dataset. */
GtkWidget *ui_table_column_new (AppDataset *dataset, guint table, guint column);

G_END_DECLS
