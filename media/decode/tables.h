/* SPDX-License-Identifier: MIT */
/* The tables of a file, typed, as frames of media-table.h.
 *
 * A format is a TableReader (tables.def): it gives cells to a Grid and knows nothing of types. It reads the file twice. In the first reading each cell is counted
 * (columns.h) and the first rows of each table are kept; then it is decided which of them are names (heads.h) and what the columns are. In the second
 * reading the cells are read that way and sent. Nothing here touches files, the network or the protocol of the helper. */
#pragma once

#include "columns.h"
#include "extract.h"
#include "grid.h"

typedef struct Tables Tables;
typedef struct TablePlan TablePlan;

typedef struct {
  /* Whether the file is of this format; may set extract->format. */
  bool (*matches) (Tables *tables);
  void (*read) (Tables *tables, Grid *grid);
} TableReader;

#define TABLE_READER(name) extern const TableReader table_reader_##name;
#include "tables.def"
#undef TABLE_READER

struct Tables {
  /* Set by the caller; of the extract: input, size, hint, is_late, late_data. */
  Extract extract;
  const char *choices;
  /* Takes a piece of the stream. */
  void (*write) (Tables *tables, const void *bytes, size_t length);
  void (*progress) (Tables *tables, uint64_t done, uint64_t total); /* may be NULL */
  void *data;

  /* Of the readings. */
  Grid grid;
  bool second;     /* reading */
  GPtrArray *plans; /* of TablePlan, in the order of the file */
  TablePlan *plan; /* of the table that is read */
  unsigned n_read; /* tables, in this reading */
  FileLooks file;
  unsigned progress_told;
  struct Emitter *emitter;
  GStrv choice_lines;
};

/* A part of the file that is read; every reader says it now and then. */
void tables_tell_progress (Tables *tables, uint64_t done, uint64_t total);

/* ---- for readers, beside the grid ---- */

/* The table's columns are called so, and no row of it is names. After grid->begin (), and again when more are known. */
void tables_set_names (Tables *tables, const char *const *names, unsigned n);
/* The row has so many cells, empty ones counted. */
void tables_set_width (Tables *tables, uint64_t row, unsigned n_cells);
/* The row exists, even if all its cells are empty. */
void tables_have_row (Tables *tables, uint64_t row);
/* Something that a person should know of the table that is read; `column` as of the grid, -1: of the table. Counted once in each reading. */
void tables_note (Tables *tables, MediaNoteKind kind, int column, uint64_t row, uint64_t count, const char *text, size_t length);
/* The value of a choice; NULL if there is none. `table`, `column`: -1 for choices that are not of one. (transfer none) */
const char *tables_choice (const Tables *tables, const char *key, int table, int column);

/* Both readings. On failure extract.fault is set, and nothing that was written is of use. */
void tables_prepare (void);
void tables_run (Tables *tables);
void tables_clear (Tables *tables);

/* ---- inside: tables.c, table-plan.c, emit.c ---- */

/* Rows of the beginning that are kept. */
#define TABLE_HEAD 64
/* Merged places that are remembered, and rows below the table. */
#define TABLE_MAX_MERGES 10000
/* Bytes of a cell in the kept rows. */
#define TABLE_HEAD_TEXT 512

typedef struct {
  uint64_t row, rows;
  unsigned column, columns;
} TableMerge;

/* A cell of a kept row. */
typedef struct {
  Cell cell; /* with its own text */
  unsigned column;
} HeadCell;

typedef struct {
  uint64_t row;
  GArray *cells; /* of HeadCell, by column */
} HeadRow;

/* What happened with the cells of a column in the second reading. */
typedef struct {
  uint64_t missing, missing_row, misfits, misfit_row, cut, cut_row, errors, error_row, no_values, no_value_row, nested, nested_row, blobs, blob_row;
  char *missing_text, *misfit_text, *error_text, *order_text, *sign_text;
} ColumnFinds;

typedef struct {
  unsigned source; /* column of the grid */
  char *name;
  ColumnLooks looks; /* of the rows behind the kept ones, then of all that are data */
  ColumnPlan plan;
  ColumnFinds finds;
} TableColumn;

struct TablePlan {
  char *title;
  bool hidden;
  GPtrArray *head;     /* of HeadRow; gone after the decision */
  GArray *merges;      /* of TableMerge */
  uint64_t n_merges;   /* all of them */
  char **names;        /* that the reader knows; NULL: they are looked for */
  unsigned n_names;
  GPtrArray *columns;  /* of TableColumn, by source; after the decision those that are sent */
  int *to;             /* source → index in `columns`, -1: left out; after the decision */
  unsigned n_sources;
  uint64_t n_rows;     /* that have cells */
  uint64_t row;        /* the last that was seen */
  unsigned row_cells;  /* of it, not empty */
  uint64_t last_full;  /* the last row with more than one cell */
  uint64_t first_data; /* after the decision */
  uint64_t last_data;
  unsigned n_above, n_header; /* rows */
  char *total;         /* what the last row begins with whose first words are those of a sum */
  uint64_t total_row;
  GArray *widths;      /* of guint64: how many rows have so many cells */
  unsigned width;      /* that most rows have, or that the names have */
  uint64_t n_long, long_row, n_short, short_row, n_blank, blank_row;
  GPtrArray *notes;    /* of MediaNote */
};

TablePlan *table_plan_new (const char *title, bool hidden);
void table_plan_free (TablePlan *plan);
TableColumn *table_plan_column (TablePlan *plan, unsigned source);
void table_plan_add_note (TablePlan *plan, MediaNoteKind kind, int column, uint64_t row, uint64_t count, const char *text, size_t length);
/* heads.c: which of the kept rows are names: sets n_above and n_header. */
void table_plan_find_head (TablePlan *plan);
/* Names the columns, after the heads are found. */
void table_plan_name_columns (TablePlan *plan);
/* `index`: among the tables that are sent. FALSE when nothing of the table is worth sending. */
bool table_plan_decide (TablePlan *plan, Tables *tables, int index);

typedef struct Emitter Emitter;
Emitter *emitter_new (Tables *tables);
void emitter_free (Emitter *emitter);
void emitter_format (Emitter *emitter, const char *format);
void emitter_begin (Emitter *emitter, TablePlan *plan);
void emitter_row (Emitter *emitter, uint64_t row);
void emitter_cell (Emitter *emitter, uint64_t row, unsigned source, const Cell *cell);
void emitter_end (Emitter *emitter);
void emitter_stop (Emitter *emitter);
