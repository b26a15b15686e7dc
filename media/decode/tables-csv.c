/* SPDX-License-Identifier: MIT */
/* Tables of text: CSV, TSV and what else is called so. */
#include <string.h>

#include "charset.h"
#include "csv.h"
#include "legacy.h"
#include "tables.h"

/* Rows between two words about how far it is. */
#define ROWS_PER_WORD 4096

static bool
matches (Tables *tables)
{
  Extract *extract = &tables->extract;

  extract->format = strcmp (extract->hint, "TSV") == 0 ? "TSV" : "CSV";
  return true;
}

/* In the order of how often they are asked for: what the person calls it, or what it must be. */
static char
chosen_delimiter (const Tables *tables)
{
  const char *chosen = tables_choice (tables, "delimiter", -1, -1);

  return chosen == NULL ? '\0' : strcmp (chosen, "tab") == 0 ? '\t' : strcmp (chosen, "space") == 0 ? ' ' : (unsigned char) *chosen < 0x80 ? *chosen : '\0';
}

static const char *
name_delimiter (char delimiter, char text[2])
{
  text[0] = delimiter;
  text[1] = '\0';
  return delimiter == '\t' ? "tab" : delimiter == ' ' ? "space" : text;
}

static void
note_what_was_found (Tables *tables, const Csv *csv, const char *encoding, bool guessed)
{
  char text[2];

  if (guessed)
    tables_note (tables, MEDIA_NOTE_ENCODING, -1, 0, 1, encoding, strlen (encoding));
  if (csv->delimiter != ',')
    tables_note (tables, MEDIA_NOTE_DELIMITER, -1, 0, 1, name_delimiter (csv->delimiter, text), strlen (name_delimiter (csv->delimiter, text)));
  if (csv->broken > 0)
    tables_note (tables, MEDIA_NOTE_BROKEN_BYTES, -1, csv->broken_row, csv->broken, "", 0);
  if (csv->open_row > 0)
    tables_note (tables, MEDIA_NOTE_OPEN_QUOTE, -1, csv->open_row, 1, "", 0);
}

static void
read_rows (Tables *tables, Grid *grid, Csv *csv)
{
  unsigned max_cells = 0;
  uint64_t cut_row = 0;

  while (csv_next (csv)) {
    bool used = false;
    for (unsigned i = 0; i < csv->n_cells && i < grid->max_columns; i++)
      if (csv->cells[i].length > 0) {
        Cell cell = { .kind = CELL_TEXT, .text = csv->cells[i].text, .length = csv->cells[i].length };
        grid->cell (grid, csv->row, i, &cell);
        used = true;
      }
    if (used)
      tables_set_width (tables, csv->row, csv->n_cells);
    if (csv->n_cells > grid->max_columns && csv->n_cells > max_cells) {
      cut_row = cut_row == 0 ? csv->row : cut_row;
      max_cells = csv->n_cells;
    }
    if (csv->row % ROWS_PER_WORD == 0)
      tables_tell_progress (tables, csv_tell (csv), csv->size);
  }
  if (cut_row > 0)
    tables_note (tables, MEDIA_NOTE_COLUMNS_CUT, -1, cut_row, max_cells, "", 0);
}

/* The name of an encoding that media-encoding.h does not know, where it would call it Windows-1252. */
static const char *
find_legacy (const Extract *extract)
{
  const MediaEncoding *guess = media_encoding_guess (extract->input, extract->size, TRUE);

  return guess != NULL && strcmp (media_encoding_get_name (guess), "Windows-1252") == 0 ? legacy_guess (extract->input, extract->size) : NULL;
}

static void
read_csv (Tables *tables, Grid *grid)
{
  Extract *extract = &tables->extract;
  const char *chosen = tables_choice (tables, "encoding", -1, -1), *name = chosen != NULL ? chosen : find_legacy (extract);
  const MediaEncoding *encoding = name != NULL ? media_encoding_find (name) : NULL;
  g_autofree char *converted = NULL;
  const uint8_t *input = extract->input;
  size_t size = extract->size;
  Csv csv;

  if (name != NULL && encoding == NULL) {
    converted = charset_to_utf8 (extract->input, extract->size, name, G_MAXUINT32);
    input = (const uint8_t *) converted;
    size = converted != NULL ? strlen (converted) : 0;
    encoding = media_encoding_find ("UTF-8");
  }
  if (input == NULL || !csv_open (&csv, input, size, encoding, chosen_delimiter (tables), strcmp (extract->hint, "TSV") == 0)) {
    extract_fail (extract, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
    return;
  }
  tables->file.semicolons = csv.delimiter == ';';
  grid->begin (grid, "", false);
  read_rows (tables, grid, &csv);
  if (name == NULL)
    name = csv.encoding != NULL ? media_encoding_get_name (csv.encoding) : "UTF-8";
  note_what_was_found (tables, &csv, name, chosen == NULL && strcmp (name, "UTF-8") != 0);
  grid->end (grid, GRID_WHOLE);
  csv_close (&csv);
}

const TableReader table_reader_csv = { matches, read_csv };
