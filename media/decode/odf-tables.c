/* SPDX-License-Identifier: MIT */
#include "odf.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* No sheet has more rows or columns. */
#define MAX_ROWS 1048576

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
  odf->in_sheet = true;
  odf->row = 0;
  odf->extract->counts[MEDIA_COUNT_PARTS]++;
  g_autofree char *style = g_strdup (xml_attribute (xml, "style-name"));
  odf->grid->begin (odf->grid, xml_attribute (xml, "name"), g_hash_table_contains (odf->hidden, style));
}

void
odf_table_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->in_sheet) {
    odf->in_sheet = false;
    odf->grid->end (odf->grid, GRID_WHOLE);
  } else
    markdown_close (odf->m, MARKDOWN_TABLE);
}

void
odf_row_start (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->column = 0;
  odf->row_repeated = CLAMP (xml_number (xml, "number-rows-repeated", 1), 1, MAX_ROWS);
  g_string_truncate (odf->texts, 0);
  g_array_set_size (odf->cells, 0);
  if (!odf->in_sheet)
    markdown_open_row (odf->m);
}

void
odf_row_end (Xml *xml, void *data)
{
  Odf *odf = data;
  Grid *grid = odf->grid;

  if (!odf->in_sheet) {
    markdown_close (odf->m, MARKDOWN_ROW);
    return;
  }
  /* Rows without cells are passed over at once: files end in a million of them. */
  for (long i = 0; i < odf->row_repeated && odf->cells->len > 0 && !extract_is_over (odf->extract); i++)
    for (guint k = 0; k < odf->cells->len; k++) {
      OdfCell *cell = &g_array_index (odf->cells, OdfCell, k);
      cell->value.text = odf->texts->str + cell->text;
      cell->value.length = strlen (cell->value.text);
      for (unsigned n = 0; n < cell->repeated && cell->column + n < grid->max_columns; n++)
        grid->cell (grid, odf->row + (uint64_t) i + 1, cell->column + n, &cell->value);
    }
  odf->row = MIN (odf->row + (uint64_t) odf->row_repeated, MAX_ROWS);
}

/* "PT14H03M22.5S" → "14:03:22". Days' worth of hours stay hours. */
static bool
write_duration (const char *text, GString *to)
{
  unsigned hours = 0, minutes = 0;
  double seconds = 0;
  if (sscanf (text, "PT%uH%uM%lfS", &hours, &minutes, &seconds) != 3 || minutes > 59 || !(seconds >= 0 && seconds < 61))
    return false;
  g_string_printf (to, "%02u:%02u:%02u", hours, minutes, (unsigned) seconds);
  return true;
}

/* What the attributes say; the text of dates, times and numbers is made of them, so that nothing of the person's way of showing it is in the way. */
static void
read_value (Odf *odf, Xml *xml)
{
  char type[16], *end, *t;

  odf->value = (Cell) { .kind = CELL_TEXT };
  odf->has_formula = xml_has_attribute (xml, "formula");
  g_strlcpy (type, xml_attribute (xml, "value-type"), sizeof type);
  if (strcmp (type, "float") == 0 || strcmp (type, "percentage") == 0 || strcmp (type, "currency") == 0) {
    const char *text = xml_attribute (xml, "value");
    double value = g_ascii_strtod (text, &end);
    if (end == text || *end != '\0' || !isfinite (value))
      return;
    bool whole = value == floor (value) && fabs (value) < 9e15 && type[0] != 'p';
    odf->value = (Cell) { .kind = whole ? CELL_INTEGER : CELL_REAL, .integer = whole ? (int64_t) value : 0, .real = value, .unit = type[0] == 'p' ? "1 = 100 %" : "" };
    if (type[0] == 'c')
      odf->value.unit = g_intern_string (xml_attribute (xml, "currency"));
  } else if (strcmp (type, "boolean") == 0)
    odf->value = (Cell) { .kind = CELL_BOOLEAN, .integer = strcmp (xml_attribute (xml, "boolean-value"), "true") == 0 };
  else if (strcmp (type, "date") == 0) {
    g_string_assign (odf->date, xml_attribute (xml, "date-value"));
    t = strchr (odf->date->str, 'T');
    if (odf->date->len < 10 || odf->date->str[4] != '-')
      return;
    odf->value.kind = t != NULL ? CELL_DATETIME : CELL_DATE;
    if (t != NULL)
      *t = ' ';
  } else if (strcmp (type, "time") == 0 && write_duration (xml_attribute (xml, "time-value"), odf->date))
    odf->value.kind = CELL_TIME;
}

void
odf_cell_start (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->cell_repeated = CLAMP (xml_number (xml, "number-columns-repeated", 1), 1, MAX_ROWS);
  if (!odf->in_sheet) {
    /* The cells that a wide one covers are in the file too. */
    for (long i = 0; i < MIN (odf->cell_repeated, MARKDOWN_MAX_COLUMNS); i++)
      markdown_open_cell (odf->m, 1);
    return;
  }
  if (odf->in_cell++ == 0) {
    read_value (odf, xml);
    long rows = CLAMP (xml_number (xml, "number-rows-spanned", 1), 1, MAX_ROWS), columns = CLAMP (xml_number (xml, "number-columns-spanned", 1), 1, MAX_ROWS);
    if ((rows > 1 || columns > 1) && odf->grid->merge != NULL)
      odf->grid->merge (odf->grid, odf->row + 1, odf->column, (uint64_t) rows, (unsigned) columns);
  }
  g_string_truncate (odf->cell, 0);
}

void
odf_cell_end (Xml *xml, void *data)
{
  Odf *odf = data;
  OdfCell cell = { odf->column, (unsigned) odf->cell_repeated, odf->texts->len, odf->value };

  if (!odf->in_sheet) {
    markdown_close (odf->m, MARKDOWN_CELL);
    return;
  }
  odf->in_cell -= odf->in_cell > 0;
  if (odf->has_formula && (g_str_has_prefix (odf->cell->str, "#") || g_str_has_prefix (odf->cell->str, "Err:")))
    cell.value = (Cell) { .kind = CELL_ERROR };
  bool dated = cell.value.kind == CELL_DATE || cell.value.kind == CELL_TIME || cell.value.kind == CELL_DATETIME;
  const GString *text = dated && odf->grid->has_types ? odf->date : odf->cell;
  if (text->len > 0 && odf->column < odf->grid->max_columns) {
    g_string_append_len (odf->texts, text->str, (gssize) text->len + 1);
    g_array_append_val (odf->cells, cell);
  }
  odf->column = (unsigned) MIN ((guint64) odf->column + (guint64) odf->cell_repeated, G_MAXINT);
}
