/* SPDX-License-Identifier: MIT */
#include "odf.h"

#include <string.h>

/* No sheet has more rows or columns. */
#define MAX_REPEATED 1048576

void
odf_table_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->find_titles) {
    xml_skip (xml, data);
    return;
  }
  if (!odf->sheets || odf->in_sheet) {
    /* A table within a cell of a sheet is nobody's sheet. */
    if (odf->in_sheet)
      xml_skip (xml, data);
    else
      markdown_open_table (odf->m, false);
    return;
  }
  g_autofree char *name = g_strdup (xml_attribute (xml, "name"));
  odf->in_sheet = true;
  odf->extract->counts[MEDIA_COUNT_PARTS]++;
  markdown_mark (odf->m);
  markdown_begin_heading (odf->m, 2);
  markdown_own_text (odf->m, "Sheet: ");
  markdown_text (odf->m, name, strlen (name), 0);
  markdown_end_block (odf->m);
  sheet_begin (&odf->sheet, odf->extract);
}

void
odf_table_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->in_sheet) {
    odf->in_sheet = false;
    sheet_end (&odf->sheet);
  } else
    markdown_close (odf->m, MARKDOWN_TABLE);
}

void
odf_row_start (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->column = 0;
  odf->row_repeated = CLAMP (xml_number (xml, "number-rows-repeated", 1), 1, MAX_REPEATED);
  g_string_truncate (odf->row, 0);
  if (!odf->in_sheet)
    markdown_open_row (odf->m);
}

/* The cells of a repeated row were kept: they are given again. */
void
odf_row_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (!odf->in_sheet) {
    markdown_close (odf->m, MARKDOWN_ROW);
    return;
  }
  bool used = odf->sheet.row_used;
  sheet_end_row (&odf->sheet);
  for (long i = 1; i < odf->row_repeated && used; i++) {
    unsigned column = 0;
    if (!sheet_has_room (&odf->sheet)) {
      sheet_count_rows (&odf->sheet, (uint64_t) (odf->row_repeated - i));
      break;
    }
    for (size_t at = 0; at < odf->row->len; column++) {
      size_t length = strlen (odf->row->str + at);
      sheet_cell (&odf->sheet, column, odf->row->str + at, length);
      at += length + 1;
    }
    sheet_end_row (&odf->sheet);
  }
}

void
odf_cell_start (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->cell_repeated = CLAMP (xml_number (xml, "number-columns-repeated", 1), 1, MAX_REPEATED);
  if (!odf->in_sheet) {
    /* The cells that a wide one covers are in the file too. */
    for (long i = 0; i < MIN (odf->cell_repeated, MARKDOWN_MAX_COLUMNS); i++)
      markdown_open_cell (odf->m, 1);
    return;
  }
  odf->in_cell++;
  g_string_truncate (odf->cell, 0);
}

void
odf_cell_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (!odf->in_sheet) {
    markdown_close (odf->m, MARKDOWN_CELL);
    return;
  }
  odf->in_cell -= odf->in_cell > 0;
  bool empty = odf->cell->len == 0;
  for (long i = 0; i < odf->cell_repeated && !empty && i < 2 * SHEET_COLUMNS; i++)
    sheet_cell (&odf->sheet, odf->column + (unsigned) i, odf->cell->str, odf->cell->len);
  if (odf->row_repeated > 1)
    for (long i = 0; i < odf->cell_repeated && odf->row->len < 64 * 1024 && i < 2 * SHEET_COLUMNS; i++)
      g_string_append_len (odf->row, odf->cell->str, (gssize) odf->cell->len + 1);
  odf->column = (unsigned) MIN ((guint64) odf->column + (guint64) odf->cell_repeated, G_MAXINT);
}
