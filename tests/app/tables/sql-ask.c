/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: questions to files with tables, as AppAsk answers them. For the random walks through the grammar, and for ./dev bench visual.
 *
 *   sql-ask FOLDER FILE… --grammar                    the grammar, in GBNF
 *   sql-ask FOLDER FILE… --instructions               what a model is told
 *   sql-ask FOLDER FILE… --check                      for each line of the input, a statement: whether the grammar admits it, and what is wrong with it for AppQuery
 *   sql-ask FOLDER FILE… --model MODEL [--threads N]  for each line, a question: the statement and its rows
 *
 * FOLDER is where datasets are made. What is printed for lines is JSON, one line each. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app-ask.h"
#include "app-datasets.h"
#include "app-model-private.h"
#include "engine.h"
#include "fixture.h"
#include "table-tool.h"

static _Noreturn void
fail (const char *what, const GError *error)
{
  g_printerr ("%s: %s\n", what, error != NULL ? error->message : "failed");
  exit (1);
}

static AppEngine *
load_model (const char *path, int n_threads)
{
  g_autoptr (GError) error = NULL;
  AppEngine *engine = table_tool_load_model (path, n_threads, 4096, &error);

  if (engine == NULL)
    fail (path, error);
  return engine;
}

/* ---- lines ---- */

static void
check (GPtrArray *datasets, EngineGrammar *grammar, const char *sql)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;
  EngineError engine_error = { 0 };
  bool fits = false;

  if (!engine_grammar_match (grammar, sql, strlen (sql), &fits, NULL, &engine_error)) {
    g_printerr ("%s\n", engine_error.message);
    exit (1);
  }
  app_query_check (datasets, sql, &error);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "fits");
  json_builder_add_boolean_value (builder, fits);
  table_tool_add_string (builder, "error", error != NULL ? error->message : NULL);
  json_builder_end_object (builder);
  table_tool_print (builder);
}

static void
add_rows (JsonBuilder *builder, const AppResult *result)
{
  json_builder_set_member_name (builder, "cut");
  json_builder_add_boolean_value (builder, app_result_is_cut (result));
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint row = 0; row < app_result_get_n_rows (result) && row < 1000; row++) {
    json_builder_begin_array (builder);
    for (guint i = 0; i < app_result_get_n_columns (result); i++) {
      const AppValue *value = app_result_get_value (result, row, i);
      g_autofree char *text = app_result_dup_text (result, row, i);
      if (value->kind == MEDIA_CELL_INTEGER)
        json_builder_add_int_value (builder, value->integer);
      else if (value->kind == MEDIA_CELL_REAL)
        json_builder_add_double_value (builder, value->real);
      else if (value->kind == MEDIA_CELL_TEXT)
        json_builder_add_string_value (builder, text);
      else
        json_builder_add_null_value (builder);
    }
    json_builder_end_array (builder);
  }
  json_builder_end_array (builder);
}

static void
answer (AppAsk *ask, AppEngine *engine, const char *question)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 started = g_get_monotonic_time ();
  AppAskReport report;

  app_ask_run_async (ask, engine, question, NULL, NULL, keep_result, &result);
  g_autoptr (AppResult) rows = app_ask_run_finish (ask, table_tool_wait (&result), &report, &error);
  json_builder_begin_object (builder);
  table_tool_add_string (builder, "sql", report.sql);
  json_builder_set_member_name (builder, "tries");
  json_builder_add_int_value (builder, report.n_tries);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, (double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC);
  if (rows != NULL)
    add_rows (builder, rows);
  table_tool_add_string (builder, "error", error != NULL ? error->message : NULL);
  json_builder_end_object (builder);
  table_tool_print (builder);
  app_ask_report_clear (&report);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *what = NULL;
  EngineGrammar *grammar = NULL;
  AppEngine *engine = NULL;
  char line[100 * 1000];
  int i = 2;

  setlocale (LC_ALL, "C.UTF-8");
  if (argc < 4)
    return 2;
  g_autoptr (AppDatasets) datasets = app_datasets_new (argv[1]);
  for (; i < argc && !g_str_has_prefix (argv[i], "--"); i++) {
    g_autoptr (GError) trouble = NULL;
    AppDataset *dataset = table_tool_import (datasets, argv[i], &trouble);
    if (dataset == NULL)
      fail (argv[i], trouble);
    g_ptr_array_add (list, dataset);
  }
  if (i == argc)
    return 2;
  g_autoptr (AppAsk) ask = app_ask_new (list);
  if (strcmp (argv[i], "--instructions") == 0)
    what = app_ask_dup_instructions (ask);
  else
    what = app_ask_dup_grammar (ask);
  if (strcmp (argv[i], "--grammar") == 0 || strcmp (argv[i], "--instructions") == 0) {
    fputs (what, stdout);
    return 0;
  }
  if (strcmp (argv[i], "--model") == 0 && i + 1 < argc)
    engine = load_model (argv[i + 1], i + 3 < argc && strcmp (argv[i + 2], "--threads") == 0 ? atoi (argv[i + 3]) : 1);
  EngineError error = { 0 };
  grammar = engine_grammar_from_text (what, strlen (what), &error);
  if (grammar == NULL) {
    g_printerr ("%s\n", error.message);
    return 1;
  }
  while (fgets (line, sizeof line, stdin) != NULL) {
    g_strchomp (line);
    if (engine != NULL)
      answer (ask, engine, line);
    else
      check (list, grammar, line);
  }
  engine_grammar_unref (grammar);
  if (engine != NULL)
    app_engine_unload (engine);
  g_clear_object (&engine);
  return 0;
}
