/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-passages.h"

#include <string.h>

/* Where reading stands. */
typedef struct {
  GArray *passages;
  const char *text;
  guint document, page;
  gsize heading;
  gsize start; /* of the passage that grows */
} Reader;

static gboolean
is_blank (const char *from, const char *to)
{
  for (; from < to; from++)
    if (!g_ascii_isspace (*from))
      return FALSE;
  return TRUE;
}

/* Ends the passage that grows before `end`. What is only white space is none. */
static void
cut (Reader *reader, gsize end)
{
  gsize start = reader->start;

  reader->start = end;
  while (start < end && g_ascii_isspace (reader->text[start]))
    start++;
  while (end > start && g_ascii_isspace (reader->text[end - 1]))
    end--;
  if (end > start) {
    AppPassage passage = { reader->document, reader->page, start, end - start, reader->heading };
    g_array_append_val (reader->passages, passage);
  }
}

/* "[Page 12]", "[Page 12, read with OCR]": the number, or 0. */
static guint
page_mark (const char *line, gsize length)
{
  static const char mark[] = "[Page ";
  guint number = 0;
  gsize i = sizeof mark - 1;

  if (length <= i || strncmp (line, mark, i) != 0)
    return 0;
  for (; i < length && g_ascii_isdigit (line[i]) && number < 1000000; i++)
    number = number * 10 + (guint) (line[i] - '0');
  return i < length && (line[i] == ']' || line[i] == ',') ? number : 0;
}

/* One to six of '#' and a space. */
static gboolean
is_heading (const char *line, gsize length)
{
  gsize n = strspn (line, "#");

  return n >= 1 && n <= 6 && n < length && line[n] == ' ';
}

static gboolean
ends_sentence (const char *p)
{
  static const char *const wide[] = { "。", "！", "？", "।", "؟", "۔" };

  if ((*p == '.' || *p == '!' || *p == '?' || *p == ';') && (p[1] == ' ' || p[1] == '\n'))
    return TRUE;
  if ((guchar) *p >= 0x80)
    for (gsize i = 0; i < G_N_ELEMENTS (wide); i++)
      if (g_str_has_prefix (p, wide[i]))
        return TRUE;
  return FALSE;
}

/* The last good place to cut in [from, to): behind a sentence, else behind a space, else before a character. */
static gsize
find_seam (const char *text, gsize from, gsize to)
{
  gsize half = from + (to - from) / 2, space = 0;

  for (gsize i = to; i > half; i--) {
    if (ends_sentence (text + i - 1))
      return (gsize) (g_utf8_next_char (text + i - 1) - text);
    if (!space && g_ascii_isspace (text[i - 1]))
      space = i;
  }
  if (space)
    return space;
  while (to > from + 1 && ((guchar) text[to] & 0xc0) == 0x80)
    to--;
  return to;
}

/* A line that is too long is cut inside; else before it, when the passage would get too long. */
static void
take_line (Reader *reader, gsize begin, gsize end)
{
  if (end - reader->start > APP_PASSAGE_BYTES && begin > reader->start)
    cut (reader, begin);
  while (end - reader->start > APP_PASSAGE_BYTES)
    cut (reader, find_seam (reader->text, reader->start, reader->start + APP_PASSAGE_BYTES));
}

/* A paragraph that ends far enough ends the passage: better a little short than with the beginning of another thought. */
static void
take_blank (Reader *reader, gsize begin)
{
  if (begin - reader->start > APP_PASSAGE_BYTES * 6 / 10)
    cut (reader, begin);
}

void
app_passages_split (GArray *passages, guint document, const char *text)
{
  Reader reader = { passages, text, document, 0, G_MAXSIZE, 0 };
  gsize size = strlen (text);

  for (gsize at = 0; at < size;) {
    const char *newline = memchr (text + at, '\n', size - at);
    gsize end = newline ? (gsize) (newline - text) : size;
    guint page = page_mark (text + at, end - at);

    if (page) {
      cut (&reader, at);
      reader.page = page;
      reader.start = end;
    } else if (is_heading (text + at, end - at)) {
      cut (&reader, at);
      reader.heading = at;
    } else if (is_blank (text + at, text + end)) {
      take_blank (&reader, at);
    } else {
      take_line (&reader, at, end);
    }
    at = end + 1;
  }
  cut (&reader, size);
}

char *
app_passage_dup_heading (const AppPassage *passage, const char *text)
{
  const char *line;

  if (passage->heading == G_MAXSIZE)
    return NULL;
  line = text + passage->heading;
  line += strspn (line, "# ");
  return g_strstrip (g_strndup (line, strcspn (line, "\n")));
}
