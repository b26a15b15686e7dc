/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables as a model reads them. There is room for so many characters: first values, then ranges, then notes are left out, and at last columns. */
#include <string.h>

#include "app-query.h"
#include "query-connection.h"
#include "sql-name.h"
#include "table-notes.h"

/* What is said, from all of it to the least. */
typedef struct {
  guint samples;     /* of a column */
  gboolean ranges, titles, notes;
} Detail;

static const Detail details[] = {
  { 5, TRUE, TRUE, TRUE }, { 3, TRUE, TRUE, TRUE }, { 2, TRUE, TRUE, FALSE }, { 0, TRUE, TRUE, FALSE }, { 0, FALSE, TRUE, FALSE }, { 0, FALSE, FALSE, FALSE },
};
/* Bytes of a value that is shown; of few different ones more are, for they are what conditions name. */
#define MAX_VALUE 30
#define FEW_VALUES 5

static void
append_value (GString *text, const AppColumn *column, const char *value)
{
  gboolean number = column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL || column->type == MEDIA_COLUMN_BOOLEAN;
  const char *end = value;

  for (; *end != '\0' && end - value < MAX_VALUE; end = g_utf8_next_char (end))
    ;
  if (number)
    g_string_append (text, value);
  else {
    g_string_append_c (text, '\'');
    for (const char *at = value; at < end; at++)
      g_string_append_c (text, g_ascii_iscntrl (*at) ? ' ' : *at);
    g_string_append (text, *end != '\0' ? "…'" : "'");
  }
}

static gboolean
is_same_name (const AppColumn *column)
{
  g_autofree char *small = g_utf8_strdown (column->name, -1);
  return column->name[0] == '\0' || strcmp (small, column->sql_name) == 0;
}

static void
append_column (GString *text, const AppTable *table, const AppColumn *column, const Detail *detail)
{
  g_autofree char *name = sql_name_write (column->sql_name);

  g_string_append_printf (text, "  %s %s", name, media_column_type_get_name (column->type));
  if (column->unit[0] != '\0')
    g_string_append_printf (text, " [%s]", column->unit);
  if (detail->titles && !is_same_name (column))
    g_string_append_printf (text, " “%s”", column->name);
  gboolean ranged = column->type != MEDIA_COLUMN_TEXT && column->type != MEDIA_COLUMN_BOOLEAN;
  if (detail->ranges && ranged && column->min != NULL && column->max != NULL) {
    g_string_append (text, ", ");
    append_value (text, column, column->min);
    g_string_append (text, " to ");
    append_value (text, column, column->max);
  }
  if (detail->ranges && column->n_nulls > 0)
    g_string_append_printf (text, ", %" G_GUINT64_FORMAT " empty", column->n_nulls);
  guint n = column->type == MEDIA_COLUMN_TEXT && column->samples != NULL ? MIN (detail->samples, g_strv_length (column->samples)) : 0;
  if (n > 0) {
    gboolean all = column->n_distinct <= n && column->n_distinct <= FEW_VALUES;
    g_string_append (text, all ? ", only " : ", such as ");
    for (guint i = 0; i < n; i++) {
      g_string_append (text, i > 0 ? ", " : "");
      append_value (text, column, column->samples[i]);
    }
    if (!all && column->n_distinct > n)
      g_string_append_printf (text, " (%" G_GUINT64_FORMAT " different)", column->n_distinct);
  }
  g_string_append_c (text, '\n');
}

/* `alias`: of its dataset, where another one has a table of this name; NULL otherwise. */
static void
append_table (GString *text, const AppTable *table, const char *alias, const Detail *detail, guint max_columns)
{
  g_string_append_printf (text, "%s%s%s: %" G_GUINT64_FORMAT " rows", alias != NULL ? alias : "", alias != NULL ? "." : "", table->sql_name, table->n_rows);
  if (table->title[0] != '\0' && detail->titles)
    g_string_append_printf (text, ", sheet or table “%s”", table->title);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < MIN (table->columns->len, max_columns); i++)
    append_column (text, table, g_ptr_array_index (table->columns, i), detail);
  if (table->columns->len > max_columns)
    g_string_append_printf (text, "  and %u more columns\n", table->columns->len - max_columns);
  for (guint i = 0; i < table->notes->len && detail->notes; i++) {
    g_autofree char *note = table_note_dup_for_model (table, g_ptr_array_index (table->notes, i));
    if (note != NULL)
      g_string_append_printf (text, "  Note: %s\n", note);
  }
}

/* With less detail, then with fewer columns, then with fewer tables. */
char *
query_dup_schema_of (const GArray *tables, gsize budget)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint max_columns = G_MAXUINT, level = 0;

  for (;;) {
    g_string_truncate (text, 0);
    for (guint i = 0; i < tables->len; i++) {
      const QueryTable *named = &g_array_index (tables, QueryTable, i);
      append_table (text, named->table, named->alias, &details[level], max_columns);
      if (text->len > budget && max_columns <= 4 && i + 1 < tables->len) {
        g_string_append_printf (text, "and %u more tables\n", tables->len - i - 1);
        break;
      }
    }
    if (text->len <= budget || max_columns <= 4)
      return g_strdup (text->str);
    if (level + 1 < G_N_ELEMENTS (details))
      level++;
    else
      max_columns = max_columns == G_MAXUINT ? 128 : max_columns / 2;
  }
}

char *
app_query_dup_schema (GPtrArray *datasets, gsize budget)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (datasets);
  g_autoptr (GArray) tables = query_list_tables (datasets, aliases);

  return query_dup_schema_of (tables, budget);
}

char *
app_dataset_dup_schema (AppDataset *self, gsize budget)
{
  g_autoptr (GPtrArray) alone = g_ptr_array_new ();

  g_ptr_array_add (alone, self);
  return app_query_dup_schema (alone, budget);
}
