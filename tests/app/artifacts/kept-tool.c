/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: tables that are made of files with tables, as the kind "table" makes them. For tests, and for who looks at pages.
 *
 *   kept-tool FOLDER FILE… --draft [--base SQL]            for each line of the input, a wish: what is written without a model, or null
 *   kept-tool FOLDER FILE… --page OUT TITLE SQL            a page in one file
 *   kept-tool FOLDER FILE… --export OUT TITLE SQL          a table in a file, CSV or XLSX by its end
 *   kept-tool FOLDER FILE… --model MODEL [--threads N] [--base SQL]  for each line, a wish: the table that comes of it
 *
 * FOLDER is where datasets are made. What is printed for lines is JSON, one line each. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app-model-private.h"
#include "app-table-export.h"
#include "artifacts/artifact-kind.h"
#include "artifacts/table-draft.h"
#include "artifacts/table-page.h"
#include "fixture.h"
#include "tables/table-tool.h"

static _Noreturn void
fail (const char *what, const GError *error)
{
  g_printerr ("%s: %s\n", what, error != NULL ? error->message : "failed");
  exit (1);
}

static void
print (const char *sql, const char *title, const char *said, const char *error, gint64 n_tokens, double seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  table_tool_add_string (builder, "sql", sql);
  table_tool_add_string (builder, "title", title);
  table_tool_add_string (builder, "said", said);
  table_tool_add_string (builder, "error", error);
  json_builder_set_member_name (builder, "tokens");
  json_builder_add_int_value (builder, n_tokens);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_end_object (builder);
  table_tool_print (builder);
}

static void
draft (GPtrArray *datasets, const char *base, const char *wish)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TableDraft) made = table_draft_new (datasets, base, wish, NULL, &error);

  if (made != NULL)
    app_query_check (datasets, made->sql, &error);
  print (made != NULL ? made->sql : NULL, made != NULL ? made->title : NULL, made != NULL ? made->said : NULL, error != NULL ? error->message : NULL, 0, 0);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
write_with (GPtrArray *datasets, AppEngine *engine, const char *base, const char *wish)
{
  const AppArtifactKind *kind = app_artifact_kind_find ("table");
  AppArtifactOrder order = { .engine = engine, .kind = kind, .wish = wish, .documents = "", .datasets = datasets, .base = base };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 started = g_get_monotonic_time ();

  kind->write (&order, (AppArtifactProgress) { NULL, NULL }, g_task_new (NULL, NULL, on_written, &result));
  g_autoptr (AppArtifactWritten) written = g_task_propagate_pointer (G_TASK (wait_result (&result)), &error);
  print (written != NULL ? written->source : NULL, written != NULL ? written->title : NULL, written != NULL ? written->said : NULL, error != NULL ? error->message : NULL, written != NULL ? written->n_tokens : 0,
         (double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  AppEngine *engine = NULL;
  const char *base = NULL;
  static char line[100 * 1000];
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
  if (strcmp (argv[i], "--page") == 0 && i + 3 < argc) {
    g_autoptr (AppBundle) bundle = table_page_new (list, argv[i + 3], argv[i + 2], NULL, &error);
    g_autofree char *page = bundle != NULL ? app_bundle_dup_single_page (bundle, &error) : NULL;
    if (page == NULL || !g_file_set_contents (argv[i + 1], page, -1, &error))
      fail (argv[i + 1], error);
    return 0;
  }
  if (strcmp (argv[i], "--export") == 0 && i + 3 < argc) {
    g_autoptr (GAsyncResult) result = NULL;
    app_table_export_query_async (list, argv[i + 3], argv[i + 2], g_str_has_suffix (argv[i + 1], ".csv") ? APP_TABLE_EXPORT_CSV : APP_TABLE_EXPORT_XLSX, argv[i + 1], NULL, NULL, keep_result, &result);
    if (!app_table_export_finish (wait_result (&result), &error))
      fail (argv[i + 1], error);
    return 0;
  }
  for (int k = i + 1; k + 1 < argc; k++)
    if (strcmp (argv[k], "--base") == 0)
      base = argv[k + 1];
  if (strcmp (argv[i], "--model") == 0 && i + 1 < argc) {
    engine = table_tool_load_model (argv[i + 1], i + 3 < argc && strcmp (argv[i + 2], "--threads") == 0 ? atoi (argv[i + 3]) : 1, 4096, &error);
    if (engine == NULL)
      fail (argv[i + 1], error);
  }
  while (fgets (line, sizeof line, stdin) != NULL) {
    g_strchomp (line);
    if (engine != NULL)
      write_with (list, engine, base, line);
    else
      draft (list, base, line);
  }
  if (engine != NULL)
    app_engine_unload (engine);
  g_clear_object (&engine);
  return 0;
}
