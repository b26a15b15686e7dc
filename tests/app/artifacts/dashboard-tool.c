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

#include "app-dashboard.h"
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
  return 2;
}
