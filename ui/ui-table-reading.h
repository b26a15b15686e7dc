/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiTableReading: how the file of a table is read: its encoding, what stands between its cells, which rows are names.
 *
 * Its signal "corrected" (text: all choices of the file, as AppTableChoices writes them) says what was changed; nothing is read here. */
#pragma once

#include <adwaita.h>

#include "app-dataset.h"

G_BEGIN_DECLS

#define UI_TYPE_TABLE_READING (ui_table_reading_get_type ())
G_DECLARE_FINAL_TYPE (UiTableReading, ui_table_reading, UI, TABLE_READING, GtkPopover)

GtkWidget *ui_table_reading_new (void);
/* `table`: the place of the one that shows. Whether there is anything to choose, or to take back. */
gboolean ui_table_reading_set_dataset (UiTableReading *self, AppDataset *dataset, guint table);

G_END_DECLS
