/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table goes into a file for other programs. */
#pragma once

#include <gtk/gtk.h>

#include "app-table-export.h"

G_BEGIN_DECLS

/* Asks where, and writes there all that the statement gives. If that takes a while, a dialog shows how far it is, and stops it. How it went is told at `widget`. `datasets`: of AppDataset; `title`: of the table,
 * and what the file is called until the person says otherwise; `to`: "xlsx" or "csv". */
void ui_table_save (GtkWidget *widget, GPtrArray *datasets, const char *sql, const char *title, const char *to);
/* The same of a dataset, as it was read: CSV has the table at `place`, XLSX all. */
void ui_table_save_dataset (GtkWidget *widget, AppDataset *dataset, guint place, AppTableExportFormat format);

G_END_DECLS
