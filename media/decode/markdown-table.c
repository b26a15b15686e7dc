/* SPDX-License-Identifier: MIT */
/* Tables: kept until they end, because their first line must know the columns; then written as GitHub's Markdown has them. */
#include <string.h>

#include "markdown-private.h"

static void
free_cell (gpointer data)
{
  g_string_free (data, TRUE);
}

static void
free_row (gpointer data)
{
  g_ptr_array_unref (data);
}

Table *
markdown_table_new (bool layout)
{
  Table *table = g_new0 (Table, 1);
  table->rows = g_ptr_array_new_with_free_func (free_row);
  table->layout = layout;
  return table;
}

void
markdown_table_free (Table *table)
{
  g_ptr_array_unref (table->rows);
  g_free (table);
}

void
markdown_table_add_row (Table *table)
{
  g_ptr_array_add (table->rows, g_ptr_array_new_with_free_func (free_cell));
}

GString *
markdown_table_add_cell (Table *table, guint span)
{
  GPtrArray *row = g_ptr_array_index (table->rows, table->rows->len - 1);
  if (row->len == MARKDOWN_MAX_COLUMNS) {
    GString *last = g_ptr_array_index (row, row->len - 1);
    if (last->len > 0)
      g_string_append_c (last, '\n');
    return last;
  }
  GString *cell = g_string_new (NULL);
  span = CLAMP (span, 1, MARKDOWN_MAX_COLUMNS - row->len);
  g_ptr_array_add (row, cell);
  for (guint i = 1; i < span; i++)
    g_ptr_array_add (row, g_string_new (NULL));
  table->columns = MAX (table->columns, row->len);
  return cell;
}

/* A line of a table in a cell that only draws it. */
static bool
is_delimiter (const char *line, size_t length)
{
  return length > 3 && line[0] == '|' && strspn (line, "|- ") >= length;
}

/* A cell is one line: its lines are joined by " / ", and a bar is no edge. */
static void
append_cell (GString *to, const GString *cell)
{
  bool first = true;
  for (const char *at = cell->str; *at != '\0';) {
    size_t length = strcspn (at, "\n"), n = length;
    const char *line = at;
    at += length + (at[length] != '\0');
    while (n > 0 && *line == ' ')
      line++, n--;
    while (n > 0 && line[n - 1] == ' ')
      n--;
    if (n == 0 || is_delimiter (line, n))
      continue;
    if (!first)
      g_string_append (to, " / ");
    first = false;
    size_t backslashes = 0;
    for (size_t i = 0; i < n; i++) {
      if (line[i] == '|' && backslashes % 2 == 0)
        g_string_append_c (to, '\\');
      backslashes = line[i] == '\\' ? backslashes + 1 : 0;
      g_string_append_c (to, line[i]);
    }
  }
}

static bool
is_empty (const GPtrArray *row)
{
  for (guint i = 0; i < row->len; i++)
    if (((const GString *) g_ptr_array_index (row, i))->len > 0)
      return false;
  return true;
}

static void
write_blocks (Markdown *m, const Table *table)
{
  for (guint i = 0; i < table->rows->len; i++) {
    const GPtrArray *row = g_ptr_array_index (table->rows, i);
    for (guint k = 0; k < row->len; k++) {
      GString *cell = g_ptr_array_index (row, k);
      while (cell->len > 0 && cell->str[cell->len - 1] == '\n')
        g_string_truncate (cell, cell->len - 1);
      if (cell->len > 0)
        markdown_emit (m, cell->str, cell->str[0] == '#');
    }
  }
}

void
markdown_table_write (Markdown *m, const Table *table)
{
  g_autoptr (GString) block = g_string_new (NULL);
  guint n = 0;

  if ((table->rows->len <= 1 && table->columns <= 1) || (table->layout && (table->places || table->nested || table->columns <= 1 || table->rows->len <= 1))) {
    write_blocks (m, table);
    return;
  }
  for (guint i = 0; i < table->rows->len; i++) {
    const GPtrArray *row = g_ptr_array_index (table->rows, i);
    if (is_empty (row))
      continue;
    g_string_append (block, n > 0 ? "\n|" : "|");
    for (guint k = 0; k < table->columns; k++) {
      g_string_append_c (block, ' ');
      if (k < row->len)
        append_cell (block, g_ptr_array_index (row, k));
      g_string_append (block, " |");
    }
    if (n++ > 0)
      continue;
    g_string_append (block, "\n|");
    for (guint k = 0; k < table->columns; k++)
      g_string_append (block, " --- |");
  }
  if (n > 0)
    markdown_emit (m, block->str, false);
}
