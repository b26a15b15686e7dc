/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that are made of tables: what code writes of a wish, and what the statements give; which wishes are sure ones; and the kind, with an engine that plays a script. */
#include <string.h>

#include "app-ask.h"
#include "app-error.h"
#include "artifacts/artifact-kind.h"
#include "artifacts/make-route.h"
#include "artifacts/table-draft.h"
#include "artifacts/table-page.h"
#include "engine.h"
#include "fixture.h"
#include "scripted-engine.h"
#include "tables/tables-fixture.h"

#define ORDERS \
  "order_id,customer_id,day,product,price,quantity\n1,1,2024-01-05,Lamp,10,2\n2,2,2024-01-09,Desk,100,1\n3,1,2024-02-11,Lamp,12,3\n4,9,2024-02-12,Desk,90,1\n5,2,2024-03-01,Lamp,14,1\n6,1,2024-04-30,Lamp,14,4\n"
#define CUSTOMERS "id,name,city\n1,Ann,Ulm\n2,Bo,Bonn\n"
#define DIRTY "name,n\n Ann ,1\nAnn,1\n,\nBo,2\n,\n\"  \",\n"

static GPtrArray *
add_both (TablesFixture *fixture)
{
  return tables_list (tables_add (fixture, "orders.csv", ORDERS), tables_add (fixture, "customers.csv", CUSTOMERS), NULL);
}

/* What the draft of a wish gives; "" where there is none. */
static char *
draft (GPtrArray *datasets, const char *base, const char *wish)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TableDraft) made = table_draft_new (datasets, base, wish, NULL, &error);

  g_assert_no_error (error);
  return made != NULL ? tables_ask (datasets, made->sql) : g_strdup ("");
}

static void
assert_draft (GPtrArray *datasets, const char *base, const char *wish, const char *expected)
{
  g_autofree char *answer = draft (datasets, base, wish);

  if (strcmp (answer, expected) != 0)
    g_error ("“%s” gives %s and not %s", wish, answer, expected);
}

static void
test_pivot (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = add_both (fixture);
  g_autoptr (TableDraft) made = table_draft_new (datasets, NULL, "a pivot table of the quantity by product and month", NULL, NULL);

  assert_draft (datasets, NULL, "a pivot table of the quantity by product and month", "Desk|1|1|||2;Lamp|2|3|1|4|10");
  assert_draft (datasets, NULL, "pivot of total quantity by month and product", "Desk|1|1|||2;Lamp|2|3|1|4|10");
  assert_draft (datasets, NULL, "pivot the average price by product and quarter", "Desk|95||95;Lamp|12|14|12.5");
  assert_draft (datasets, NULL, "pivot the number of orders by product and month", "Desk|1|1|0|0|2;Lamp|1|1|1|1|4");
  g_assert_cmpstr (made->title, ==, "Total quantity by product and month");
  g_assert_nonnull (strstr (made->sql, "AS \"2024-01\""));
  /* There is no such column: how many rows there are would be another thing. */
  assert_draft (datasets, NULL, "pivot of the revenue by product and month", "");
  assert_draft (datasets, NULL, "pivot of price minus quantity by product and month", "");
  /* What is computed is a column of its own first. */
  assert_draft (datasets, NULL, "Pivot of the revenue (price times quantity) by product and month", "Desk|100|90|||190;Lamp|20|36|14|56|126");
  assert_draft (datasets, NULL, "pivot: price * quantity by product and month", "Desk|100|90|||190;Lamp|20|36|14|56|126");
  /* Of a table that was made: by its own columns, however they are called. */
  assert_draft (datasets, "SELECT *, price * quantity AS \"Total, 100 %\" FROM orders", "pivot it: total 100 by product and month", "Desk|100|90|||190;Lamp|20|36|14|56|126");
}

static void
test_clean (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "dirty.csv", DIRTY), NULL);
  g_autoptr (TableDraft) made = table_draft_new (datasets, NULL, "a cleaned copy without duplicates and empty rows", NULL, NULL);

  assert_draft (datasets, NULL, "a cleaned copy without duplicates and empty rows", "Ann|1;Bo|2");
  assert_draft (datasets, NULL, "remove the empty rows", "Ann|1;Ann|1;Bo|2;  |");
  g_assert_nonnull (strstr (made->said, "2 of "));
  g_assert_cmpstr (made->title, ==, "Dirty, cleaned");
}

static void
test_join (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = add_both (fixture);
  g_autoptr (TableDraft) made = table_draft_new (datasets, NULL, "Join both tables by customer", NULL, NULL);

  assert_draft (datasets, NULL, "Join both tables by customer", "1|1|2024-01-05|Lamp|10|2|Ann|Ulm;2|2|2024-01-09|Desk|100|1|Bo|Bonn;3|1|2024-02-11|Lamp|12|3|Ann|Ulm;4|9|2024-02-12|Desk|90|1||;5|2|2024-03-01|Lamp|14|1|Bo|Bonn;6|1|2024-04-30|Lamp|14|4|Ann|Ulm");
  g_assert_cmpstr (made->title, ==, "Orders with Customers");
  g_assert_nonnull (strstr (made->said, "1 row"));
  /* There is more in it. */
  assert_draft (datasets, NULL, "join both tables and keep only lamps", "");
}

static void
test_columns (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "customers.csv", CUSTOMERS), NULL);

  assert_draft (datasets, NULL, "without the city", "1|Ann;2|Bo");
  assert_draft (datasets, NULL, "customers without id and name", "Ulm;Bonn");
  assert_draft (datasets, NULL, "without those from Ulm", "");
  assert_draft (datasets, NULL, "without id, name and city", "");
  assert_draft (datasets, NULL, "rename the city to “Where they live”", "1|Ann|Ulm;2|Bo|Bonn");
  assert_draft (datasets, NULL, "rename the city to a and the name to b", "");
  assert_draft (datasets, "SELECT name, city || '!' AS \"the place\" FROM customers", "without the name", "Ulm!;Bonn!");
}

static void
test_forecast (TablesFixture *fixture, gconstpointer data)
{
  /* 10, 20, 30 in three months, with a hole, and then 50: a line that goes on to 60, 70. */
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "sales.csv", "day,amount\n2023-11-15,4\n2023-11-30,6\n2023-12-31,20\n2024-01-31,30\n2024-03-31,50\n"), NULL);
  g_autoptr (GPtrArray) short_ones = tables_list (tables_add (fixture, "few.csv", "day,amount\n2023-11-15,4\n2023-12-30,6\n"), NULL);
  g_autoptr (GPtrArray) dateless = tables_list (tables_add (fixture, "none.csv", "a,b\n1,2\n2,3\n"), NULL);
  g_autoptr (GError) error = NULL;

  assert_draft (datasets, NULL, "forecast the amount for the next two months", "2023-11|10|10;2023-12|20|20;2024-01|30|30;2024-03|50|50;2024-04||60;2024-05||70");
  assert_draft (datasets, NULL, "Prognose für die nächsten 2 Monate", "2023-11|10|10;2023-12|20|20;2024-01|30|30;2024-03|50|50;2024-04||60;2024-05||70");
  g_assert_null (table_draft_new (short_ones, NULL, "forecast the next three months", NULL, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (table_draft_new (dateless, NULL, "forecast the next three months", NULL, &error));
  g_assert_nonnull (strstr (error->message, "column of dates"));
}

/* Every period: its number goes back to its name. */
static void
test_periods (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *step, *expected;
  } cases[] = {
    { "day", "2024-12-28;2024-12-29;2024-12-30;2024-12-31;2025-01-01" },
    { "week", "2024-12-23;2024-12-30;2025-01-06" },
    { "month", "2024-10;2024-11;2024-12;2025-01" },
    { "quarter", "2024-Q2;2024-Q3;2024-Q4;2025-Q1" },
    { "year", "2022;2023;2024;2025" },
  };
  g_autoptr (GString) text = g_string_new ("day,n\n");
  g_autoptr (GPtrArray) datasets = NULL;
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, 1, 1, 2021);
  for (guint i = 0; i < 365 * 4 + 1; i++, g_date_add_days (&date, 1))
    g_string_append_printf (text, "%04d-%02d-%02d,1\n", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
  datasets = tables_list (tables_add (fixture, "days.csv", text->str), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *wish = g_strdup_printf ("forecast n, one %s", cases[i].step), *names = NULL;
    g_autoptr (TableDraft) made = table_draft_new (datasets, NULL, wish, NULL, NULL);
    g_autoptr (AppResult) result = app_query_run (datasets, made->sql, NULL, NULL, NULL);
    g_autoptr (GString) last = g_string_new (NULL);
    guint n = app_result_get_n_rows (result), n_last = strlen (cases[i].expected) / (strcspn (cases[i].expected, ";") + 1) + 1;
    for (guint row = n - n_last; row < n; row++) {
      g_autofree char *name = app_result_dup_text (result, row, 0);
      g_string_append_printf (last, "%s%s", last->len > 0 ? ";" : "", name);
    }
    g_assert_cmpstr (last->str, ==, cases[i].expected);
  }
}

static void
test_sure (void)
{
  static const struct {
    const char *wish;
    gboolean sure;
  } cases[] = {
    { "pivot of revenue by city and month", TRUE }, { "Join both tables by customer", TRUE }, { "a cleaned copy without duplicates and empty rows", TRUE }, { "add a column with price times quantity", TRUE },
    { "Can you add a column with the price per piece?", TRUE }, { "forecast the next three months", TRUE }, { "Verknüpfe beide Tabellen", TRUE }, { "füge eine Spalte mit Preis mal Menge hinzu", TRUE },
    { "How many duplicates are in the file?", FALSE }, { "What is a pivot table?", FALSE }, { "How do I join two tables in SQL?", FALSE }, { "When did the first customers join?", FALSE }, { "add a chart", FALSE },
    { "What will the forecast be?", FALSE }, { "Which orders are from 2024?", FALSE }, { "make the title red", FALSE }, { "Wie viele Zeilen gibt es?", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (table_wish_is_sure (cases[i].wish, NULL) != cases[i].sure)
      g_error ("“%s” is %s", cases[i].wish, cases[i].sure ? "not taken for a table" : "taken for a table");
  g_assert_true (table_wish_changes ("only 2025"));
  g_assert_true (table_wish_changes ("Sortiert nach Preis"));
  g_assert_true (table_wish_changes ("add the name of the customer"));
  g_assert_false (table_wish_changes ("Which of them are from Ulm?"));
  g_assert_false (table_wish_changes ("What does only mean?"));
  g_assert_cmpstr (make_route_find (&(MakeRouteCase) { .note = "pivot of revenue by city", .tables = TRUE }), ==, "table");
  g_assert_null (make_route_find (&(MakeRouteCase) { .note = "pivot of revenue by city" }));
  g_assert_null (make_route_find (&(MakeRouteCase) { .note = "How many orders are there?", .tables = TRUE }));
}

/* ---- the page ---- */

static void
test_page (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = add_both (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = table_page_new (datasets, "SELECT *, price * quantity AS \"Total\", AVG(price) OVER () AS \"mean\" FROM orders", "A <b> title", NULL, &error);
  GBytes *page;

  g_assert_no_error (error);
  page = app_bundle_find (bundle, APP_BUNDLE_INDEX, NULL);
  g_autofree char *text = g_strndup (g_bytes_get_data (page, NULL), g_bytes_get_size (page));
  g_assert_nonnull (strstr (text, "6 rows · 8 columns · orders.csv"));
  g_assert_nonnull (strstr (text, "{\"total\":true,\"plain\":false,\"title\":\"Total\""));
  g_assert_nonnull (strstr (text, "{\"total\":false,\"plain\":false,\"title\":\"Mean\""));
  g_assert_nonnull (strstr (text, "{\"total\":false,\"plain\":true,\"title\":\"Order id\""));
  g_assert_null (strstr (text, "A <b>"));
  g_assert_null (table_page_new (datasets, "SELECT absent FROM orders", "x", NULL, &error));
  g_assert_cmpstr (error->message, ==, "There is no column “absent” in the tables that are asked.");
}

/* ---- the kind ---- */

typedef struct {
  ScriptedEngine *engine;
  AppModel *model;
  GPtrArray *datasets;
} Writing;

static void
begin (Writing *writing, TablesFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  writing->engine = scripted_engine_new ();
  writing->model = scripted_model_new ("m", "M");
  app_engine_load_async (APP_ENGINE (writing->engine), writing->model, NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (APP_ENGINE (writing->engine), wait_result (&result), NULL));
  writing->datasets = add_both (fixture);
}

static void
end (Writing *writing)
{
  g_ptr_array_unref (writing->datasets);
  g_object_unref (writing->engine);
  g_object_unref (writing->model);
}

static AppArtifactWritten *
write_one (Writing *writing, const char *script, const char *wish, const char *base, GError **error)
{
  const AppArtifactKind *kind = app_artifact_kind_find ("table");
  Script says = { .text = script, .piece = 100 };
  AppArtifactOrder order = { .engine = APP_ENGINE (writing->engine), .kind = kind, .wish = wish, .documents = "", .datasets = writing->datasets, .base = base };
  g_autoptr (GAsyncResult) result = NULL;

  scripted_engine_set_script (writing->engine, &says);
  kind->write (&order, (AppArtifactProgress) { NULL, NULL }, g_task_new (NULL, NULL, keep_result, &result));
  return g_task_propagate_pointer (G_TASK (wait_result (&result)), error);
}

static void
test_written (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Writing writing;

  begin (&writing, fixture);
  g_autoptr (AppArtifactWritten) added = write_one (&writing, "SELECT *, price * quantity AS \"Total\" FROM orders WHERE price > 10", "add a column with the total of expensive ones", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (added->source, ==, "SELECT *, price * quantity AS \"Total\"\nFROM orders\nWHERE price > 10");
  g_assert_cmpstr (added->title, ==, "Orders with Total");
  g_assert_cmpstr (added->said, ==, "5 rows · 7 columns");
  g_assert_nonnull (app_prompt_get_grammar (scripted_engine_get_prompt (writing.engine)));

  /* A change stands on what is there, and keeps the name. */
  g_autoptr (AppArtifactWritten) changed = write_one (&writing, "SELECT * FROM this WHERE Total > 40", "only those above 40", added->source, &error);
  g_assert_no_error (error);
  g_assert_null (changed->title);
  g_assert_true (g_str_has_prefix (changed->source, "WITH this AS (\nSELECT *, price"));
  g_autofree char *rows = tables_ask (writing.datasets, changed->source);
  g_assert_cmpstr (rows, ==, "2|2|2024-01-09|Desk|100|1|100;4|9|2024-02-12|Desk|90|1|90;6|1|2024-04-30|Lamp|14|4|56");
  g_assert_nonnull (strstr (app_prompt_get_text (scripted_engine_get_prompt (writing.engine), 0), "this: 5 rows"));

  /* Once more on top of that. */
  g_autoptr (AppArtifactWritten) again = write_one (&writing, "SELECT product, SUM(Total) AS \"all of it\" FROM this GROUP BY product", "one row for each product", changed->source, &error);
  g_assert_no_error (error);
  g_autofree char *groups = tables_ask (writing.datasets, again->source);
  g_assert_cmpstr (groups, ==, "Desk|190;Lamp|56");

  /* Code needs no model. */
  g_autoptr (AppArtifactWritten) pivot = write_one (&writing, "nonsense", "pivot of quantity by product and month", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (pivot->n_tokens, ==, 0);
  g_assert_cmpstr (pivot->title, ==, "Total quantity by product and month");

  g_autoptr (AppArtifactWritten) failed = write_one (&writing, "SELECT absent FROM orders", "something", NULL, &error);
  g_assert_null (failed);
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  end (&writing);
}

/* What keeps all columns cannot leave one out. */
static void
test_grammar (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *sql;
    gboolean kept, adds;
  } cases[] = {
    { "SELECT *, price * quantity AS \"Total\" FROM orders ORDER BY price DESC", TRUE, TRUE },
    { "SELECT product, SUM(price) AS \"all\" FROM orders GROUP BY product", TRUE, FALSE },
    { "SELECT DISTINCT product FROM orders", TRUE, FALSE },
    { "SELECT *, RANK() OVER (PARTITION BY product ORDER BY price DESC) AS \"rank\" FROM orders", TRUE, TRUE },
    { "SELECT *, SUM(price) OVER (ORDER BY day ROWS UNBOUNDED PRECEDING) AS \"running\" FROM orders", TRUE, TRUE },
    { "SELECT *, SUM(price) OVER (ORDER BY day) AS \"of whole days\" FROM orders", FALSE, FALSE },
    { "SELECT orders.*, customers.city FROM orders JOIN customers ON orders.customer_id = customers.id", TRUE, TRUE },
    { "SELECT *, price * quantity FROM orders", TRUE, FALSE },
    { "SELECT *, absent AS \"x\" FROM orders", FALSE, FALSE },
    { "SELECT *, price AS \" x\" FROM orders", FALSE, FALSE },
    { "DELETE FROM orders", FALSE, FALSE },
  };
  g_autoptr (GPtrArray) datasets = add_both (fixture);

  for (guint adds = 0; adds < 2; adds++) {
    g_autoptr (AppAsk) ask = app_ask_new_kept (datasets, NULL, adds);
    g_autofree char *gbnf = app_ask_dup_grammar (ask);
    EngineError error = { 0 };
    EngineGrammar *grammar = engine_grammar_from_text (gbnf, strlen (gbnf), &error);
    g_assert_nonnull (grammar);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
      bool fits = false;
      g_assert_true (engine_grammar_match (grammar, cases[i].sql, strlen (cases[i].sql), &fits, NULL, &error));
      if (fits != (adds ? cases[i].adds : cases[i].kept))
        g_error ("“%s” %s (%u)", cases[i].sql, fits ? "fits" : "does not fit", adds);
    }
    engine_grammar_unref (grammar);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/table/" path, TablesFixture, NULL, tables_set_up, function, tables_tear_down)
  ADD ("pivot", test_pivot);
  ADD ("clean", test_clean);
  ADD ("join", test_join);
  ADD ("columns", test_columns);
  ADD ("forecast", test_forecast);
  ADD ("periods", test_periods);
  g_test_add_func ("/table/sure", test_sure);
  ADD ("page", test_page);
  ADD ("written", test_written);
  ADD ("grammar", test_grammar);
  return g_test_run ();
}
