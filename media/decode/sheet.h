/* SPDX-License-Identifier: MIT */
/* The beginning of a sheet of cells as a table, and the size of all of it: for CSV, XLSX and ODS. What is left out is said below the table. */
#pragma once

#include "extract.h"
#include "grid.h"

/* What is shown of one sheet. */
#define SHEET_ROWS 200
#define SHEET_COLUMNS 50
#define SHEET_BYTES (96 * 1024)
/* Characters of a cell. */
#define SHEET_CELL 400

typedef struct {
  Extract *extract;
  uint64_t rows;    /* that are not empty */
  uint64_t columns; /* up to the last cell that is not empty */
  uint64_t shown;   /* rows in the table */
  size_t bytes;     /* of words in the table */
  bool row_open;    /* a row that is shown has begun */
  bool row_used;    /* the row has a cell that is not empty */
  unsigned next;    /* column of the next cell in the table */
  bool cells_cut;
} Sheet;

void sheet_begin (Sheet *sheet, Extract *extract);
/* A cell of the current row; `column` from 0, growing. */
void sheet_cell (Sheet *sheet, unsigned column, const char *text, size_t length);
void sheet_end_row (Sheet *sheet);
/* There are `n` more rows like one that was not shown. */
void sheet_count_rows (Sheet *sheet, uint64_t n);
/* Whether one more row will be shown. */
bool sheet_has_room (const Sheet *sheet);
/* Writes the table and what was left out. Counts what was left out in the extract. */
void sheet_end (Sheet *sheet);

/* A workbook: each sheet below its name. */
typedef struct {
  Grid grid;
  Sheet sheet;
  uint64_t row; /* that is open; 0: none */
} SheetGrid;

void sheet_grid_init (SheetGrid *grid, Extract *extract);
