/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables side by side: all rows of the one that refers to others, with what those say. */
#include <glib/gi18n.h>
#include <string.h>

#include "dashboard-wish.h"
#include "table-draft.h"
#include "tables/result-table.h"
#include "tables/sql-name.h"
#include "tables/table-joins.h"

/* Words of the wish that say no more than that; with the tables' and the columns' names. */
static const char fillers[] = "join merge combine verbinde verknüpfe verknüpf verknüpfen zusammen zusammenführen führe füge both two the a an all three these table file sheet spreadsheet dataset list tabelle datei beide beiden liste by on over with and "
                              "to together using via into one single into of them their common column key please bitte die der das den dem über nach anhand mit und zu einer ein eine , in information data detail from each other make create";

/* How well a join fits the words: its columns' names are in the wish. */
static guint
count_named (const TableWish *wish, const TableJoin *join)
{
  g_autofree char *names = g_strdup_printf ("%s %s", join->column->sql_name, join->key->sql_name);
  g_autoptr (GPtrArray) parts = dashboard_wish_split (names);
  guint n = 0;

  for (guint i = 0; i < parts->len; i++)
    n += strcmp (parts->pdata[i], "id") != 0 && g_ptr_array_find_with_equal_func (wish->words, parts->pdata[i], g_str_equal, NULL);
  return n;
}

/* The table that refers to most others, and by which column to each. FALSE if there is none. */
static gboolean
choose_joins (const TableWish *wish, const GArray *tables, const GArray *joins, guint *from, GArray *chosen)
{
  guint most = 0;

  for (guint i = 0; i < tables->len; i++) {
    guint n = 0;
    for (guint k = 0; k < joins->len; k++)
      n += g_array_index (joins, TableJoin, k).from == i;
    if (n > most) {
      most = n;
      *from = i;
    }
  }
  for (guint to = 0; most > 0 && to < tables->len; to++) {
    const TableJoin *best = NULL;
    for (guint k = 0; k < joins->len; k++) {
      const TableJoin *join = &g_array_index (joins, TableJoin, k);
      if (join->from == *from && join->to == to && (best == NULL || count_named (wish, join) > count_named (wish, best)))
        best = join;
    }
    if (best != NULL)
      g_array_append_vals (chosen, best, 1);
  }
  return chosen->len > 0;
}

/* The columns of a table, but the key, which is there already; a name that is taken gets the table's. */
static void
append_columns (GString *sql, const QueryTable *table, const AppColumn *key, GHashTable *taken)
{
  g_autofree char *of = query_table_dup_name (table);

  for (guint i = 0; i < table->table->columns->len; i++) {
    const AppColumn *column = table->table->columns->pdata[i];
    g_autofree char *name = sql_name_write (column->sql_name), *as = NULL;
    if (column == key)
      continue;
    g_string_append_printf (sql, "%s\n  %s.%s", g_str_has_suffix (sql->str, "SELECT") ? "" : ",", of, name);
    if (!g_hash_table_add (taken, g_ascii_strdown (column->sql_name, -1))) {
      g_autofree char *both = g_strdup_printf ("%s (%s)", column->sql_name, table->table->sql_name);
      as = sql_name_quote (both);
      g_string_append_printf (sql, " AS %s", as);
    }
  }
}

/* Rows that have no partner. */
static gint64
count_alone (const TableWish *wish, const char *from, const char *to, const char *condition, const char *key, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT COUNT(*) FROM %s LEFT JOIN %s ON %s WHERE %s.%s IS NULL", from, to, condition, to, key);
  g_autoptr (AppResult) result = table_wish_run (wish, sql, 1, error);

  return result != NULL ? app_result_get_value (result, 0, 0)->integer : -1;
}

TableDraft *
table_draft_join (const TableWish *wish, GError **error)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (wish->datasets);
  g_autoptr (GArray) tables = result_table_list (wish->datasets, aliases, wish->base != NULL ? wish->source->table : NULL, wish->base), joins = NULL, chosen = g_array_new (FALSE, FALSE, sizeof (TableJoin));
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) named = g_ptr_array_new ();
  g_autoptr (GString) sql = g_string_new (NULL), said = g_string_new (NULL), others = g_string_new (NULL), behind = g_string_new (NULL);
  guint from = 0;

  joins = table_joins_find (tables);
  for (guint i = 0; i < tables->len; i++)
    g_ptr_array_add (named, (gpointer) g_array_index (tables, QueryTable, i).table);
  if (tables->len < 2 || !table_wish_is_all (wish, named, fillers) || !choose_joins (wish, tables, joins, &from, chosen))
    return NULL;
  const QueryTable *main = &g_array_index (tables, QueryTable, from);
  g_autofree char *of = query_table_dup_name (main), *own = table_dup_label (main->table);
  g_string_append (sql, "SELECT");
  append_columns (sql, main, NULL, taken);
  g_string_append_printf (behind, "\nFROM %s", of);
  for (guint i = 0; i < chosen->len; i++) {
    const TableJoin *join = &g_array_index (chosen, TableJoin, i);
    const QueryTable *other = &g_array_index (tables, QueryTable, join->to);
    g_autofree char *name = query_table_dup_name (other), *label = table_dup_label (other->table), *condition = table_join_dup_condition (join, tables), *key = sql_name_write (join->key->sql_name);
    append_columns (sql, other, join->key, taken);
    g_string_append_printf (behind, "\nLEFT JOIN %s ON %s", name, condition);
    gint64 alone = count_alone (wish, of, name, condition, key, error);
    if (alone < 0)
      return NULL;
    g_string_append_printf (others, "%s%s", others->len > 0 ? ", " : "", label);
    g_string_append (said, alone > 0 ? "\n- " : "");
    if (alone > 0)
      g_string_append_printf (said, ngettext ("%'d row of “%s” has no partner in “%s”: there it is empty.", "%'d rows of “%s” have no partner in “%s”: there they are empty.", (gulong) alone), (int) alone, own, label);
  }
  g_string_append (sql, behind->str);
  TableDraft *draft = g_new0 (TableDraft, 1);
  draft->sql = g_string_free (g_steal_pointer (&sql), FALSE);
  draft->title = g_strdup_printf (_("%s with %s"), own, others->str);
  draft->said = g_strdup_printf (_("All rows of “%s”, with what “%s” has of each."), own, others->str);
  if (said->len > 0) {
    g_string_prepend (said, draft->said);
    g_free (draft->said);
    draft->said = g_strdup (said->str);
  }
  return draft;
}
