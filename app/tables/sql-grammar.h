/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL that a model may write: a grammar in GBNF made from the tables that there are. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* One SELECT over tables and columns that exist, in one way of writing it. What stands behind SELECT belongs to the tables behind FROM: of one table, of two that are joined, or of a chain of them, where
 * names of any table may stand. Every text that it admits is a statement for SQLite's parser. (transfer full) */
char *sql_grammar_new (GPtrArray *datasets);

G_END_DECLS
