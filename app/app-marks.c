/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-marks.h"

#include <string.h>

#include "tools/spoken-call.h"

/* GONE: it alone goes. RESULT: what follows is what a tool gave back. END: nothing of the answer follows. */
typedef enum { MARK_NONE, MARK_PERHAPS, MARK_GONE, MARK_RESULT, MARK_END, MARK_THINK, MARK_THOUGHT } Mark;

static const struct {
  const char *text;
  Mark mark;
} marks[] = {
  { "<tool_call>", MARK_GONE },     { "</tool_call>", MARK_GONE },     { "<tool_calls>", MARK_GONE },    { "</tool_calls>", MARK_GONE },   { "<tools>", MARK_GONE },
  { "</tools>", MARK_GONE },        { "<tool_response>", MARK_RESULT }, { "</tool_response>", MARK_GONE }, { "<tool_result>", MARK_RESULT }, { "</tool_result>", MARK_GONE },
  { "<function_call>", MARK_GONE }, { "</function_call>", MARK_GONE }, { "<think>", MARK_THINK },        { "</think>", MARK_THOUGHT },
};

/* Of special tokens "<|…|>": those that end an answer, or begin another message. */
static const char *const ends[] = { "im_end", "im_start", "endoftext", "end_of_text", "eot_id", "eom_id", "end", "return", "start_header_id", "user", "system" };

/* Of the name of one, in bytes. */
#define LONGEST_NAME 32

/* What begins at the start of `text`, and its length. */
static Mark
look (const char *text, gsize n, gsize *length)
{
  gsize end = 2;

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    *length = strlen (marks[i].text);
    if (strncmp (text, marks[i].text, MIN (n, *length)) == 0)
      return n < *length ? MARK_PERHAPS : marks[i].mark;
  }
  if (n == 1 || text[1] != '|')
    return MARK_NONE;
  while (end < n && (g_ascii_isalnum (text[end]) || text[end] == '_'))
    end++;
  if (end > 2 + LONGEST_NAME)
    return MARK_NONE;
  if (end == n || (text[end] == '|' && end + 1 == n))
    return MARK_PERHAPS;
  if (end == 2 || text[end] != '|' || text[end + 1] != '>')
    return MARK_NONE;
  *length = end + 2;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (strlen (ends[i]) == end - 2 && memcmp (ends[i], text + 2, end - 2) == 0)
      return MARK_END;
  return MARK_GONE;
}

/* The first `n` bytes of what is held are no mark. */
static void
tell (AppMarks *self, gsize n, AppMarksFunc func, gpointer data)
{
  const char *text = self->held->str;
  gsize from = 0;

  if (self->space && (self->last == '\0' || g_ascii_isspace (self->last)))
    while (from < n && g_ascii_isspace (text[from]))
      from++;
  if (from < n) {
    self->space = FALSE;
    self->last = text[n - 1];
    func (text + from, n - from, self->thought, data);
  }
  g_string_erase (self->held, 0, (gssize) n);
}

/* Passes a backquote at the start of `text`: FALSE: more has to come. */
static gboolean
pass_quote (AppMarks *self, const char *text, gsize n, gboolean last, gsize *length)
{
  *length = 1;
  while (*length < n && *length < 3 && text[*length] == '`')
    ++*length;
  if (*length == n && n < 3 && !last)
    return FALSE;
  if (*length == 3 && self->line)
    self->fence = !self->fence;
  else if (!self->fence)
    self->code = !self->code;
  return TRUE;
}

/* Whether a call begins there that somebody wrote as words. */
static SpokenCall
look_call (AppMarks *self, const char *text)
{
  gboolean may = self->names != NULL && !self->fence && !self->code && (*text == '{' || (*text == '`' && self->line));

  return may ? spoken_call_begins (text, self->names, NULL) : SPOKEN_CALL_NO;
}

/* Of what the model was told, in bytes: as much as this at the end of an answer is it, though it is cut off. */
#define TOLD_BEGUN 12

/* Whether what the model was told stands there, or so far could. */
static Mark
look_told (AppMarks *self, const char *text, gsize n, gboolean last)
{
  gsize length = self->told != NULL ? strlen (self->told) : 0;

  if (length == 0 || *text != *self->told || strncmp (text, self->told, MIN (n, length)) != 0)
    return MARK_NONE;
  return n >= length || (last && n >= TOLD_BEGUN) ? MARK_GONE : last ? MARK_NONE : MARK_PERHAPS;
}

static void
read_on (AppMarks *self, gboolean last, AppMarksFunc func, gpointer data)
{
  gsize at = 0;

  while (at < self->held->len && !self->ended) {
    const char *text = self->held->str + at;
    gsize n = self->held->len - at, length = 1;
    Mark mark = MARK_NONE;
    SpokenCall call = look_call (self, text);
    const char *end;

    Mark told = look_told (self, text, n, last);

    if ((call == SPOKEN_CALL_MAYBE && !last) || told == MARK_PERHAPS)
      break;
    if (call == SPOKEN_CALL_YES || (call == SPOKEN_CALL_MAYBE && strchr (text, '"') != NULL)) {
      /* What is cut off is none either. */
      length = call == SPOKEN_CALL_YES && spoken_call_begins (text, self->names, &end) == SPOKEN_CALL_YES ? (gsize) (end - text) : n;
      mark = MARK_GONE;
    } else if (told == MARK_GONE) {
      length = MIN (strlen (self->told), n);
      mark = MARK_GONE;
    } else if (*text == '`' && !self->thought) {
      if (!pass_quote (self, text, n, last, &length))
        break;
    } else if (*text == '<' && !self->fence && !self->code) {
      mark = look (text, n, &length);
      if (mark == MARK_PERHAPS && !last)
        break;
    } else if (*text == '\n') {
      self->code = FALSE;
    }
    if (mark <= MARK_PERHAPS) {
      length = *text == '`' && !self->thought ? length : 1;
      self->line = *text == '\n' || (self->line && (*text == ' ' || *text == '\t'));
      at += length;
      continue;
    }
    tell (self, at, func, data);
    g_string_erase (self->held, 0, (gssize) length);
    at = 0;
    self->space = TRUE;
    self->ended = mark == MARK_END || (mark == MARK_RESULT && self->called);
    if (mark == MARK_THINK || mark == MARK_THOUGHT)
      self->thought = mark == MARK_THINK;
  }
  if (!self->ended)
    tell (self, at, func, data);
}

void
app_marks_init (AppMarks *self)
{
  *self = (AppMarks) { .held = g_string_new (NULL), .line = TRUE };
}

void
app_marks_clear (AppMarks *self)
{
  if (self->held)
    g_string_free (self->held, TRUE);
  self->held = NULL;
}

void
app_marks_feed (AppMarks *self, const char *text, gsize n, AppMarksFunc func, gpointer data)
{
  if (self->ended)
    return;
  /* A byte of zero would end what is looked at: it is in no words. */
  for (const char *end = text + n; text < end;) {
    gsize piece = strnlen (text, (gsize) (end - text));

    g_string_append_len (self->held, text, (gssize) piece);
    text += piece + 1;
  }
  read_on (self, FALSE, func, data);
}

void
app_marks_end (AppMarks *self, AppMarksFunc func, gpointer data)
{
  read_on (self, TRUE, func, data);
}
