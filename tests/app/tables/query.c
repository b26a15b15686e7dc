/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions: what they answer, what they may not do, where their numbers come from. */
#include <string.h>

#include "app-error.h"
#include "fixture.h"
#include "tables-fixture.h"

#define SALES "region,amount,day\nnorth,10,2024-01-05\nsouth,2.5,2024-01-06\nnorth,30,2024-02-01\nwest,,2024-02-02\n"

static void
test_answers (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *sql, *answer;
  } questions[] = {
    { "SELECT region, sum (amount) FROM sales GROUP BY region ORDER BY region", "north|40;south|2.5;west|" },
    { "SELECT count (*) FROM sales", "4" },
    { "select rowid, region from sales where amount > '5'", "2|north;4|north" },
    { "WITH t AS (SELECT region, amount FROM sales) SELECT count (*), max (amount) FROM t", "4|30" },
    { "SELECT strftime ('%m', day), total (amount) FROM sales GROUP BY 1;", "01|12.5;02|30" },
    { "SELECT s.region FROM sales s -- a remark\n WHERE s.amount IS NULL", "west" },
    { "SELECT median (amount), round (stddev (amount), 6), quantile (amount, 0) FROM sales", "10|14.215602|2.5" },
    { "SELECT round (slope (y, x), 9), round (intercept (y, x), 9), round (correlation (y, x), 9) FROM (SELECT amount AS y, amount * 2 + 1 AS x FROM sales)", "0.5|-0.5|1" },
    { "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum (i) FROM n", "15" },
    { "SELECT region, rank () OVER (ORDER BY amount DESC) FROM sales WHERE amount > 0", "north|1;north|2;south|3" },
    { "SELECT instr ('größer', 'ß'), instr ('abc', 'x'), instr ('abc', ''), instr (NULL, 'a'), instr (12345, 34)", "4|0|1||3" },
    { "SELECT replace ('aXbXc', 'X', '--'), replace ('abc', '', 'x'), replace ('aaa', 'aa', 'b')", "a--b--c|abc|ba" },
    { "SELECT trim ('  a '), trim ('xxaßx', 'xß'), ltrim ('xxax', 'x'), rtrim ('xxax', 'x')", "a|a|ax|xxa" },
    { "SELECT json_extract ('{\"a\": 5}', '$.a')", "5" },
  };
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++) {
    g_autofree char *answer = tables_ask (datasets, questions[i].sql);
    g_assert_cmpstr (answer, ==, questions[i].answer);
  }
}

static void
test_columns (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), NULL);
  g_autoptr (AppResult) result = app_query_run (datasets, "SELECT day, amount AS money, amount * 2 AS twice, date (day, '+1 day') AS next FROM sales", NULL, NULL, NULL);

  g_assert_nonnull (result);
  g_assert_cmpint (app_result_get_column (result, 0)->type, ==, MEDIA_COLUMN_DATE);
  g_assert_cmpstr (app_result_get_column (result, 1)->column, ==, "amount");
  g_assert_cmpstr (app_result_get_column (result, 1)->table, ==, "sales");
  g_assert_cmpstr (app_result_get_column (result, 1)->name, ==, "money");
  g_assert_null (app_result_get_column (result, 2)->column);
  g_assert_cmpint (app_result_get_column (result, 2)->type, ==, MEDIA_COLUMN_REAL);
  g_assert_cmpint (app_result_get_column (result, 3)->type, ==, MEDIA_COLUMN_DATE);
}

/* What nobody may do, with the words that say why. */
static void
test_refused (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *sql, *words;
  } questions[] = {
    { "DELETE FROM sales", "only reads" },
    { "INSERT INTO sales VALUES (1)", "only reads" },
    { "DROP TABLE sales", "only reads" },
    { "CREATE TABLE t (x)", "only reads" },
    { "CREATE TEMP TABLE t AS SELECT * FROM sales", "only reads" },
    { "ATTACH '/etc/passwd' AS x", "only reads" },
    { "DETACH sales", "only reads" },
    { "VACUUM INTO '/tmp/x'", "only reads" },
    { "PRAGMA table_info (sales)", "only reads" },
    { "PRAGMA query_only = OFF", "only reads" },
    { "EXPLAIN SELECT * FROM sales", "only reads" },
    { "BEGIN", "only reads" },
    { "SELECT * FROM pragma_table_info ('sales')", "only reads" },
    { "SELECT * FROM sqlite_master", "no table" },
    { "SELECT count (*) FROM sqlite_master", "no table" },
    { "SELECT * FROM sales.sqlite_master", "no table" },
    { "SELECT * FROM melete_info", "no table" },
    { "SELECT load_extension ('evil')", "load_extension" },
    { "SELECT readfile ('/etc/passwd')", "readfile" },
    { "SELECT writefile ('/tmp/x', 'y')", "writefile" },
    { "SELECT zeroblob (1000000000)", "zeroblob" },
    { "SELECT randomblob (10)", "randomblob" },
    { "SELECT random ()", "random" },
    { "SELECT fts3_tokenizer ('x')", "fts3_tokenizer" },
    { "SELECT 1; SELECT 2", "several statements" },
    { "SELECT 1; DROP TABLE sales", "several statements" },
    { "", "empty" },
    { "-- nothing", "empty" },
    { "SELECT amuont FROM sales", "no column “amuont”" },
    { "SELECT \"amuont\" FROM sales", "no column “amuont”" },
    { "SELECT * FROM sale", "no table “sale”. There are: sales" },
    { "SELECT replace (printf ('%1000000d', 1), ' ', printf ('%1000d', 1))", "too large" },
    { "SELEKT 1", "no SQL" },
    { "SELECT ? ", NULL },
    { "SELECT sum (amount FROM sales", "no SQL" },
  };
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (AppResult) result = app_query_run (datasets, questions[i].sql, NULL, NULL, &error);
    if (questions[i].words == NULL)
      continue;
    if (error == NULL || !g_error_matches (error, APP_ERROR, APP_ERROR_INVALID) || strstr (error->message, questions[i].words) == NULL)
      g_error ("“%s” says “%s”, not “%s”", questions[i].sql, error != NULL ? error->message : "nothing", questions[i].words);
  }
  g_autofree char *still = tables_ask (datasets, "SELECT count (*) FROM sales");
  g_assert_cmpstr (still, ==, "4");
}

static void
test_limits (TablesFixture *fixture, gconstpointer data)
{
  static const char *const endless[] = {
    /* Each call would take hours if it took the product of the lengths. */
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max (instr (printf ('%.*c%d', 2000000, 'a', i), printf ('%.*c', 1000000, 'a') || 'b')) FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max (replace (printf ('%.*c%d', 2000000, 'a', i), printf ('%.*c', 1000000, 'a') || 'b', 'x')) FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count (*) FROM n WHERE printf ('%.*c%d', 1000000, 'a', i) LIKE '%a%a%a%a%a%a%a%a%a%a%b'",

    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max (i) FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) SELECT count (*) FROM n a, n b, n c, n d",
  };
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), NULL);
  AppQueryLimits limits;

  app_query_limits_init (&limits);
  limits.time_limit = 200;
  for (gsize i = 0; i < G_N_ELEMENTS (endless); i++) {
    g_autoptr (GError) error = NULL;
    gint64 started = g_get_monotonic_time ();
    g_assert_null (app_query_run (datasets, endless[i], &limits, NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    g_assert_cmpint (g_get_monotonic_time () - started, <, 30 * G_USEC_PER_SEC);
  }
  limits.time_limit = 60000;
  limits.max_rows = 10;
  g_autoptr (AppResult) rows = app_query_run (datasets, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", &limits, NULL, NULL);
  g_assert_cmpuint (app_result_get_n_rows (rows), ==, 10);
  g_assert_true (app_result_is_cut (rows));
  limits.max_bytes = 1000;
  g_autoptr (AppResult) bytes = app_query_run (datasets, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT printf ('%300d', i) FROM n", &limits, NULL, NULL);
  g_assert_cmpuint (app_result_get_n_rows (bytes), ==, 3);
  g_assert_true (app_result_is_cut (bytes));
}

static void
test_cancel (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_query_run_async (datasets, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max (i) FROM n", NULL, cancellable, keep_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (app_query_run_finish (wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Several files: by the table's name where one has it, by both where two do, and more of them than SQLite opens. */
static void
test_several (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), tables_add (fixture, "Costs (old).csv", "region,cost\nnorth,7\nsouth,1\n"), NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *joined = tables_ask (datasets, "SELECT s.region, sum (amount), cost FROM sales s JOIN costs_old c ON c.region = s.region GROUP BY 1 ORDER BY 1");

  g_assert_cmpstr (joined, ==, "north|40|7;south|2.5|1");
  g_ptr_array_add (datasets, tables_add (fixture, "sales.json", "{\"sales\": [{\"x\": 1}], \"more\": [{\"y\": 2}]}"));
  g_assert_false (app_query_check (datasets, "SELECT * FROM sales", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "sales.sales or sales_2.sales"));
  g_autofree char *one = tables_ask (datasets, "SELECT x FROM sales_2.sales"), *other = tables_ask (datasets, "SELECT count (*) FROM sales.sales"), *alias = app_query_dup_alias (datasets, 2);
  g_assert_cmpstr (one, ==, "1");
  g_assert_cmpstr (other, ==, "4");
  g_assert_cmpstr (alias, ==, "sales_2");
  g_autofree char *schema = app_query_dup_schema (datasets, 10000);
  g_assert_nonnull (strstr (schema, "sales.sales: 4 rows\n"));
  g_assert_nonnull (strstr (schema, "\ncosts_old: 2 rows\n"));
  g_assert_nonnull (strstr (schema, "\nsales_2.sales: 1 rows"));
  for (int i = 0; i < 20; i++) {
    g_autofree char *name = g_strdup_printf ("file%d.csv", i), *text = g_strdup_printf ("v\n%d\n", i);
    g_ptr_array_add (datasets, tables_add (fixture, name, text));
  }
  g_autofree char *many = tables_ask (datasets, "SELECT a.v + b.v FROM file3 a, file19 b");
  g_assert_cmpstr (many, ==, "22");
  g_clear_error (&error);
  g_assert_false (app_query_check (datasets, "SELECT 1 FROM file0, file1, file2, file3, file4, file5, file6, file7, file8, file9, file10", &error));
  g_assert_nonnull (strstr (error->message, "10 files"));
}

static void
test_origins (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *sql;
    guint row;
    const char *rows; /* numbers; NULL: not known */
  } questions[] = {
    { "SELECT region, sum (amount) AS s FROM sales GROUP BY region ORDER BY s DESC", 0, "2;4" },
    { "SELECT region AS r, count (*) FROM sales WHERE amount > 1 GROUP BY r", 1, "3" },
    { "SELECT substr (day, 1, 7), avg (amount) FROM sales GROUP BY 1", 1, "4;5" },
    { "SELECT sum (amount) FROM sales WHERE day < '2024-02-01'", 0, "2;3" },
    { "SELECT region, amount FROM sales ORDER BY amount DESC", 0, "4" },
    { "SELECT amount, max (day) FROM sales GROUP BY amount", 0, "5" }, /* of NULL */
    { "SELECT count (*) FROM (SELECT region FROM sales)", 0, NULL },
    { "SELECT sum (amount) FROM sales GROUP BY region", 0, NULL },
    { "SELECT DISTINCT region FROM sales", 0, NULL },
    { "SELECT 1 UNION SELECT 2", 0, NULL },
    { "SELECT a.region FROM sales a JOIN sales b", 0, NULL },
    { "SELECT 5", 0, NULL },
  };
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (AppResult) result = app_query_run (datasets, questions[i].sql, NULL, NULL, &error);
    g_assert_no_error (error);
    g_autofree char *origin = app_query_dup_origin (datasets, result, questions[i].row, &error);
    g_assert_true ((origin == NULL) == (questions[i].rows == NULL));
    g_assert_true ((origin == NULL) == (error != NULL));
    if (origin == NULL)
      continue;
    g_autofree char *numbers = g_strdup_printf ("SELECT group_concat (row, ';') FROM (%s)", origin), *answer = tables_ask (datasets, numbers);
    if (g_strcmp0 (answer, questions[i].rows) != 0)
      g_error ("“%s” comes from %s (%s), not %s", questions[i].sql, answer, origin, questions[i].rows);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/query/" #name, TablesFixture, NULL, tables_set_up, test_##name, tables_tear_down)
  ADD (answers);
  ADD (columns);
  ADD (refused);
  ADD (limits);
  ADD (cancel);
  ADD (several);
  ADD (origins);
  return g_test_run ();
}
