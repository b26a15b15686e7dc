/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How tables are joined: which column of one refers to the rows of another, by names and values alone. */
#pragma once

#include "query-connection.h"

G_BEGIN_DECLS

typedef struct {
  guint from, to;          /* places in the list of tables */
  const AppColumn *column; /* of `from` */
  const AppColumn *key;    /* of `to`, a different one in each row */
} TableJoin;

/* Of the first twenty tables, and sixty columns of each. `tables`: of QueryTable, must live as long. (transfer full): of TableJoin */
GArray *table_joins_find (const GArray *tables);

/* A table's name as a statement has it. (transfer full) */
char *query_table_dup_name (const QueryTable *table);
/* "orders.customer_id = customers.id". (transfer full) */
char *table_join_dup_condition (const TableJoin *join, const GArray *tables);
/* Whether numbers in it name something. */
gboolean table_column_is_identifier (const AppColumn *column);

G_END_DECLS
