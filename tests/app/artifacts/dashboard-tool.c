/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: dashboards of files with tables. For ./dev bench visual, and for who looks at pages.
 *
 *   dashboard-tool FOLDER FILE… --schema            what may be written of them, as JSON Schema
 *   dashboard-tool FOLDER FILE… --suggest           the dashboard that rules make
 *   dashboard-tool FOLDER FILE… --page OUT [SPEC]   a page in one file, of the specification in a file or of what is suggested
 *   dashboard-tool FOLDER FILE… --model MODEL [--threads N]
 *       for each line, an object: {"wish", "page"} or {"spec", "wish", "part", "page"}: a dashboard, or a changed one; its page goes to the file "page"
 *
 * FOLDER is where datasets are made. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app-dashboard-writer.h"
#include "app-model-private.h"
#include "fixture.h"
#include "tables/table-tool.h"

static _Noreturn void
fail (const char *what, const GError *error)
{
  g_printerr ("%s: %s\n", what, error != NULL ? error->message : "failed");
  exit (1);
}

static void
write_page (AppDashboard *dashboard, const char *const *notes, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = app_dashboard_make_bundle (dashboard, notes, NULL, &error);
  g_autofree char *page = bundle != NULL ? app_bundle_dup_single_page (bundle, &error) : NULL;

  if (page == NULL || !g_file_set_contents (path, page, -1, &error))
    fail (path, error);
}

/* ---- with a model ---- */

static AppEngine *
load_model (const char *path, int n_threads)
{
  g_autoptr (GError) error = NULL;
  AppEngine *engine = table_tool_load_model (path, n_threads, 6144, &error);

  if (engine == NULL)
    fail (path, error);
  return engine;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  return json_object_has_member (object, name) && !json_object_get_null_member (object, name) ? json_object_get_string_member (object, name) : NULL;
}

static void
on_part (AppDashboard *dashboard, const char *pointer, gpointer data)
{
  (*(guint *) data)++;
}

static void
answer (AppDashboardWriter *writer, AppEngine *engine, GPtrArray *datasets, JsonObject *order)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (AppDashboard) dashboard = NULL, before = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 started = g_get_monotonic_time ();
  const char *spec = get_text (order, "spec"), *page = get_text (order, "page");
  AppDashboardReport report = { 0 };
  guint n_parts = 0;

  if (spec != NULL) {
    before = app_dashboard_parse (datasets, spec, strlen (spec), &error);
    if (before == NULL)
      fail ("spec", error);
    app_dashboard_writer_change_async (writer, engine, before, get_text (order, "wish"), get_text (order, "part"), NULL, keep_result, &result);
  } else {
    app_dashboard_writer_write_async (writer, engine, get_text (order, "wish"), on_part, &n_parts, NULL, keep_result, &result);
  }
  dashboard = app_dashboard_writer_finish (writer, table_tool_wait (&result), &report, &error);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, (double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC);
  json_builder_set_member_name (builder, "parts");
  json_builder_add_int_value (builder, n_parts);
  json_builder_set_member_name (builder, "by_rules");
  json_builder_add_boolean_value (builder, report.by_rules);
  g_autofree char *json = dashboard != NULL ? app_dashboard_dup_json (dashboard) : NULL, *notes = report.notes != NULL ? g_strjoinv ("\n", report.notes) : NULL;
  table_tool_add_string (builder, "spec", json);
  table_tool_add_string (builder, "written", report.json);
  table_tool_add_string (builder, "notes", notes);
  table_tool_add_string (builder, "part", report.part);
  table_tool_add_string (builder, "before", report.before);
  table_tool_add_string (builder, "after", report.after);
  table_tool_add_string (builder, "error", error != NULL ? error->message : NULL);
  json_builder_end_object (builder);
  if (dashboard != NULL && page != NULL)
    write_page (dashboard, (const char *const *) report.notes, page);
  table_tool_print (builder);
  app_dashboard_report_clear (&report);
}

static void
answer_lines (GPtrArray *datasets, const char *model, int n_threads)
{
  static char line[1000 * 1000];
  g_autoptr (AppDashboardWriter) writer = app_dashboard_writer_new (datasets);
  AppEngine *engine = load_model (model, n_threads);

  while (fgets (line, sizeof line, stdin) != NULL) {
    g_autoptr (JsonNode) order = json_from_string (line, NULL);
    if (order == NULL || !JSON_NODE_HOLDS_OBJECT (order))
      fail ("input", NULL);
    answer (writer, engine, datasets, json_node_get_object (order));
  }
  app_engine_unload (engine);
  g_object_unref (engine);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  int i = 2;

  setlocale (LC_ALL, "C.UTF-8");
  if (argc < 4)
    return 2;
  g_autoptr (AppDatasets) datasets = app_datasets_new (argv[1]);
  for (; i < argc && !g_str_has_prefix (argv[i], "--"); i++) {
    AppDataset *dataset = table_tool_import (datasets, argv[i], &error);
    if (dataset == NULL)
      fail (argv[i], error);
    g_ptr_array_add (list, dataset);
  }
  if (i == argc)
    return 2;
  if (strcmp (argv[i], "--schema") == 0) {
    g_autofree char *schema = app_dashboard_dup_schema (list);
    puts (schema != NULL ? schema : "null");
    return 0;
  }
  if (strcmp (argv[i], "--suggest") == 0 || strcmp (argv[i], "--page") == 0) {
    g_autoptr (AppDashboard) dashboard = NULL;
    g_auto (GStrv) notes = NULL;
    if (strcmp (argv[i], "--page") == 0 && i + 2 < argc) {
      g_autofree char *text = NULL;
      gsize length;
      if (!g_file_get_contents (argv[i + 2], &text, &length, &error))
        fail (argv[i + 2], error);
      dashboard = app_dashboard_parse (list, text, length, &error);
    } else {
      dashboard = app_dashboard_suggest (list);
    }
    if (dashboard == NULL)
      fail ("dashboard", error);
    g_autoptr (AppDashboard) filled = app_dashboard_fill (dashboard, &notes);
    g_autofree char *json = app_dashboard_dup_json (filled);
    fputs (json, stdout);
    for (guint n = 0; notes[n] != NULL; n++)
      g_printerr ("%s\n", notes[n]);
    if (strcmp (argv[i], "--page") == 0 && i + 1 < argc)
      write_page (filled, (const char *const *) notes, argv[i + 1]);
    return 0;
  }
  if (strcmp (argv[i], "--model") == 0 && i + 1 < argc) {
    answer_lines (list, argv[i + 1], i + 3 < argc && strcmp (argv[i + 2], "--threads") == 0 ? atoi (argv[i + 3]) : 1);
    return 0;
  }
  return 2;
}
