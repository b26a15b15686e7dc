/* SPDX-License-Identifier: MIT */
/* The cells of a workbook, as the readers of XLSX and ODS tell them to whoever wants them: as text for people (sheet.c), or with their types (tables.c). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  CELL_TEXT,
  CELL_INTEGER,  /* `integer` */
  CELL_REAL,     /* `real` */
  CELL_BOOLEAN,  /* `integer`: 0 or 1 */
  CELL_DATE,     /* `text` is 2024-05-17 */
  CELL_TIME,     /* 14:03:22 */
  CELL_DATETIME, /* 2024-05-17 14:03:22 */
  CELL_ERROR,    /* a formula that failed: `text` is "#DIV/0!" */
  CELL_NO_VALUE, /* a formula that nobody has computed yet: `text` is it */
  CELL_JSON,     /* a list or an object, as JSON */
  CELL_BLOB,     /* bytes that are no text; without any of them */
} CellKind;

typedef struct {
  CellKind kind;
  const char *text; /* always: what a person sees; UTF-8 without a NUL, valid during the call */
  size_t length;
  int64_t integer;
  double real;      /* finite */
  const char *unit; /* "EUR"; NULL or "" where there is none */
} Cell;

typedef enum { GRID_WHOLE, GRID_DAMAGED, GRID_CHART } GridEnd;

typedef struct Grid Grid;
struct Grid {
  void (*begin) (Grid *grid, const char *name, bool hidden);
  /* `row` from 1, `column` from 0; both only grow. Empty cells are not told. */
  void (*cell) (Grid *grid, uint64_t row, unsigned column, const Cell *cell);
  /* Cells that are one, with what stands in the first; at any time before the end. May be NULL. */
  void (*merge) (Grid *grid, uint64_t row, unsigned column, uint64_t rows, unsigned columns);
  void (*end) (Grid *grid, GridEnd how);
  bool has_types;   /* dates are wanted as CellKind says, not as the person sees them */
  size_t max_text;    /* bytes of one cell; one that is longer has a few more, so that it is seen to be cut */
  size_t max_strings; /* of all shared text together */
  unsigned max_columns; /* no cell beyond them is told */
};
