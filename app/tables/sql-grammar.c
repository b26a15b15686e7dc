/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sql-grammar.h"

#include <string.h>

#include "result-table.h"
#include "sql-name.h"

/* Tables that have rules of their own; of so many that pairs of them have, too. Beyond, the rules of a chain serve, where a name may be of a table that is not asked. */
#define MAX_ALONE 24
#define MAX_PAIRED 4

/* What a rule needs of the columns of its scope. */
enum { NUMBER = 1 << MEDIA_COLUMN_INTEGER, TEXT = 1 << MEDIA_COLUMN_TEXT, BOOLEAN = 1 << MEDIA_COLUMN_BOOLEAN, DATE = 1 << MEDIA_COLUMN_DATE, TIME = 1 << MEDIA_COLUMN_TIME };

/* What is written: a question; a table that is kept, which has names for what is computed; one that keeps all columns of another and has more. */
enum { ASKED = 1, KEPT = 2, ADDED = 4 };

/* Kinds of columns, of which a scope has a rule each. */
static const struct {
  const char *rule;
  guint kind;
} kinds[] = { { "number", NUMBER }, { "text", TEXT }, { "boolean", BOOLEAN }, { "date", DATE }, { "time", TIME } };

static guint
kind_of (const AppColumn *column)
{
  switch (column->type) {
  case MEDIA_COLUMN_REAL:
    return NUMBER;
  case MEDIA_COLUMN_DATETIME:
    return DATE;
  default:
    return 1u << column->type;
  }
}

/* ---- rules ---- */

/* Rules that know no columns. Lists and texts have no bounds, for what is counted is another place each time, whose masks have to be found; the answer has one (app-ask.c). Texts of dates have the shape of dates, and the parts of dates are texts with all their digits: what SQLite would compare and never find cannot be written. */
static const char shared[] =
    "whole ::= \"0\" | [1-9] [0-9]{0,8}\n"
    "real ::= whole \".\" [0-9]{1,6}\n"
    "value ::= \"-\"? (whole | real)\n"
    "text ::= \"'\" ([^'\\x00-\\x1f\\x7f] | \"''\")* \"'\"\n"
    "day ::= [0-9]{4} \"-\" [01] [0-9] \"-\" [0-3] [0-9]\n"
    "clock ::= [0-2] [0-9] \":\" [0-5] [0-9] (\":\" [0-5] [0-9])?\n"
    "date ::= \"'\" day (\" \" clock)? \"'\" | \"date('now'\" (\", '-\" [1-9] [0-9]{0,3} \" \" (\"days\" | \"months\" | \"years\") \"'\")? \")\"\n"
    "time ::= \"'\" clock \"'\"\n"
    "compare ::= \" = \" | \" != \" | \" <> \" | \" < \" | \" <= \" | \" > \" | \" >= \"\n"
    "plus ::= \" + \" | \" - \"\n"
    "both ::= \" AND \" | \" OR \"\n"
    "part ::= \"%Y\" | \"%m\" | \"%Y-%m\" | \"%d\" | \"%w\" | \"%H\"\n"
    "two ::= \"'\" [0-9]{2} \"'\"\n"
    "year ::= \"'\" [0-9]{4} \"'\"\n"
    "month ::= \"'\" [0-9]{4} \"-\" [01] [0-9] \"'\"\n"
    "ways ::= \" ASC\" | \" DESC\"\n"
    "limit ::= \" LIMIT \" [1-9] [0-9]{0,3} (\" OFFSET \" [1-9] [0-9]{0,3})?\n";

/* Alternatives of the rules that each scope has, where @ stands for its number. Those of one rule stand together; an alternative is left out where its scope has no column of a kind that it needs. */
typedef struct {
  const char *rule;
  guint needs;
  const char *text;
  guint without; /* of these: what has no use for it */
} Alternative;

static const Alternative alternatives[] = {
  /* A value of a row. What is divided by has a point: a quotient of whole numbers would lose what is behind it. */
  { "sum", 0, "product-@ (plus product-@)*" },
  { "product", 0, "factor-@ (\" * \" factor-@ | \" / \" divisor-@)*" },
  { "divisor", 0, "real | \"CAST(\" sum-@ \" AS REAL)\"" },
  { "factor", NUMBER, "number-@ | \"COALESCE(\" number-@ \", \" value \")\"" },
  { "factor", BOOLEAN, "boolean-@" },
  { "factor", TEXT, "\"LENGTH(\" text-@ \")\" | \"CAST(\" text-@ \" AS \" (\"INTEGER\" | \"REAL\") \")\"" },
  { "factor", DATE, "\"CAST(strftime('\" part \"', \" date-@ \") AS INTEGER)\" | \"julianday(\" date-@ \")\"" },
  { "factor", 0, "value | \"(\" sum-@ \")\" | \"ROUND(\" sum-@ (\", \" [0-6])? \")\" | \"ABS(\" sum-@ \")\" | scalar" },
  { "factor", 0, "\"CASE WHEN \" condition-@ \" THEN \" sum-@ (\" WHEN \" condition-@ \" THEN \" sum-@)* (\" ELSE \" sum-@)? \" END\"" },
  { "words", 0, "word-@ (\" || \" (word-@ | text))*" },
  { "word", TEXT, "text-@ | (\"UPPER\" | \"LOWER\" | \"TRIM\") \"(\" text-@ \")\" | \"SUBSTR(\" text-@ \", \" \"-\"? whole (\", \" whole)? \")\" | \"COALESCE(\" text-@ \", \" text \")\"" },
  { "word", DATE, "\"strftime('\" part \"', \" date-@ \")\" | \"date(\" date-@ \")\"" },
  { "word", 0, "\"CASE WHEN \" condition-@ \" THEN \" text (\" WHEN \" condition-@ \" THEN \" text)* (\" ELSE \" text)? \" END\"" },
  { "column", NUMBER, "number-@" },
  { "column", TEXT, "text-@" },
  { "column", BOOLEAN, "boolean-@" },
  { "column", DATE, "date-@" },
  { "column", TIME, "time-@" },
  { "item", 0, "sum-@ | words-@" },
  { "item", DATE, "date-@" },
  { "item", TIME, "time-@" },

  /* Which rows. */
  { "condition", 0, "test-@ (both test-@)*" },
  { "test", 0, "\"NOT \"? \"(\" condition-@ \")\"" },
  { "test", 0, "sum-@ compare sum-@ | sum-@ \" NOT\"? \" BETWEEN \" sum-@ \" AND \" sum-@ | sum-@ \" NOT\"? \" IN (\" value (\", \" value)* \")\"" },
  { "test", 0, "column-@ \" IS \" \"NOT \"? \"NULL\" | column-@ \" NOT\"? \" IN (\" list \")\" | column-@ compare scalar" },
  { "test", BOOLEAN, "\"NOT \"? boolean-@ | boolean-@ \" = \" (\"TRUE\" | \"FALSE\")" },
  { "test", TEXT, "spelt-@ compare (text | spelt-@) | spelt-@ \" NOT\"? \" LIKE \" text | spelt-@ \" NOT\"? \" IN (\" text (\", \" text)* \")\"" },
  { "spelt", TEXT, "text-@ | (\"UPPER\" | \"LOWER\" | \"TRIM\") \"(\" text-@ \")\" | \"SUBSTR(\" text-@ \", \" \"-\"? whole (\", \" whole)? \")\"" },
  { "test", DATE, "date-@ compare (date | date-@) | date-@ \" NOT\"? \" BETWEEN \" date \" AND \" date | \"date(\" date-@ \")\" compare date | date-@ \" LIKE '\" [0-9]{4} (\"-\" [01] [0-9])? \"-\"? \"%'\"" },
  { "test", DATE, "\"strftime('%Y', \" date-@ \")\" (compare year | \" BETWEEN \" year \" AND \" year | \" IN (\" year (\", \" year)* \")\")" },
  { "test", DATE, "\"strftime('%Y-%m', \" date-@ \")\" (compare month | \" BETWEEN \" month \" AND \" month | \" IN (\" month (\", \" month)* \")\")" },
  { "test", DATE, "\"strftime('%\" [mdH] \"', \" date-@ \")\" (compare two | \" BETWEEN \" two \" AND \" two | \" IN (\" two (\", \" two)* \")\")" },
  { "test", DATE, "\"strftime('%w', \" date-@ \")\" (compare \"'\" [0-6] \"'\" | \" IN ('\" [0-6] (\"', '\" [0-6])* \"')\")" },
  { "test", TIME, "time-@ compare (time | time-@) | time-@ \" BETWEEN \" time \" AND \" time" },

  /* A value of many rows. */
  { "total", 0, "multiple-@ (plus multiple-@)*" },
  /* What is counted is divided by what is counted elsewhere: by its own group it would be one, whatever the question was. And it stands first, so that a share that begins with 100 counts what has a condition. */
  { "multiple", 0, "count-@ (\" * \" other-@)*" },
  { "multiple", 0, "rows-@ (\" * \" value)? \" / \" (real | \"CAST(\" scalar \" AS REAL)\") | rows-@ \" / CAST(COUNT(DISTINCT \" column-@ \") AS REAL)\"" },
  { "multiple", 0, "(value \" * \")? other-@ (\" * \" value)? \" / \" share-@ (\" * \" value)?" },
  { "share", 0, "real | \"CAST(\" total-@ \" AS REAL)\"" },
  { "count", 0, "rows-@ | other-@" },
  { "rows", 0, "\"COUNT(*)\" | \"COUNT(\" \"DISTINCT \"? column-@ \")\"" },
  { "other", 0, "\"COUNT(CASE WHEN \" condition-@ \" THEN 1 END)\"" },
  { "other", 0, "(\"SUM\" | \"AVG\" | \"MIN\" | \"MAX\" | \"median\" | \"stddev\" | \"variance\") \"(\" sum-@ \")\" | \"quantile(\" sum-@ \", 0.\" [0-9]{1,3} \")\"" },
  { "other", NUMBER, "(\"correlation\" | \"slope\") \"(\" number-@ \", \" number-@ \")\"" },
  { "other", 0, "value | \"(\" total-@ \")\" | \"ROUND(\" total-@ (\", \" [0-6])? \")\" | \"ABS(\" total-@ \")\" | \"COALESCE(\" total-@ \", \" value \")\" | scalar" },
  { "figure", 0, "total-@ | (\"MIN\" | \"MAX\") \"(\" column-@ \")\"" },
  { "figure", TEXT, "\"GROUP_CONCAT(\" \"DISTINCT \"? text-@ \")\"" },

  /* Which groups. */
  { "having", 0, "bound-@ (both bound-@)*" },
  { "bound", 0, "figure-@ compare total-@ | total-@ \" BETWEEN \" value \" AND \" value" },
  { "group", 0, "column-@ | words-@" },
  { "groups", 0, "\" GROUP BY \" group-@ (\", \" group-@)* (\" HAVING \" having-@)?" },

  /* The order has no bare numbers: they would be places in the list of columns. */
  { "place", 0, "column-@ | words-@ | (\"ABS\" | \"ROUND\") \"(\" sum-@ \")\"" },
  { "place", NUMBER, "number-@ (plus | \" * \") number-@ | number-@ \" / \" divisor-@" },
  { "rank", 0, "figure-@ | group-@" },

  { "from", 0, "\" FROM \" tables-@ (\" WHERE \" condition-@)?" },
  { "sorted", 0, "(\" ORDER BY \" place-@ ways? (\", \" place-@ ways?)*)? limit?" },
  { "ranked", 0, "(\" ORDER BY \" rank-@ ways? (\", \" rank-@ ways?)*)? limit?" },
  { "query", 0, "\"SELECT \" (\"*\" | \"DISTINCT \"? item-@ (\", \" item-@)*) from-@ sorted-@", KEPT | ADDED },
  { "query", 0, "\"SELECT \" figure-@ (\", \" figure-@)* from-@", KEPT | ADDED },
  /* The row in which a column is largest: SQLite takes the others from it. */
  { "query", NUMBER, "\"SELECT \" column-@ (\", \" column-@)* \", \" (\"MIN\" | \"MAX\") \"(\" number-@ \")\" from-@", ADDED },
  { "query", 0, "\"SELECT \" (item-@ | figure-@) (\", \" (item-@ | figure-@))* from-@ groups-@ ranked-@", KEPT | ADDED },

  /* Tables that are kept: all columns and more, with names. */
  { "query", 0, "\"SELECT \" \"DISTINCT \"? entry-@ (\", \" entry-@)* from-@ sorted-@", ASKED | ADDED },
  { "query", 0, "\"SELECT \" figure-@ named? (\", \" figure-@ named?)* from-@", ASKED | ADDED },
  { "query", 0, "\"SELECT \" (item-@ | figure-@) named? (\", \" (item-@ | figure-@) named?)* from-@ groups-@ ranked-@", ASKED | ADDED },
  { "query", 0, "\"SELECT \" stars-@ (\", \" more-@)+ from-@ sorted-@", ASKED | KEPT },
  { "more", 0, "column-@ | item-@ named | running-@ named", ASKED | KEPT },
  { "entry", 0, "stars-@ | item-@ named? | running-@ named", ASKED | ADDED },
  { "running", 0, "over-@ | sum-@ \" - \" over-@ | \"100.0 * \" factor-@ \" / SUM(\" factor-@ \") OVER (\" apart-@? \")\"", ASKED },
  /* Row by row: rows of one day would all have the day's total otherwise. */
  { "over", 0, "(\"SUM(\" sum-@ \")\" | \"AVG(\" sum-@ \")\" | \"COUNT(*)\") \" OVER (\" (apart-@ \" \")? \"ORDER BY \" place-@ ways? \" ROWS UNBOUNDED PRECEDING)\"", ASKED },
  { "over", 0, "(\"LAG(\" sum-@ \")\" | \"RANK()\" | \"ROW_NUMBER()\") \" OVER (\" (apart-@ \" \")? \"ORDER BY \" place-@ ways? \")\"", ASKED },
  { "apart", 0, "\"PARTITION BY \" column-@ (\", \" column-@)*", ASKED },
  { "query", 0, "\"SELECT \" whole-figure (\", \" whole-figure)* \" FROM (SELECT \" (column-@ \", \")* figure-@ \" AS value\" from-@ groups-@ \")\"", ADDED },
};

/* Of the tables alone, where a column or a value is asked for in parentheses. */
static const char parts[] =
    "part-scalar-@ ::= figure-@ from-@ | column-@ from-@ \" ORDER BY \" (column-@ | figure-@) ways? \" LIMIT 1\"\n"
    "part-list-@ ::= \"DISTINCT \"? column-@ from-@ | column-@ from-@ groups-@\n";
/* What a column of a table that is kept is called. */
static const char titles[] = "named ::= \" AS \\\"\" [^\" \\x00-\\x1f\\x7f] [^\"\\x00-\\x1f\\x7f]* \"\\\"\"\n";
static const char outer[] =
    "whole-figure ::= \"COUNT(*)\" | (\"AVG\" | \"SUM\" | \"MIN\" | \"MAX\" | \"median\") \"(value)\" | \"ROUND(AVG(value), \" [0-6] \")\"\n";

/* ---- names ---- */

static void
append_name (GString *sql, const char *name)
{
  g_autofree char *quoted = sql_name_write (name);

  g_string_append (sql, quoted);
}

/* A text of the grammar that stands for these bytes of SQL. */
static void
append_literal (GString *gbnf, const char *sql)
{
  g_string_append_c (gbnf, '"');
  for (; *sql != '\0'; sql++) {
    if (*sql == '"' || *sql == '\\')
      g_string_append_printf (gbnf, "\\%c", *sql);
    else if (g_ascii_iscntrl (*sql))
      g_string_append_printf (gbnf, "\\x%02x", (guchar) *sql);
    else
      g_string_append_c (gbnf, *sql);
  }
  g_string_append_c (gbnf, '"');
}

/* As it stands behind FROM, and in front of its columns. */
static char *
dup_table_name (const QueryTable *table)
{
  GString *sql = g_string_new (NULL);

  if (table->alias != NULL) {
    append_name (sql, table->alias);
    g_string_append_c (sql, '.');
  }
  append_name (sql, table->table->sql_name);
  return g_string_free (sql, FALSE);
}

/* ---- scopes ---- */

/* Tables that are asked together. */
typedef struct {
  const GArray *all;     /* of QueryTable */
  const guint *tables;   /* places in it */
  guint n_tables;
  guint written;         /* ASKED, KEPT or ADDED */
  gboolean leads;        /* the first one stands first behind FROM */
} Scope;

static const QueryTable *
get_table (const Scope *scope, guint i)
{
  return &g_array_index (scope->all, QueryTable, scope->tables[i]);
}

/* In how many of its tables is a column of this name. */
static guint
count_columns (GHashTable *names, const char *name)
{
  g_autofree char *small = g_ascii_strdown (name, -1);
  return GPOINTER_TO_UINT (g_hash_table_lookup (names, small));
}

static GHashTable *
count_names (const Scope *scope)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < scope->n_tables; i++) {
    GPtrArray *columns = get_table (scope, i)->table->columns;
    for (guint k = 0; k < columns->len; k++) {
      char *small = g_ascii_strdown (((const AppColumn *) g_ptr_array_index (columns, k))->sql_name, -1);
      g_hash_table_insert (names, small, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (names, small)) + 1));
    }
  }
  return names;
}

static void
begin_alternative (GString *gbnf, gboolean *first)
{
  g_string_append (gbnf, *first ? "" : " | ");
  *first = FALSE;
}

/* The columns of one kind: with their table's name in front, and alone where no other of the tables has the name. FALSE when there are none. */
static gboolean
append_columns (GString *gbnf, const Scope *scope, guint number, guint kind, GHashTable *names)
{
  gboolean first = TRUE;
  gsize begin = gbnf->len;

  g_string_append_printf (gbnf, "%s-%u ::= ", kinds[kind].rule, number);
  for (guint i = 0; i < scope->n_tables; i++) {
    GPtrArray *columns = get_table (scope, i)->table->columns;
    g_autofree char *table = dup_table_name (get_table (scope, i)), *dotted = g_strconcat (table, ".", NULL);
    gboolean any = FALSE;
    for (guint k = 0; k < columns->len; k++) {
      const AppColumn *column = g_ptr_array_index (columns, k);
      g_autoptr (GString) name = g_string_new (NULL);
      if (kind_of (column) != kinds[kind].kind)
        continue;
      any = TRUE;
      append_name (name, column->sql_name);
      if (count_columns (names, column->sql_name) == 1) {
        begin_alternative (gbnf, &first);
        append_literal (gbnf, name->str);
      }
    }
    if (!any || scope->all->len == 1)
      continue;
    begin_alternative (gbnf, &first);
    append_literal (gbnf, dotted);
    g_string_append_printf (gbnf, " table-%u-%s", scope->tables[i], kinds[kind].rule);
  }
  if (first)
    g_string_truncate (gbnf, begin);
  else
    g_string_append_c (gbnf, '\n');
  return !first;
}

/* The columns of a table by their kinds, as they stand behind its name. */
static void
append_table_columns (GString *gbnf, const GArray *all, guint table)
{
  GPtrArray *columns = g_array_index (all, QueryTable, table).table->columns;

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++) {
    gboolean first = TRUE;
    for (guint k = 0; k < columns->len; k++) {
      const AppColumn *column = g_ptr_array_index (columns, k);
      g_autoptr (GString) name = g_string_new (NULL);
      if (kind_of (column) != kinds[kind].kind)
        continue;
      if (first)
        g_string_append_printf (gbnf, "table-%u-%s ::= ", table, kinds[kind].rule);
      begin_alternative (gbnf, &first);
      append_name (name, column->sql_name);
      append_literal (gbnf, name->str);
    }
    g_string_append (gbnf, first ? "" : "\n");
  }
}

static void
append_numbered (GString *gbnf, const char *text, guint number)
{
  for (; *text != '\0'; text++)
    if (*text == '@')
      g_string_append_printf (gbnf, "%u", number);
    else
      g_string_append_c (gbnf, *text);
}

/* What stands behind FROM. */
static void
append_from (GString *gbnf, const Scope *scope, guint number)
{
  g_string_append_printf (gbnf, "tables-%u ::= ", number);
  if (scope->n_tables <= 2) {
    for (guint i = 0; i < (scope->leads ? 1 : scope->n_tables); i++) {
      g_autofree char *name = dup_table_name (get_table (scope, i)), *other = dup_table_name (get_table (scope, scope->n_tables - 1 - i));
      g_string_append (gbnf, i > 0 ? " | " : "");
      append_literal (gbnf, name);
      if (scope->n_tables == 1)
        break;
      g_autofree char *join = g_strdup_printf (" JOIN %s ON ", other);
      g_string_append (gbnf, " \" LEFT\"? ");
      append_literal (gbnf, join);
      g_string_append_printf (gbnf, " on-%u", number);
    }
    g_string_append_c (gbnf, '\n');
  } else {
    if (scope->leads) {
      g_autofree char *name = dup_table_name (get_table (scope, 0));
      append_literal (gbnf, name);
    } else {
      g_string_append_printf (gbnf, "named-%u", number);
    }
    g_string_append_printf (gbnf, " (\" LEFT\"? \" JOIN \" named-%u \" ON \" on-%u){1,5}\nnamed-%u ::= ", number, number, number);
    for (guint i = scope->leads ? 1 : 0; i < scope->n_tables; i++) {
      g_autofree char *name = dup_table_name (get_table (scope, i));
      g_string_append (gbnf, i > (scope->leads ? 1 : 0) ? " | " : "");
      append_literal (gbnf, name);
    }
    g_string_append_c (gbnf, '\n');
  }
  if (scope->n_tables < 2)
    return;
  /* Names with their tables; of two tables, one of each. */
  g_autofree char *first = dup_table_name (get_table (scope, 0)), *second = dup_table_name (get_table (scope, 1));
  g_autofree char *first_dot = g_strconcat (first, ".", NULL), *second_dot = g_strconcat (second, ".", NULL);
  if (scope->n_tables == 2) {
    for (guint turn = 0; turn < 2; turn++) {
      g_string_append_printf (gbnf, turn == 0 ? "on-%u ::= " : " | ", number);
      append_literal (gbnf, turn == 0 ? first_dot : second_dot);
      g_string_append_printf (gbnf, " any-%u \" = \" ", scope->tables[turn]);
      append_literal (gbnf, turn == 0 ? second_dot : first_dot);
      g_string_append_printf (gbnf, " any-%u", scope->tables[1 - turn]);
    }
    g_string_append_c (gbnf, '\n');
    return;
  }
  g_string_append_printf (gbnf, "on-%u ::= dotted-%u \" = \" dotted-%u\ndotted-%u ::= ", number, number, number, number);
  for (guint i = 0; i < scope->n_tables; i++) {
    g_autofree char *name = dup_table_name (get_table (scope, i)), *dot = g_strconcat (name, ".", NULL);
    g_string_append (gbnf, i > 0 ? " | " : "");
    append_literal (gbnf, dot);
    g_string_append_printf (gbnf, " any-%u", scope->tables[i]);
  }
  g_string_append_c (gbnf, '\n');
}

/* All columns, or those of one of two tables: in a chain it might be one that is not asked. */
static void
append_stars (GString *gbnf, const Scope *scope, guint number)
{
  g_string_append_printf (gbnf, "stars-%u ::= \"*\"", number);
  for (guint i = 0; scope->n_tables == 2 && i < 2; i++) {
    g_autofree char *name = dup_table_name (get_table (scope, i)), *star = g_strconcat (name, ".*", NULL);
    /* SQLite has no such thing as "file.table.*". */
    if (get_table (scope, i)->alias != NULL)
      continue;
    g_string_append (gbnf, " | ");
    append_literal (gbnf, star);
  }
  g_string_append_c (gbnf, '\n');
}

static void
append_scope (GString *gbnf, const Scope *scope, guint number)
{
  g_autoptr (GHashTable) names = count_names (scope);
  const char *rule = "";
  guint has = 0;

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    if (append_columns (gbnf, scope, number, kind, names))
      has |= kinds[kind].kind;
  /* Alternatives of one rule may stand apart: each rule is written where it comes first. */
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < G_N_ELEMENTS (alternatives); i++) {
    rule = alternatives[i].rule;
    gboolean first = TRUE;
    if (!g_hash_table_add (done, (gpointer) rule))
      continue;
    for (guint k = i; k < G_N_ELEMENTS (alternatives); k++) {
      if (strcmp (alternatives[k].rule, rule) != 0 || (alternatives[k].needs & ~has) != 0 || (alternatives[k].without & scope->written) != 0)
        continue;
      if (first)
        g_string_append_printf (gbnf, "%s-%u ::= ", rule, number);
      begin_alternative (gbnf, &first);
      append_numbered (gbnf, alternatives[k].text, number);
    }
    g_string_append (gbnf, first ? "" : "\n");
  }
  append_from (gbnf, scope, number);
  if (scope->written != ASKED)
    append_stars (gbnf, scope, number);
}

/* ---- all of it ---- */

/* "name ::= a-0 | a-1 …", of the scopes. */
static void
append_union (GString *gbnf, const char *begin, const char *each, const guint *scopes, guint n, const char *end)
{
  g_string_append (gbnf, begin);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (gbnf, "%s%s-%u", i > 0 ? " | " : "", each, scopes[i]);
  g_string_append (gbnf, end);
}

static char *
make (GPtrArray *datasets, const AppTable *base, const char *base_sql, guint written)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (datasets);
  g_autoptr (GArray) all = result_table_list (datasets, aliases, base, base_sql);
  g_autofree guint *places = g_new (guint, all->len + 1);
  guint n_alone = 0, number = 0;
  g_autoptr (GArray) roots = g_array_new (FALSE, FALSE, sizeof (guint)); /* scopes that a statement may have outside of parentheses */
  GString *gbnf = g_string_new (NULL);

  /* A table without columns cannot be asked. */
  for (guint i = all->len; i-- > 0;)
    if (g_array_index (all, QueryTable, i).table->columns->len == 0)
      g_array_remove_index (all, i);
  for (guint i = 0; i < all->len; i++) {
    gboolean first = TRUE;
    places[i] = i;
    append_table_columns (gbnf, all, i);
    g_string_append_printf (gbnf, "any-%u ::= ", i);
    for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++) {
      g_autofree char *rule = g_strdup_printf ("table-%u-%s ::=", i, kinds[kind].rule);
      if (strstr (gbnf->str, rule) == NULL)
        continue;
      begin_alternative (gbnf, &first);
      g_string_append_printf (gbnf, "table-%u-%s", i, kinds[kind].rule);
    }
    g_string_append_c (gbnf, '\n');
  }
  for (; number < MIN (all->len, MAX_ALONE); number++) {
    append_scope (gbnf, &(Scope) { all, &places[number], 1, written }, number);
    append_numbered (gbnf, parts, number);
    /* Whoever changes a table asks that table. */
    if (base == NULL || number == 0)
      g_array_append_val (roots, number);
  }
  n_alone = number;
  for (guint i = 0; all->len <= MAX_PAIRED && i < all->len; i++)
    for (guint k = i + 1; k < all->len; k++)
      if (base == NULL || i == 0) {
        append_scope (gbnf, &(Scope) { all, (guint[]) { i, k }, 2, written, base != NULL }, number);
        g_array_append_val (roots, number);
        number++;
      }
  if (all->len > 2) {
    append_scope (gbnf, &(Scope) { all, places, all->len, written, base != NULL }, number);
    g_array_append_val (roots, number);
    number++;
  }
  g_string_append (gbnf, shared);
  g_string_append (gbnf, outer);
  if (written != ASKED)
    g_string_append (gbnf, titles);
  append_union (gbnf, "scalar ::= \"(SELECT \" (", "part-scalar", places, n_alone, ") \")\"\n");
  append_union (gbnf, "list ::= \"SELECT \" (", "part-list", places, n_alone, ")\n");
  append_union (gbnf, "root ::= (", "query", (const guint *) roots->data, roots->len, ") \";\"?\n");
  if (number == 0)
    g_string_assign (gbnf, "root ::= \"SELECT 1\"\n");
  return g_string_free (gbnf, FALSE);
}

char *
sql_grammar_new (GPtrArray *datasets)
{
  return make (datasets, NULL, NULL, ASKED);
}

char *
sql_grammar_new_kept (GPtrArray *datasets, const AppTable *base, const char *base_sql, gboolean adds)
{
  return make (datasets, base, base_sql, adds ? ADDED : KEPT);
}
