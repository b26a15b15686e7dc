/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pivot: a row for each of one thing, a column for each of another. */
#include <glib/gi18n.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "dashboard-rules.h"
#include "dashboard-wish.h"
#include "table-draft.h"
#include "tables/sql-name.h"

/* Columns that a person can look at. */
#define MAX_COLUMNS 60

/* Words of a wish that need be nothing of the table. */
static const char fillers[] = "pivot table crosstab kreuztabelle the a an of for by per and with in each every from over make create give me please as row column count number how many day week month quarter year weekday hour daily weekly monthly "
                              "quarterly yearly nach pro je und mit die der das den eine ein tag woche monat quartal jahr anzahl , it this that to";

/* What a value of the columns' group is called above its column. (transfer full) */
static char *
dup_heading (const DashboardGroup *group, const char *key)
{
  static const nl_item days[] = { DAY_1, DAY_2, DAY_3, DAY_4, DAY_5, DAY_6, DAY_7 };

  if (group->bucket == DASHBOARD_WEEKDAY && key[0] >= '0' && key[0] <= '6' && key[1] == '\0')
    return g_strdup (nl_langinfo (days[key[0] - '0']));
  if (group->bucket == DASHBOARD_HOUR)
    return g_strdup_printf ("%s:00", key);
  if (group->column->type == MEDIA_COLUMN_BOOLEAN)
    return g_strdup (strcmp (key, "0") == 0 ? _("no") : _("yes"));
  return g_strdup (key[0] != '\0' ? key : _("(empty)"));
}

/* A value as a statement has it. (transfer full) */
static char *
dup_literal (const AppResult *keys, guint row)
{
  g_autofree char *text = app_result_dup_text (keys, row, 0);

  return app_result_get_value (keys, row, 0)->kind == MEDIA_CELL_TEXT ? sql_text_quote (text) : g_steal_pointer (&text);
}

/* The two groups of the wish: time goes from left to right, and otherwise what has fewer values does. */
static gboolean
find_groups (const DashboardWish *wanted, DashboardGroup *rows, DashboardGroup *columns)
{
  *rows = wanted->x;
  *columns = wanted->y;
  if (rows->column == NULL || columns->column == NULL)
    return rows->column != NULL;
  if (dashboard_is_date (wanted->x.column) != dashboard_is_date (wanted->y.column) ? dashboard_is_date (wanted->x.column) : wanted->x.column->n_distinct < wanted->y.column->n_distinct) {
    *rows = wanted->y;
    *columns = wanted->x;
  }
  return TRUE;
}

/* "2025", where the wish has a year and the table a date: only that. NULL if not. (transfer full) */
static char *
dup_condition (const TableWish *wish)
{
  const AppColumn *date = NULL;

  for (guint i = 0; i < wish->source->table->columns->len && date == NULL; i++)
    if (dashboard_is_date (g_ptr_array_index (wish->source->table->columns, i)))
      date = g_ptr_array_index (wish->source->table->columns, i);
  for (guint i = 0; date != NULL && i < wish->words->len; i++) {
    const char *word = wish->words->pdata[i];
    if (strlen (word) == 4 && strspn (word, "0123456789") == 4 && (g_str_has_prefix (word, "19") || g_str_has_prefix (word, "20"))) {
      g_autofree char *name = table_sql_name (date);
      return g_strdup_printf ("strftime('%%Y', %s) = '%s'", name, word);
    }
  }
  return NULL;
}

static AppResult *
find_keys (const TableWish *wish, const DashboardGroup *group, const char *condition, GError **error)
{
  g_autofree char *expression = table_sql_group (group);
  /* Weeks begin on Monday. */
  g_autofree char *sql = g_strdup_printf ("SELECT DISTINCT %s AS key FROM %s%s%s ORDER BY %s", expression, wish->source->name, condition != NULL ? " WHERE " : "", condition != NULL ? condition : "",
                                          group->bucket == DASHBOARD_WEEKDAY ? "(key + 6) % 7" : "key");

  return table_wish_run (wish, sql, MAX_COLUMNS + 2, error);
}

static void
append_named (GString *sql, const char *expression, const char *name)
{
  g_autofree char *quoted = sql_name_quote (name);

  g_string_append_printf (sql, ",\n  %s AS %s", expression, quoted);
}

/* A column for each key; the empty ones last. */
static void
append_columns (GString *sql, const TableWish *wish, const DashboardValue *value, const DashboardGroup *group, const AppResult *keys)
{
  g_autofree char *expression = table_sql_group (group);
  gboolean empty = FALSE;

  for (guint i = 0; i < app_result_get_n_rows (keys); i++) {
    g_autofree char *key = app_result_dup_text (keys, i, 0), *literal = dup_literal (keys, i), *heading = dup_heading (group, key);
    g_autofree char *condition = g_strdup_printf ("%s = %s", expression, literal), *cell = table_sql_value (wish, value, condition);
    if (app_result_get_value (keys, i, 0)->kind == MEDIA_CELL_NULL)
      empty = TRUE;
    else
      append_named (sql, cell, heading);
  }
  if (empty) {
    g_autofree char *condition = g_strdup_printf ("%s IS NULL", expression), *cell = table_sql_value (wish, value, condition);
    append_named (sql, cell, _("(empty)"));
  }
}

TableDraft *
table_draft_pivot (const TableWish *wish, GError **error)
{
  g_autofree char *text = g_utf8_strdown (wish->text, -1);
  g_autoptr (GString) asked = g_string_new (text);
  g_autoptr (GArray) wishes = NULL;
  g_autoptr (GPtrArray) tables = g_ptr_array_new ();
  g_autoptr (AppResult) keys = NULL;
  DashboardGroup rows, columns;
  DashboardColumns of;
  const DashboardWish *wanted = NULL;

  /* What is left is what a chart would be asked for with: "revenue by city and month". */
  g_string_replace (asked, "pivot table", "", 0);
  g_string_replace (asked, "pivot", "", 0);
  wishes = dashboard_wish_read (wish->source, asked->str);
  for (guint i = 0; i < wishes->len && wanted == NULL; i++) {
    const DashboardWish *one = &g_array_index (wishes, DashboardWish, i);
    if (one->wanted != DASHBOARD_WANTS_FILTER && one->wanted != DASHBOARD_WANTS_KPI && one->x.column != NULL)
      wanted = one;
  }
  if (wanted == NULL || !find_groups (wanted, &rows, &columns))
    return NULL;
  /* "of revenue", where there is only a price and a quantity, is not how many rows there are. */
  g_ptr_array_add (tables, (gpointer) wish->source->table);
  if (!wanted->has_value && !table_wish_is_all (wish, tables, fillers))
    return NULL;
  DashboardValue value = table_wish_mean_value (wish, wanted->value);
  dashboard_find_columns (wish->source->table, &of);
  for (guint i = of.n_measures; i-- > 0 && !wanted->has_value;)
    if (dashboard_choose_value (wish->source, of.measures[i]).aggregate == DASHBOARD_SUM && of.measures[i] != rows.column && of.measures[i] != columns.column)
      value = dashboard_choose_value (wish->source, of.measures[i]);
  g_autofree char *condition = dup_condition (wish);
  if (columns.column != NULL) {
    keys = find_keys (wish, &columns, condition, error);
    if (keys == NULL)
      return NULL;
    if (app_result_get_n_rows (keys) > MAX_COLUMNS) {
      /* The other way round, then. */
      DashboardGroup swap = rows;
      rows = columns;
      columns = swap;
      g_clear_pointer (&keys, app_result_unref);
      keys = find_keys (wish, &columns, condition, error);
      if (keys == NULL)
        return NULL;
      if (app_result_get_n_rows (keys) > MAX_COLUMNS)
        return NULL;
    }
  }
  g_autofree char *row = table_sql_group (&rows), *row_name = dashboard_group_dup_label (&rows), *row_said = dashboard_group_dup_name (&rows), *all = table_sql_value (wish, &value, NULL);
  g_autofree char *label = dashboard_value_dup_label (&value);
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  TableDraft *draft = g_new0 (TableDraft, 1);
  g_string_append (sql, row);
  if (rows.bucket != DASHBOARD_AS_IT_IS) {
    g_autofree char *quoted = sql_name_quote (row_name);
    g_string_append_printf (sql, " AS %s", quoted);
  }
  if (keys != NULL)
    append_columns (sql, wish, &value, &columns, keys);
  append_named (sql, all, keys == NULL ? label : dashboard_is_part (&value) ? _("Total") : _("All"));
  g_string_append_printf (sql, "\nFROM %s\n", wish->source->name);
  if (condition != NULL)
    g_string_append_printf (sql, "WHERE %s\n", condition);
  g_string_append_printf (sql, "GROUP BY %s\nORDER BY %s", row, row);
  draft->sql = g_string_free (g_steal_pointer (&sql), FALSE);
  if (keys != NULL) {
    g_autofree char *column_said = dashboard_group_dup_name (&columns);
    draft->title = g_strdup_printf (_("%s by %s and %s"), label, row_said, column_said);
    draft->said = g_strdup_printf (_("%s: a row for each %s, a column for each %s."), label, row_said, column_said);
  } else {
    draft->title = g_strdup_printf (_("%s by %s"), label, row_said);
    draft->said = g_strdup_printf (_("%s: a row for each %s."), label, row_said);
  }
  return draft;
}
