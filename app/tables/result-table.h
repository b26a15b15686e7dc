/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer as a table that may be asked: of a statement whose rows another one takes up (WITH). */
#pragma once

#include "app-query.h"
#include "query-connection.h"

G_BEGIN_DECLS

/* With what its columns are like: types, how many different values, the smallest and the largest, some of them. Its columns are called as in the answer, so a statement may have to quote
 * them (sql_name_write ()); of several of one name the first is there. `name`: of the table. (transfer full) */
AppTable *result_table_new (const AppResult *result, const char *name);

/* One of its columns alone. (transfer full) */
AppColumn *result_table_make_column (const AppResult *result, guint column);

/* A name that no table of the datasets has: "this". (transfer full) */
char *result_table_dup_name (GPtrArray *datasets);
/* The tables that a statement may ask that changes another one: that table first, and those of the datasets that its own statement does not ask. Both NULL: all of the datasets. (transfer full): of QueryTable */
GArray *result_table_list (GPtrArray *datasets, GPtrArray *aliases, const AppTable *base, const char *sql);
/* "WITH this AS (…)" in front of a statement that names it; the statement itself if it does not. (transfer full) */
char *result_table_compose (const char *name, const char *base, const char *sql);

G_END_DECLS
