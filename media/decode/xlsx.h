/* SPDX-License-Identifier: MIT */
/* The cells of an XLSX file: for the reader of texts (extract-xlsx.c) and that of tables (tables-book.c). */
#pragma once

#include "extract.h"
#include "grid.h"

bool xlsx_matches (Extract *extract);
/* Counts sheets, charts and damaged sheets in the extract. */
void xlsx_read (Extract *extract, Grid *grid);
