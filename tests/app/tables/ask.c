/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions in words: what the grammar admits, and what becomes of what a model writes. Here the model plays a script; ask_model.py has a real one. */
#include <string.h>

#include "app-ask.h"
#include "app-error.h"
#include "engine.h"
#include "fixture.h"
#include "scripted-engine.h"
#include "tables-fixture.h"

#define SALES "region,amount,day,paid,person_id\nnorth,10,2024-01-05,true,1\nsouth,2.5,2024-01-06,false,2\nnorth,30,2024-02-01,true,1\nwest,,2024-02-02,true,2\n"
#define PERSONS "id,name,start\n1,Ann,09:30\n2,Bo,10:45\n"

/* ---- grammar ---- */

static void
assert_fits (GPtrArray *datasets, const char *const *statements, gboolean expected)
{
  g_autoptr (AppAsk) ask = app_ask_new (datasets);
  g_autofree char *gbnf = app_ask_dup_grammar (ask);
  EngineError error = { 0 };
  EngineGrammar *grammar = engine_grammar_from_text (gbnf, strlen (gbnf), &error);

  if (grammar == NULL)
    g_error ("%s", error.message);
  for (; *statements != NULL; statements++) {
    bool fits = false;
    gsize n = 0;
    g_assert_true (engine_grammar_match (grammar, *statements, strlen (*statements), &fits, &n, &error));
    if (fits != expected)
      g_error ("“%s” %s, at “%s”", *statements, fits ? "fits" : "does not fit", *statements + n);
  }
  engine_grammar_unref (grammar);
}

static void
test_admitted (TablesFixture *fixture, gconstpointer data)
{
  static const char *const statements[] = {
    "SELECT COUNT(*) FROM sales",
    "SELECT COUNT(*) FROM sales;",
    "SELECT * FROM sales WHERE region = 'it''s'",
    "SELECT region, SUM(amount) FROM sales GROUP BY region ORDER BY SUM(amount) DESC LIMIT 1 OFFSET 1",
    "SELECT DISTINCT region FROM sales WHERE amount IS NOT NULL AND NOT (paid OR amount > 3)",
    "SELECT 100.0 * COUNT(CASE WHEN paid THEN 1 END) / CAST(COUNT(*) AS REAL) FROM sales",
    "SELECT COUNT(*) * 100.0 / CAST((SELECT COUNT(*) FROM sales) AS REAL) FROM sales WHERE paid",
    "SELECT COUNT(*) / CAST(COUNT(DISTINCT region) AS REAL) FROM sales",
    "SELECT strftime('%Y-%m', day), SUM(amount) FROM sales WHERE strftime('%Y', day) = '2024' GROUP BY strftime('%Y-%m', day)",
    "SELECT COUNT(*) FROM sales WHERE day BETWEEN '2024-01-01' AND '2024-01-31'",
    "SELECT persons.name FROM sales JOIN persons ON sales.person_id = persons.id GROUP BY persons.name ORDER BY SUM(sales.amount) DESC LIMIT 1",
    "SELECT name, COUNT(*) FROM persons LEFT JOIN sales ON persons.id = sales.person_id GROUP BY name HAVING COUNT(*) > 1",
    "SELECT name FROM persons WHERE id NOT IN (SELECT person_id FROM sales)",
    "SELECT name FROM persons WHERE start < '10:00'",
    "SELECT COUNT(*) FROM sales WHERE amount > (SELECT AVG(amount) FROM sales)",
    "SELECT AVG(value) FROM (SELECT region, COUNT(*) AS value FROM sales GROUP BY region)",
    "SELECT region, MAX(amount) FROM sales",
    "SELECT MAX(day) FROM sales",
    "SELECT UPPER(region) || ', ' || date(day) FROM sales WHERE region LIKE '%o%' ORDER BY day ASC",
    "SELECT CASE WHEN amount > 5 THEN 'much' ELSE 'little' END, COUNT(*) FROM sales GROUP BY CASE WHEN amount > 5 THEN 'much' ELSE 'little' END",
    NULL,
  };
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), tables_add (fixture, "persons.csv", PERSONS), NULL);

  assert_fits (datasets, statements, TRUE);
  for (const char *const *sql = statements; *sql != NULL; sql++) {
    g_autofree char *answer = tables_ask (datasets, *sql);
    g_assert_nonnull (answer);
  }
}

static void
test_not_admitted (TablesFixture *fixture, gconstpointer data)
{
  static const char *const statements[] = {
    "DELETE FROM sales",
    "SELECT COUNT(*) FROM sales; DROP TABLE sales",
    "SELECT COUNT(*) FROM sale",
    "SELECT COUNT(*) FROM sqlite_master",
    "SELECT amuont FROM sales",
    "SELECT name FROM sales",                              /* of another table */
    "SELECT persons.name FROM sales",
    "SELECT amount FROM sales WHERE name = 'x'",
    "SELECT SUM(region) FROM sales",                       /* no numbers */
    "SELECT COUNT(*) FROM sales WHERE SUM(amount) > 3",    /* no rows have sums */
    "SELECT SUM(amount) / COUNT(*) FROM sales",            /* of whole numbers it would be one */
    "SELECT 100.0 * COUNT(*) / CAST(COUNT(*) AS REAL) FROM sales WHERE paid", /* always all of them */
    "SELECT COUNT(*) FROM sales WHERE day > '5.1.2024'",   /* no date */
    "SELECT COUNT(*) FROM sales WHERE strftime('%m', day) = 3",
    "SELECT load_extension('x') FROM sales",
    "SELECT COUNT(*) FROM sales -- more",
    "SELECT 'a FROM sales",
    "EXPLAIN SELECT COUNT(*) FROM sales",
    "",
    NULL,
  };
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), tables_add (fixture, "persons.csv", PERSONS), NULL);

  assert_fits (datasets, statements, FALSE);
}

/* Of one name in two files, and as persons call their columns. */
static void
test_names (TablesFixture *fixture, gconstpointer data)
{
  static const char *const right[] = { "SELECT COUNT(*) FROM sales.sales", "SELECT select_, n_2024 FROM odd WHERE größe = 'x' AND a_b = 1", "SELECT sales.sales.region FROM sales.sales JOIN odd ON sales.sales.amount = odd.n_2024", NULL };
  static const char *const wrong[] = { "SELECT COUNT(*) FROM sales", "SELECT select FROM odd", "SELECT 2024 FROM odd;;", NULL };
  g_autofree char *folder = g_dir_make_tmp ("melete-tables-XXXXXX", NULL);
  g_autoptr (AppDatasets) more = app_datasets_new (folder);
  g_autoptr (GBytes) bytes = g_bytes_new_static (SALES "east,1,2024-03-01,true,1\n", strlen (SALES "east,1,2024-03-01,true,1\n"));
  g_autoptr (GAsyncResult) result = NULL;

  app_datasets_import_async (more, bytes, NULL, "sales.csv", NULL, NULL, NULL, NULL, NULL, keep_result, &result);
  AppDataset *twin = app_datasets_import_finish (more, wait_result (&result), NULL);
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", SALES), twin, tables_add (fixture, "odd.csv", "select,2024,größe,\"a\"\"b\"\nx,1,2 m,1\ny,2,x,1\n"), NULL);
  assert_fits (datasets, right, TRUE);
  assert_fits (datasets, wrong, FALSE);
  fixture_delete_folder (folder);
}

static void
test_wide (TablesFixture *fixture, gconstpointer data)
{
  static const char *const statements[] = { "SELECT SUM(column_399) FROM wide WHERE column_0 > 3 GROUP BY column_200", NULL };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint row = 0; row < 3; row++)
    for (guint i = 0; i < 400; i++)
      g_string_append_printf (text, row == 0 ? "column %u%c" : "%u%c", i, i == 399 ? '\n' : ',');
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "wide.csv", text->str), NULL);
  assert_fits (datasets, statements, TRUE);
}

/* ---- asking ---- */

typedef struct {
  ScriptedEngine *engine;
  AppModel *model;
  GPtrArray *datasets;
  AppAsk *ask;
} Asking;

static void
begin (Asking *asking, TablesFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  asking->engine = scripted_engine_new ();
  asking->model = scripted_model_new ("m", "M");
  app_engine_load_async (APP_ENGINE (asking->engine), asking->model, NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (APP_ENGINE (asking->engine), wait_result (&result), NULL));
  asking->datasets = tables_list (tables_add (fixture, "sales.csv", SALES), tables_add (fixture, "persons.csv", PERSONS), NULL);
  asking->ask = app_ask_new (asking->datasets);
}

static void
end (Asking *asking)
{
  g_object_unref (asking->ask);
  g_ptr_array_unref (asking->datasets);
  g_object_unref (asking->engine);
  g_object_unref (asking->model);
}

static AppResult *
ask (Asking *asking, const Script *script, AppAskReport *report, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  scripted_engine_set_script (asking->engine, script);
  app_ask_run_async (asking->ask, APP_ENGINE (asking->engine), "How many in the North?", NULL, NULL, keep_result, &result);
  return app_ask_run_finish (asking->ask, wait_result (&result), report, error);
}

static void
test_answer (TablesFixture *fixture, gconstpointer data)
{
  Asking asking;
  AppAskReport report;
  g_autoptr (GError) error = NULL;

  begin (&asking, fixture);
  g_autoptr (AppResult) result = ask (&asking, &(Script) { .text = "SELECT COUNT(*) FROM sales WHERE region = 'north';" }, &report, &error);
  g_assert_no_error (error);
  g_autofree char *answer = app_result_dup_text (result, 0, 0), *prompt = scripted_engine_dup_prompt (asking.engine), *instructions = app_ask_dup_instructions (asking.ask);
  g_assert_cmpstr (answer, ==, "2");
  g_assert_cmpstr (report.sql, ==, "SELECT COUNT(*) FROM sales WHERE region = 'north'");
  g_assert_cmpuint (report.n_tries, ==, 1);
  /* It is told how the table has it, and bound by the grammar. */
  g_assert_nonnull (strstr (prompt, "sales.region = 'north'"));
  g_assert_nonnull (app_prompt_get_grammar (scripted_engine_get_prompt (asking.engine)));
  g_assert_nonnull (strstr (instructions, "sales joins persons ON sales.person_id = persons.id"));
  app_ask_report_clear (&report);
  end (&asking);
}

/* As a model of a server may say it. */
static void
test_fence (TablesFixture *fixture, gconstpointer data)
{
  Asking asking;
  g_autoptr (GError) error = NULL;

  begin (&asking, fixture);
  g_autoptr (AppResult) result = ask (&asking, &(Script) { .text = "Here it is:\n```sql\nSELECT max (amount)\nFROM sales;\n```\nI hope that helps." }, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *answer = app_result_dup_text (result, 0, 0);
  g_assert_cmpstr (answer, ==, "30");
  end (&asking);
}

static void
test_failures (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    Script script;
    const char *words;
    guint n_tries;
  } cases[] = {
    { { .text = "SELECT nonsense FROM sales" }, "no column “nonsense”", 2 },
    { { .text = "DROP TABLE sales" }, "only reads", 2 },
    { { .text = "SELECT AVG(amount) FROM sales WHERE region = 'north' AND region = 'west'" }, "no value", 2 },
    { { .text = "SELECT AVG(amount) - AVG(amount) FROM sales WHERE region = 'north'" }, "from itself", 2 },
    { { .text = "I cannot answer that." }, "did not manage", 2 },
    { { .text = "SELECT COUNT(*) FROM sales WHERE", .too_long = TRUE }, "has no end", 1 },
    { { .text = "SELECT", .error = "The engine is out of order." }, "out of order", 0 },
  };
  Asking asking;

  begin (&asking, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    AppAskReport report;
    g_autoptr (AppResult) result = ask (&asking, &cases[i].script, &report, &error);
    g_assert_null (result);
    if (error == NULL || strstr (error->message, cases[i].words) == NULL)
      g_error ("“%s” says “%s”", cases[i].script.text, error != NULL ? error->message : "nothing");
    g_assert_cmpuint (report.n_tries, ==, cases[i].n_tries);
    app_ask_report_clear (&report);
  }
  end (&asking);
}

/* What looks like it, and is something. */
static void
test_differences (TablesFixture *fixture, gconstpointer data)
{
  static const char *const statements[] = {
    "SELECT MAX(amount) - MIN(amount) FROM sales", "SELECT SUM(amount) - SUM(person_id) FROM sales", "SELECT COUNT(*) - COUNT(amount) FROM sales",
    "SELECT SUM(CASE WHEN region = 'north' THEN amount END) - SUM(CASE WHEN region = 'south' THEN amount END) FROM sales",
  };
  Asking asking;

  begin (&asking, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++) {
    AppAskReport report;
    g_autoptr (AppResult) result = ask (&asking, &(Script) { .text = statements[i], .piece = 40 }, &report, NULL);
    g_assert_nonnull (result);
    g_assert_cmpuint (report.n_tries, ==, 1);
    app_ask_report_clear (&report);
  }
  end (&asking);
}

/* Nothing found is asked for once more, and is an answer then. */
static void
test_empty (TablesFixture *fixture, gconstpointer data)
{
  Asking asking;
  AppAskReport report;
  g_autoptr (GError) error = NULL;

  begin (&asking, fixture);
  g_autoptr (AppResult) result = ask (&asking, &(Script) { .text = "SELECT region FROM sales WHERE amount > 1000" }, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (app_result_get_n_rows (result), ==, 0);
  g_assert_cmpuint (report.n_tries, ==, 2);
  g_assert_cmpuint (app_prompt_get_n_messages (scripted_engine_get_prompt (asking.engine)), ==, 4);
  app_ask_report_clear (&report);
  end (&asking);
}

static void
test_cancel (TablesFixture *fixture, gconstpointer data)
{
  Asking asking;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  begin (&asking, fixture);
  scripted_engine_set_script (asking.engine, &(Script) { .text = "SELECT", .hold = TRUE });
  app_ask_run_async (asking.ask, APP_ENGINE (asking.engine), "How many?", NULL, cancellable, keep_result, &result);
  WAIT_UNTIL (app_engine_get_busy (APP_ENGINE (asking.engine)));
  g_cancellable_cancel (cancellable);
  g_assert_null (app_ask_run_finish (asking.ask, wait_result (&result), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  end (&asking);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/ask/" path, TablesFixture, NULL, tables_set_up, function, tables_tear_down)
  ADD ("grammar/admitted", test_admitted);
  ADD ("grammar/not-admitted", test_not_admitted);
  ADD ("grammar/names", test_names);
  ADD ("grammar/wide", test_wide);
  ADD ("answer", test_answer);
  ADD ("fence", test_fence);
  ADD ("failures", test_failures);
  ADD ("differences", test_differences);
  ADD ("empty", test_empty);
  ADD ("cancel", test_cancel);
  return g_test_run ();
}
