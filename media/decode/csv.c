/* SPDX-License-Identifier: MIT */
#include "csv.h"

#include <string.h>

/* Bytes of the beginning in which the delimiter is looked for, and of each further piece that is decoded. */
#define SAMPLE (64 * 1024)
/* More control characters than one in so many: no text. */
#define CONTROLS_PER_TEXT 50
/* Marks that nobody closed, after which they mean nothing any more. Each is looked for up to CSV_MAX_CELL. */
#define MAX_OPEN_QUOTES 16
/* One broken character in so many that are good is damage, more are another encoding. */
#define BROKEN_PER_GOOD 20

/* A cell whose text is in `scratch`, which may move. */
typedef struct {
  unsigned cell;
  size_t at;
} Span;

/* ---- which text it is ---- */

/* UTF-8 in which a few characters are broken; the guess calls it another encoding. */
static bool
is_damaged_utf8 (const uint8_t *input, size_t size)
{
  uint64_t good = 0, bad = 0;

  for (size_t at = 0; at < size;) {
    if (input[at] < 0x80) {
      at++;
      continue;
    }
    gunichar c = g_utf8_get_char_validated ((const char *) input + at, (gssize) MIN (size - at, 6));
    bool is_good = c != (gunichar) -1 && c != (gunichar) -2;
    good += is_good;
    bad += !is_good;
    at += is_good ? (size_t) g_unichar_to_utf8 (c, NULL) : 1;
  }
  return bad > 0 && bad * BROKEN_PER_GOOD < good;
}

static bool
is_binary (const uint8_t *input, size_t size)
{
  size_t strange = 0;

  for (size_t i = 0; i < size; i++)
    strange += input[i] < 0x20 && input[i] != '\t' && input[i] != '\n' && input[i] != '\r' && input[i] != 0;
  return strange > size / CONTROLS_PER_TEXT;
}

/* ---- the text that is there ---- */

/* Decodes one more piece behind what is left of the text. FALSE at the end. */
static bool
refill (Csv *csv)
{
  if (csv->encoding == NULL || csv->at >= csv->size)
    return false;
  GString *text = csv->decoded;
  csv->erased += (uint64_t) (csv->next - csv->begin);
  g_string_erase (text, 0, csv->next - csv->begin);
  /* A row without an end is read again with each piece: the pieces grow with it. */
  for (size_t limit = text->len + MAX (SAMPLE, text->len); csv->at < csv->size && text->len < limit;) {
    gunichar c = media_encoding_next (csv->encoding, csv->input, csv->size, &csv->at);
    if (c == G_MAXUINT32 || !g_unichar_validate (c)) {
      csv->broken_at = csv->broken == 0 ? csv->erased + text->len : csv->broken_at;
      csv->broken++;
      c = 0xfffd;
    }
    if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r')
      g_string_append_unichar (text, c);
  }
  csv->begin = csv->next = text->str;
  csv->end = text->str + text->len;
  return true;
}

void
csv_rewind (Csv *csv)
{
  csv->row = 0;
  csv->n_cells = 0;
  csv->open_quotes = 0;
  csv->has_quotes = true;
  csv->broken = csv->broken_row = csv->erased = 0;
  if (csv->encoding != NULL) {
    csv->at = media_encoding_get_mark (csv->encoding);
    g_string_truncate (csv->decoded, 0);
    csv->begin = csv->next = csv->end = csv->decoded->str;
    refill (csv);
  } else {
    csv->begin = csv->next = (const char *) csv->input + csv->at;
    csv->end = (const char *) csv->input + csv->size;
  }
  /* What spreadsheets write above the table for one another. */
  if (csv->end - csv->next > 5 && g_ascii_strncasecmp (csv->next, "sep=", 4) == 0) {
    csv_next (csv);
    csv->row = 0;
  }
}

uint64_t
csv_tell (const Csv *csv)
{
  return csv->encoding != NULL ? csv->at : (uint64_t) (csv->next - (const char *) csv->input);
}

/* ---- the delimiter ---- */

/* How well `delimiter` explains the sample: how many of its lines have as many of it as most lines have; in thousandths. */
static unsigned
rate (const char *sample, const char *end, char delimiter)
{
  unsigned numbers[64] = { 0 }, n = 0, best = 0, inside = 0;
  bool quoted = false, any = false;

  for (const char *at = sample;; at++) {
    bool over = at == end;
    if (!over && *at == '"')
      quoted = !quoted;
    else if (!over && *at == delimiter && !quoted)
      inside++;
    if (over || ((*at == '\n' || *at == '\r') && !quoted)) {
      if (n < G_N_ELEMENTS (numbers) && any)
        numbers[n++] = inside;
      inside = 0;
      any = false;
    } else
      any = true;
    if (over)
      break;
  }
  for (unsigned i = 0; i < n; i++) {
    unsigned same = 0;
    for (unsigned k = 0; k < n; k++)
      same += numbers[k] == numbers[i];
    if (numbers[i] > 0)
      best = MAX (best, same * 1000 / n);
  }
  return best;
}

static char
find_delimiter (const char *sample, const char *end, bool tabs)
{
  /* In this order where several explain it as well: commas stand in numbers and sentences too. */
  static const char delimiters[] = { '\t', ';', '|', ',' };
  char found = tabs ? '\t' : ',';
  unsigned best = 0;

  if (end - sample > 5 && g_ascii_strncasecmp (sample, "sep=", 4) == 0)
    return sample[4];
  for (size_t i = 0; i < sizeof delimiters; i++) {
    unsigned rating = rate (sample, end, delimiters[i]);
    if (rating > best) {
      best = rating;
      found = delimiters[i];
    }
  }
  return found;
}

bool
csv_open (Csv *csv, const uint8_t *input, size_t size, const MediaEncoding *encoding, char delimiter, bool tabs)
{
  *csv = (Csv) { .input = input, .size = size, .has_quotes = true };
  csv->encoding = encoding != NULL ? encoding : media_encoding_guess (input, size, TRUE);
  if (csv->encoding == NULL)
    return false;
  /* In others a byte alone says nothing. */
  bool bytes = strcmp (media_encoding_get_name (csv->encoding), "UTF-8") == 0 || strcmp (media_encoding_get_name (csv->encoding), "Windows-1252") == 0;
  if (bytes && is_binary (input, size))
    return false;
  if (encoding == NULL && strcmp (media_encoding_get_name (csv->encoding), "Windows-1252") == 0 && is_damaged_utf8 (input, size))
    csv->encoding = media_encoding_find ("UTF-8");
  /* What is known to be UTF-8 need not be decoded. */
  if (strcmp (media_encoding_get_name (csv->encoding), "UTF-8") == 0 && g_utf8_validate ((const char *) input, (gssize) size, NULL)) {
    csv->at = media_encoding_get_mark (csv->encoding);
    csv->encoding = NULL;
  }
  csv->decoded = g_string_new (NULL);
  csv->scratch = g_string_new (NULL);
  csv->starts = g_array_new (FALSE, FALSE, sizeof (Span));
  csv->delimiter = delimiter;
  csv_rewind (csv);
  if (delimiter == '\0') {
    const char *begin = csv->encoding != NULL ? csv->decoded->str : (const char *) csv->input + csv->at;
    csv->delimiter = find_delimiter (begin, MIN (csv->end, begin + SAMPLE), tabs);
  }
  csv->ends[(uint8_t) csv->delimiter] = csv->ends['\n'] = csv->ends['\r'] = 1;
  csv_rewind (csv);
  return true;
}

void
csv_close (Csv *csv)
{
  if (csv->decoded == NULL)
    return;
  g_string_free (csv->decoded, TRUE);
  g_string_free (csv->scratch, TRUE);
  g_array_unref (csv->starts);
  g_free (csv->cells);
}

/* ---- rows ---- */

static bool
is_space (const Csv *csv, char c)
{
  return (c == ' ' || c == '\t') && c != csv->delimiter;
}

static void
add_cell (Csv *csv, const char *text, size_t length)
{
  if (csv->n_cells == CSV_MAX_CELLS) {
    csv->cells_cut = true;
    return;
  }
  if (csv->n_cells == csv->room) {
    csv->room = MAX (64, csv->room * 2);
    csv->cells = g_renew (CsvCell, csv->cells, csv->room);
  }
  csv->cells[csv->n_cells++] = (CsvCell) { text, length };
}

/* Where the quotation mark at `at` - 1 is closed; NULL if it is not. *doubled: whether there are marks within. */
static const char *
find_close (const Csv *csv, const char *at, const char *end, bool *doubled)
{
  const char *limit = end - at > CSV_MAX_CELL ? at + CSV_MAX_CELL : end;

  *doubled = false;
  while (at < limit && (at = memchr (at, '"', (size_t) (limit - at))) != NULL) {
    const char *after = at + 1;
    if (after < end && *after == '"') {
      *doubled = true;
      at += 2;
      continue;
    }
    while (after < end && is_space (csv, *after))
      after++;
    if (after == end || csv->ends[(uint8_t) *after])
      return at;
    at++;
  }
  return NULL;
}

static void
add_copy (Csv *csv, const char *text, const char *end)
{
  Span span = { csv->n_cells, csv->scratch->len };

  while (text < end) {
    const char *mark = memchr (text, '"', (size_t) (end - text));
    const char *stop = mark == NULL ? end : mark + 1;
    g_string_append_len (csv->scratch, text, stop - text);
    text = mark != NULL && stop < end && *stop == '"' ? stop + 1 : stop;
  }
  g_array_append_val (csv->starts, span);
  add_cell (csv, NULL, csv->scratch->len - span.at);
}

typedef enum { ROW_READ, ROW_UNFINISHED, ROW_NONE } RowState;

/* One row of what is there. UNFINISHED: it may go on in the next piece. */
static RowState
read_row (Csv *csv, bool is_last)
{
  const char *at = csv->next, *end = csv->end;

  csv->n_cells = 0;
  csv->cells_cut = false;
  g_string_truncate (csv->scratch, 0);
  g_array_set_size (csv->starts, 0);
  if (at >= end)
    return is_last ? ROW_NONE : ROW_UNFINISHED;
  /* An empty line has no cells. */
  bool more = *at != '\n' && *at != '\r';
  while (more) {
    while (at < end && is_space (csv, *at))
      at++;
    bool doubled = false, quoted = csv->has_quotes && at < end && *at == '"';
    const char *close = quoted ? find_close (csv, at + 1, end, &doubled) : NULL;
    if (quoted && !is_last && (close == NULL || end - close < 64) && end - at <= CSV_MAX_CELL)
      return ROW_UNFINISHED;
    if (quoted && close == NULL) {
      csv->open_row = csv->open_row == 0 ? csv->row + 1 : csv->open_row;
      csv->has_quotes = ++csv->open_quotes < MAX_OPEN_QUOTES;
    }
    if (close != NULL) {
      if (doubled)
        add_copy (csv, at + 1, close);
      else
        add_cell (csv, at + 1, (size_t) (close - at) - 1);
      for (at = close + 1; at < end && is_space (csv, *at);)
        at++;
    } else {
      const char *start = at;
      while (at < end && !csv->ends[(uint8_t) *at])
        at++;
      const char *last = at;
      while (last > start && is_space (csv, last[-1]))
        last--;
      add_cell (csv, start, (size_t) (last - start));
    }
    more = at < end && *at == csv->delimiter;
    at += more;
  }
  /* Of two characters that end a line the second may be in the next piece. */
  if (!is_last && end - at < 2)
    return ROW_UNFINISHED;
  if (at < end)
    at += *at == '\r' && end - at > 1 && at[1] == '\n' ? 2 : 1;
  for (unsigned i = 0; i < csv->starts->len; i++) {
    const Span *span = &g_array_index (csv->starts, Span, i);
    if (span->cell < csv->n_cells)
      csv->cells[span->cell].text = csv->scratch->str + span->at;
  }
  csv->next = at;
  csv->row++;
  if (csv->broken > 0 && csv->broken_row == 0 && csv->erased + (uint64_t) (at - csv->begin) > csv->broken_at)
    csv->broken_row = csv->row;
  return ROW_READ;
}

bool
csv_next (Csv *csv)
{
  for (;;) {
    bool is_last = csv->encoding == NULL || csv->at >= csv->size;
    RowState state = read_row (csv, is_last);
    if (state != ROW_UNFINISHED)
      return state == ROW_READ;
    refill (csv);
  }
}
