/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of datasets: importing, correcting, deriving, tidying, and what is left when the program is killed. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "app-error.h"
#include "fixture.h"
#include "tables-fixture.h"

static const AppColumn *
column (AppDataset *dataset, guint table, guint i)
{
  const AppTable *found = g_ptr_array_index (app_dataset_get_tables (dataset), table);
  return g_ptr_array_index (found->columns, i);
}

static void
test_import (TablesFixture *fixture, gconstpointer data)
{
  const char *text = "Name;Größe (kg);Größe (kg)\nA;1,5;2\nB;;3\n";
  g_autoptr (AppDataset) dataset = tables_add (fixture, "Meine Daten.csv", text);
  const AppTable *table = app_dataset_find_table (dataset, "meine_daten");

  g_assert_nonnull (table);
  g_assert_cmpuint (table->n_rows, ==, 2);
  g_assert_cmpstr (column (dataset, 0, 1)->sql_name, ==, "größe_kg");
  g_assert_cmpstr (column (dataset, 0, 2)->sql_name, ==, "größe_kg_2");
  g_assert_cmpstr (column (dataset, 0, 1)->unit, ==, "kg");
  g_assert_cmpint (column (dataset, 0, 1)->type, ==, MEDIA_COLUMN_REAL);
  g_assert_cmpuint (column (dataset, 0, 1)->n_nulls, ==, 1);
  g_assert_cmpstr (app_dataset_get_format (dataset), ==, "CSV");
  g_assert_cmpstr (app_dataset_get_name (dataset), ==, "Meine Daten.csv");
  g_assert_null (app_dataset_get_sql (dataset));
  /* The same content again is the same dataset, and was not read again. */
  g_autoptr (AppDataset) again = tables_add (fixture, "other.csv", text);
  g_assert_cmpstr (app_dataset_get_path (again), ==, app_dataset_get_path (dataset));
  g_assert_cmpuint (tables_count_files (fixture, ".sqlite"), ==, 1);
  g_assert_cmpuint (tables_count_files (fixture, ".part"), ==, 0);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autoptr (AppDataset) found = app_datasets_find (fixture->datasets, sha256, NULL);
  g_assert_nonnull (found);
}

static void
test_choices (TablesFixture *fixture, gconstpointer data)
{
  const char *text = "when,code,n\n03/04/2024,1.234,7\n05/06/2024,5.678,8\n";
  g_autoptr (AppTableChoices) choices = app_table_choices_new (NULL);
  g_autoptr (GError) error = NULL;

  app_table_choices_set_order (choices, 0, 0, "ymd");
  app_table_choices_set_order (choices, 0, 0, "dmy");
  app_table_choices_set_decimal (choices, 0, 1, ',');
  app_table_choices_set_type (choices, 0, 1, MEDIA_COLUMN_INTEGER);
  app_table_choices_set_type (choices, 0, 2, MEDIA_COLUMN_TEXT);
  g_autofree char *chosen = app_table_choices_dup_text (choices);
  g_autoptr (AppTableChoices) same = app_table_choices_new (chosen);
  g_autofree char *again = app_table_choices_dup_text (same);
  g_assert_cmpstr (chosen, ==, again);

  g_autoptr (AppDataset) guessed = tables_add (fixture, "x.csv", text);
  g_autoptr (GPtrArray) corrected = tables_list (tables_import (fixture, "x.csv", text, chosen, &error), NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (tables_count_files (fixture, ".sqlite"), ==, 2);
  g_autofree char *rows = tables_ask (corrected, "SELECT when_, code, typeof (n) FROM x");
  g_assert_cmpstr (rows, ==, "2024-04-03|1234|text;2024-06-05|5678|text");
  g_assert_cmpstr (app_dataset_get_choices (g_ptr_array_index (corrected, 0)), ==, chosen);
}

static void
test_structure (TablesFixture *fixture, gconstpointer data)
{
  /* Names below a remark, with the wrong delimiter more often; and Cyrillic that nothing tells. */
  const char *text = "1;2\n3;4\n", *cyrillic = "\xc3\xee\xf0\xee\xe4,n\n\xcc\xee\xf1\xea\xe2\xe0,1\n";
  g_autoptr (AppTableChoices) choices = app_table_choices_new (NULL), old = app_table_choices_new (NULL);
  g_autoptr (GError) error = NULL;

  app_table_choices_set_header (choices, 0, 1);
  app_table_choices_set_delimiter (choices, ';');
  g_autofree char *chosen = app_table_choices_dup_text (choices);
  g_autoptr (AppDataset) dataset = tables_import (fixture, "x.csv", text, chosen, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (column (dataset, 0, 0)->name, ==, "1");
  g_assert_cmpstr (column (dataset, 0, 1)->sql_name, ==, "n_2");
  app_table_choices_set_encoding (old, "windows-1251");
  g_autofree char *encoding = app_table_choices_dup_text (old);
  g_autoptr (AppDataset) moscow = tables_import (fixture, "y.csv", cyrillic, encoding, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (column (moscow, 0, 0)->name, ==, "Город");
  g_assert_cmpstr (column (moscow, 0, 0)->samples[0], ==, "Москва");
}

static void
test_derive (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) sources = tables_list (tables_add (fixture, "sales.csv", "region,amount,day\nnorth,10,2024-01-05\nsouth,2.5,2024-01-06\nnorth,30,2024-02-01\n"), NULL);
  const char *sql = "SELECT region, sum (amount) AS total, max (day) AS last FROM sales GROUP BY region";
  g_autoptr (GError) error = NULL;
  g_autoptr (AppDataset) dataset = tables_derive (fixture, sources, sql, "By region", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (app_dataset_get_sql (dataset), ==, sql);
  g_assert_cmpstr (app_dataset_get_sources (dataset)[0], ==, app_dataset_get_id (g_ptr_array_index (sources, 0)));
  g_assert_null (app_dataset_get_sources (dataset)[1]);
  g_assert_cmpint (column (dataset, 0, 1)->type, ==, MEDIA_COLUMN_REAL);
  g_assert_cmpint (column (dataset, 0, 2)->type, ==, MEDIA_COLUMN_DATE);
  g_assert_cmpfloat (column (dataset, 0, 1)->sum, ==, 42.5);
  /* Of a derived one another. */
  g_autoptr (GPtrArray) second = tables_list (g_object_ref (dataset), NULL);
  g_autoptr (AppDataset) third = tables_derive (fixture, second, "SELECT *, total / 2 AS half FROM by_region WHERE total > 3", "halves", &error);
  g_assert_no_error (error);
  g_ptr_array_add (second, g_object_ref (third));
  g_autofree char *rows = tables_ask (second, "SELECT * FROM halves");
  g_assert_cmpstr (rows, ==, "north|40|2024-02-01|20");
  g_assert_null (tables_derive (fixture, sources, "DELETE FROM sales", "x", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_assert_cmpuint (tables_count_files (fixture, ".part"), ==, 0);
}

static void
tidy (TablesFixture *fixture, GHashTable *live, guint expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint n;

  app_datasets_tidy_async (fixture->datasets, live, keep_result, &result);
  g_assert_true (app_datasets_tidy_finish (fixture->datasets, wait_result (&result), &n, NULL));
  g_assert_cmpuint (n, ==, expected);
}

static void
test_tidy (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) live = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *sources = tables_list (tables_add (fixture, "a.csv", "x\n1\n"), NULL);
  AppDataset *other = tables_add (fixture, "b.csv", "x\n2\n"), *derived = tables_derive (fixture, sources, "SELECT x + 1 AS y FROM a", "c", NULL);
  g_autofree char *old = g_build_filename (fixture->folder, "0123-r0-00000000.sqlite", NULL), *begun = g_build_filename (fixture->folder, "x.sqlite.1-1.part", NULL);

  g_assert_true (g_file_set_contents (old, "x", 1, NULL));
  g_assert_true (g_file_set_contents (begun, "x", 1, NULL));
  /* A derived one keeps what it was made of, and what somebody has is kept too. */
  g_hash_table_add (live, g_strdup (app_dataset_get_id (derived)));
  tidy (fixture, live, 2);
  g_object_unref (other);
  g_object_unref (derived);
  g_ptr_array_unref (sources);
  tidy (fixture, live, 1);
  g_assert_cmpuint (tables_count_files (fixture, ".sqlite"), ==, 2);
  g_hash_table_remove_all (live);
  g_hash_table_add (live, g_compute_checksum_for_string (G_CHECKSUM_SHA256, "x\n1\n", -1));
  tidy (fixture, live, 1);
  g_assert_cmpuint (tables_count_files (fixture, ".sqlite"), ==, 1);
}

static char *
make_long_text (guint rows)
{
  GString *text = g_string_new ("id,name,amount,day\n");
  for (guint i = 0; i < rows; i++)
    g_string_append_printf (text, "%u,name %u,%u.%02u,2024-%02u-%02u\n", i, i % 1000, i % 77, i % 100, i % 12 + 1, i % 28 + 1);
  return g_string_free (text, FALSE);
}

static void
on_progress (double fraction, gpointer data)
{
  double *last = data;
  g_assert_cmpfloat (fraction, >=, *last);
  g_assert_cmpfloat (fraction, <=, 1);
  *last = fraction;
}

/* It tells how far it is, and leaves nothing when it is cancelled in the middle. */
static void
test_cancel (TablesFixture *fixture, gconstpointer data)
{
  g_autofree char *text = make_long_text (400000);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL, whole = NULL;
  g_autoptr (GError) error = NULL;
  double done = 0;

  app_datasets_import_async (fixture->datasets, bytes, NULL, "long.csv", NULL, NULL, cancellable, on_progress, &done, keep_result, &result);
  /* Early, so that a busy machine does not come to its end before it is told. */
  while (done <= 0 && result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  g_assert_null (app_datasets_import_finish (fixture->datasets, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (tables_count_files (fixture, ""), ==, 0);
  g_clear_error (&error);
  done = 0;
  app_datasets_import_async (fixture->datasets, bytes, NULL, "long.csv", NULL, NULL, NULL, on_progress, &done, keep_result, &whole);
  g_autoptr (AppDataset) dataset = app_datasets_import_finish (fixture->datasets, wait_result (&whole), &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (done, >, 0.9);
}

/* Tidies until nothing is left: what was forked off the killed program has its lock too until it runs a program of its own, and is no longer there then. */
static void
tidy_up (TablesFixture *fixture, GHashTable *live, const char *folder)
{
  for (int i = 0; i < 1000; i++) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GDir) dir = NULL;

    app_datasets_tidy_async (fixture->datasets, live, keep_result, &result);
    g_assert_true (app_datasets_tidy_finish (fixture->datasets, wait_result (&result), NULL, NULL));
    dir = g_dir_open (folder, 0, NULL);
    if (dir == NULL || g_dir_read_name (dir) == NULL)
      return;
    g_usleep (10000);
  }
  g_error ("“%s” still has something", folder);
}

/* A program that is killed at any moment leaves a whole dataset or none. */
static void
test_killed (TablesFixture *fixture, gconstpointer data)
{
  g_autofree char *text = make_long_text (60000), *path = g_build_filename (fixture->folder, "long.csv", NULL), *folder = g_build_filename (fixture->folder, "datasets", NULL);
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  const char *argv[] = { TABLE_DUMP, folder, path, NULL };
  guint n_whole = 0, n_killed = 0;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_object_unref (fixture->datasets);
  fixture->datasets = app_datasets_new (folder);
  for (int i = 0; i < 25; i++) {
    GPid pid;
    g_autoptr (GError) error = NULL;
    g_assert_true (g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &pid, &error));
    g_usleep ((gulong) g_test_rand_int_range (5000, 400000));
    kill (pid, SIGKILL);
    waitpid (pid, NULL, 0);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *file = g_build_filename (folder, name, NULL);
      if (!g_str_has_suffix (name, ".sqlite")) {
        n_killed++;
        continue;
      }
      g_autoptr (AppDataset) dataset = app_dataset_open (file, &error);
      g_assert_no_error (error);
      g_autoptr (GPtrArray) all = tables_list (g_object_ref (dataset), NULL);
      g_autofree char *rows = tables_ask (all, "SELECT count (*), sum (id) FROM long");
      g_assert_cmpstr (rows, ==, "60000|1799970000");
      n_whole++;
    }
    tidy_up (fixture, none, folder);
  }
  g_test_message ("%u whole, %u begun", n_whole, n_killed);
  g_assert_cmpuint (n_killed, >, 0);
}

static void
test_schema (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) wide = g_string_new ("id");
  g_autoptr (AppDataset) dataset = tables_add (fixture, "sales.csv", "Region Name;Amount (€);Day\nnorth;1,5;05.01.2024\nsouth;;06.01.2024\nnorth;7;07.01.2024\nnorth;zwölf;07.01.2024\n");
  g_autofree char *schema = app_dataset_dup_schema (dataset, 2000);

  g_assert_cmpstr (schema, ==,
                   "sales: 4 rows\n"
                   "  region_name text “Region Name”, only 'north', 'south'\n"
                   "  amount text “Amount (€)”, 1 empty, only '1,5', '7', 'zwölf'\n"
                   "  day date, '2024-01-05' to '2024-01-07'\n");
  for (int i = 0; i < 300; i++)
    g_string_append_printf (wide, ",a rather long name of a column %d", i);
  g_string_append (wide, "\n1");
  for (int i = 0; i < 300; i++)
    g_string_append_printf (wide, ",%d", i);
  g_string_append_c (wide, '\n');
  g_autoptr (AppDataset) large = tables_add (fixture, "wide.csv", wide->str);
  for (gsize budget = 500; budget < 40000; budget *= 2) {
    g_autofree char *text = app_dataset_dup_schema (large, budget);
    g_assert_cmpuint (strlen (text), <=, budget);
    g_assert_true (g_str_has_prefix (text, "wide: 1 rows\n"));
  }
}

/* What is no dataset is said to be none. */
static void
test_damaged (TablesFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "x.sqlite", NULL), *missing = g_build_filename (fixture->folder, "y.sqlite", NULL);
  g_autoptr (GError) error = NULL, gone = NULL;

  g_assert_true (g_file_set_contents (path, "SQLite format 3 or so, but nothing that SQLite could read, although it is long enough", -1, NULL));
  g_assert_null (app_dataset_open (path, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
  g_assert_null (app_dataset_open (missing, &gone));
  g_assert_error (gone, APP_ERROR, APP_ERROR_MISSING);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/datasets/" #name, TablesFixture, NULL, tables_set_up, test_##name, tables_tear_down)
  ADD (import);
  ADD (choices);
  ADD (structure);
  ADD (derive);
  ADD (tidy);
  ADD (cancel);
  ADD (killed);
  ADD (schema);
  ADD (damaged);
  return g_test_run ();
}
