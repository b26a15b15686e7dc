/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table-choices-check.h"

#include <glib/gi18n.h>

#include "app-error.h"

static const char *
name_of (const AppColumn *column)
{
  return column->name[0] != '\0' ? column->name : column->sql_name;
}

/* How many cells of a column are kept as text because they are nothing else. */
static const MediaNote *
find_misfits (const AppTable *table, guint column)
{
  for (guint i = 0; i < table->notes->len; i++) {
    const MediaNote *note = g_ptr_array_index (table->notes, i);
    if (note->kind == MEDIA_NOTE_NOT_OF_TYPE && note->column == (int) column)
      return note;
  }
  return NULL;
}

static gboolean
check_column (const AppTable *table, guint i, MediaColumnType chosen, GError **error)
{
  const AppColumn *column = g_ptr_array_index (table->columns, i);
  const MediaNote *misfits = find_misfits (table, i);

  if (chosen == MEDIA_COLUMN_N || chosen == MEDIA_COLUMN_TEXT || misfits == NULL || misfits->count + column->n_nulls < table->n_rows)
    return TRUE;
  g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Nothing in “%s” can be read that way, for example “%s” in row %'lu. The table stays as it was; choose another type."), name_of (column),
               misfits->text, (gulong) misfits->row);
  return FALSE;
}

gboolean
table_choices_check (AppDataset *dataset, AppDataset *before, GError **error)
{
  g_autoptr (AppTableChoices) choices = app_table_choices_new (app_dataset_get_choices (dataset));
  GPtrArray *tables = app_dataset_get_tables (dataset);

  if (before != NULL && tables->len < app_dataset_get_tables (before)->len) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("With these settings a table has no rows left. The table stays as it was; leave out fewer rows."));
    return FALSE;
  }
  for (guint i = 0; i < tables->len; i++) {
    const AppTable *table = g_ptr_array_index (tables, i);
    for (guint k = 0; k < table->columns->len; k++)
      if (!check_column (table, k, app_table_choices_get_type (choices, i, k), error))
        return FALSE;
  }
  return TRUE;
}
