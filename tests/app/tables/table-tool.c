/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table-tool.h"

#include <stdio.h>

#include "app-model-private.h"
#include "fixture.h"

GAsyncResult *
table_tool_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

AppDataset *
table_tool_import (AppDatasets *datasets, const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path), *text = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&text), size);
  app_datasets_import_async (datasets, bytes, NULL, name, NULL, NULL, NULL, NULL, NULL, keep_result, &result);
  return app_datasets_import_finish (datasets, table_tool_wait (&result), error);
}

void
table_tool_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
table_tool_print (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *line = json_to_string (root, FALSE);

  puts (line);
  fflush (stdout);
}

AppEngine *
table_tool_load_model (const char *path, int n_threads, int context, GError **error)
{
  g_autoptr (AppSettings) settings = app_settings_new (NULL);
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  g_autoptr (GAsyncResult) result = NULL;

  g_settings_set_int (app_settings_get_gsettings (settings), "threads", n_threads);
  g_settings_set_int (app_settings_get_gsettings (settings), "context", context);
  g_free (facts->name);
  facts->name = g_path_get_basename (path);
  g_autoptr (AppModel) model = app_model_new (facts);
  app_model_set_path (model, path, FALSE);
  g_autoptr (AppEngine) engine = app_local_engine_new (settings, NULL);
  app_engine_load_async (engine, model, NULL, keep_result, &result);
  return app_engine_load_finish (engine, table_tool_wait (&result), error) ? g_steal_pointer (&engine) : NULL;
}
