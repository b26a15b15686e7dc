/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as CSV, as workers write and check them: UTF-8, RFC 4180, with a row of names. */
#pragma once

#include "app-query.h"

G_BEGIN_DECLS

/* `columns`: what its columns are to be called, NULL: as in the answer. Where all of them are there, in other
 * letters perhaps, they are what there is, in this order; else the columns stay as they are. (transfer full) */
char *job_csv_print (const AppResult *result, const char *const *columns);
/* A row, with the end of its line. */
void job_csv_append (GString *csv, const char *const *cells);

/* The cells of a text, rows of GStrv (GPtrArray); the first row is that of the names. NULL with a sentence where it is no table. (transfer full) (nullable) */
GPtrArray *job_csv_parse (const char *text, GError **error);

/* Whether two names mean the same column: "Unit price" and "unit_price". */
gboolean job_csv_is_same_name (const char *one, const char *other);

G_END_DECLS
