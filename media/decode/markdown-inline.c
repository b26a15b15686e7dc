/* SPDX-License-Identifier: MIT */
/* Words and their styles. White space and breaks wait until the next word is known, so that marks always stand close to words: "a **b**", not "a** b**". */
#include <string.h>

#include "markdown-private.h"

/* Longest address of a link in bytes; longer ones are data, not addresses. */
#define MAX_URL 1000

static const struct {
  unsigned style;
  const char *mark;
} marks[] = { { MARKDOWN_BOLD, "**" }, { MARKDOWN_ITALIC, "*" }, { MARKDOWN_STRIKE, "~~" }, { MARKDOWN_CODE, "`" } };
#define N_MARKS ((int) G_N_ELEMENTS (marks))

static void
put (Markdown *m, const char *text)
{
  g_string_append (m->line, text);
  m->used += strlen (text);
}

/* Marks close in the reverse order of opening; so all from the first that goes are closed. */
static void
close_styles (Markdown *m, unsigned wanted)
{
  int keep = 0;
  while (keep < N_MARKS && (m->style & marks[keep].style) == (wanted & marks[keep].style))
    keep++;
  for (int i = N_MARKS - 1; i >= keep; i--)
    if ((m->style & marks[i].style) != 0) {
      put (m, marks[i].mark);
      m->style &= ~marks[i].style;
    }
}

static void
open_styles (Markdown *m, unsigned wanted)
{
  for (int i = 0; i < N_MARKS; i++)
    if ((wanted & marks[i].style) != 0 && (m->style & marks[i].style) == 0) {
      put (m, marks[i].mark);
      m->style |= marks[i].style;
    }
}

static void
close_link (Markdown *m)
{
  if (!m->link_open)
    return;
  put (m, "](");
  put (m, m->url);
  put (m, ")");
  m->link_open = false;
}

void
markdown_close_marks (Markdown *m)
{
  close_styles (m, 0);
  close_link (m);
}

static void
put_space (Markdown *m)
{
  if (m->line->len > 0 && m->new_line)
    put (m, m->block == BLOCK_HEADING ? " " : "  \n");
  else if (m->line->len > 0 && m->space)
    put (m, " ");
  m->space = m->new_line = false;
}

/* Everything that must stand before the next word. */
static void
prepare (Markdown *m, unsigned style)
{
  if (m->block == BLOCK_NONE)
    m->block = BLOCK_PARAGRAPH;
  if (m->block == BLOCK_HEADING)
    style &= ~(unsigned) MARKDOWN_BOLD; /* a heading is that anyway */
  if (m->new_line)
    close_styles (m, 0);
  close_styles (m, style);
  if (m->url != NULL && !m->link_open)
    close_styles (m, 0);
  put_space (m);
  if (m->url != NULL && !m->link_open) {
    put (m, "[");
    m->link_open = true;
  }
  open_styles (m, style);
}

static bool
is_letter (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

/* Whether what follows an "&" makes it the name of a character. The text ends at `end`, without a NUL. */
static bool
is_entity (const char *rest, const char *end)
{
  const char *at = rest + (rest < end && *rest == '#');
  while (at < end && at - rest < 12 && g_ascii_isalnum (*at))
    at++;
  return at > rest && at < end && *at == ';';
}

/* Whether `c` needs a backslash, between `before` and `after` (0: none, or not known); `rest` and `end`: what follows it. */
static bool
is_mark (const Markdown *m, gunichar before, gunichar c, gunichar after, const char *rest, const char *end)
{
  switch (c) {
  case '\\':
  case '`':
  case '[':
  case '~':
    return true;
  case ']':
    return m->link_open;
  case '*':
    /* Beside a mark of our own it would become a part of that. */
    return before != ' ' || after != ' ' || m->style != 0;
  case '_':
    return !(is_letter (before) && is_letter (after)) && !(before == ' ' && after == ' ');
  case '<':
    return g_unichar_isalpha (after) || after == '/' || after == '!' || after == '?';
  case '&':
    return is_entity (rest, end);
  default:
    return false;
  }
}

/* As everywhere in the program: a word is letters and digits, with the signs that may stand inside; wide characters (Chinese, Japanese) count each. */
static void
count (Markdown *m, gunichar c)
{
  bool letter = is_letter (c) || (m->in_word && (c == '\'' || c == 0x2019 || c == '-' || c == '.' || c == ','));
  m->words += letter && !m->in_word;
  m->in_word = letter && !g_unichar_iswide (c);
}

void
markdown_count_words (Markdown *m, const char *text)
{
  m->in_word = false;
  for (; *text != '\0'; text = g_utf8_next_char (text))
    count (m, g_utf8_get_char (text));
  m->in_word = false;
}

/* Signs that have no width and no sense outside of the document. */
static bool
is_nothing (gunichar c)
{
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x200b || c == 0xfeff || c == 0xfffc;
}

static bool
is_space (gunichar c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xa0 || c == 0x2028 || c == 0x2029;
}

void
markdown_text (Markdown *m, const char *text, size_t length, unsigned style)
{
  g_autofree char *valid = NULL;

  if (!g_utf8_validate (text, (gssize) length, NULL)) {
    valid = g_utf8_make_valid (text, (gssize) length);
    text = valid;
    length = strlen (valid);
  }
  const char *end = text + length;
  for (const char *at = text; at < end && !markdown_is_full (m); at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    if (is_nothing (c))
      continue;
    count (m, c);
    if (is_space (c)) {
      m->space = true;
      continue;
    }
    const char *next = g_utf8_next_char (at);
    gunichar after = next < end ? g_utf8_get_char (next) : 0;
    gunichar before = m->space || m->new_line ? ' ' : m->line->len > 0 ? g_utf8_get_char (g_utf8_find_prev_char (m->line->str, m->line->str + m->line->len)) : 0;
    unsigned wanted = c == '`' ? style & ~(unsigned) MARKDOWN_CODE : style;
    prepare (m, wanted);
    if ((m->style & MARKDOWN_CODE) == 0 && is_mark (m, before, c, is_space (after) ? ' ' : after, next, end))
      put (m, "\\");
    char bytes[7];
    bytes[g_unichar_to_utf8 (c, bytes)] = '\0';
    put (m, bytes);
  }
}

void
markdown_own_text (Markdown *m, const char *text)
{
  uint64_t words = m->words;
  markdown_text (m, text, strlen (text), 0);
  m->words = words;
  m->in_word = false;
}

void
markdown_break (Markdown *m)
{
  m->in_word = false;
  m->new_line = true;
}

void
markdown_remark (Markdown *m, const char *words)
{
  if (markdown_is_full (m))
    return;
  m->in_word = false;
  prepare (m, 0);
  put (m, "[");
  put (m, words);
  put (m, "]");
}

/* What leads out of the document, in a form that cannot end the mark. Returns: g_free () it; NULL if it does not. */
static char *
clean_url (const char *url)
{
  static const char *const schemes[] = { "https://", "http://", "mailto:" };
  bool known = false;

  if (url == NULL)
    return NULL;
  url += strspn (url, " \t\r\n");
  for (size_t i = 0; i < G_N_ELEMENTS (schemes); i++)
    known |= g_ascii_strncasecmp (url, schemes[i], strlen (schemes[i])) == 0;
  if (!known || strlen (url) > MAX_URL)
    return NULL;
  GString *clean = g_string_new (NULL);
  for (const guchar *at = (const guchar *) url; *at != '\0'; at++)
    if (*at <= 0x20 || *at >= 0x7f || strchr ("()<>[]\\`\"*|", *at) != NULL)
      g_string_append_printf (clean, "%%%02X", *at);
    else
      g_string_append_c (clean, (char) *at);
  return g_string_free (clean, FALSE);
}

void
markdown_link (Markdown *m, const char *url)
{
  markdown_close_marks (m);
  g_free (m->url);
  m->url = clean_url (url);
}
