/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dashboards: what may be written, what rules make good, statements, pages. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "app-dashboard.h"
#include "app-error.h"
#include "artifacts/dashboard-wish.h"
#include "engine.h"
#include "fixture.h"
#include "tables/tables-fixture.h"

#define HEAD "order_id,day,region,channel,price,amount (EUR),rating\n"

/* A year of orders, three a day, of which everything is known. (transfer full) */
static char *
make_orders (guint n)
{
  static const char *const regions[] = { "north", "south", "east" }, *const channels[] = { "web", "shop" };
  GString *csv = g_string_new (HEAD);
  g_autoptr (GDateTime) day = g_date_time_new_utc (2024, 1, 1, 0, 0, 0);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GDateTime) at = g_date_time_add_days (day, (int) (i / 3 % 366));
    g_autofree char *date = g_date_time_format (at, "%Y-%m-%d");
    g_string_append_printf (csv, "%u,%s,%s,%s,%u.50,%u.25,%u\n", 5000 + i, date, regions[i % 3], channels[i / 3 % 2], 10 + i % 7, 100 + i % 50, 1 + i % 5);
  }
  return g_string_free (csv, FALSE);
}

static GPtrArray *
add_orders (TablesFixture *fixture)
{
  g_autofree char *csv = make_orders (900);

  return tables_list (tables_add (fixture, "orders.csv", csv), NULL);
}

static AppDashboard *
parse (GPtrArray *datasets, const char *json)
{
  g_autoptr (GError) error = NULL;
  AppDashboard *dashboard = app_dashboard_parse (datasets, json, strlen (json), &error);

  g_assert_no_error (error);
  return dashboard;
}

/* ---- specifications ---- */

static void
test_parse (TablesFixture *fixture, gconstpointer data)
{
  static const char spec[] = "{\"table\":\"orders\",\"title\":\"T\",\"kpis\":[{\"label\":\"L\",\"value\":\"sum(amount_eur)\",\"over\":\"month(day)\"}],"
                             "\"charts\":[{\"title\":\"C\",\"kind\":\"bar\",\"value\":\"count\",\"x\":\"region\",\"sort\":\"smallest\",\"limit\":5},"
                             "{\"title\":\"S\",\"kind\":\"scatter\",\"x\":\"price\",\"y\":\"amount_eur\",\"series\":\"channel\"}],"
                             "\"tables\":[{\"title\":\"B\",\"rows\":\"quarter(day)\",\"values\":[\"count\",\"average(price)\"]},{\"columns\":[\"day\",\"price\"],\"sort\":\"price\"}],"
                             "\"filters\":[\"region\",\"day\"],\"texts\":[\"a <b> text\"]}";
  static const struct {
    const char *json, *says;
  } wrong[] = {
    { "", "no JSON" },
    { "[]", "no JSON" },
    { "{\"table\": 1}", "/table" },
    { "{\"table\": \"else\"}", "else" },
    { "{\"charts\": {}}", "/charts" },
    { "{\"chart\": []}", "chart" },
    { "{\"charts\": [{\"kind\": \"bar\", \"value\": \"count\"}]}", "/charts/0/x" },
    { "{\"charts\": [{\"kind\": \"radar\", \"value\": \"count\", \"x\": \"region\"}]}", "radar" },
    { "{\"charts\": [{\"kind\": \"bar\", \"value\": \"sum(region)\", \"x\": \"region\"}]}", "/charts/0/value" },
    { "{\"charts\": [{\"kind\": \"bar\", \"value\": \"sum(none)\", \"x\": \"region\"}]}", "none" },
    { "{\"charts\": [{\"kind\": \"bar\", \"value\": \"count\", \"x\": \"month(region)\"}]}", "/charts/0/x" },
    { "{\"charts\": [{\"kind\": \"pie\", \"value\": \"count\", \"x\": \"region\", \"series\": \"channel\"}]}", "/charts/0/series" },
    { "{\"charts\": [{\"kind\": \"scatter\", \"x\": \"region\", \"y\": \"price\"}]}", "/charts/0/x" },
    { "{\"charts\": [{\"kind\": \"bar\", \"value\": \"count\", \"x\": \"region\", \"limit\": 0}]}", "/charts/0/limit" },
    { "{\"kpis\": [{\"label\": \"L\"}]}", "/kpis/0/value" },
    { "{\"kpis\": [{\"value\": \"count\", \"over\": \"region\"}]}", "/kpis/0/over" },
    { "{\"tables\": [{\"rows\": \"region\", \"columns\": [\"day\"]}]}", "/tables/0" },
    { "{\"filters\": [3]}", "/filters/0" },
  };
  g_autoptr (GPtrArray) datasets = add_orders (fixture);
  g_autoptr (AppDashboard) dashboard = parse (datasets, spec);
  g_autofree char *json = app_dashboard_dup_json (dashboard), *summary = app_dashboard_dup_summary (dashboard);
  g_autoptr (AppDashboard) again = parse (datasets, json);
  g_autofree char *same = app_dashboard_dup_json (again);
  g_auto (GStrv) parts = app_dashboard_dup_parts (dashboard);

  g_assert_cmpstr (same, ==, json);
  g_assert_cmpstr (summary, ==, "1 figure, 2 charts, 2 tables");
  g_assert_cmpuint (g_strv_length (parts), ==, 8);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (app_dashboard_parse (datasets, wrong[i].json, strlen (wrong[i].json), &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
    if (strstr (error->message, wrong[i].says) == NULL)
      g_error ("“%s” does not say “%s” of %s", error->message, wrong[i].says, wrong[i].json);
  }
}

static void
test_change (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = add_orders (fixture);
  g_autoptr (AppDashboard) dashboard = parse (datasets, "{\"title\":\"T\",\"charts\":[{\"title\":\"A\",\"kind\":\"bar\",\"value\":\"count\",\"x\":\"region\"},"
                                                        "{\"title\":\"B\",\"kind\":\"pie\",\"value\":\"count\",\"x\":\"channel\"}]}");
  g_autoptr (AppDashboard) other = app_dashboard_change (dashboard, "/charts/0", "{\"title\":\"N\",\"kind\":\"line\",\"value\":\"count\",\"x\":\"month(day)\"}", NULL);
  g_autoptr (AppDashboard) less = app_dashboard_change (dashboard, "/charts/0", NULL, NULL);
  g_autoptr (AppDashboard) more = app_dashboard_change (dashboard, "/filters/-", "\"region\"", NULL);
  g_autoptr (AppDashboard) named = app_dashboard_change (dashboard, "/title", "\"New\"", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *other_json = app_dashboard_dup_json (other), *less_json = app_dashboard_dup_json (less), *more_json = app_dashboard_dup_json (more);

  g_assert_nonnull (strstr (other_json, "\"N\""));
  g_assert_nonnull (strstr (other_json, "\"B\""));
  g_assert_null (strstr (other_json, "\"A\""));
  g_assert_null (strstr (less_json, "\"A\""));
  g_assert_nonnull (strstr (more_json, "\"filters\""));
  g_assert_cmpstr (app_dashboard_get_title (named), ==, "New");
  g_assert_null (app_dashboard_change (dashboard, "/charts/2", NULL, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (app_dashboard_change (dashboard, "/charts/0", "{\"kind\":\"bar\"}, \"x\": {}", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
}

/* ---- rules ---- */

static void
test_fill (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *chart, *becomes;
  } charts[] = {
    { "{\"title\":\"Sum of ids\",\"kind\":\"bar\",\"value\":\"sum(order_id)\",\"x\":\"region\"}", "distinct(order_id)" },
    { "{\"title\":\"X\",\"kind\":\"line\",\"value\":\"count\",\"x\":\"day\"}", "month(day)" },
    { "{\"title\":\"X\",\"kind\":\"pie\",\"value\":\"count\",\"x\":\"month(day)\"}", "\"bar\"" },
    { "{\"title\":\"X\",\"kind\":\"pie\",\"value\":\"average(amount_eur)\",\"x\":\"region\"}", "\"bar\"" },
    { "{\"title\":\"X\",\"kind\":\"line\",\"value\":\"count\",\"x\":\"region\"}", "\"bar\"" },
    { "{\"title\":\"X\",\"kind\":\"bar\",\"value\":\"sum(price)\",\"x\":\"region\"}", "average(price)" },
    { "{\"title\":\"X\",\"kind\":\"scatter\",\"x\":\"price\",\"y\":\"price\"}", "\"histogram\"" },
    { "{\"title\":\"Amount by channel\",\"kind\":\"bar\",\"value\":\"count\",\"x\":\"region\"}", "Number of rows by region" },
  };
  g_autoptr (GPtrArray) datasets = add_orders (fixture);

  for (gsize i = 0; i < G_N_ELEMENTS (charts); i++) {
    g_autofree char *spec = g_strdup_printf ("{\"title\":\"T\",\"charts\":[%s]}", charts[i].chart);
    g_autoptr (AppDashboard) dashboard = parse (datasets, spec);
    g_auto (GStrv) notes = NULL;
    g_autoptr (AppDashboard) filled = app_dashboard_fill (dashboard, &notes), again = app_dashboard_fill (filled, NULL);
    g_autofree char *json = app_dashboard_dup_json (filled), *same = app_dashboard_dup_json (again);
    if (strstr (json, charts[i].becomes) == NULL)
      g_error ("%s is no %s:\n%s", charts[i].chart, charts[i].becomes, json);
    g_assert_cmpstr (same, ==, json);
  }
  /* The same twice is once. */
  g_autoptr (AppDashboard) twice = parse (datasets, "{\"charts\":[{\"title\":\"A\",\"kind\":\"bar\",\"value\":\"count\",\"x\":\"region\"},{\"title\":\"B\",\"kind\":\"pie\",\"value\":\"count\",\"x\":\"region\"}]}");
  g_auto (GStrv) notes = NULL;
  g_autoptr (AppDashboard) once = app_dashboard_fill (twice, &notes);
  g_autofree char *json = app_dashboard_dup_json (once);
  g_assert_null (strstr (json, "\"B\""));
  g_assert_cmpuint (g_strv_length (notes), ==, 1);
}

/* ---- what a model may write ---- */

static void
check_grammar (GPtrArray *datasets)
{
  EngineSchemaOptions options = { .closed = true, .tight = true };
  EngineError error = { 0 };
  g_autofree char *schema = app_dashboard_dup_schema (datasets);
  EngineGrammar *grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &error);
  static const struct {
    const char *json;
    bool fits;
  } texts[] = {
    { "{\"table\": \"orders\", \"title\": \"One\", \"kpis\": [{\"label\": \"All\", \"value\": \"count\"}], \"charts\": [{\"title\": \"By region\", \"kind\": \"bar\", \"value\": \"sum(amount_eur)\", \"x\": \"region\"}], \"tables\": [], \"filters\": [\"region\"]}", true },
    { "{\"table\": \"orders\", \"title\": \"One\", \"kpis\": [{\"label\": \"All\", \"value\": \"sum(region)\"}]", false },
    { "{\"table\": \"orders\", \"title\": \"One\", \"kpis\": [{\"label\": \"All\", \"value\": \"sum(order_id)\"}]", false },
    { "{\"table\": \"orders\", \"title\": \"One\", \"kpis\": [{\"label\": \"All\", \"value\": \"count\"}], \"charts\": [{\"title\": \"By amount\", \"kind\": \"bar\", \"value\": \"count\", \"x\": \"amount_eur\"}", false },
    { "{\"table\": \"orders\", \"title\": \"One\", \"kpis\": [{\"label\": \"All\", \"value\": \"count\"}], \"charts\": [{\"title\": \"Pie\", \"kind\": \"pie\", \"value\": \"average(price)\"", false },
    { "{\"table\": \"other\"", false },
  };

  if (grammar == NULL)
    g_error ("%s", error.message);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    bool fits = false;
    size_t n_fitting = 0;
    g_assert_true (engine_grammar_match (grammar, texts[i].json, strlen (texts[i].json), &fits, &n_fitting, &error));
    if (texts[i].fits ? !fits : n_fitting == strlen (texts[i].json))
      g_error ("%s: %s, at byte %zu", texts[i].json, texts[i].fits ? "is not admitted" : "is admitted", n_fitting);
  }
  engine_grammar_unref (grammar);
}

static void
test_schema (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = add_orders (fixture), wide = NULL, none = tables_list (tables_add (fixture, "none.csv", "a,b\n"), NULL);
  g_autoptr (GString) csv = g_string_new ("name");
  EngineSchemaOptions options = { .closed = true, .tight = true };
  EngineError error = { 0 };

  check_grammar (datasets);
  for (guint i = 0; i < 400; i++)
    g_string_append_printf (csv, ",column %u", i);
  for (guint row = 0; row < 30; row++) {
    g_string_append_printf (csv, "\n%c", 'a' + (char) (row % 3));
    for (guint i = 0; i < 400; i++)
      g_string_append_printf (csv, ",%u.5", row * i % 97);
  }
  wide = tables_list (tables_add (fixture, "wide.csv", csv->str), NULL);
  g_autofree char *schema = app_dashboard_dup_schema (wide), *empty = app_dashboard_dup_schema (none);
  EngineGrammar *grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &error);
  if (grammar == NULL)
    g_error ("%s", error.message);
  engine_grammar_unref (grammar);
  g_autoptr (AppDashboard) suggested = app_dashboard_suggest (wide), filled = app_dashboard_fill (suggested, NULL);
  g_autoptr (AppBundle) bundle = app_dashboard_make_bundle (filled, NULL, NULL, NULL);
  g_assert_nonnull (bundle);
  g_assert_null (empty);
  g_assert_null (app_dashboard_suggest (none));
}

static char *
dup_suggested (TablesFixture *fixture, const char *name, const char *csv)
{
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, name, csv), NULL);
  g_autoptr (AppDashboard) suggested = app_dashboard_suggest (datasets), filled = app_dashboard_fill (suggested, NULL);

  return app_dashboard_dup_json (filled);
}

/* What the rules make of tables on which they were poor: a few days by the minute, names of many cities, a list of three rows. */
static void
test_suggested (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) minutes = g_string_new ("time,warmth (°C),humidity (%)\n"), cities = g_string_new ("day,city,line,channel,amount,discount (%)\n");

  for (guint i = 0; i < 900; i++) {
    g_string_append_printf (minutes, "2026-03-0%u %02u:%02u:00,%u.5,%u\n", 2 + i / 300, i / 60 % 5 + 8, i % 60, 18 + i % 4, 40 + i % 12);
    g_string_append_printf (cities, "2025-%02u-%02u,City %c,Line %c,%s,%u.25,%u\n", 1 + i % 12, 1 + i % 28, 'A' + i % 14, 'a' + i % 5, i % 3 != 0 ? "web" : i % 2 != 0 ? "shop" : "partner", 20 + i % 90, i % 4 * 5);
  }
  g_autofree char *hours = dup_suggested (fixture, "minutes.csv", minutes->str), *sales = dup_suggested (fixture, "cities.csv", cities->str);
  g_autofree char *list = dup_suggested (fixture, "list.csv", "name,amount,paid on,note\nRent,850,2026-01-03,\nPower,,,\nWater,31.5,,\n");
  /* By the hour, and what was measured is no group. */
  g_assert_nonnull (strstr (hours, "\"hours(time)\""));
  g_assert_null (strstr (hours, "\"x\":\"humidity\""));
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "again.csv", minutes->str), NULL);
  g_autofree char *schema = app_dashboard_dup_schema (datasets);
  g_assert_nonnull (strstr (schema, "\"hours(time)\""));
  /* The cities are seen, and there is one ring at most. */
  g_assert_nonnull (strstr (sales, "\"x\":\"city\""));
  g_assert_null (strstr (sales, "\"x\":\"discount\""));
  const char *ring = strstr (sales, "\"kind\":\"pie\"");
  g_assert_true (ring == NULL || strstr (ring + 1, "\"kind\":\"pie\"") == NULL);
  /* The rows themselves, without the column in which nothing is. */
  g_assert_nonnull (strstr (list, "\"columns\":[\"name\",\"amount\",\"paid_on\"]"));
}

/* Every part of what is suggested fits its own schema. */
static void
test_parts (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = add_orders (fixture);
  g_autoptr (AppDashboard) suggested = app_dashboard_suggest (datasets);
  g_auto (GStrv) parts = app_dashboard_dup_parts (suggested);
  EngineSchemaOptions options = { .closed = true };

  g_assert_cmpuint (g_strv_length (parts), >, 8);
  for (guint i = 0; parts[i] != NULL; i++) {
    EngineError error = { 0 };
    g_autofree char *schema = app_dashboard_dup_part_schema (suggested, parts[i]);
    EngineGrammar *grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &error);
    if (grammar == NULL)
      g_error ("%s: %s", parts[i], error.message);
    engine_grammar_unref (grammar);
  }
  g_assert_null (app_dashboard_dup_part_schema (suggested, "/else/0"));
}

/* ---- wishes ---- */

static void
test_wishes (TablesFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *wish, *text;
  } wishes[] = {
    { "Total amount and the number of orders, amount by region, filter by channel", "kpi sum(amount_eur); kpi count; chart sum(amount_eur) by region; filter channel" },
    { "How did the amount develop by month?", "chart sum(amount_eur) by month(day)" },
    { "a heatmap of the average amount by region and channel", "heatmap average(amount_eur) by region and channel" },
    { "On which day of the week is the amount highest?", "chart sum(amount_eur) by weekday(day)" },
    { "Start with the total amount, then a breakdown by region, another one by channel, the trend by month",
      "kpi sum(amount_eur); chart sum(amount_eur) by region; chart sum(amount_eur) by channel; chart sum(amount_eur) by month(day)" },
    { "Zeige amount nach region und die Entwicklung pro Monat, dazu die Summe von amount", "chart sum(amount_eur) by region; chart sum(amount_eur) by month(day); kpi sum(amount_eur)" },
    { "amount versus price, customers by region", "scatter of price and amount_eur; chart count by region" },
    { "how many are there per weekday", "chart count by weekday(day)" },
    { "amount by channel with a filter for the region", "chart sum(amount_eur) by channel; filter region" },
    { "price against amount as a scatter plot; distribution of the price", "scatter of amount_eur and price; histogram of price" },
    { "A table with the total amount and the average price for every region", "table sum(amount_eur) by region; table average(price) by region" },
    { "Stacked bars: amount per month, stacked by region", "stacked sum(amount_eur) by month(day) and region" },
    { "average price per region and channel, median amount", "chart average(price) by region and channel; kpi median(amount_eur)" },
    { "Make it beautiful", NULL },
  };
  g_autoptr (GPtrArray) datasets = add_orders (fixture), sources = dashboard_sources_new (datasets);

  for (gsize i = 0; i < G_N_ELEMENTS (wishes); i++) {
    g_autoptr (GArray) found = dashboard_wish_read (g_ptr_array_index (sources, 0), wishes[i].wish);
    g_autofree char *text = dashboard_wish_dup_text (found);
    g_assert_cmpstr (text, ==, wishes[i].text);
  }
}

/* ---- numbers and pages ---- */

/* The data of a page. (transfer full) */
static JsonNode *
read_data (AppBundle *bundle)
{
  gsize size;
  const char *page = g_bytes_get_data (app_bundle_find (bundle, APP_BUNDLE_INDEX, NULL), &size);
  g_autofree char *text = g_strndup (page, size);
  char *begin = strstr (text, "id=\"data\">") + strlen ("id=\"data\">"), *end = strstr (begin, "</script>");
  g_autoptr (GError) error = NULL;

  *end = '\0';
  JsonNode *node = json_from_string (begin, &error);
  g_assert_no_error (error);
  return node;
}

static JsonArray *
get_rows (JsonNode *data, const char *part)
{
  JsonObject *parts = json_object_get_object_member (json_node_get_object (data), "parts");

  g_assert_true (json_object_has_member (parts, part));
  return json_object_get_array_member (json_object_get_object_member (parts, part), "rows");
}

static void
test_numbers (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = add_orders (fixture);
  g_autoptr (AppDashboard) dashboard = parse (datasets, "{\"title\":\"</script><b>\",\"kpis\":[{\"label\":\"L\",\"value\":\"sum(amount_eur)\"}],"
                                                        "\"charts\":[{\"title\":\"C\",\"kind\":\"bar\",\"value\":\"count\",\"x\":\"region\"},{\"title\":\"H\",\"kind\":\"histogram\",\"x\":\"price\"}],"
                                                        "\"tables\":[{\"rows\":\"week(day)\",\"values\":[\"count\"]}]}");
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = app_dashboard_make_bundle (dashboard, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) node = read_data (bundle);
  double sum = 0;

  for (guint i = 0; i < 900; i++)
    sum += 100 + i % 50 + 0.25;
  g_assert_cmpfloat (json_array_get_double_element (json_array_get_array_element (get_rows (node, "/kpis/0"), 0), 0), ==, sum);
  JsonArray *regions = get_rows (node, "/charts/0");
  g_assert_cmpuint (json_array_get_length (regions), ==, 3);
  g_assert_cmpint (json_array_get_int_element (json_array_get_array_element (regions, 1), 1), ==, 300);
  /* Weeks begin on Monday, the first of January 2024. */
  JsonArray *week = json_array_get_array_element (get_rows (node, "/tables/0"), 0);
  g_assert_cmpstr (json_array_get_string_element (week, 0), ==, "2024-01-01");
  g_assert_cmpint (json_array_get_int_element (week, 1), ==, 21);
  gint64 n = 0;
  JsonArray *bins = get_rows (node, "/charts/1");
  for (guint i = 0; i < json_array_get_length (bins); i++)
    n += json_array_get_int_element (json_array_get_array_element (bins, i), 1);
  g_assert_cmpint (n, ==, 900);
  JsonObject *rows = json_object_get_object_member (json_node_get_object (node), "rows");
  g_assert_cmpint (json_object_get_int_member (rows, "n"), ==, 900);
  g_autofree char *sql = app_dashboard_dup_sql (dashboard, "/charts/0");
  g_assert_cmpstr (sql, ==, "SELECT region, COUNT(*) AS value FROM orders GROUP BY 1 ORDER BY 2 DESC, 1");
}

static void
test_single_page (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autoptr (GBytes) picture = g_bytes_new_static ("\x89PNG", 4);
  g_autoptr (GError) error = NULL;

  g_assert_null (app_bundle_dup_single_page (bundle, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX,
                       "<!doctype html><!-- <script src=\"a.js\"></script> --><link rel=stylesheet href='s/a.css'><img alt=\"a>b\" src=\"p.png\"><script defer src=\"a.js\"></script>"
                       "<script>const s = '<img src=\"p.png\">'</script><script src=\"https://example.org/x.js\"></script><a href=\"p.png\">p</a><p title='<'>5 < 6");
  app_bundle_add_text (bundle, "a.js", "const s = '</script><!--<script>';");
  app_bundle_add_text (bundle, "s/a.css", "p { background: url(../p.png) } b { background: url('q.png') }");
  app_bundle_add (bundle, "p.png", NULL, picture);
  app_bundle_add (bundle, "s/q.png", NULL, picture);
  g_autofree char *page = app_bundle_dup_single_page (bundle, NULL);
  g_assert_cmpstr (page, ==,
                   "<!doctype html><!-- <script src=\"a.js\"></script> --><style>p { background: url(../p.png) } b { background: url(\"data:image/png;base64,iVBORw==\") }</style>"
                   "<img alt=\"a>b\" src=\"data:image/png;base64,iVBORw==\"><script defer >const s = '<\\/script><\\!--\\x3cscript>';</script>"
                   "<script>const s = '<img src=\"p.png\">'</script><script src=\"https://example.org/x.js\"></script><a href=\"p.png\">p</a><p title='<'>5 < 6");
}

/* More rows than go into a page come as groups, which add up to the same. */
static void
test_cube (TablesFixture *fixture, gconstpointer data)
{
  g_autofree char *csv = make_orders (APP_DASHBOARD_MAX_ROWS + 3);
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "orders.csv", csv), NULL);
  g_autoptr (AppDashboard) dashboard = parse (datasets, "{\"kpis\":[{\"label\":\"L\",\"value\":\"sum(amount_eur)\"},{\"label\":\"M\",\"value\":\"median(amount_eur)\"}],"
                                                        "\"charts\":[{\"title\":\"C\",\"kind\":\"bar\",\"value\":\"average(price)\",\"x\":\"region\"}],\"filters\":[\"channel\",\"day\"]}");
  g_autoptr (AppDashboard) filled = app_dashboard_fill (dashboard, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = app_dashboard_make_bundle (filled, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) node = read_data (bundle);
  JsonObject *rows = json_object_get_object_member (json_node_get_object (node), "rows");
  JsonArray *sums = json_object_get_array_member (json_object_get_object_member (json_object_get_object_member (rows, "numbers"), "amount_eur"), "sum");
  double sum = 0;

  g_assert_true (json_object_get_boolean_member (rows, "cube"));
  g_assert_cmpint (json_object_get_int_member (rows, "n"), <, 5000);
  for (guint i = 0; i < json_array_get_length (sums); i++)
    sum += json_array_get_double_element (sums, i);
  g_assert_cmpfloat_with_epsilon (sum, json_array_get_double_element (json_array_get_array_element (get_rows (node, "/kpis/0"), 0), 0), 1e-3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/app/artifacts/dashboard/" name, TablesFixture, NULL, tables_set_up, func, tables_tear_down)
  ADD ("parse", test_parse);
  ADD ("change", test_change);
  ADD ("fill", test_fill);
  ADD ("schema", test_schema);
  ADD ("suggested", test_suggested);
  ADD ("parts", test_parts);
  ADD ("wishes", test_wishes);
  ADD ("numbers", test_numbers);
  ADD ("single-page", test_single_page);
  ADD ("cube", test_cube);
  return g_test_run ();
}
