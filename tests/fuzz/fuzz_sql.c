/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements that a model could write: they are answered or refused with a sentence, change nothing, and end in time. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app-datasets.h"
#include "app-query.h"
#include "tables/dataset-writer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A dataset of three rows, in memory while the fuzzer runs. */
static GPtrArray *
make_datasets (void)
{
  MediaColumn columns[] = { { (char *) "a", MEDIA_COLUMN_INTEGER, (char *) "" }, { (char *) "b", MEDIA_COLUMN_TEXT, (char *) "" }, { (char *) "day", MEDIA_COLUMN_DATE, (char *) "" } };
  MediaTable table = { .title = (char *) "t", .n_columns = 3, .columns = columns };
  g_autofree char *folder = g_dir_make_tmp ("fuzz-sql-XXXXXX", NULL), *path = g_build_filename (folder, "x.sqlite", NULL);
  DatasetWriter *writer = dataset_writer_new (path, NULL);

  if (writer == NULL || !dataset_writer_begin_table (writer, &table, "t", NULL))
    abort ();
  for (gint64 row = 1; row <= 3; row++) {
    MediaCell cells[] = { { .kind = MEDIA_CELL_INTEGER, .integer = row }, { .kind = MEDIA_CELL_TEXT, .length = 3, .text = "abc" }, { .kind = MEDIA_CELL_TEXT, .length = 10, .text = "2024-01-05" } };
    dataset_writer_add_row (writer, row, cells, NULL);
  }
  if (!dataset_writer_end_table (writer, NULL, NULL) || !dataset_writer_finish (writer, NULL))
    abort ();
  dataset_writer_free (writer);
  GPtrArray *datasets = g_ptr_array_new ();
  g_ptr_array_add (datasets, app_dataset_open (path, NULL));
  return datasets;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static GPtrArray *datasets;
  g_autofree char *sql = g_strndup ((const char *) data, size);
  AppQueryLimits limits = { 100, 64 * 1024, 100 };
  g_autoptr (GError) error = NULL, unknown = NULL;

  if (datasets == NULL)
    datasets = make_datasets ();
  g_autoptr (AppResult) result = app_query_run (datasets, sql, &limits, NULL, &error);
  if ((result == NULL) != (error != NULL) || (error != NULL && !g_utf8_validate (error->message, -1, NULL)))
    abort ();
  if (result != NULL && app_result_get_n_rows (result) > 0) {
    g_autofree char *origin = app_query_dup_origin (datasets, result, 0, &unknown);
    if ((origin == NULL) != (unknown != NULL))
      abort ();
  }
  g_autoptr (AppResult) still = app_query_run (datasets, "SELECT sum (a) FROM t", NULL, NULL, NULL);
  if (still == NULL || app_result_get_value (still, 0, 0)->integer != 6)
    abort ();
  return 0;
}
