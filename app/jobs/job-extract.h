/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What code knows of rows that a model takes out of documents (worker-extract.c): which columns need no model, and whether what it wrote stands in the document. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* Where the cells of a column come from. */
typedef enum {
  EXTRACT_ASKED,     /* the model says them */
  EXTRACT_FILE,      /* the name of the document */
  EXTRACT_LOOKED_UP, /* a table that is attached has them */
  EXTRACT_KEY,       /* and they say which of its rows */
} ExtractRole;

/* Whether a column is that of the documents' names: "file". */
gboolean job_extract_is_file_name (const char *column);
/* Whether a column's name says that figures stand in it: "amount", "price". */
gboolean job_extract_is_amount (const char *column);
/* The statement that gives the wanted columns that a table of the dataset has, two or more of those that are ASKED, which are LOOKED_UP from now on; NULL: none has them. (transfer full) (nullable) */
char *job_extract_dup_sql (AppDataset *dataset, char **columns, ExtractRole *roles);
/* The different values of column `k` of these rows that stand in a text. (transfer full) */
GStrv job_extract_find_values (const char *text, GPtrArray *rows, guint k);
/* The cell `k` of the row whose cell `key` says the same as `value`; "" where there is none, or several say different things. (transfer full) */
char *job_extract_look_up (GPtrArray *rows, guint key, const char *value, guint k);
/* A cell as it goes into the table: as it was written where it stands in the document, a day in the form that the request shows ("as 2026-12-31"); "" for a number that does not stand there, and for a day that
 * does not and for which the sentence of the row's other cells (`row`, up to a NULL) has no single one. (transfer full) */
char *job_extract_dup_cell (const char *request, const char *text, char **row, const char *cell);

G_END_DECLS
