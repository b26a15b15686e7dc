/* SPDX-License-Identifier: MIT */
/* CSV and TSV, with libcsv: the first rows as a table, and how many there are. The file may be long: it is decoded and parsed piece by piece, and only
 * the rows that are shown are kept. No cell is understood: "3,50" and "001" stay what they are. */
#include <csv.h>
#include <string.h>

#include "extract.h"
#include "media-encoding.h"
#include "sheet.h"

/* Bytes of the beginning in which the delimiter is looked for. */
#define SAMPLE (64 * 1024)
/* A cell that is longer has a quotation mark that nobody closed. */
#define MAX_CELL (4 * 1024 * 1024)
/* More control characters than one in so many: no text. */
#define CONTROLS_PER_TEXT 50

typedef struct {
  Extract *extract;
  Sheet sheet;
  unsigned column;
} Csv;

static bool
matches (Extract *extract)
{
  return strcmp (extract->hint, "CSV") == 0 || strcmp (extract->hint, "TSV") == 0;
}

/* How good `delimiter` explains the sample: lines that have as many of it as most lines have. */
static unsigned
rate (const char *sample, char delimiter)
{
  unsigned numbers[64] = { 0 }, n = 0, best = 0, inside = 0;
  bool quoted = false;
  for (const char *at = sample;; at++) {
    if (*at == '"')
      quoted = !quoted;
    else if (*at == delimiter && !quoted)
      inside++;
    if (*at == '\0' || (*at == '\n' && !quoted)) {
      if (n < G_N_ELEMENTS (numbers) && (*at == '\n' || inside > 0))
        numbers[n++] = inside;
      inside = 0;
    }
    if (*at == '\0')
      break;
  }
  for (unsigned i = 0; i < n; i++) {
    unsigned same = 0;
    for (unsigned k = 0; k < n; k++)
      same += numbers[k] == numbers[i];
    if (numbers[i] > 0)
      best = MAX (best, same * 1000 + MIN (numbers[i], 999));
  }
  return best;
}

static char
find_delimiter (const char *sample, const char *hint)
{
  static const char delimiters[] = { ',', ';', '\t', '|' };
  char found = strcmp (hint, "TSV") == 0 ? '\t' : ',';
  unsigned best = rate (sample, found);

  /* What spreadsheets write above the table for one another. */
  if (g_ascii_strncasecmp (sample, "sep=", 4) == 0 && sample[4] != '\0')
    return sample[4];
  for (size_t i = 0; i < sizeof delimiters; i++) {
    unsigned rating = rate (sample, delimiters[i]);
    if (rating > best) {
      best = rating;
      found = delimiters[i];
    }
  }
  return found;
}

static void
on_cell (void *bytes, size_t length, void *data)
{
  Csv *csv = data;
  sheet_cell (&csv->sheet, csv->column++, bytes != NULL ? bytes : "", length);
}

static void
on_row (int end, void *data)
{
  Csv *csv = data;
  sheet_end_row (&csv->sheet);
  csv->column = 0;
}

static void *
grow (void *old, size_t size)
{
  return size > MAX_CELL ? NULL : realloc (old, size);
}

/* Decodes from *at as much as fits into `buffer`. Counts characters that no text has. */
static size_t
fill (const Extract *extract, const MediaEncoding *encoding, gsize *at, char *buffer, size_t room, uint64_t *strange)
{
  size_t length = 0;
  while (*at < extract->size && length + 6 <= room) {
    gunichar c = media_encoding_next (encoding, extract->input, extract->size, at);
    bool broken = c == G_MAXUINT32 || !g_unichar_validate (c);
    if (broken || (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
      ++*strange;
    if (broken)
      c = 0xfffd;
    if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r')
      length += (size_t) g_unichar_to_utf8 (c, buffer + length);
  }
  return length;
}

static void
read_csv (Extract *extract)
{
  const MediaEncoding *encoding = media_encoding_guess (extract->input, extract->size, TRUE);
  struct csv_parser parser;
  Csv csv = { .extract = extract };
  char *buffer = g_malloc (SAMPLE + 1);
  uint64_t strange = 0;
  gsize at;

  extract->format = extract->hint;
  if (encoding == NULL || csv_init (&parser, 0) != 0) {
    extract_fail (extract, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
    g_free (buffer);
    return;
  }
  at = media_encoding_get_mark (encoding);
  size_t length = fill (extract, encoding, &at, buffer, SAMPLE, &strange);
  buffer[length] = '\0';
  char delimiter = find_delimiter (buffer, extract->hint);
  size_t skip = g_ascii_strncasecmp (buffer, "sep=", 4) == 0 ? strcspn (buffer, "\n") : 0;
  csv_set_delim (&parser, (unsigned char) delimiter);
  csv_set_realloc_func (&parser, grow);
  csv_set_blk_size (&parser, 4096);
  sheet_begin (&csv.sheet, extract);
  while (length > skip && !extract_is_over (extract)) {
    if (csv_parse (&parser, buffer + skip, length - skip, on_cell, on_row, &csv) != length - skip) {
      extract_damaged (extract);
      break;
    }
    skip = 0;
    length = fill (extract, encoding, &at, buffer, SAMPLE, &strange);
  }
  if (extract->cut != MEDIA_CUT_DAMAGE)
    csv_fini (&parser, on_cell, on_row, &csv);
  csv_free (&parser);
  g_free (buffer);
  if (strange > extract->size / CONTROLS_PER_TEXT)
    extract_fail (extract, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
  extract->counts[MEDIA_COUNT_ROWS] = csv.sheet.rows;
  extract->counts[MEDIA_COUNT_COLUMNS] = csv.sheet.columns;
  sheet_end (&csv.sheet);
  if (extract->cut == MEDIA_CUT_DAMAGE)
    markdown_remark_block (extract->markdown, "After row %" G_GUINT64_FORMAT " a quotation mark is not closed. The rest could not be read.", csv.sheet.rows);
}

const ExtractFormat extract_csv = { matches, read_csv };
