/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: imports files into datasets and prints what came out as JSON, one line a file. For the comparison with pandas, and for ./dev bench tables.
 *
 *   table-dump FOLDER FILE…            what is in them
 *   table-dump FOLDER FILE --sql SQL   the answer to a question */
#include <locale.h>
#include <string.h>

#include "app-datasets.h"
#include "app-query.h"
#include "table-tool.h"

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_strings (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; values != NULL && *values != NULL; values++)
    json_builder_add_string_value (builder, *values);
  json_builder_end_array (builder);
}

static void
add_table (JsonBuilder *builder, const AppTable *table)
{
  json_builder_begin_object (builder);
  table_tool_add_string (builder, "name", table->sql_name);
  table_tool_add_string (builder, "title", table->title);
  add_number (builder, "rows", (double) table->n_rows);
  json_builder_set_member_name (builder, "columns");
  json_builder_begin_array (builder);
  for (guint i = 0; i < table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    json_builder_begin_object (builder);
    table_tool_add_string (builder, "name", column->sql_name);
    table_tool_add_string (builder, "title", column->name);
    table_tool_add_string (builder, "type", media_column_type_get_name (column->type));
    table_tool_add_string (builder, "unit", column->unit);
    add_number (builder, "nulls", (double) column->n_nulls);
    add_number (builder, "distinct", (double) column->n_distinct);
    table_tool_add_string (builder, "min", column->min);
    table_tool_add_string (builder, "max", column->max);
    if (column->has_sum)
      add_number (builder, "sum", column->sum);
    add_strings (builder, "samples", (const char *const *) column->samples);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_answer (JsonBuilder *builder, AppDataset *dataset, const char *sql, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_ptr_array_add (all, dataset);
  g_autoptr (AppResult) result = app_query_run (all, sql, NULL, NULL, error);

  if (result == NULL)
    return;
  add_number (builder, "answer_seconds", app_result_get_seconds (result));
  json_builder_set_member_name (builder, "answer");
  json_builder_begin_array (builder);
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    json_builder_begin_array (builder);
    for (guint i = 0; i < app_result_get_n_columns (result); i++) {
      g_autofree char *text = app_result_dup_text (result, row, i);
      json_builder_add_string_value (builder, text);
    }
    json_builder_end_array (builder);
  }
  json_builder_end_array (builder);
}

int
main (int argc, char *argv[])
{
  g_autoptr (AppDatasets) datasets = NULL;

  setlocale (LC_ALL, "C.UTF-8");
  if (argc < 3)
    return 2;
  datasets = app_datasets_new (argv[1]);
  for (int i = 2; i < argc; i++) {
    const char *sql = i + 2 < argc && strcmp (argv[i + 1], "--sql") == 0 ? argv[i + 2] : NULL;
    g_autoptr (GError) error = NULL;
    gint64 started = g_get_monotonic_time ();
    g_autoptr (AppDataset) dataset = table_tool_import (datasets, argv[i], &error);
    double seconds = (double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC;
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    table_tool_add_string (builder, "file", argv[i]);
    add_number (builder, "seconds", seconds);
    if (dataset != NULL) {
      g_auto (GStrv) notes = app_dataset_dup_notes (dataset);
      g_autofree char *summary = app_dataset_dup_summary (dataset);
      table_tool_add_string (builder, "path", app_dataset_get_path (dataset));
      table_tool_add_string (builder, "format", app_dataset_get_format (dataset));
      table_tool_add_string (builder, "summary", summary);
      json_builder_set_member_name (builder, "tables");
      json_builder_begin_array (builder);
      for (guint k = 0; k < app_dataset_get_tables (dataset)->len; k++)
        add_table (builder, g_ptr_array_index (app_dataset_get_tables (dataset), k));
      json_builder_end_array (builder);
      add_strings (builder, "notes", (const char *const *) notes);
      if (sql != NULL)
        add_answer (builder, dataset, sql, &error);
    }
    if (error != NULL)
      table_tool_add_string (builder, "error", error->message);
    json_builder_end_object (builder);
    table_tool_print (builder);
    i += sql != NULL ? 2 : 0;
  }
  return 0;
}
