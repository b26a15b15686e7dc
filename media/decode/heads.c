/* SPDX-License-Identifier: MIT */
/* Which of the first rows are names of the columns. People write titles above a table, names in two rows with merged cells, units below the names, years as
 * names, or no names at all. */
#include <string.h>

#include "tables.h"

/* Rows below the names that are compared with them. */
#define COMPARED 40

static const HeadRow *
row_at (const TablePlan *plan, unsigned i)
{
  return i < plan->head->len ? g_ptr_array_index (plan->head, i) : NULL;
}

static const Cell *
cell_at (const HeadRow *row, unsigned column)
{
  /* Where none is empty, it is at its own place. */
  if (column < row->cells->len && g_array_index (row->cells, HeadCell, column).column == column)
    return &g_array_index (row->cells, HeadCell, column).cell;
  for (guint i = 0; i < row->cells->len; i++)
    if (g_array_index (row->cells, HeadCell, i).column == column)
      return &g_array_index (row->cells, HeadCell, i).cell;
  return NULL;
}

/* Words, as names are; no number, no date, no word for nothing. */
static bool
is_name (const Cell *cell)
{
  Look look;

  if (cell == NULL || cell->kind != CELL_TEXT || cell->length > 300)
    return false;
  look_at (cell->text, cell->length, &look);
  if (look.kind != LOOK_TEXT && look.kind != LOOK_BOOLEAN)
    return false;
  /* "2024-02-30" is no date, and no name either. */
  for (size_t i = 0; i < cell->length; i++)
    if (g_ascii_isalpha (cell->text[i]) || (uint8_t) cell->text[i] >= 0x80)
      return true;
  return false;
}

static bool
is_year (const Cell *cell)
{
  LookNumber number;

  if (cell == NULL || (cell->kind != CELL_TEXT && cell->kind != CELL_INTEGER))
    return false;
  if (cell->kind == CELL_INTEGER)
    return cell->integer >= 1800 && cell->integer <= 2200;
  return cell->length == 4 && look_as_number (cell->text, cell->length, LOOK_POINT, &number) && number.whole && number.integer >= 1800 && number.integer <= 2200;
}

/* How many cells the widest of the first rows have; a title above has fewer. */
static unsigned
usual_width (const TablePlan *plan)
{
  unsigned counts[MEDIA_TABLE_MAX_COLUMNS + 1] = { 0 }, best = 0;

  for (guint i = 0; i < plan->head->len; i++)
    counts[MIN (row_at (plan, i)->cells->len, MEDIA_TABLE_MAX_COLUMNS)]++;
  for (unsigned i = 1; i <= MEDIA_TABLE_MAX_COLUMNS; i++)
    if (counts[i] > 0 && counts[i] >= counts[best])
      best = i;
  return best;
}

/* Whether the cells of a column, in the kept rows from `first` on, are mostly no words. */
static bool
is_typed (const TablePlan *plan, unsigned column, unsigned first)
{
  unsigned n = 0, words = 0;

  for (unsigned i = first; i < plan->head->len && i < first + COMPARED; i++) {
    const Cell *cell = cell_at (row_at (plan, i), column);
    n += cell != NULL;
    words += is_name (cell);
  }
  return n > 0 && words * 5 <= n;
}

static bool
stands_below (const TablePlan *plan, unsigned column, unsigned first, const Cell *name)
{
  for (unsigned i = first; i < plan->head->len && i < first + COMPARED; i++) {
    const Cell *cell = cell_at (row_at (plan, i), column);
    if (cell != NULL && cell->length == name->length && memcmp (cell->text, name->text, name->length) == 0)
      return true;
  }
  return false;
}

static bool
are_different (const HeadRow *row)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < row->cells->len; i++)
    if (!g_hash_table_add (seen, (gpointer) g_array_index (row->cells, HeadCell, i).cell.text))
      return false;
  return true;
}

/* Years in a row, with words in front: names of columns of numbers. */
static bool
are_years (const HeadRow *row)
{
  unsigned years = 0, names = 0;

  for (guint i = 0; i < row->cells->len; i++) {
    const Cell *cell = &g_array_index (row->cells, HeadCell, i).cell;
    years += is_year (cell);
    names += is_name (cell);
  }
  return years >= 2 && years + names == row->cells->len && are_different (row);
}

/* Above 0: they are names; below: data. */
static int
rate_names (const TablePlan *plan, unsigned i)
{
  const HeadRow *row = row_at (plan, i);
  int rating = 0;

  if (are_years (row))
    return 1;
  for (guint k = 0; k < row->cells->len; k++) {
    const HeadCell *cell = &g_array_index (row->cells, HeadCell, k);
    bool name = is_name (&cell->cell), typed = is_typed (plan, cell->column, i + 1);
    rating += name && typed ? 2 : !name ? -2 : stands_below (plan, cell->column, i + 1, &cell->cell) ? -1 : 0;
  }
  if (rating == 0)
    rating = are_different (row) && row->cells->len + 1 >= usual_width (plan) ? 1 : -1;
  return rating;
}

/* The row of names has gaps, or cells that span several columns, and the next one has names too. */
static bool
has_second_row (const TablePlan *plan, unsigned i)
{
  const HeadRow *row = row_at (plan, i), *next = row_at (plan, i + 1);
  unsigned typed = 0, words = 0;
  bool merged = false;

  if (next == NULL || plan->head->len < i + 3)
    return false;
  for (guint k = 0; k < plan->merges->len; k++) {
    const TableMerge *merge = &g_array_index (plan->merges, TableMerge, k);
    merged |= merge->row == row->row && merge->columns > 1;
  }
  for (guint k = 0; k < next->cells->len; k++) {
    const HeadCell *cell = &g_array_index (next->cells, HeadCell, k);
    if (!is_name (&cell->cell) && !(merged && is_year (&cell->cell)))
      return false;
  }
  for (unsigned column = 0; column < plan->columns->len; column++) {
    bool is = is_typed (plan, column, i + 2);
    typed += is;
    words += is && cell_at (next, column) != NULL;
  }
  return typed > 0 && words * 2 >= typed && (merged || row->cells->len < next->cells->len || words == typed);
}

void
table_plan_find_head (TablePlan *plan)
{
  unsigned width = usual_width (plan), i = 0;

  /* Titles and remarks above: much less than a row has. */
  while (i + 1 < plan->head->len && ((width >= 3 && row_at (plan, i)->cells->len == 1) || (width >= 5 && row_at (plan, i)->cells->len == 2)))
    i++;
  if (row_at (plan, i) == NULL)
    return;
  /* All of it may be such rows: then none of them is a title. */
  if (i + 1 >= plan->head->len && plan->head->len > 1)
    i = 0;
  plan->n_above = i;
  if (plan->head->len == i + 1) {
    /* One row alone: names, if it can be. */
    bool names = true;
    for (guint k = 0; k < row_at (plan, i)->cells->len; k++)
      names &= is_name (&g_array_index (row_at (plan, i)->cells, HeadCell, k).cell);
    plan->n_header = names;
    return;
  }
  bool second = has_second_row (plan, i);
  if (second || rate_names (plan, i) > 0)
    plan->n_header = second ? 2 : 1;
}

/* ---- names ---- */

/* The column in which the cell stands that spans this one. */
static unsigned
origin_of (const TablePlan *plan, const HeadRow *row, unsigned column)
{
  for (guint i = 0; i < plan->merges->len; i++) {
    const TableMerge *merge = &g_array_index (plan->merges, TableMerge, i);
    if (row->row >= merge->row && row->row < merge->row + merge->rows && column >= merge->column && column - merge->column < merge->columns)
      return merge->column;
  }
  return column;
}

static void
append_name (GString *name, const HeadRow *row, unsigned column)
{
  const Cell *cell = cell_at (row, column);

  if (cell == NULL)
    return;
  g_autofree char *text = g_strndup (cell->text, MIN (cell->length, 300));
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  for (char *at = valid; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  g_strstrip (valid);
  if (valid[0] != '\0' && strcmp (name->str, valid) != 0)
    g_string_append_printf (name, "%s%s", name->len > 0 ? " / " : "", valid);
}

void
table_plan_name_columns (TablePlan *plan)
{
  for (unsigned column = 0; column < plan->columns->len; column++) {
    GString *name = g_string_new (NULL);
    if (plan->names != NULL)
      g_string_assign (name, column < plan->n_names ? plan->names[column] : "");
    for (unsigned i = 0; i < plan->n_header && plan->names == NULL; i++) {
      const HeadRow *row = row_at (plan, plan->n_above + i);
      if (row == NULL)
        break;
      unsigned from = origin_of (plan, row, column);
      /* In the upper of two rows a name stands for those to its right too. */
      if (plan->n_header > 1 && i == 0 && plan->merges->len == 0)
        while (from > 0 && cell_at (row, from) == NULL)
          from--;
      append_name (name, row, from);
    }
    g_free (table_plan_column (plan, column)->name);
    table_plan_column (plan, column)->name = g_string_free (name, FALSE);
  }
  /* What stands above is not lost. */
  const HeadRow *first = plan->n_above > 0 ? row_at (plan, 0) : NULL;
  if (first != NULL) {
    const Cell *cell = &g_array_index (first->cells, HeadCell, 0).cell;
    table_plan_add_note (plan, MEDIA_NOTE_ABOVE, -1, first->row, plan->n_above, cell->text, cell->length);
  }
}
