/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is exported comes back the same, and nothing in it is a formula. */
#include <glib/gstdio.h>
#include <string.h>

#include "app-error.h"
#include "app-table-export.h"
#include "fixture.h"
#include "tables-fixture.h"

#define TEXT "id,text,amount,day,at,ok,big\n1,\"=1+1\",1.5,2024-03-05,2024-03-05 12:30:00,true,9007199254740995\n2,\"@SUM(A1)\",,2023-12-31,2023-01-01 00:00:00,false,1\n3,\"a \"\"q\"\", b\nc\",-7.25,1899-01-01,2024-01-01 23:59:59,true,2\n"

static char *
export (TablesFixture *fixture, AppDataset *dataset, AppResult *result, AppTableExportFormat format, GError **error)
{
  g_autoptr (GAsyncResult) done = NULL;
  g_autofree char *name = g_strconcat ("out", app_table_export_get_end (format), NULL);
  char *path = g_build_filename (fixture->folder, name, NULL);

  if (result != NULL)
    app_table_export_result_async (result, "Answer", format, path, NULL, keep_result, &done);
  else
    app_table_export_dataset_async (dataset, NULL, format, path, NULL, NULL, keep_result, &done);
  if (app_table_export_finish (wait_result (&done), error))
    return path;
  g_free (path);
  return NULL;
}

static AppDataset *
import_file (TablesFixture *fixture, const char *path)
{
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *base = g_path_get_basename (path);
  char *bytes;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_autoptr (GBytes) content = g_bytes_new_take (bytes, size);
  app_datasets_import_async (fixture->datasets, content, NULL, base, NULL, NULL, NULL, NULL, NULL, keep_result, &done);
  AppDataset *dataset = app_datasets_import_finish (fixture->datasets, wait_result (&done), &error);
  g_assert_no_error (error);
  return dataset;
}

static void
test_round (TablesFixture *fixture, gconstpointer data)
{
  AppTableExportFormat format = (AppTableExportFormat) GPOINTER_TO_INT (data);
  g_autoptr (AppDataset) dataset = tables_add (fixture, "data.csv", TEXT);
  g_autoptr (GPtrArray) before = tables_list (g_object_ref (dataset), NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = export (fixture, dataset, NULL, format, &error);

  g_assert_no_error (error);
  g_autoptr (GPtrArray) after = tables_list (import_file (fixture, path), NULL);
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (g_ptr_array_index (after, 0)), 0);
  g_autofree char *sql = g_strdup_printf ("SELECT id, text, amount, day, at, ok, big FROM %s", table->sql_name);
  g_autofree char *was = tables_ask (before, "SELECT id, text, amount, day, at, ok, big FROM data"), *is = tables_ask (after, sql);
  g_assert_cmpstr (is, ==, was);
  g_assert_nonnull (strstr (is, "=1+1"));
  /* The same types, but for what a sheet cannot count: days before 1900, and numbers of more than fifteen digits. */
  const AppTable *first = g_ptr_array_index (app_dataset_get_tables (dataset), 0);
  for (guint i = 0; i < first->columns->len - 1; i++)
    g_assert_cmpint (((AppColumn *) g_ptr_array_index (table->columns, i))->type, ==, ((AppColumn *) g_ptr_array_index (first->columns, i))->type);
}

static void
test_result (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) datasets = tables_list (tables_add (fixture, "data.csv", TEXT), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppResult) result = app_query_run (datasets, "SELECT text AS \"what, exactly\", amount * 2 AS twice FROM data WHERE id < 3", NULL, NULL, NULL);
  g_autofree char *path = export (fixture, NULL, result, APP_TABLE_EXPORT_CSV, &error), *text = NULL;

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "\"what, exactly\",twice\r\n=1+1,3\r\n@SUM(A1),\r\n");
}

/* A statement, row by row: all of it, with the names that the file has; what it cannot be, in a sentence; and it can be stopped. */
static void
test_query (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("number of it,day\n");
  g_autoptr (GPtrArray) datasets = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = g_build_filename (fixture->folder, "all.csv", NULL), *content = NULL;
  gint n_rows = 0;

  for (guint i = 0; i < 12000; i++)
    g_string_append_printf (text, "%u,2024-03-05\n", i);
  datasets = tables_list (tables_add (fixture, "data.csv", text->str), NULL);
  for (guint i = 0; i < 3; i++) {
    static const char *const statements[] = { "SELECT number_of_it, day, number_of_it * 2 AS \"twice it\" FROM data", "SELECT absent FROM data", "SELECT * FROM data" };
    g_autoptr (GAsyncResult) done = NULL;
    g_autoptr (GError) error = NULL;
    if (i == 2)
      g_cancellable_cancel (cancellable);
    app_table_export_query_async (datasets, statements[i], "All", APP_TABLE_EXPORT_CSV, path, &n_rows, cancellable, keep_result, &done);
    gboolean ok = app_table_export_finish (wait_result (&done), &error);
    if (i == 0)
      g_assert_no_error (error);
    else if (i == 1)
      g_assert_cmpstr (error->message, ==, "There is no column “absent” in the tables that are asked.");
    else
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint (ok, ==, i == 0);
  }
  g_assert_cmpint (n_rows, ==, 12000);
  /* What failed has left the file alone, and nothing beside it. */
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_true (g_str_has_prefix (content, "number of it,day,twice it\r\n0,2024-03-05,0\r\n"));
  g_assert_true (g_str_has_suffix (content, "\r\n11999,2024-03-05,23998\r\n"));
  g_assert_cmpuint (tables_count_files (fixture, ".part"), ==, 0);
}

static void
test_sheets (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (AppDataset) dataset = tables_add (fixture, "shop.json", "{\"a/b: a very long name of a table indeed\": [{\"x\": 1}], \"A/B: a very long name of a table indeed 2\": [{\"y\": 2}]}");
  g_autoptr (GError) error = NULL;
  g_autofree char *path = export (fixture, dataset, NULL, APP_TABLE_EXPORT_XLSX, &error);

  g_assert_no_error (error);
  g_autoptr (AppDataset) again = import_file (fixture, path);
  g_assert_cmpuint (app_dataset_get_tables (again)->len, ==, 2);
}

/* A folder that is not there: nothing is written, and the sentence says where. */
static void
test_nowhere (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (AppDataset) dataset = tables_add (fixture, "data.csv", TEXT);
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;
  AppTableExportFormat format = (AppTableExportFormat) GPOINTER_TO_INT (data);

  app_table_export_dataset_async (dataset, NULL, format, "/nonexistent/out", NULL, NULL, keep_result, &done);
  g_assert_false (app_table_export_finish (wait_result (&done), &error));
  g_assert_nonnull (strstr (error->message, "could not be written"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test, data) g_test_add ("/export/" path, TablesFixture, GINT_TO_POINTER (data), tables_set_up, test, tables_tear_down)
  ADD ("round/csv", test_round, APP_TABLE_EXPORT_CSV);
  ADD ("round/xlsx", test_round, APP_TABLE_EXPORT_XLSX);
  ADD ("result", test_result, 0);
  ADD ("query", test_query, 0);
  ADD ("sheets", test_sheets, 0);
  ADD ("nowhere/csv", test_nowhere, APP_TABLE_EXPORT_CSV);
  ADD ("nowhere/xlsx", test_nowhere, APP_TABLE_EXPORT_XLSX);
  return g_test_run ();
}
