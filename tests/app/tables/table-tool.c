/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table-tool.h"

#include <stdio.h>

#include "fixture.h"

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
  return app_datasets_import_finish (datasets, wait_result (&result), error);
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
