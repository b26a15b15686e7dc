/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a table that was made: its rows, what its columns are, and its statement. */
#pragma once

#include "app-bundle.h"
#include "app-query.h"

G_BEGIN_DECLS

/* Rows that a page has; of a longer table the first. */
#define TABLE_PAGE_MAX_ROWS 20000

/* Runs the statement. Any thread. NULL with the sentence of AppQuery. (transfer full) */
AppBundle *table_page_new (GPtrArray *datasets, const char *sql, const char *title, GCancellable *cancellable, GError **error);

G_END_DECLS
