/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL that a model may write: a grammar in GBNF made from the tables that there are. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* One SELECT over tables and columns that exist, in one way of writing it. What stands behind SELECT belongs to the tables behind FROM: of one table, of two that are joined, or of a chain of them, where
 * names of any table may stand. Every text that it admits is a statement for SQLite's parser. (transfer full) */
char *sql_grammar_new (GPtrArray *datasets);

/* For a table that is kept: all columns with more of them, what is computed has a name ("AS"), and there are running totals, ranks and shares. `base`: a table of the
 * statement's own (WITH), with its statement, to which tables may be joined that it does not have yet; NULL for none. `adds`: all columns are kept, and more come. (transfer full) */
char *sql_grammar_new_kept (GPtrArray *datasets, const AppTable *base, const char *base_sql, gboolean adds);

G_END_DECLS
