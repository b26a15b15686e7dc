/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ask-prompt.h"

#include <string.h>

#include "app-query.h"
#include "query-connection.h"
#include "sql-name.h"

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

static gboolean
is_identifier (const AppColumn *column)
{
  return strcmp (column->sql_name, "id") == 0 || g_str_has_suffix (column->sql_name, "_id") || strcmp (column->sql_name, "year") == 0;
}

static char *
dup_name (const QueryTable *table)
{
  return table->alias != NULL ? g_strdup_printf ("%s.%s", table->alias, table->table->sql_name) : g_strdup (table->table->sql_name);
}

static void
find_parts (const QueryTable *table, Parts *parts)
{
  *parts = (Parts) { .table = dup_name (table) };
  for (guint i = 0; i < table->table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (table->table->columns, i);
    gboolean number = column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL;
    if (column->type == MEDIA_COLUMN_TEXT && column->n_distinct > 1 && column->n_distinct * 2 <= table->table->n_rows && column->samples != NULL && column->samples[0] != NULL &&
        (parts->group == NULL || column->n_distinct < parts->group->n_distinct))
      parts->group = column;
    if (column->type == MEDIA_COLUMN_TEXT && column->n_distinct * 10 > table->table->n_rows * 9 && parts->name == NULL && !is_identifier (column))
      parts->name = column;
    if (number && !is_identifier (column) && (parts->number == NULL || (parts->number->type == MEDIA_COLUMN_INTEGER && column->type == MEDIA_COLUMN_REAL)))
      parts->number = column;
    if ((column->type == MEDIA_COLUMN_DATE || column->type == MEDIA_COLUMN_DATETIME) && parts->date == NULL)
      parts->date = column;
  }
}

/* ---- joins ---- */

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
    gboolean same = g_ascii_strcasecmp (key->sql_name, column->sql_name) == 0 && (key->type == MEDIA_COLUMN_TEXT || is_identifier (key)) && strcmp (key->sql_name, "id") != 0;
    if (unique && (same || (strcmp (key->sql_name, "id") == 0 && leads_to (column->sql_name, to->sql_name)) ||
                   g_ascii_strcasecmp (column->sql_name, to->sql_name) == 0))
      return key;
  }
  return NULL;
}

/* Says how tables are joined. The last one found is what the example is made of: `from`, `to` and the condition, NULL if there is none. */
static char *
append_joins (GString *text, const GArray *tables, guint *from, guint *to)
{
  char *condition = NULL;

  for (guint i = 0; i < tables->len && i < 20; i++)
    for (guint k = 0; k < tables->len && k < 20; k++) {
      const QueryTable *one = &g_array_index (tables, QueryTable, i), *other = &g_array_index (tables, QueryTable, k);
      for (guint c = 0; i != k && c < one->table->columns->len && c < 60; c++) {
        const AppColumn *column = g_ptr_array_index (one->table->columns, c), *key = find_key (column, other->table);
        g_autofree char *first = dup_name (one), *second = dup_name (other);
        if (key == NULL || (g_ascii_strcasecmp (column->sql_name, key->sql_name) == 0 && column->n_distinct == one->table->n_rows && i > k))
          continue;
        g_free (condition);
        condition = g_strdup_printf ("%s.%s = %s.%s", first, column->sql_name, second, key->sql_name);
        g_string_append_printf (text, "%s joins %s ON %s\n", first, second, condition);
        *from = i;
        *to = k;
      }
    }
  return condition;
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

char *
ask_prompt_new (GPtrArray *datasets)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (datasets);
  g_autoptr (GArray) tables = query_list_tables (datasets, aliases);
  g_autofree char *schema = app_query_dup_schema (datasets, SCHEMA_BUDGET);
  GString *text = g_string_new (rules);
  guint from = 0, to = 0, largest = 0;
  Parts parts;

  g_string_append_printf (text, "\nThe tables:\n%s", schema);
  g_autofree char *condition = append_joins (text, tables, &from, &to);
  for (guint i = 1; i < tables->len; i++)
    if (g_array_index (tables, QueryTable, i).table->n_rows > g_array_index (tables, QueryTable, largest).table->n_rows)
      largest = i;
  if (tables->len == 0)
    return g_string_free (text, FALSE);
  find_parts (&g_array_index (tables, QueryTable, largest), &parts);
  append_examples (text, &parts);
  g_free (parts.table);
  if (condition != NULL) {
    Parts other;
    find_parts (&g_array_index (tables, QueryTable, from), &parts);
    find_parts (&g_array_index (tables, QueryTable, to), &other);
    append_join_example (text, &parts, &other, condition);
    g_free (parts.table);
    g_free (other.table);
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
        g_autofree char *value = app_result_dup_text (values, row, 0), *of = dup_name (table);
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
