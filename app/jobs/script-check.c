/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script-check.h"

#include <glib/gi18n.h>
#include <string.h>

#include "job-csv.h"

/* How often the value that is there most often is in a column. */
static guint
count_most (GPtrArray *rows, guint column, const char **value)
{
  g_autoptr (GHashTable) times = g_hash_table_new (g_str_hash, g_str_equal);
  guint most = 0;

  for (guint i = 1; i < rows->len; i++) {
    char *cell = ((GStrv) rows->pdata[i])[column];
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (times, cell)) + 1;
    g_hash_table_insert (times, cell, GUINT_TO_POINTER (n));
    if (n > most) {
      most = n;
      *value = cell;
    }
  }
  return most;
}

/* As many rows as a table has, but some of them twice and others not at all: the table was gone through in a wrong loop. */
static void
check_keys (const JobTask *of, const char *csv, GPtrArray *findings)
{
  g_autoptr (GPtrArray) rows = job_csv_parse (csv, NULL);
  guint n = rows != NULL ? g_strv_length (rows->pdata[0]) : 0;

  for (guint i = 1; rows != NULL && i < rows->len; i++)
    if (g_strv_length (rows->pdata[i]) != n)
      return;
  for (guint d = 0; n > 0 && d < of->datasets->len; d++) {
    GPtrArray *tables = app_dataset_get_tables (of->datasets->pdata[d]);
    for (guint t = 0; t < tables->len; t++) {
      const AppTable *table = tables->pdata[t];
      for (guint c = 0; table->n_rows == rows->len - 1 && c < table->columns->len; c++) {
        const AppColumn *column = table->columns->pdata[c];
        const char *value = NULL;
        for (guint k = 0; k < n && column->n_distinct == table->n_rows && column->type == MEDIA_COLUMN_TEXT; k++)
          if (job_csv_is_same_name (column->sql_name, ((GStrv) rows->pdata[0])[k]) && count_most (rows, k, &value) > 1) {
            g_ptr_array_add (findings, g_strdup_printf (_("The column “%s” has “%s” %u times, and others of “%s” not at all."), column->sql_name, value, count_most (rows, k, &value), table->sql_name));
            return;
          }
      }
    }
  }
}

void
script_check (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  const JobFile *file = made->files->len > 0 ? made->files->pdata[0] : NULL;

  if (file == NULL || strlen (file->content) < 3)
    g_ptr_array_add (findings, g_strdup (_("The file is empty.")));
  else if (g_str_has_suffix (file->path, ".csv") && made->n_rows == 0)
    g_ptr_array_add (findings, g_strdup (_("The table has no rows.")));
  else if (g_str_has_suffix (file->path, ".csv"))
    check_keys (of, file->content, findings);
}
