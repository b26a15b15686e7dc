/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tables are called for a person: types of columns, encodings, separators. */
#pragma once

#include <gtk/gtk.h>

#include "app-dataset.h"

G_BEGIN_DECLS

/* "Whole number", and its icon. (transfer none) */
const char *ui_table_words_type (MediaColumnType type);
const char *ui_table_words_type_icon (MediaColumnType type);
/* As in the file, or as it is called for questions. */
const char *ui_table_words_column (const AppColumn *column);
const char *ui_table_words_table (const AppTable *table);

/* "semicolons", for a summary; NULL for one that has no word. */
const char *ui_table_words_delimiter (char delimiter);
/* What the reader found where nothing was chosen; '\0' and NULL where the file says it itself. (transfer none) */
char ui_table_words_find_delimiter (AppDataset *dataset);
const char *ui_table_words_find_encoding (AppDataset *dataset);
/* Rows above the names, and of names, as the table was read. */
guint ui_table_words_count_above (const AppTable *table);

/* "12,408 rows, 9 columns, windows-1252, semicolons" (transfer full) */
char *ui_table_words_dup_summary (AppDataset *dataset, guint table);
/* "1,204 values, 12 empty. From 3 April 2024 to 6 June 2024." (transfer full) */
char *ui_table_words_dup_facts (const AppTable *table, guint column);
/* A cell that is not what its column is. (transfer full) */
char *ui_table_words_dup_misfit (MediaColumnType type, const char *text);

G_END_DECLS
