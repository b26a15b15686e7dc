/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-words.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
  const char *name, *icon;
} types[MEDIA_COLUMN_N] = {
  [MEDIA_COLUMN_TEXT] = { N_("Text"), "melete-type-text-symbolic" },
  [MEDIA_COLUMN_INTEGER] = { N_("Whole number"), "melete-type-integer-symbolic" },
  [MEDIA_COLUMN_REAL] = { N_("Number"), "melete-type-real-symbolic" },
  [MEDIA_COLUMN_BOOLEAN] = { N_("Yes or no"), "melete-type-boolean-symbolic" },
  [MEDIA_COLUMN_DATE] = { N_("Date"), "melete-type-date-symbolic" },
  [MEDIA_COLUMN_TIME] = { N_("Time"), "melete-type-time-symbolic" },
  [MEDIA_COLUMN_DATETIME] = { N_("Date and time"), "melete-type-datetime-symbolic" },
};

const char *
ui_table_words_type (MediaColumnType type)
{
  return _(types[type].name);
}

const char *
ui_table_words_type_icon (MediaColumnType type)
{
  return types[type].icon;
}

char *
ui_table_words_dup_misfit (MediaColumnType type, const char *text)
{
  switch (type) {
  case MEDIA_COLUMN_INTEGER:
    return g_strdup_printf (_("“%s” is no whole number"), text);
  case MEDIA_COLUMN_REAL:
    return g_strdup_printf (_("“%s” is no number"), text);
  case MEDIA_COLUMN_BOOLEAN:
    return g_strdup_printf (_("“%s” is neither yes nor no"), text);
  case MEDIA_COLUMN_DATE:
    return g_strdup_printf (_("“%s” is no date"), text);
  case MEDIA_COLUMN_TIME:
    return g_strdup_printf (_("“%s” is no time"), text);
  case MEDIA_COLUMN_DATETIME:
    return g_strdup_printf (_("“%s” is no date with a time"), text);
  default:
    return g_strdup (text);
  }
}

const char *
ui_table_words_column (const AppColumn *column)
{
  return column->name[0] != '\0' ? column->name : column->sql_name;
}

const char *
ui_table_words_table (const AppTable *table)
{
  return table->title[0] != '\0' ? table->title : table->sql_name;
}

const char *
ui_table_words_delimiter (char delimiter)
{
  switch (delimiter) {
  case ',':
    return _("commas");
  case ';':
    return _("semicolons");
  case '\t':
    return _("tabs");
  case '|':
    return _("bars");
  case ' ':
    return _("spaces");
  default:
    return NULL;
  }
}

static const MediaNote *
find_note (const AppTable *table, MediaNoteKind kind)
{
  for (guint i = 0; i < table->notes->len; i++) {
    const MediaNote *note = g_ptr_array_index (table->notes, i);
    if (note->kind == kind)
      return note;
  }
  return NULL;
}

static const MediaNote *
find_first_note (AppDataset *dataset, MediaNoteKind kind)
{
  GPtrArray *tables = app_dataset_get_tables (dataset);
  return tables->len > 0 ? find_note (g_ptr_array_index (tables, 0), kind) : NULL;
}

static gboolean
is_separated (AppDataset *dataset)
{
  return g_str_equal (app_dataset_get_format (dataset), "CSV") || g_str_equal (app_dataset_get_format (dataset), "TSV");
}

char
ui_table_words_find_delimiter (AppDataset *dataset)
{
  const MediaNote *note = find_first_note (dataset, MEDIA_NOTE_DELIMITER);

  if (!is_separated (dataset))
    return '\0';
  return note == NULL ? ',' : g_str_equal (note->text, "tab") ? '\t' : g_str_equal (note->text, "space") ? ' ' : note->text[0];
}

const char *
ui_table_words_find_encoding (AppDataset *dataset)
{
  const MediaNote *note = find_first_note (dataset, MEDIA_NOTE_ENCODING);

  if (!is_separated (dataset))
    return NULL;
  return note == NULL ? "UTF-8" : note->text;
}

guint
ui_table_words_count_above (const AppTable *table)
{
  const MediaNote *note = find_note (table, MEDIA_NOTE_ABOVE);
  return note != NULL ? (guint) note->count : 0;
}

char *
ui_table_words_dup_summary (AppDataset *dataset, guint place)
{
  g_autoptr (AppTableChoices) choices = app_table_choices_new (app_dataset_get_choices (dataset));
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (dataset), place);
  gulong rows = (gulong) table->n_rows, columns = table->columns->len;
  g_autofree char *n_rows = g_strdup_printf (ngettext ("%'lu row", "%'lu rows", rows), rows);
  g_autofree char *n_columns = g_strdup_printf (ngettext ("%'lu column", "%'lu columns", columns), columns);
  const char *encoding = app_table_choices_get_encoding (choices) != NULL ? app_table_choices_get_encoding (choices) : ui_table_words_find_encoding (dataset);
  const char *delimiter = ui_table_words_delimiter (ui_table_words_find_delimiter (dataset));
  GString *summary = g_string_new (NULL);

  /* Translators: 1,204 rows, 8 columns */
  g_string_append_printf (summary, _("%s, %s"), n_rows, n_columns);
  for (guint i = 0; i < 2; i++) {
    const char *more = i == 0 ? encoding : delimiter;
    if (more != NULL) {
      g_autofree char *before = g_strdup (summary->str);
      g_string_printf (summary, _("%s, %s"), before, more);
    }
  }
  return g_string_free (summary, FALSE);
}

/* With the name of the month, so that one sees which of the numbers was taken for it. (nullable) where it is no day */
static char *
dup_day (const char *text)
{
  g_autofree char *iso = strlen (text) >= 10 ? g_strdup_printf ("%.10sT00:00:00Z", text) : NULL;
  g_autoptr (GDateTime) day = iso != NULL ? g_date_time_new_from_iso8601 (iso, NULL) : NULL;

  return day != NULL ? g_date_time_format (day, _("%-d %B %Y")) : NULL;
}

char *
ui_table_words_dup_facts (const AppTable *table, guint place)
{
  const AppColumn *column = g_ptr_array_index (table->columns, place);
  gulong values = (gulong) (table->n_rows - MIN (column->n_nulls, table->n_rows)), empty = (gulong) column->n_nulls;
  gboolean dated = column->type == MEDIA_COLUMN_DATE || column->type == MEDIA_COLUMN_DATETIME;
  GString *facts = g_string_new (NULL);

  g_string_append_printf (facts, ngettext ("%'lu value", "%'lu values", values), values);
  if (empty > 0) {
    g_autofree char *n_values = g_strdup (facts->str), *n_empty = g_strdup_printf (ngettext ("%'lu empty", "%'lu empty", empty), empty);
    g_string_printf (facts, _("%s, %s"), n_values, n_empty);
  }
  if (column->min != NULL && column->max != NULL && (dated || column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL || column->type == MEDIA_COLUMN_TIME)) {
    g_autofree char *min = dated ? dup_day (column->min) : g_strdup (column->min), *max = dated ? dup_day (column->max) : g_strdup (column->max);
    /* Translators: the smallest and the largest value of a column */
    g_autofree char *range = min != NULL && max != NULL ? g_strdup_printf (_("From %s to %s"), min, max) : NULL;
    if (range != NULL)
      g_string_append_printf (facts, "\n%s", range);
  }
  return g_string_free (facts, FALSE);
}
