/* SPDX-License-Identifier: MIT */
/* XLSX as text: the beginning of each sheet as a table of what a person sees in it. */
#include "sheet.h"
#include "xlsx.h"

static void
read_xlsx (Extract *extract)
{
  SheetGrid grid;

  sheet_grid_init (&grid, extract);
  xlsx_read (extract, &grid.grid);
}

const ExtractFormat extract_xlsx = { xlsx_matches, read_xlsx };
