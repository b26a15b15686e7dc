/* SPDX-License-Identifier: MIT */
/* Tables of text, row by row: CSV and its relatives, in any encoding of media-encoding.h. For the reader of texts (extract-csv.c) and that of tables (tables-csv.c).
 *
 * A file in UTF-8 is read where it lies; others are decoded piece by piece. Cells are slices of either, and only those with doubled quotation marks are
 * copied. People's files are taken as they are: white space around cells is none of theirs, a quotation mark within a cell is one, and one that nobody closes is one too. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media-encoding.h"

/* A quoted cell that is longer is not quoted: nobody closed its mark. */
#define CSV_MAX_CELL (1024 * 1024)
/* Cells of one row; what is behind is left out. */
#define CSV_MAX_CELLS 16384

typedef struct {
  const char *text; /* UTF-8, not NUL-terminated; valid until the next row */
  size_t length;
} CsvCell;

typedef struct {
  /* The file. */
  const uint8_t *input;
  gsize size, at; /* `at`: what is decoded */
  const MediaEncoding *encoding; /* NULL when it lies there as UTF-8 */
  const char *begin, *next, *end; /* text that is there; the next row */
  GString *decoded;
  char delimiter;
  bool has_quotes; /* until too many were not closed */
  unsigned open_quotes;
  uint8_t ends[256]; /* whether a byte ends a cell without quotation marks */
  GString *scratch; /* of cells that are copied */
  GArray *starts;   /* of Span: where in it */

  /* The row that was read last. */
  CsvCell *cells;
  unsigned n_cells;   /* 0: an empty line */
  unsigned room;      /* for so many */
  uint64_t row;       /* its number, from 1 */
  bool cells_cut;     /* it has more than CSV_MAX_CELLS */
  uint64_t open_row;  /* the first row with a mark that is not closed; 0: none */
  uint64_t broken;    /* characters that are none */
  uint64_t broken_row;  /* of the first one */
  uint64_t broken_at;   /* its place in all that is decoded */
  uint64_t erased;      /* decoded bytes before `begin` */
} Csv;

/* Looks at the beginning. `delimiter`: 0 to find it; `tabs`: what the file's name says. FALSE: it is no text. `encoding`: NULL to guess it. */
bool csv_open (Csv *csv, const uint8_t *input, size_t size, const MediaEncoding *encoding, char delimiter, bool tabs);
/* From the first row again. */
void csv_rewind (Csv *csv);
bool csv_next (Csv *csv);
/* How many bytes of the file are read. */
uint64_t csv_tell (const Csv *csv);
void csv_close (Csv *csv);
