/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a table as a list: read as they are looked at, forgotten when nobody does, found by their number in the file. */
#include <string.h>

#include "app-table-rows.h"
#include "fixture.h"
#include "tables-fixture.h"

#define MANY 50000

static AppTableRow *
loaded (AppTableRows *rows, guint position)
{
  AppTableRow *row = g_list_model_get_item (G_LIST_MODEL (rows), position);

  WAIT_UNTIL (app_table_row_get_loaded (row));
  return row;
}

static void
assert_cell (AppTableRow *row, guint column, AppTableCell kind, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_cmpint (app_table_row_dup_cell (row, column, &text), ==, kind);
  g_assert_cmpstr (text, ==, expected);
}

/* Of `n` rows, of which every `gap`-th is an empty line. */
static AppDataset *
make (TablesFixture *fixture, guint n, guint gap)
{
  g_autoptr (GString) text = g_string_new ("id,name,amount\n");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%u,name %u,%u.%02u\n", gap > 0 && i % gap == gap - 1 ? "\n" : "", i, i % 7, i, i % 100);
  return tables_add (fixture, "many.csv", text->str);
}

static void
check_many (TablesFixture *fixture, guint gap)
{
  g_autoptr (AppDataset) dataset = make (fixture, MANY, gap);
  g_autoptr (AppTableRows) rows = app_table_rows_new (dataset, 0);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (rows)), seed = (guint) g_test_rand_int ();
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  g_assert_cmpuint (n, ==, MANY);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (rows), n));
  for (guint i = 0; i < 120; i++) {
    guint position = i == 0 ? n - 1 : i == 1 ? 0 : (guint) g_rand_int_range (random, 0, MANY);
    g_autoptr (AppTableRow) row = loaded (rows, position);
    g_autofree char *id = g_strdup_printf ("%u", position);
    g_autoptr (GAsyncResult) result = NULL;
    guint found;
    assert_cell (row, 0, APP_TABLE_CELL_VALUE, id);
    /* The names are in row 1, and each gap before it counts. */
    g_assert_cmpint (app_table_row_get_number (row), ==, (gint64) position + 2 + (gap > 0 ? (position + 1) / gap : 0));
    app_table_rows_find_async (rows, app_table_row_get_number (row), NULL, keep_result, &result);
    g_assert_true (app_table_rows_find_finish (rows, wait_result (&result), &found, NULL));
    g_assert_cmpuint (found, ==, position);
  }
  /* Whatever was looked at, what is kept is little. */
  g_assert_cmpuint (app_table_rows_get_n_kept (rows), <, 50 * APP_TABLE_ROWS_PAGE);
}

static void
test_dense (TablesFixture *fixture, gconstpointer data)
{
  check_many (fixture, 0);
}

static void
test_gaps (TablesFixture *fixture, gconstpointer data)
{
  check_many (fixture, 10);
}

/* A list of fifty thousand rows is there at once, and one look at it reads one page. */
static void
test_lazy (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (AppDataset) dataset = make (fixture, MANY, 0);
  g_autoptr (AppTableRows) rows = app_table_rows_new (dataset, 0);

  g_assert_cmpuint (app_table_rows_get_n_kept (rows), ==, 0);
  g_autoptr (AppTableRow) row = loaded (rows, MANY / 2), again = g_list_model_get_item (G_LIST_MODEL (rows), MANY / 2);
  g_assert_true (row == again);
  g_assert_cmpuint (app_table_rows_get_n_read (rows), ==, 1);
  g_assert_cmpuint (app_table_rows_get_n_kept (rows), ==, APP_TABLE_ROWS_PAGE);
  /* A row outlives its list. */
  g_clear_object (&rows);
  assert_cell (row, 0, APP_TABLE_CELL_VALUE, "25000");
}

/* Lists that go while they are read leave nothing behind. */
static void
test_short_lives (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (AppDataset) dataset = make (fixture, 2000, 3);

  for (guint i = 0; i < 50; i++) {
    AppTableRows *rows = app_table_rows_new (dataset, 0);
    g_autoptr (AppTableRow) row = g_list_model_get_item (G_LIST_MODEL (rows), i * 31);
    if (i % 3 == 0)
      g_main_context_iteration (NULL, FALSE);
    g_object_unref (rows);
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_cells (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("n,x,when,yes,what\n");
  g_autoptr (AppDataset) dataset = NULL;

  for (int i = 0; i < 400; i++)
    g_string_append_printf (text, "%d,%d.%d,2024-01-%02d,%s,w\n", i, i, i % 10, i % 28 + 1, i % 2 ? "yes" : "no");
  g_string_append (text, "n/k,on request,soon,maybe,\n1,2.25,2024-02-30,yes,\"a\nb\"\n,,,,\n");
  dataset = tables_add (fixture, "cells.csv", text->str);
  g_autoptr (AppTableRows) rows = app_table_rows_new (dataset, 0);
  g_autoptr (AppTableRow) first = loaded (rows, 0), odd = loaded (rows, 400), last = loaded (rows, 401);
  assert_cell (first, 0, APP_TABLE_CELL_VALUE, "0");
  /* As many decimals as those have of which the dataset tells; more where they are needed. */
  assert_cell (first, 1, APP_TABLE_CELL_VALUE, "0.0");
  assert_cell (last, 1, APP_TABLE_CELL_VALUE, "2.25");
  assert_cell (first, 3, APP_TABLE_CELL_VALUE, "no");
  assert_cell (odd, 1, APP_TABLE_CELL_MISFIT, "on request");
  assert_cell (odd, 2, APP_TABLE_CELL_MISFIT, "soon");
  assert_cell (odd, 4, APP_TABLE_CELL_EMPTY, "");
  assert_cell (last, 2, APP_TABLE_CELL_MISFIT, "2024-02-30");
  assert_cell (last, 4, APP_TABLE_CELL_VALUE, "a\nb");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add ("/rows/" path, TablesFixture, NULL, tables_set_up, test, tables_tear_down)
  ADD ("dense", test_dense);
  ADD ("gaps", test_gaps);
  ADD ("lazy", test_lazy);
  ADD ("short-lives", test_short_lives);
  ADD ("cells", test_cells);
  return g_test_run ();
}
