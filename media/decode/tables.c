/* SPDX-License-Identifier: MIT */
/* The two readings, and what readers tell in them. */
#include "tables.h"

#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "sheet.h"

static const TableReader *const readers[] = {
#define TABLE_READER(name) &table_reader_##name,
#include "tables.def"
#undef TABLE_READER
};

static Tables *
tables_of (Grid *grid)
{
  return (Tables *) ((char *) grid - offsetof (Tables, grid));
}

/* ---- the first reading ---- */

static void
keep_cell (TablePlan *plan, uint64_t row, unsigned column, const Cell *cell)
{
  HeadRow *head = plan->head->len > 0 ? g_ptr_array_index (plan->head, plan->head->len - 1) : NULL;
  HeadCell kept = { *cell, column };

  if (head == NULL || head->row != row) {
    head = g_new0 (HeadRow, 1);
    head->row = row;
    head->cells = g_array_new (FALSE, FALSE, sizeof (HeadCell));
    g_ptr_array_add (plan->head, head);
  }
  kept.cell.length = MIN (cell->length, TABLE_HEAD_TEXT);
  kept.cell.text = g_strndup (cell->text, kept.cell.length);
  g_array_append_val (head->cells, kept);
}

static void
count_row (TablePlan *plan, uint64_t row)
{
  if (row == plan->row)
    return;
  /* Rows that are missing in between were empty. */
  if (plan->row != 0 && row > plan->row + 1) {
    plan->blank_row = plan->n_blank == 0 ? plan->row + 1 : plan->blank_row;
    plan->n_blank++;
  }
  plan->row = row;
  plan->row_cells = 0;
  plan->n_rows++;
}

static void
count_cell (Tables *tables, uint64_t row, unsigned column, const Cell *cell)
{
  TablePlan *plan = tables->plan;

  count_row (plan, row);
  if (plan->row_cells++ == 0) {
    if (cell->kind == CELL_TEXT && look_is_total (cell->text, cell->length)) {
      g_free (plan->total);
      plan->total = g_strndup (cell->text, cell->length);
      plan->total_row = row;
    }
  } else
    plan->last_full = row;
  if (plan->n_rows <= TABLE_HEAD && plan->names == NULL)
    keep_cell (plan, row, column, cell);
  else
    column_look (&table_plan_column (plan, column)->looks, cell);
  if (plan->n_rows <= TABLE_HEAD)
    table_plan_column (plan, column);
}

/* ---- the grid ---- */

static void
on_begin (Grid *grid, const char *name, bool hidden)
{
  Tables *tables = tables_of (grid);

  if (!tables->second) {
    tables->plan = table_plan_new (name, hidden);
    g_ptr_array_add (tables->plans, tables->plan);
  } else {
    tables->plan = tables->n_read < tables->plans->len ? g_ptr_array_index (tables->plans, tables->n_read) : NULL;
    if (tables->plan != NULL && tables->plan->to == NULL)
      tables->plan = NULL;
    if (tables->plan != NULL)
      emitter_begin (tables->emitter, tables->plan);
  }
  tables->n_read++;
}

static void
on_cell (Grid *grid, uint64_t row, unsigned column, const Cell *cell)
{
  Tables *tables = tables_of (grid);

  if (tables->plan == NULL || (cell->kind == CELL_TEXT && cell->length == 0))
    return;
  if (tables->second)
    emitter_cell (tables->emitter, row, column, cell);
  else
    count_cell (tables, row, column, cell);
}

static void
on_merge (Grid *grid, uint64_t row, unsigned column, uint64_t rows, unsigned columns)
{
  Tables *tables = tables_of (grid);
  TableMerge merge = { row, rows, column, columns };

  if (tables->plan == NULL || tables->second)
    return;
  tables->plan->n_merges++;
  if (tables->plan->merges->len < TABLE_MAX_MERGES)
    g_array_append_val (tables->plan->merges, merge);
}

static void
on_end (Grid *grid, GridEnd how)
{
  Tables *tables = tables_of (grid);

  if (tables->plan == NULL)
    return;
  if (how == GRID_DAMAGED && !tables->second)
    table_plan_add_note (tables->plan, MEDIA_NOTE_DAMAGED, -1, tables->plan->row, 1, "", 0);
  if (tables->second)
    emitter_end (tables->emitter);
  tables->plan = NULL;
}

/* ---- for readers ---- */

void
tables_set_names (Tables *tables, const char *const *names, unsigned n)
{
  TablePlan *plan = tables->plan;

  if (plan == NULL || tables->second)
    return;
  g_strfreev (plan->names);
  plan->n_names = MIN (n, MEDIA_TABLE_MAX_COLUMNS);
  plan->names = g_new0 (char *, plan->n_names + 1);
  for (unsigned i = 0; i < plan->n_names; i++) {
    plan->names[i] = g_strdup (names[i]);
    table_plan_column (plan, i);
  }
}

void
tables_set_width (Tables *tables, uint64_t row, unsigned n_cells)
{
  TablePlan *plan = tables->plan;

  if (plan == NULL)
    return;
  if (!tables->second) {
    n_cells = MIN (n_cells, MEDIA_TABLE_MAX_COLUMNS);
    if (plan->widths->len <= n_cells)
      g_array_set_size (plan->widths, n_cells + 1);
    g_array_index (plan->widths, guint64, n_cells)++;
  } else if (row >= plan->first_data && row <= plan->last_data && plan->width > 0) {
    if (n_cells > plan->width && plan->n_long++ == 0)
      plan->long_row = row;
    if (n_cells < plan->width && plan->n_short++ == 0)
      plan->short_row = row;
  }
}

void
tables_have_row (Tables *tables, uint64_t row)
{
  if (tables->plan == NULL)
    return;
  if (tables->second)
    emitter_row (tables->emitter, row);
  else
    count_row (tables->plan, row);
}

void
tables_note (Tables *tables, MediaNoteKind kind, int column, uint64_t row, uint64_t count, const char *text, size_t length)
{
  if (tables->plan != NULL && !tables->second)
    table_plan_add_note (tables->plan, kind, column, row, count, text, length);
}

const char *
tables_choice (const Tables *tables, const char *key, int table, int column)
{
  g_autofree char *begin = column >= 0 ? g_strdup_printf ("%s %d %d ", key, table, column) : table >= 0 ? g_strdup_printf ("%s %d ", key, table) : g_strdup_printf ("%s ", key);

  for (guint i = 0; tables->choice_lines[i] != NULL; i++)
    if (g_str_has_prefix (tables->choice_lines[i], begin))
      return tables->choice_lines[i] + strlen (begin);
  return NULL;
}

void
tables_tell_progress (Tables *tables, uint64_t done, uint64_t total)
{
  unsigned thousandths = (unsigned) (total == 0 ? 0 : MIN (done, total) * 300 / total);

  /* Looking is quicker than sending, what is received must be written. */
  thousandths = tables->second ? 300 + thousandths * 7 / 3 : thousandths;
  /* Readers count bytes, and what is sent is counted in rows: whoever is ahead is told. */
  if (thousandths <= tables->progress_told || tables->progress == NULL)
    return;
  tables->progress_told = thousandths;
  tables->progress (tables, thousandths, 1000);
}

/* ---- both ---- */

static void
decide (Tables *tables)
{
  unsigned n = 0;

  for (guint i = 0; i < tables->plans->len; i++) {
    TablePlan *plan = g_ptr_array_index (tables->plans, i);
    n += table_plan_decide (plan, tables, (int) n);
  }
  if (n == 0)
    extract_fail (&tables->extract, MEDIA_FAULT_NO_TABLE, 0, 0);
}

static void
read_once (Tables *tables, const TableReader *reader)
{
  tables->n_read = 0;
  tables->plan = NULL;
  reader->read (tables, &tables->grid);
  /* What a reader left open, because it had to stop. */
  if (tables->plan != NULL)
    on_end (&tables->grid, GRID_WHOLE);
}

void
tables_prepare (void)
{
  extract_prepare ();
}

void
tables_run (Tables *tables)
{
  Extract *extract = &tables->extract;
  size_t i = 0;

  tables->grid = (Grid) { on_begin, on_cell, on_merge, on_end, true, MEDIA_TABLE_MAX_CELL, (size_t) 256 * 1024 * 1024, MEDIA_TABLE_MAX_COLUMNS };
  tables->plans = g_ptr_array_new_with_free_func ((GDestroyNotify) table_plan_free);
  tables->choice_lines = g_strsplit (tables->choices != NULL ? tables->choices : "", "\n", -1);
  tables->file.month_first = g_strcmp0 (tables_choice (tables, "prefer", -1, -1), "mdy") == 0;
  extract->markdown = markdown_new (1024);
  while (i < G_N_ELEMENTS (readers) && extract->fault == MEDIA_FAULT_NONE && !readers[i]->matches (tables))
    i++;
  if (i == G_N_ELEMENTS (readers))
    extract_fail (extract, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
  if (extract->fault == MEDIA_FAULT_NONE)
    read_once (tables, readers[i]);
  if (extract->fault == MEDIA_FAULT_NONE)
    decide (tables);
  if (extract->fault != MEDIA_FAULT_NONE)
    return;
  tables->second = true;
  tables->emitter = emitter_new (tables);
  emitter_format (tables->emitter, extract->format);
  read_once (tables, readers[i]);
  if (extract->fault == MEDIA_FAULT_NONE)
    emitter_stop (tables->emitter);
}

void
tables_clear (Tables *tables)
{
  g_clear_pointer (&tables->emitter, emitter_free);
  g_clear_pointer (&tables->plans, g_ptr_array_unref);
  g_clear_pointer (&tables->choice_lines, g_strfreev);
  extract_clear (&tables->extract);
}
