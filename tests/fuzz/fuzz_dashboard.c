/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specifications of dashboards, changes of them and wishes: any bytes give a dashboard that can be written, read again, filled and asked, or one sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app-dashboard.h"
#include "app-query.h"
#include "artifacts/dashboard-change.h"
#include "artifacts/dashboard-wish.h"
#include "tables/dataset-writer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A dataset of three rows, in memory while the fuzzer runs. */
static GPtrArray *
make_datasets (void)
{
  MediaColumn columns[] = { { (char *) "price", MEDIA_COLUMN_REAL, (char *) "EUR" }, { (char *) "kind", MEDIA_COLUMN_TEXT, (char *) "" }, { (char *) "day", MEDIA_COLUMN_DATE, (char *) "" } };
  MediaTable table = { .title = (char *) "t", .n_columns = 3, .columns = columns };
  g_autofree char *folder = g_dir_make_tmp ("fuzz-dashboard-XXXXXX", NULL), *path = g_build_filename (folder, "x.sqlite", NULL);
  DatasetWriter *writer = dataset_writer_new (path, NULL);

  if (writer == NULL || !dataset_writer_begin_table (writer, &table, "t", NULL))
    abort ();
  for (gint64 row = 1; row <= 3; row++) {
    MediaCell cells[] = { { .kind = MEDIA_CELL_REAL, .real = (double) row * 1.5 }, { .kind = MEDIA_CELL_TEXT, .length = 1, .text = row == 2 ? "a" : "b" }, { .kind = MEDIA_CELL_TEXT, .length = 10, .text = "2024-01-05" } };
    dataset_writer_add_row (writer, row, cells, NULL);
  }
  if (!dataset_writer_end_table (writer, NULL, NULL) || !dataset_writer_finish (writer, NULL))
    abort ();
  dataset_writer_free (writer);
  GPtrArray *datasets = g_ptr_array_new ();
  g_ptr_array_add (datasets, app_dataset_open (path, NULL));
  return datasets;
}

/* What is read is written so that it is read again, and every statement of it can run: of every sixteenth, for that takes long. */
static void
check (GPtrArray *datasets, AppDashboard *dashboard)
{
  g_autofree char *json = app_dashboard_dup_json (dashboard);
  g_autoptr (AppDashboard) again = app_dashboard_parse (datasets, json, strlen (json), NULL), filled = app_dashboard_fill (dashboard, NULL);
  g_autofree char *same = again != NULL ? app_dashboard_dup_json (again) : NULL;
  g_auto (GStrv) parts = app_dashboard_dup_parts (filled);

  if (g_strcmp0 (json, same) != 0)
    abort ();
  for (guint i = 0; parts[i] != NULL && g_str_hash (json) % 16 == 0; i++) {
    g_autofree char *sql = app_dashboard_dup_sql (filled, parts[i]);
    if (sql != NULL && !app_query_check (datasets, sql, NULL))
      abort ();
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static GPtrArray *datasets;
  static AppDashboard *known;
  g_autofree char *text = g_strndup ((const char *) data, size), *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GError) error = NULL;

  if (datasets == NULL) {
    datasets = make_datasets ();
    known = app_dashboard_suggest (datasets);
  }
  g_autoptr (AppDashboard) dashboard = app_dashboard_parse (datasets, (const char *) data, size, &error);
  if ((dashboard == NULL) != (error != NULL) || (error != NULL && !g_utf8_validate (error->message, -1, NULL)))
    abort ();
  if (dashboard != NULL)
    check (datasets, dashboard);
  g_autoptr (AppDashboard) changed = app_dashboard_change (known, "/charts/0", text, NULL);
  if (changed != NULL)
    check (datasets, changed);

  /* As a wish. */
  g_auto (GStrv) choices = dashboard_change_list (known, valid);
  g_autoptr (GArray) wishes = dashboard_wish_read (&known->source, valid);
  g_autoptr (AppDashboard) completed = app_dashboard_fill (known, NULL);
  if (choices[0] == NULL)
    abort ();
  dashboard_wish_complete (completed, wishes);
  check (datasets, completed);
  g_autofree char *corrected = dashboard_change_correct (known, "/charts/0", valid, "{\"title\":\"T\",\"kind\":\"bar\",\"value\":\"count\",\"x\":\"kind\"}");
  g_autoptr (AppDashboard) right = app_dashboard_change (known, "/charts/0", corrected, NULL);
  if (right == NULL)
    abort ();
  return 0;
}
