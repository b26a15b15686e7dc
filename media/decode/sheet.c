/* SPDX-License-Identifier: MIT */
#include "sheet.h"

#include <limits.h>
#include <string.h>

/* Of any sheet. */
#define MAX_COLUMNS 16384

void
sheet_begin (Sheet *sheet, Extract *extract)
{
  memset (sheet, 0, sizeof *sheet);
  sheet->extract = extract;
  markdown_open_table (extract->markdown, false);
}

bool
sheet_has_room (const Sheet *sheet)
{
  return sheet->shown < SHEET_ROWS && sheet->bytes < SHEET_BYTES;
}

void
sheet_count_rows (Sheet *sheet, uint64_t n)
{
  sheet->rows += n;
}

static bool
is_blank (const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i]))
      return false;
  return true;
}

void
sheet_cell (Sheet *sheet, unsigned column, const char *text, size_t length)
{
  Markdown *m = sheet->extract->markdown;

  if (is_blank (text, length))
    return;
  if (!sheet->row_used)
    sheet->row_open = sheet_has_room (sheet);
  sheet->row_used = true;
  sheet->columns = MAX (sheet->columns, (uint64_t) column + 1);
  if (!sheet->row_open || column >= SHEET_COLUMNS || column < sheet->next)
    return;
  if (sheet->next == 0)
    markdown_open_row (m);
  for (; sheet->next < column; sheet->next++)
    markdown_open_cell (m, 1);
  markdown_open_cell (m, 1);
  sheet->next = column + 1;
  size_t cut = length;
  if (length > SHEET_CELL) {
    cut = SHEET_CELL;
    while (cut > 0 && ((unsigned char) text[cut] & 0xc0) == 0x80)
      cut--;
    sheet->cells_cut = true;
  }
  sheet->bytes += cut;
  /* A line break within a cell is one here too. */
  for (size_t at = 0; at < cut;) {
    const char *end = memchr (text + at, '\n', cut - at);
    size_t n = end != NULL ? (size_t) (end - text) - at : cut - at;
    markdown_text (m, text + at, n, 0);
    if (end != NULL)
      markdown_break (m);
    at += n + 1;
  }
  if (cut < length)
    markdown_text (m, "…", strlen ("…"), 0);
}

void
sheet_end_row (Sheet *sheet)
{
  if (sheet->row_used) {
    sheet->rows++;
    if (sheet->row_open && sheet->next > 0) {
      markdown_close (sheet->extract->markdown, MARKDOWN_ROW);
      sheet->shown++;
    }
  }
  sheet->row_used = sheet->row_open = false;
  sheet->next = 0;
}

void
sheet_end (Sheet *sheet)
{
  Extract *extract = sheet->extract;
  Markdown *m = extract->markdown;

  if (sheet->row_used)
    sheet_end_row (sheet);
  markdown_close (m, MARKDOWN_TABLE);
  if (sheet->rows == 0) {
    markdown_remark_block (m, "There is nothing in it.");
    return;
  }
  if (sheet->shown < sheet->rows) {
    markdown_remark_block (m, "Only the first %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " rows are here. Sums and counts over this part are not those of the whole table.", sheet->shown, sheet->rows);
    extract->counts[MEDIA_COUNT_ROWS_LEFT_OUT] += sheet->rows - sheet->shown;
  }
  if (sheet->columns > SHEET_COLUMNS) {
    markdown_remark_block (m, "Only the first %d of %" G_GUINT64_FORMAT " columns are here.", SHEET_COLUMNS, sheet->columns);
    extract->counts[MEDIA_COUNT_COLUMNS_LEFT_OUT] += sheet->columns - SHEET_COLUMNS;
  }
  if (sheet->cells_cut)
    markdown_remark_block (m, "Long cells are cut after %d bytes; \"…\" stands where.", SHEET_CELL);
}

/* ---- a workbook ---- */

static void
grid_begin (Grid *grid, const char *name, bool hidden)
{
  SheetGrid *self = (SheetGrid *) grid;
  Extract *extract = self->sheet.extract;
  Markdown *m = extract->markdown;

  markdown_mark (m);
  markdown_begin_heading (m, 2);
  markdown_own_text (m, "Sheet: ");
  markdown_text (m, name, strlen (name), 0);
  if (hidden)
    markdown_own_text (m, " (hidden)");
  markdown_end_block (m);
  sheet_begin (&self->sheet, extract);
  self->row = 0;
}

static void
grid_cell (Grid *grid, uint64_t row, unsigned column, const Cell *cell)
{
  SheetGrid *self = (SheetGrid *) grid;

  if (row != self->row && self->row != 0)
    sheet_end_row (&self->sheet);
  self->row = row;
  sheet_cell (&self->sheet, column, cell->text, cell->length);
}

static void
grid_end (Grid *grid, GridEnd how)
{
  SheetGrid *self = (SheetGrid *) grid;
  Extract *extract = self->sheet.extract;
  Markdown *m = extract->markdown;

  if (how == GRID_CHART) {
    markdown_close (m, MARKDOWN_TABLE);
    markdown_remark_block (m, "This sheet is a chart.");
    return;
  }
  sheet_end (&self->sheet);
  if (how == GRID_DAMAGED)
    markdown_remark_block (m, "This sheet is damaged; what could be read stands above.");
  /* Of its only sheet; some readers do not know yet that there is another one. */
  bool only = extract->counts[MEDIA_COUNT_PARTS] == 1;
  extract->counts[MEDIA_COUNT_ROWS] = only ? self->sheet.rows : 0;
  extract->counts[MEDIA_COUNT_COLUMNS] = only ? self->sheet.columns : 0;
}

void
sheet_grid_init (SheetGrid *grid, Extract *extract)
{
  *grid = (SheetGrid) {
    .grid = { grid_begin, grid_cell, NULL, grid_end, false, SHEET_CELL, 48u * 1024 * 1024, MAX_COLUMNS },
    .sheet = { .extract = extract },
  };
}
