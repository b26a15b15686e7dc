/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out of the text: the formulas that are in it, and the characters that stand for them. */
#include "app-markdown-formulas-private.h"

#include <string.h>

#include "app-formula.h"

/* The characters that stand for formulas, of a plane for private use. One that was in the text already is an entry that stands for
 * itself. */
#define FIRST 0xf0000
#define MAX_ENTRIES 0xfff0

/* The delimiters. `from`…: what is known of the places where they end, so that a text of beginnings alone is not searched again for each of them. */
typedef enum { ROUND, SQUARE, DOLLAR, DOLLARS, ENVIRONMENT, N_DELIMITERS } Delimiter;

struct _AppMarkdownFormulas {
  const char *source;
  const char *end;
  GString *text;
  GArray *lines;      /* gsize: the offset in `source` of each line of `text` */
  GPtrArray *entries; /* AppMarkdownFormula */
  const char *scanned[N_DELIMITERS]; /* no end between here and what was searched before */
  const char *found[N_DELIMITERS];   /* (nullable): the next end behind it */
};

static void
entry_free (gpointer data)
{
  AppMarkdownFormula *entry = data;

  g_free (entry->source);
  g_free (entry->tex);
  g_free (entry);
}

/* Whether a line has nothing but the marks of quotes. */
static gboolean
is_blank_line (const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t' || *p == '>' || *p == '\r'))
    p++;
  return p == end || *p == '\n';
}

static gboolean
is_empty (const char *p, const char *end)
{
  while (p < end && (g_ascii_isspace (*p) || *p == '>'))
    p++;
  return p == end;
}

static gboolean
starts (const char *p, const char *end, const char *word)
{
  gsize length = strlen (word);

  return (gsize) (end - p) >= length && memcmp (p, word, length) == 0;
}

/* An end for a dollar follows something and is not the beginning of a price or a variable. */
static gboolean
is_dollar_end (const char *p, const char *end)
{
  return !g_ascii_isspace (p[-1]) && (p + 1 == end || (!g_ascii_isdigit (p[1]) && !g_ascii_isupper (p[1]) && p[1] != '$'));
}

/* Where a formula that begins before `from` ends, or NULL. */
static const char *
find_end (AppMarkdownFormulas *self, Delimiter delimiter, const char *from)
{
  static const char *const ends[] = { "\\)", "\\]", "$", "$$", "\\end{" };
  const char *p = from;

  if (self->found[delimiter] != NULL && self->found[delimiter] >= from)
    return self->found[delimiter] - from <= APP_FORMULA_MAX_BYTES ? self->found[delimiter] : NULL;
  if (self->scanned[delimiter] != NULL && self->scanned[delimiter] > p)
    p = self->scanned[delimiter];
  self->found[delimiter] = NULL;
  while (p < self->end && p - from <= APP_FORMULA_MAX_BYTES) {
    if (starts (p, self->end, ends[delimiter]) && (delimiter != DOLLAR || is_dollar_end (p, self->end))) {
      self->found[delimiter] = p;
      break;
    }
    if (*p == '\n' && is_blank_line (p + 1, self->end))
      break;
    if (delimiter == DOLLAR && (*p == '`' || starts (p, self->end, "$$")))
      break;
    p += *p == '\\' && p + 1 < self->end && p[1] != '\n' ? 2 : 1;
  }
  self->scanned[delimiter] = p;
  return self->found[delimiter];
}

/* The marks of quotes before the lines of a formula are not of the formula. */
static char *
dup_tex (const char *begin, const char *end)
{
  GString *out = g_string_new (NULL);

  for (const char *p = begin; p < end; p++) {
    g_string_append_c (out, *p);
    if (*p == '\n') {
      const char *mark = p + 1;

      while (mark < end && (*mark == ' ' || *mark == '\t'))
        mark++;
      while (mark < end && *mark == '>') {
        mark++;
        while (mark < end && *mark == ' ')
          mark++;
        p = mark - 1;
      }
    }
  }
  return g_strstrip (g_string_free (out, FALSE));
}

static void
put_entry (AppMarkdownFormulas *self, AppMarkdownFormula *entry)
{
  g_string_append_unichar (self->text, FIRST + self->entries->len);
  g_ptr_array_add (self->entries, entry);
}

/* Prices are no formulas: "5 and the other". */
static gboolean
is_mathematics (const char *begin, const char *end)
{
  gboolean words = FALSE;

  if (!g_ascii_isdigit (*begin))
    return TRUE;
  for (const char *p = begin; p < end; p++) {
    if (strchr ("\\^_=+*/<>{}|", *p) != NULL)
      return TRUE;
    words = words || *p == ' ';
  }
  return !words;
}

/* Escaped brackets are an old custom too: in a line, \[1\] is a reference. */
static gboolean
is_display (const char *begin, const char *end, gboolean at_line_start)
{
  if (at_line_start)
    return TRUE;
  for (const char *p = begin; p < end; p++)
    if (strchr ("\\^_=+<>\n", *p) != NULL)
      return TRUE;
  return FALSE;
}

/* A formula that still is being written is its source up to the end, with all its signs. A dollar may be a price, and is left to the parser. */
static const char *
take_unfinished (AppMarkdownFormulas *self, Delimiter delimiter, const char *p, gboolean at_line_start)
{
  AppMarkdownFormula *entry;

  if (delimiter == DOLLAR || !is_empty (self->scanned[delimiter], self->end) || (delimiter == SQUARE && !is_display (p + 2, self->end, at_line_start)))
    return NULL;
  entry = g_new0 (AppMarkdownFormula, 1);
  entry->source = g_strchomp (g_strndup (p, self->end - p));
  put_entry (self, entry);
  return self->end;
}

/* A formula at `p`: then it is put into the text, and what follows it is returned; else NULL. */
static const char *
take_formula (AppMarkdownFormulas *self, const char *p, gboolean at_line_start)
{
  Delimiter delimiter;
  const char *begin;
  const char *end;
  const char *after;
  AppMarkdownFormula *entry;

  if (starts (p, self->end, "\\("))
    delimiter = ROUND, begin = p + 2;
  else if (starts (p, self->end, "\\["))
    delimiter = SQUARE, begin = p + 2;
  else if (starts (p, self->end, "$$"))
    delimiter = DOLLARS, begin = p + 2;
  else if (*p == '$')
    delimiter = DOLLAR, begin = p + 1;
  else if (at_line_start && starts (p, self->end, "\\begin{"))
    delimiter = ENVIRONMENT, begin = p;
  else
    return NULL;
  if (self->entries->len >= MAX_ENTRIES || begin >= self->end)
    return NULL;
  if (delimiter == DOLLAR && (g_ascii_isspace (*begin) || (p > self->source && g_ascii_isalnum (p[-1]))))
    return NULL;
  end = find_end (self, delimiter, delimiter == ENVIRONMENT || delimiter == DOLLARS ? begin : begin + (delimiter == DOLLAR));
  if (end == NULL)
    return take_unfinished (self, delimiter, p, at_line_start);
  after = end + (delimiter == DOLLAR ? 1 : 2);
  if (delimiter == ENVIRONMENT) {
    const char *name = begin + strlen ("\\begin{");
    const char *close = memchr (name, '}', self->end - name);
    gsize length = close != NULL ? close + 1 - name : 0;

    /* The end of the same name: others may lie in it. */
    while (length > 0 && !(self->end - end >= (gssize) (5 + length) && memcmp (end + 5, name, length) == 0)) {
      end = find_end (self, delimiter, end + 5);
      if (end == NULL)
        return take_unfinished (self, delimiter, p, TRUE);
    }
    if (length == 0)
      return NULL;
    after = end = end + 5 + length;
  }
  if (end - begin > APP_FORMULA_MAX_BYTES || is_empty (begin, end) ||
      (delimiter == DOLLAR && !is_mathematics (begin, end)) || (delimiter == SQUARE && !is_display (begin, end, at_line_start)))
    return NULL;
  entry = g_new0 (AppMarkdownFormula, 1);
  entry->source = g_strndup (p, after - p);
  entry->tex = dup_tex (begin, end);
  entry->display = delimiter != ROUND && delimiter != DOLLAR;
  put_entry (self, entry);
  return after;
}

/* Behind the code that begins at `p` with a run of back ticks, or behind the run when it does not end. */
static const char *
skip_code (AppMarkdownFormulas *self, const char *p)
{
  gsize run = 0;
  const char *begin;

  while (p + run < self->end && p[run] == '`')
    run++;
  begin = p + run;
  for (p = begin; p < self->end && p - begin < APP_FORMULA_MAX_BYTES; p++) {
    gsize n = 0;

    if (*p == '\n' && is_blank_line (p + 1, self->end))
      break;
    while (p + n < self->end && p[n] == '`')
      n++;
    if (n == run)
      return p + n;
    p += n > 0 ? n - 1 : 0;
  }
  return begin;
}

/* The marks of quotes and lists before a line. */
static const char *
skip_marks (const char *p, const char *end)
{
  for (;;) {
    const char *digits = p;

    while (p < end && (*p == ' ' || *p == '\t' || *p == '>'))
      p++;
    digits = p;
    while (digits < end && g_ascii_isdigit (*digits))
      digits++;
    if (p + 1 < end && strchr ("-+*", *p) != NULL && p[1] == ' ')
      p += 2;
    else if (digits > p && digits + 1 < end && (*digits == '.' || *digits == ')') && digits[1] == ' ')
      p = digits + 2;
    else
      return p;
  }
}

/* The run of back ticks or tildes that opens or closes code at `p`, or 0. */
static gsize
fence_at (const char *p, const char *end)
{
  gsize run = 0;

  if (p == end || (*p != '`' && *p != '~'))
    return 0;
  while (p + run < end && p[run] == *p)
    run++;
  return run >= 3 ? run : 0;
}

static const char *
copy_character (AppMarkdownFormulas *self, const char *p)
{
  gunichar c = (guchar) *p < 0xf0 ? 0 : g_utf8_get_char_validated (p, self->end - p);

  if (c >= FIRST && c < FIRST + MAX_ENTRIES) {
    AppMarkdownFormula *entry = g_new0 (AppMarkdownFormula, 1);

    entry->source = g_strndup (p, 4);
    if (self->entries->len < MAX_ENTRIES) {
      put_entry (self, entry);
    } else {
      g_string_append (self->text, "\357\277\275");
      entry_free (entry);
    }
    return p + 4;
  }
  g_string_append_c (self->text, *p);
  if (*p == '\n') {
    gsize offset = p + 1 - self->source;

    g_array_append_val (self->lines, offset);
  }
  return p + 1;
}

static void
copy_to (AppMarkdownFormulas *self, const char *p, const char *end)
{
  while (p < end)
    p = copy_character (self, p);
}

static void
scan (AppMarkdownFormulas *self)
{
  const char *p = self->source;
  const char *line_start = NULL; /* where the words of this line begin */
  char fence = '\0';
  gsize fence_length = 0;

  while (p < self->end) {
    if (p == self->source || p[-1] == '\n') {
      const char *words = skip_marks (p, self->end);
      gsize run = fence_at (words, self->end);
      const char *line_end = memchr (p, '\n', self->end - p);

      line_start = words;
      line_end = line_end != NULL ? line_end + 1 : self->end;
      if (fence != '\0' || run > 0) {
        if (fence == '\0')
          fence = *words, fence_length = run;
        else if (run >= fence_length && *words == fence && is_blank_line (words + run, self->end))
          fence = '\0';
        copy_to (self, p, line_end);
        p = line_end;
        continue;
      }
    }
    if (*p == '`') {
      const char *after = skip_code (self, p);

      copy_to (self, p, after);
      p = after;
      continue;
    }
    if (*p == '$' || *p == '\\') {
      const char *after = take_formula (self, p, p == line_start);

      if (after == NULL) {
        after = p + (p + 1 < self->end && p[1] != '\n' && (*p == '\\' || p[1] == '$') ? 2 : 1);
        if (after - p == 2 && (guchar) p[1] >= 0x80)
          after = p + 1;
        copy_to (self, p, after);
      }
      p = after;
      continue;
    }
    p = copy_character (self, p);
  }
}

AppMarkdownFormulas *
app_markdown_formulas_new (const char *text, gsize length)
{
  AppMarkdownFormulas *self = g_new0 (AppMarkdownFormulas, 1);
  gsize first = 0;

  self->source = text;
  self->end = text + length;
  self->text = g_string_sized_new (length + 1);
  self->lines = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  g_array_append_val (self->lines, first);
  scan (self);
  return self;
}

void
app_markdown_formulas_free (AppMarkdownFormulas *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->lines);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

const char *
app_markdown_formulas_get_text (AppMarkdownFormulas *self, gsize *length)
{
  *length = self->text->len;
  return self->text->str;
}

gsize
app_markdown_formulas_get_offset (AppMarkdownFormulas *self, int line)
{
  return g_array_index (self->lines, gsize, CLAMP (line - 1, 0, (int) self->lines->len - 1));
}

const AppMarkdownFormula *
app_markdown_formulas_at (AppMarkdownFormulas *self, const char *p)
{
  gunichar c = (guchar) *p < 0xf0 ? 0 : g_utf8_get_char (p);

  return c >= FIRST && c - FIRST < self->entries->len ? g_ptr_array_index (self->entries, c - FIRST) : NULL;
}
