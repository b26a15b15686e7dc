/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A SQLite file: what its tables are, and the first rows of each. Without a folder of datasets it is read into memory. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-query.h"
#include "attachment-kind.h"

#define MAGIC "SQLite format 3"
/* What the model gets: characters of the description, tables with rows, rows of each, characters of a cell. */
#define SCHEMA 16000
#define TABLES 20
#define ROWS 5
#define CELL 80

static const char *const mime_types[] = { "application/vnd.sqlite3", "application/x-sqlite3", NULL };

static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  return size >= sizeof MAGIC && memcmp (data, MAGIC, sizeof MAGIC) == 0;
}

static void
append_cell (GString *text, const AppResult *result, guint row, guint column)
{
  g_autofree char *cell = app_result_dup_text (result, row, column);
  guint n = 0;

  for (const char *at = cell; *at != '\0' && n < CELL; at = g_utf8_next_char (at), n++)
    if (*at == '|' || *at == '\\')
      g_string_append_printf (text, "\\%c", *at);
    else if (g_ascii_iscntrl (*at))
      g_string_append_c (text, ' ');
    else
      g_string_append_unichar (text, g_utf8_get_char (at));
  g_string_append (text, n == CELL ? "… | " : " | ");
}

/* The first rows as a table in Markdown. */
static void
append_rows (GString *text, GPtrArray *datasets, const AppTable *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM \"%s\" LIMIT %d", table->sql_name, ROWS);
  g_autoptr (AppResult) result = app_query_run (datasets, sql, NULL, NULL, NULL);

  if (result == NULL || app_result_get_n_rows (result) == 0)
    return;
  g_string_append_printf (text, "## First rows of %s\n\n| ", table->sql_name);
  for (guint i = 0; i < app_result_get_n_columns (result); i++)
    g_string_append_printf (text, "%s | ", app_result_get_column (result, i)->name);
  g_string_append (text, "\n|");
  for (guint i = 0; i < app_result_get_n_columns (result); i++)
    g_string_append (text, " --- |");
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    g_string_append (text, "\n| ");
    for (guint i = 0; i < app_result_get_n_columns (result); i++)
      append_cell (text, result, row, i);
  }
  g_string_append (text, "\n\n");
}

static void
on_dataset (AppAttachment *self, AppDataset *dataset, const GError *error, gpointer data)
{
  g_autoptr (GPtrArray) datasets = g_ptr_array_new ();
  GString *text = g_string_new (NULL);
  const char *name = app_attachment_get_name (self);

  if (dataset == NULL) {
    g_string_free (text, TRUE);
    app_attachment_fail (self, g_error_copy (error));
    return;
  }
  g_autofree char *schema = app_dataset_dup_schema (dataset, SCHEMA);
  g_ptr_array_add (datasets, dataset);
  g_string_append_printf (text, "[SQLite database \"%s\". You get what its tables are, and their first rows.]\n\n", name);
  app_attachment_append_fenced (text, "", schema);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < MIN (app_dataset_get_tables (dataset)->len, TABLES); i++)
    append_rows (text, datasets, g_ptr_array_index (app_dataset_get_tables (dataset), i));
  g_string_append_printf (text, "[End of \"%s\"]\n", name);
  app_attachment_succeed (self, g_string_free (text, FALSE), app_dataset_dup_summary (dataset), app_dataset_dup_notes (dataset));
}

static void
load (AppAttachment *self)
{
  g_autoptr (AppDatasets) own = app_attachment_get_tables (self) == NULL ? app_datasets_new_temporary () : NULL;

  if (own != NULL)
    app_attachment_set_datasets (self, own);
  if (app_attachment_get_tables (self) == NULL) {
    app_attachment_fail (self, g_error_new_literal (APP_ERROR, APP_ERROR_MISSING, _("The database can only be read where there is a place for its tables, and none in memory was found. Add it to a conversation that is kept.")));
    return;
  }
  app_attachment_set_mime_type (self, mime_types[0]);
  app_attachment_import (self);
  app_attachment_when_imported (self, on_dataset, NULL);
}

const AppAttachmentClassInfo app_attachment_database = { "database", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, NULL, NULL };
