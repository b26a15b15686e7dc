/* SPDX-License-Identifier: MIT */
/* Tables of workbooks: XLSX and ODS. Their readers are those of the texts. */
#include <string.h>

#include "odf.h"
#include "tables.h"
#include "xlsx.h"
#include "zip.h"

static bool
matches (Tables *tables)
{
  Extract *extract = &tables->extract;

  if (extract_ole.matches (extract)) {
    extract_ole.read (extract);
    return true;
  }
  if (!zip_matches (extract) || extract->fault != MEDIA_FAULT_NONE)
    return false;
  if (xlsx_matches (extract))
    extract->format = "XLSX";
  else if (!odf_matches (extract) || strcmp (extract->format, "ODS") != 0)
    extract_fail (extract, MEDIA_FAULT_NO_TABLE, 0, 0);
  return true;
}

static void
read_book (Tables *tables, Grid *grid)
{
  Extract *extract = &tables->extract;

  if (strcmp (extract->format, "ODS") == 0)
    odf_read (extract, grid);
  else
    xlsx_read (extract, grid);
}

const TableReader table_reader_book = { matches, read_book };
