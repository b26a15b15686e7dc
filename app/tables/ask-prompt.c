/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ask-prompt.h"

#include <string.h>

#include "app-query.h"
#include "query-connection.h"
#include "result-table.h"
#include "sql-name.h"
#include "table-joins.h"

/* Bytes of what is said of the tables. */
#define SCHEMA_BUDGET 6000
/* Columns in which values of the question are looked for; different values of one; found ones that are told; and how long that may take, in milliseconds each. */
#define MAX_SEARCHED 40
#define MAX_VALUES 5000
#define MAX_FOUND 8
#define SEARCH_TIME 300

static const char rules[] =
    "You answer questions about tables. Answer each question with one SELECT statement of SQLite and nothing else.\n"
    "- Select exactly what is asked for, in the order in which it is asked, and no other columns. When a name is asked for, select only the name.\n"
    "- Whatever else the question mentions are conditions, groups or the order.\n"
    "- Write values as the tables have them. Dates are text, '2024-03-05'; strftime('%Y', d), strftime('%Y-%m', d) are their parts.\n"
    "- A share in percent is 100.0 * COUNT(CASE WHEN condition THEN 1 END) / CAST(COUNT(*) AS REAL), without WHERE. Round only when asked to.\n"
    "- For the largest, smallest, first or most use ORDER BY with LIMIT.\n";

/* ---- which columns are what ---- */

/* Columns of a table that examples can be made of; NULL where there is none. */
typedef struct {
  char *table;
  const AppColumn *group;  /* of few different words */
  const AppColumn *name;   /* a word for each row */
  const AppColumn *number; /* something to add up */
  const AppColumn *date;
} Parts;

static void
find_parts (const QueryTable *table, Parts *parts)
{
  *parts = (Parts) { .table = query_table_dup_name (table) };
  for (guint i = 0; i < table->table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (table->table->columns, i);
    gboolean number = column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL;
    if (column->type == MEDIA_COLUMN_TEXT && column->n_distinct > 1 && column->n_distinct * 2 <= table->table->n_rows && column->samples != NULL && column->samples[0] != NULL &&
        (parts->group == NULL || column->n_distinct < parts->group->n_distinct))
      parts->group = column;
    if (column->type == MEDIA_COLUMN_TEXT && column->n_distinct * 10 > table->table->n_rows * 9 && parts->name == NULL && !table_column_is_identifier (column))
      parts->name = column;
    if (number && !table_column_is_identifier (column) && (parts->number == NULL || (parts->number->type == MEDIA_COLUMN_INTEGER && column->type == MEDIA_COLUMN_REAL)))
      parts->number = column;
    if ((column->type == MEDIA_COLUMN_DATE || column->type == MEDIA_COLUMN_DATETIME) && parts->date == NULL)
      parts->date = column;
  }
}

/* Says how tables are joined. The last one found is what the example is made of. */
static void
append_joins (GString *text, const GArray *tables, const GArray *joins)
{
  for (guint i = 0; i < joins->len; i++) {
    const TableJoin *join = &g_array_index (joins, TableJoin, i);
    g_autofree char *first = query_table_dup_name (&g_array_index (tables, QueryTable, join->from)), *second = query_table_dup_name (&g_array_index (tables, QueryTable, join->to));
    g_autofree char *condition = table_join_dup_condition (join, tables);
    g_string_append_printf (text, "%s joins %s ON %s\n", first, second, condition);
  }
}

/* ---- examples ---- */

static void append_example (GString *text, const char *question, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
append_example (GString *text, const char *question, const char *format, ...)
{
  va_list values;

  g_string_append_printf (text, "\nQuestion: %s\nSQL: ", question);
  va_start (values, format);
  g_string_append_vprintf (text, format, values);
  va_end (values);
  g_string_append (text, ";\n");
}

static char *
words (const AppColumn *column)
{
  return g_strdelimit (g_strdup (column->sql_name), "_", ' ');
}

static void
append_examples (GString *text, const Parts *parts)
{
  const char *t = parts->table, *g = parts->group ? parts->group->sql_name : NULL, *n = parts->number ? parts->number->sql_name : NULL;
  g_autofree char *group = parts->group ? words (parts->group) : NULL, *number = parts->number ? words (parts->number) : NULL;
  char *value = parts->group ? sqlite3_mprintf ("%Q", parts->group->samples[0]) : NULL;
  char *question;

  append_example (text, question = g_strdup_printf ("How many rows does %s have?", t), "SELECT COUNT(*) FROM %s", t);
  g_free (question);
  if (g != NULL && n != NULL) {
    append_example (text, question = g_strdup_printf ("What is the total %s for each %s, the largest first?", number, group), "SELECT %s, SUM(%s) FROM %s GROUP BY %s ORDER BY SUM(%s) DESC", g, n, t, g, n);
    g_free (question);
    append_example (text, question = g_strdup_printf ("Which %s has the highest average %s?", group, number), "SELECT %s FROM %s GROUP BY %s ORDER BY AVG(%s) DESC LIMIT 1", g, t, g, n);
    g_free (question);
    append_example (text, question = g_strdup_printf ("How many have a %s above the average where %s is %s?", number, group, value),
                    "SELECT COUNT(*) FROM %s WHERE %s > (SELECT AVG(%s) FROM %s) AND %s = %s", t, n, n, t, g, value);
    g_free (question);
  }
  if (g != NULL) {
    append_example (text, question = g_strdup_printf ("What percentage of them has the %s %s?", group, value),
                    "SELECT 100.0 * COUNT(CASE WHEN %s = %s THEN 1 END) / CAST(COUNT(*) AS REAL) FROM %s", g, value, t);
    g_free (question);
    append_example (text, question = g_strdup_printf ("Which %s appears more than twice?", group), "SELECT %s FROM %s GROUP BY %s HAVING COUNT(*) > 2", g, t, g);
    g_free (question);
  }
  if (g != NULL && n != NULL && parts->group->samples[1] != NULL) {
    char *other = sqlite3_mprintf ("%Q", parts->group->samples[1]);
    append_example (text, question = g_strdup_printf ("By how much is the average %s of %s above that of %s?", number, value, other),
                    "SELECT AVG(CASE WHEN %s = %s THEN %s END) - AVG(CASE WHEN %s = %s THEN %s END) FROM %s", g, value, n, g, other, n, t);
    g_free (question);
    sqlite3_free (other);
  }
  if (parts->name != NULL && n != NULL) {
    g_autofree char *name = words (parts->name);
    append_example (text, question = g_strdup_printf ("Which %s has the second lowest %s?", name, number), "SELECT %s FROM %s ORDER BY %s ASC LIMIT 1 OFFSET 1", parts->name->sql_name, t, n);
    g_free (question);
  }
  if (parts->date != NULL && parts->date->min != NULL) {
    const char *d = parts->date->sql_name;
    g_autofree char *year = g_strndup (parts->date->min, 4);
    append_example (text, question = g_strdup_printf ("How many are there in each month of %s?", year),
                    "SELECT strftime('%%Y-%%m', %s), COUNT(*) FROM %s WHERE strftime('%%Y', %s) = '%s' GROUP BY strftime('%%Y-%%m', %s)", d, t, d, year, d);
    g_free (question);
  }
  sqlite3_free (value);
}

static void
append_join_example (GString *text, const Parts *from, const Parts *to, const char *condition)
{
  const AppColumn *by = to->group != NULL ? to->group : to->name;

  if (by == NULL)
    return;
  g_autofree char *group = words (by), *number = from->number ? words (from->number) : NULL;
  g_autofree char *question = number ? g_strdup_printf ("What is the total %s in %s for each %s of %s?", number, from->table, group, to->table)
                                     : g_strdup_printf ("How many %s are there for each %s of %s?", from->table, group, to->table);
  g_autofree char *value = number ? g_strdup_printf ("SUM(%s.%s)", from->table, from->number->sql_name) : g_strdup ("COUNT(*)");
  append_example (text, question, "SELECT %s.%s, %s FROM %s JOIN %s ON %s GROUP BY %s.%s", to->table, by->sql_name, value, from->table, to->table, condition, to->table, by->sql_name);
}

static guint
find_largest (const GArray *tables)
{
  guint largest = 0;

  for (guint i = 1; i < tables->len; i++)
    if (g_array_index (tables, QueryTable, i).table->n_rows > g_array_index (tables, QueryTable, largest).table->n_rows)
      largest = i;
  return largest;
}

char *
ask_prompt_new (GPtrArray *datasets)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (datasets);
  g_autoptr (GArray) tables = query_list_tables (datasets, aliases), joins = table_joins_find (tables);
  g_autofree char *schema = app_query_dup_schema (datasets, SCHEMA_BUDGET);
  GString *text = g_string_new (rules);
  Parts parts;

  g_string_append_printf (text, "\nThe tables:\n%s", schema);
  append_joins (text, tables, joins);
  if (tables->len == 0)
    return g_string_free (text, FALSE);
  find_parts (&g_array_index (tables, QueryTable, find_largest (tables)), &parts);
  append_examples (text, &parts);
  g_free (parts.table);
  if (joins->len > 0) {
    const TableJoin *join = &g_array_index (joins, TableJoin, joins->len - 1);
    g_autofree char *condition = table_join_dup_condition (join, tables);
    Parts other;
    find_parts (&g_array_index (tables, QueryTable, join->from), &parts);
    find_parts (&g_array_index (tables, QueryTable, join->to), &other);
    append_join_example (text, &parts, &other, condition);
    g_free (parts.table);
    g_free (other.table);
  }
  return g_string_free (text, FALSE);
}

/* ---- tables that are kept ---- */

static const char kept_rules[] =
    "You make tables out of tables. Answer each wish with one SELECT statement of SQLite and nothing else.\n"
    "- A column is added with all the others kept: SELECT *, what is computed AS \"Title\" FROM t. Whatever is computed gets a short title in the language of the wish.\n"
    "- Columns are left out by naming all the others. Rows are chosen with WHERE, sorted with ORDER BY, put together with GROUP BY.\n"
    "- Write values as the tables have them. Dates are text, '2024-03-05'; strftime('%Y', d), strftime('%Y-%m', d) are their parts.\n"
    "- LIMIT only when a number of rows is asked for.\n";
static const char base_rules[] =
    "- The table that is to be changed is called %s. Write FROM %s, and leave all of it as it is but what is to be different.\n";

/* A list of the table's columns; without one of them, if that is given. */
static char *
dup_columns (const AppTable *table, const AppColumn *without)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    g_autofree char *name = sql_name_write (column->sql_name);
    if (column != without)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", name);
  }
  return g_string_free (list, FALSE);
}

static const AppColumn *
find_other_number (const AppTable *table, const AppColumn *number)
{
  for (guint i = 0; i < table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    if ((column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL) && column != number && !table_column_is_identifier (column))
      return column;
  }
  return NULL;
}

static void
append_wish (GString *text, char *wish, char *sql)
{
  g_string_append_printf (text, "\nWish: %s\nSQL: %s;\n", wish, sql);
  g_free (wish);
  g_free (sql);
}

static void
append_wishes (GString *text, const QueryTable *table)
{
  const AppColumn *second, *last = table->table->columns->len > 2 ? g_ptr_array_index (table->table->columns, table->table->columns->len - 1) : NULL;
  Parts parts;

  find_parts (table, &parts);
  second = find_other_number (table->table, parts.number);
  g_autofree char *t = parts.table, *number = parts.number != NULL ? words (parts.number) : NULL, *group = parts.group != NULL ? words (parts.group) : NULL;
  g_autofree char *n = parts.number != NULL ? sql_name_write (parts.number->sql_name) : NULL, *g = parts.group != NULL ? sql_name_write (parts.group->sql_name) : NULL;
  if (n != NULL && second != NULL) {
    g_autofree char *m = sql_name_write (second->sql_name), *of = words (second);
    append_wish (text, g_strdup_printf ("add a column with %s divided by %s", number, of), g_strdup_printf ("SELECT *, %s / CAST(%s AS REAL) AS \"%s per %s\" FROM %s", n, m, number, of, t));
  } else if (n != NULL) {
    append_wish (text, g_strdup_printf ("add a column with half of %s", number), g_strdup_printf ("SELECT *, %s / 2.0 AS \"half of %s\" FROM %s", n, number, t));
  }
  if (n != NULL)
    append_wish (text, g_strdup_printf ("sorted by %s, the largest first", number), g_strdup_printf ("SELECT * FROM %s ORDER BY %s DESC", t, n));
  if (last != NULL && table->table->columns->len <= 40) {
    g_autofree char *others = dup_columns (table->table, last), *name = words (last);
    append_wish (text, g_strdup_printf ("without %s", name), g_strdup_printf ("SELECT %s FROM %s", others, t));
  }
  if (g != NULL) {
    char *value = sqlite3_mprintf ("%Q", parts.group->samples[0]);
    append_wish (text, g_strdup_printf ("only %s", parts.group->samples[0]), g_strdup_printf ("SELECT * FROM %s WHERE %s = %s", t, g, value));
    sqlite3_free (value);
  }
  if (g != NULL && n != NULL) {
    append_wish (text, g_strdup_printf ("one row for each %s with how many there are and the total %s", group, number),
                 g_strdup_printf ("SELECT %s, COUNT(*) AS \"number\", SUM(%s) AS \"total %s\" FROM %s GROUP BY %s", g, n, number, t, g));
    append_wish (text, g_strdup_printf ("add the rank by %s within each %s", number, group), g_strdup_printf ("SELECT *, RANK() OVER (PARTITION BY %s ORDER BY %s DESC) AS \"rank\" FROM %s", g, n, t));
    append_wish (text, g_strdup_printf ("add what percentage of the whole each %s is", number), g_strdup_printf ("SELECT *, 100.0 * %s / SUM(%s) OVER () AS \"share of %s in %%\" FROM %s", n, n, number, t));
  }
  if (parts.date != NULL && parts.date->max != NULL) {
    g_autofree char *year = g_strndup (parts.date->max, 4), *d = sql_name_write (parts.date->sql_name);
    append_wish (text, g_strdup_printf ("only %s", year), g_strdup_printf ("SELECT * FROM %s WHERE strftime('%%Y', %s) = '%s'", t, d, year));
    if (n != NULL)
      append_wish (text, g_strdup_printf ("add a running total of %s", number), g_strdup_printf ("SELECT *, SUM(%s) OVER (ORDER BY %s ROWS UNBOUNDED PRECEDING) AS \"running total\" FROM %s", n, d, t));
  }
}

char *
ask_prompt_new_kept (GPtrArray *datasets, const AppTable *base, const char *base_sql)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (datasets);
  g_autoptr (GArray) tables = result_table_list (datasets, aliases, base, base_sql), joins = NULL;
  GString *text = g_string_new (kept_rules);

  if (base != NULL)
    g_string_append_printf (text, base_rules, base->sql_name, base->sql_name);
  joins = table_joins_find (tables);
  g_autofree char *schema = query_dup_schema_of (tables, SCHEMA_BUDGET);
  g_string_append_printf (text, "\nThe tables:\n%s", schema);
  append_joins (text, tables, joins);
  if (tables->len > 0)
    append_wishes (text, &g_array_index (tables, QueryTable, base != NULL ? 0 : find_largest (tables)));
  if (joins->len > 0) {
    const TableJoin *join = &g_array_index (joins, TableJoin, joins->len - 1);
    const QueryTable *from = &g_array_index (tables, QueryTable, join->from), *to = &g_array_index (tables, QueryTable, join->to);
    g_autofree char *first = query_table_dup_name (from), *second = query_table_dup_name (to), *condition = table_join_dup_condition (join, tables);
    append_wish (text, g_strdup_printf ("put %s beside %s", second, first), g_strdup_printf ("SELECT * FROM %s JOIN %s ON %s", first, second, condition));
  }
  return g_string_free (text, FALSE);
}

/* ---- values that a question names ---- */

/* Whether the value stands in the question as a word of its own; of short ones as it is written. */
static gboolean
is_named (const char *question, const char *value)
{
  g_autofree char *small_question = g_utf8_strdown (question, -1), *small_value = g_utf8_strdown (value, -1);
  gboolean exact = g_utf8_strlen (value, -1) <= 2;
  const char *in = exact ? question : small_question, *what = exact ? value : small_value;

  for (const char *at = in; *what != '\0' && (at = strstr (at, what)) != NULL; at = g_utf8_next_char (at)) {
    gunichar before = at > in ? g_utf8_get_char (g_utf8_prev_char (at)) : ' ', after = g_utf8_get_char (at + strlen (what));
    if (!g_unichar_isalnum (before) && !g_unichar_isalnum (after))
      return TRUE;
  }
  return FALSE;
}

/* Texts of a column that may be in the question. */
static AppResult *
search_column (GPtrArray *datasets, const QueryTable *table, const AppColumn *column, const char *question, GCancellable *cancellable)
{
  AppQueryLimits limits;
  g_autofree char *name = sql_name_quote (column->sql_name), *of = sql_name_quote (table->table->sql_name), *alias = table->alias != NULL ? sql_name_quote (table->alias) : NULL;
  char *sql = sqlite3_mprintf ("SELECT DISTINCT %s FROM %s%s%s WHERE length (%s) < 80 AND instr (lower (%Q), lower (%s)) > 0", name, alias != NULL ? alias : "", alias != NULL ? "." : "", of, name,
                               question, name);

  app_query_limits_init (&limits);
  limits.max_rows = 200;
  limits.time_limit = SEARCH_TIME;
  AppResult *result = app_query_run (datasets, sql, &limits, cancellable, NULL);
  sqlite3_free (sql);
  return result;
}

char *
ask_prompt_dup_question (GPtrArray *datasets, const char *question, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (datasets);
  g_autoptr (GArray) tables = query_list_tables (datasets, aliases);
  g_autoptr (GString) found = g_string_new (NULL);
  guint n_searched = 0, n_found = 0;

  for (guint i = 0; i < tables->len; i++) {
    const QueryTable *table = &g_array_index (tables, QueryTable, i);
    for (guint k = 0; k < table->table->columns->len && n_searched < MAX_SEARCHED && n_found < MAX_FOUND; k++) {
      const AppColumn *column = g_ptr_array_index (table->table->columns, k);
      if (column->type != MEDIA_COLUMN_TEXT || column->n_distinct > MAX_VALUES)
        continue;
      n_searched++;
      g_autoptr (AppResult) values = search_column (datasets, table, column, question, cancellable);
      for (guint row = 0; values != NULL && row < app_result_get_n_rows (values) && n_found < MAX_FOUND; row++) {
        g_autofree char *value = app_result_dup_text (values, row, 0), *of = query_table_dup_name (table);
        if (!is_named (question, value))
          continue;
        char *quoted = sqlite3_mprintf ("%Q", value);
        g_string_append_printf (found, "%s%s.%s = %s", n_found > 0 ? ", " : "", of, column->sql_name, quoted);
        sqlite3_free (quoted);
        n_found++;
      }
    }
  }
  return n_found > 0 ? g_strdup_printf ("%s\n(In the tables: %s)", question, found->str) : g_strdup (question);
}
