/* SPDX-License-Identifier: MIT */
/* OpenDocument as text: ODT, ODP, and the beginning of each sheet of an ODS. */
#include "odf.h"
#include "sheet.h"

static void
read_odf (Extract *extract)
{
  SheetGrid grid;

  sheet_grid_init (&grid, extract);
  odf_read (extract, &grid.grid);
}

const ExtractFormat extract_odf = { odf_matches, read_odf };
