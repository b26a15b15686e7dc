/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dataset-import.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <string.h>

#include "app-error.h"
#include "dataset-writer.h"

/* Bytes of all values together, text and numbers. A file may claim to have a million rows in one line. */
#define MAX_BYTES (G_GUINT64_CONSTANT (4) * 1024 * 1024 * 1024)

typedef struct {
  DatasetWriter *writer;
  const char *fallback; /* name of a table without a title */
  AppTableChoices *choices;
  guint n_tables;
  guint n_columns;
  guint64 bytes;
} Import;

static gboolean
on_begin (const MediaTable *table, gpointer data, GError **error)
{
  Import *import = data;
  g_autofree MediaColumn *columns = g_memdup2 (table->columns, table->n_columns * sizeof *table->columns);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  MediaTable named = *table;

  named.columns = columns;
  for (guint i = 0; i < table->n_columns; i++) {
    char *name = app_table_choices_dup_name (import->choices, import->n_tables, i);
    if (name != NULL) {
      g_ptr_array_add (names, name);
      columns[i].name = name;
    }
  }
  import->n_tables++;
  import->n_columns = table->n_columns;
  return dataset_writer_begin_table (import->writer, &named, import->fallback, error);
}

static gboolean
on_row (gint64 row, const MediaCell *cells, gpointer data, GError **error)
{
  Import *import = data;

  import->bytes += 8 * import->n_columns;
  for (guint i = 0; i < import->n_columns; i++)
    import->bytes += cells[i].kind == MEDIA_CELL_TEXT ? cells[i].length : 0;
  if (import->bytes > MAX_BYTES) {
    g_autofree char *limit = g_format_size_full (MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The tables of the file are larger than %s, which is the most that is taken. Choose a smaller file."), limit);
    return FALSE;
  }
  return dataset_writer_add_row (import->writer, row, cells, error);
}

static gboolean
on_end (const MediaTable *table, gpointer data, GError **error)
{
  return dataset_writer_end_table (((Import *) data)->writer, table->notes, error);
}

/* "sales.2024.csv" → "sales.2024" */
static char *
without_end (const char *name)
{
  const char *point = strrchr (name, '.');
  return point != NULL && point != name ? g_strndup (name, (gsize) (point - name)) : g_strdup (name);
}

/* Those that are for the helper. */
static char *
without_names (const char *choices)
{
  g_auto (GStrv) lines = g_strsplit (choices, "\n", -1);
  GString *others = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "name "))
      g_string_append_printf (others, "%s\n", lines[i]);
  return g_string_free (others, FALSE);
}

/* Which of day and month comes first where the person lives decides what nothing in the file does. */
static char *
add_preference (const char *choices)
{
  const char *format = nl_langinfo (D_FMT);
  const char *month = strstr (format, "%m"), *day = strstr (format, "%d");
  gboolean month_first = g_str_has_prefix (format, "%D") || (month != NULL && day != NULL && month < day && !g_str_has_prefix (format, "%Y"));

  return g_strdup_printf ("%sprefer %s", choices, month_first ? "mdy" : "dmy");
}

gboolean
dataset_import (GBytes *bytes, const char *name, const char *hint, const char *choices, const char *path, GCancellable *cancellable, MediaProgress progress,
                gpointer progress_data, GError **error)
{
  static const MediaTableSink sink = { on_begin, on_row, on_end };
  g_autoptr (DatasetWriter) writer = dataset_writer_new (path, error);
  g_autoptr (AppTableChoices) chosen = app_table_choices_new (choices);
  g_autofree char *fallback = without_end (name), *format = NULL, *others = without_names (choices), *all_choices = add_preference (others);
  Import import = { .writer = writer, .fallback = fallback, .choices = chosen };
  MediaRequest request;

  if (writer == NULL)
    return FALSE;
  if (strlen (all_choices) > MEDIA_MAX_CHOICES) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("More was chosen for the tables of the file than can be told to their reader. Leave some of it to be guessed."));
    return FALSE;
  }
  media_request_init (&request, MEDIA_JOB_TABLES);
  request.hint = hint;
  request.choices = all_choices;
  return media_tables_read (&request, bytes, &sink, &import, cancellable, progress, progress_data, &format, error) &&
         dataset_writer_set_info (writer, "name", name, error) &&
         dataset_writer_set_info (writer, "format", format, error) &&
         dataset_writer_set_info (writer, "choices", choices, error) &&
         !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         dataset_writer_finish (writer, error);
}
