/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of what a model writes of dashboards; the model plays a script. tests/bench/visual has real ones. */
#include <string.h>

#include "app-dashboard-writer.h"
#include "app-error.h"
#include "fixture.h"
#include "scripted-engine.h"
#include "tables/tables-fixture.h"

#define ORDERS "day,region,channel,amount\n2024-01-05,north,web,10.5\n2024-02-06,south,web,2.5\n2024-03-01,north,shop,30.25\n2024-03-02,west,shop,7.5\n2024-04-02,west,web,8.5\n2024-05-02,north,web,1.5\n"
#define SPEC "{\"title\":\"T\",\"kpis\":[{\"label\":\"Total amount\",\"value\":\"sum(amount)\"}],\"charts\":[{\"title\":\"Total amount by region\",\"kind\":\"bar\",\"value\":\"sum(amount)\",\"x\":\"region\"},"            \
             "{\"title\":\"Channels\",\"kind\":\"pie\",\"value\":\"count\",\"x\":\"channel\"}],\"filters\":[\"region\"]}"

static AppEngine *
make_engine (const char *text)
{
  static Script script;
  ScriptedEngine *engine = scripted_engine_new ();
  g_autoptr (AppModel) model = scripted_model_new ("m", "M");
  g_autoptr (GAsyncResult) result = NULL;

  script = (Script) { .text = text, .piece = 3 };
  scripted_engine_set_script (engine, &script);
  app_engine_load_async (APP_ENGINE (engine), model, NULL, keep_result, &result);
  g_assert_true (app_engine_load_finish (APP_ENGINE (engine), wait_result (&result), NULL));
  return APP_ENGINE (engine);
}

static void
on_part (AppDashboard *dashboard, const char *pointer, gpointer data)
{
  g_auto (GStrv) parts = app_dashboard_dup_parts (dashboard);

  g_string_append_printf (data, "%s/%u ", pointer, g_strv_length (parts));
}

static AppDashboard *
write_dashboard (GPtrArray *datasets, const char *wish, const char *text, GString *parts, AppDashboardReport *report, GError **error)
{
  g_autoptr (AppDashboardWriter) writer = app_dashboard_writer_new (datasets);
  g_autoptr (AppEngine) engine = make_engine (text);
  g_autoptr (GAsyncResult) result = NULL;

  app_dashboard_writer_write_async (writer, engine, wish, parts != NULL ? on_part : NULL, parts, NULL, keep_result, &result);
  return app_dashboard_writer_finish (writer, wait_result (&result), report, error);
}

static void
test_write (TablesFixture *fixture, gconstpointer data)
{
  static const char text[] = "{\"table\": \"orders\", \"title\": \"Or\\\"ders}\", \"kpis\": [{\"label\": \"All\", \"value\": \"count\"}], \"charts\": [{\"title\": \"Total amount by region\", \"kind\": \"bar\", "
                             "\"value\": \"sum(amount)\", \"x\": \"region\"}], \"tables\": [], \"filters\": [\"channel\", \"region\"]}";
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "orders.csv", ORDERS), NULL);
  g_autoptr (GString) parts = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  AppDashboardReport report = { 0 };

  g_autoptr (AppDashboard) dashboard = write_dashboard (datasets, "Amount by region, median amount", text, parts, &report, &error);
  g_assert_no_error (error);
  g_assert_false (report.by_rules);
  g_assert_cmpstr (parts->str, ==, "/kpis/0/1 /charts/0/2 /filters/0/3 /filters/1/4 ");
  g_assert_cmpstr (app_dashboard_get_title (dashboard), ==, "Or\"ders}");
  /* What was asked for and not written is there all the same. */
  g_autofree char *json = app_dashboard_dup_json (dashboard);
  g_assert_nonnull (strstr (json, "\"median(amount)\""));
  app_dashboard_report_clear (&report);

  /* Nonsense gives what rules make, and says so. */
  g_autoptr (AppDashboard) other = write_dashboard (datasets, "x", "{\"charts\": [", NULL, &report, &error);
  g_assert_no_error (error);
  g_assert_true (report.by_rules);
  app_dashboard_report_clear (&report);

  /* No rows, no dashboard. */
  g_autoptr (GPtrArray) empty = tables_list (tables_add (fixture, "empty.csv", "a,b\n"), NULL);
  g_assert_null (write_dashboard (empty, "x", text, NULL, &report, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  app_dashboard_report_clear (&report);
}

static void
test_change (TablesFixture *fixture, gconstpointer data)
{
  /* The model writes nonsense, which fits the grammar all the same: what the wish names is as it says. */
  static const struct {
    const char *wish, *pointer, *text, *part, *after;
  } changes[] = {
    { "Show the average amount here", "/charts/0", "{\"title\": \"Average amount by region\", \"kind\": \"line\", \"value\": \"count\", \"x\": \"channel\"}", "/charts/0",
      "{\"title\":\"Average amount by region\",\"kind\":\"bar\",\"value\":\"average(amount)\",\"x\":\"region\"}" },
    { "Make the bar chart a pie chart", NULL, "{\"title\": \"Parts of the amount\", \"kind\": \"pie\", \"value\": \"sum(amount)\", \"x\": \"region\"}", "/charts/0",
      "{\"title\":\"Parts of the amount\",\"kind\":\"pie\",\"value\":\"sum(amount)\",\"x\":\"region\"}" },
    { "Only the 2 largest", "/charts/0", "{\"title\": \"Else\", \"kind\": \"bar\", \"value\": \"count\", \"x\": \"region\"}", "/charts/0",
      "{\"title\":\"Total amount by region\",\"kind\":\"bar\",\"value\":\"sum(amount)\",\"x\":\"region\",\"sort\":\"largest\",\"limit\":2}" },
    { "Remove the pie chart", NULL, "", "/charts/1", NULL },
    { "Call the dashboard \"Board\"", NULL, "\"Else\"", "/title", "\"Board\"" },
    { "Add a figure with the median amount", NULL, "{\"label\": \"Median amount\", \"value\": \"count\"}", "/kpis/1", "{\"label\":\"Median amount\",\"value\":\"median(amount)\"}" },
    { "Choose by channel instead", "/filters/0", "\"region\"", "/filters/0", "\"channel\"" },
    { "Split the bars by channel", "/charts/0", "{\"title\": \"Amount by region and channel\", \"kind\": \"bar\", \"value\": \"count\", \"x\": \"channel\"}", "/charts/0",
      "{\"title\":\"Amount by region and channel\",\"kind\":\"bar\",\"value\":\"sum(amount)\",\"x\":\"region\",\"series\":\"channel\"}" },
  };
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "orders.csv", ORDERS), NULL);
  g_autoptr (AppDashboardWriter) writer = app_dashboard_writer_new (datasets);
  g_autoptr (AppDashboard) before = app_dashboard_parse (datasets, SPEC, strlen (SPEC), NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (AppEngine) engine = make_engine (changes[i].text);
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    AppDashboardReport report = { 0 };
    app_dashboard_writer_change_async (writer, engine, before, changes[i].wish, changes[i].pointer, NULL, keep_result, &result);
    g_autoptr (AppDashboard) after = app_dashboard_writer_finish (writer, wait_result (&result), &report, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (report.part, ==, changes[i].part);
    g_assert_cmpstr (report.after, ==, changes[i].after);
    app_dashboard_report_clear (&report);
  }
  /* The same again is no change. */
  g_autoptr (AppEngine) engine = make_engine ("{\"title\": \"Total amount by region\", \"kind\": \"bar\", \"value\": \"sum(amount)\", \"x\": \"region\"}");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  app_dashboard_writer_change_async (writer, engine, before, "Make it beautiful", "/charts/0", NULL, keep_result, &result);
  g_assert_null (app_dashboard_writer_finish (writer, wait_result (&result), NULL, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/artifacts/dashboard-writer/write", TablesFixture, NULL, tables_set_up, test_write, tables_tear_down);
  g_test_add ("/app/artifacts/dashboard-writer/change", TablesFixture, NULL, tables_set_up, test_change, tables_tear_down);
  return g_test_run ();
}
