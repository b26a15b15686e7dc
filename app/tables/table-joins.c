/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table-joins.h"

#include <string.h>

#include "sql-name.h"

#define MAX_TABLES 20
#define MAX_COLUMNS 60

gboolean
table_column_is_identifier (const AppColumn *column)
{
  return strcmp (column->sql_name, "id") == 0 || g_str_has_suffix (column->sql_name, "_id") || strcmp (column->sql_name, "year") == 0;
}

char *
query_table_dup_name (const QueryTable *table)
{
  return table->alias != NULL ? g_strdup_printf ("%s.%s", table->alias, table->table->sql_name) : g_strdup (table->table->sql_name);
}

/* Whether a column of this name can lead to the table: customer_id to customers. */
static gboolean
leads_to (const char *column, const char *table)
{
  gsize length = strlen (column) - 3;
  return g_str_has_suffix (column, "_id") && length > 2 && g_ascii_strncasecmp (column, table, length - 1) == 0 && strlen (table) <= length + 3;
}

/* The key of `to` that a column of another table refers to; NULL for none. */
static const AppColumn *
find_key (const AppColumn *column, const AppTable *to)
{
  for (guint i = 0; i < to->columns->len; i++) {
    const AppColumn *key = g_ptr_array_index (to->columns, i);
    gboolean unique = key->n_distinct == to->n_rows && key->n_nulls == 0 && key->type == column->type;
    gboolean same = g_ascii_strcasecmp (key->sql_name, column->sql_name) == 0 && (key->type == MEDIA_COLUMN_TEXT || table_column_is_identifier (key)) && strcmp (key->sql_name, "id") != 0;
    if (unique && (same || (strcmp (key->sql_name, "id") == 0 && leads_to (column->sql_name, to->sql_name)) || g_ascii_strcasecmp (column->sql_name, to->sql_name) == 0))
      return key;
  }
  return NULL;
}

GArray *
table_joins_find (const GArray *tables)
{
  GArray *joins = g_array_new (FALSE, FALSE, sizeof (TableJoin));

  for (guint i = 0; i < tables->len && i < MAX_TABLES; i++)
    for (guint k = 0; k < tables->len && k < MAX_TABLES; k++) {
      const AppTable *one = g_array_index (tables, QueryTable, i).table, *other = g_array_index (tables, QueryTable, k).table;
      for (guint c = 0; i != k && c < one->columns->len && c < MAX_COLUMNS; c++) {
        const AppColumn *column = g_ptr_array_index (one->columns, c), *key = find_key (column, other);
        /* Of two tables that are each other's, once. */
        if (key == NULL || (g_ascii_strcasecmp (column->sql_name, key->sql_name) == 0 && column->n_distinct == one->n_rows && i > k))
          continue;
        g_array_append_val (joins, ((TableJoin) { i, k, column, key }));
      }
    }
  return joins;
}

char *
table_join_dup_condition (const TableJoin *join, const GArray *tables)
{
  g_autofree char *first = query_table_dup_name (&g_array_index (tables, QueryTable, join->from)), *second = query_table_dup_name (&g_array_index (tables, QueryTable, join->to));
  g_autofree char *column = sql_name_write (join->column->sql_name), *key = sql_name_write (join->key->sql_name);

  return g_strdup_printf ("%s.%s = %s.%s", first, column, second, key);
}
