/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a dataset go into a file for other programs, as they were read. */
#pragma once

#include <gtk/gtk.h>

#include "app-table-export.h"

G_BEGIN_DECLS

/* Asks where, and writes there: CSV has `table` (its place), XLSX all. How it went is told at `widget`. */
void ui_table_export (GtkWidget *widget, AppDataset *dataset, guint table, AppTableExportFormat format);

G_END_DECLS
