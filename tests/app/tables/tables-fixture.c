/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tables-fixture.h"

#include <string.h>

#include "fixture.h"

void
tables_set_up (TablesFixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("melete-tables-XXXXXX", NULL);
  fixture->datasets = app_datasets_new (fixture->folder);
}

void
tables_tear_down (TablesFixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->datasets);
  fixture_delete_folder (fixture->folder);
  g_free (fixture->folder);
}

AppDataset *
tables_import (TablesFixture *fixture, const char *name, const char *text, const char *choices, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GAsyncResult) result = NULL;

  app_datasets_import_async (fixture->datasets, bytes, NULL, name, NULL, choices, NULL, NULL, NULL, keep_result, &result);
  return app_datasets_import_finish (fixture->datasets, wait_result (&result), error);
}

AppDataset *
tables_add (TablesFixture *fixture, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  AppDataset *dataset = tables_import (fixture, name, text, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

AppDataset *
tables_derive (TablesFixture *fixture, GPtrArray *sources, const char *sql, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_datasets_derive_async (fixture->datasets, sources, sql, name, NULL, keep_result, &result);
  return app_datasets_derive_finish (fixture->datasets, wait_result (&result), error);
}

GPtrArray *
tables_list (AppDataset *first, ...)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  va_list more;

  va_start (more, first);
  for (AppDataset *dataset = first; dataset != NULL; dataset = va_arg (more, AppDataset *))
    g_ptr_array_add (list, dataset);
  va_end (more);
  return list;
}

char *
tables_ask (GPtrArray *datasets, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppResult) result = app_query_run (datasets, sql, NULL, NULL, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint row = 0; row < app_result_get_n_rows (result); row++)
    for (guint column = 0; column < app_result_get_n_columns (result); column++) {
      g_autofree char *cell = app_result_dup_text (result, row, column);
      g_string_append_printf (text, "%s%s", column > 0 ? "|" : row > 0 ? ";" : "", cell);
    }
  return g_string_free (text, FALSE);
}

guint
tables_count_files (TablesFixture *fixture, const char *end)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_suffix (name, end);
  return n;
}
