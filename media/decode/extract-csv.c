/* SPDX-License-Identifier: MIT */
/* CSV and TSV as text: the first rows as a table, and how many there are. No cell is understood: "3,50" and "001" stay what they are. */
#include <string.h>

#include "csv.h"
#include "extract.h"
#include "sheet.h"

static bool
matches (Extract *extract)
{
  return strcmp (extract->hint, "CSV") == 0 || strcmp (extract->hint, "TSV") == 0;
}

static void
read_csv (Extract *extract)
{
  Csv csv;
  Sheet sheet;

  extract->format = extract->hint;
  if (!csv_open (&csv, extract->input, extract->size, NULL, '\0', strcmp (extract->hint, "TSV") == 0)) {
    extract_fail (extract, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
    return;
  }
  sheet_begin (&sheet, extract);
  while (!extract_is_over (extract) && csv_next (&csv)) {
    for (unsigned i = 0; i < csv.n_cells; i++)
      sheet_cell (&sheet, i, csv.cells[i].text, csv.cells[i].length);
    sheet_end_row (&sheet);
  }
  extract->counts[MEDIA_COUNT_ROWS] = sheet.rows;
  extract->counts[MEDIA_COUNT_COLUMNS] = sheet.columns;
  sheet_end (&sheet);
  if (csv.open_row != 0)
    markdown_remark_block (extract->markdown, "In row %" G_GUINT64_FORMAT " a quotation mark is not closed. It was taken as a character like others.", csv.open_row);
  csv_close (&csv);
}

const ExtractFormat extract_csv = { matches, read_csv };
