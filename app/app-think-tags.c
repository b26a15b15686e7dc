/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-think-tags.h"

#include <string.h>

#define OPEN "<think>"
#define CLOSE "</think>"

/* One after the other. */
enum { AT_START, AT_THOUGHT, AT_CLOSED, AT_WORDS };

void
app_think_tags_init (AppThinkTags *self)
{
  self->held = g_string_new (NULL);
  self->at = AT_START;
}

void
app_think_tags_clear (AppThinkTags *self)
{
  if (self->held)
    g_string_free (self->held, TRUE);
  self->held = NULL;
}

static gsize
count_space (const char *text)
{
  return strspn (text, " \t\r\n");
}

/* How many bytes at the end of `text` are a beginning of `tag`. */
static gsize
count_begun (const char *text, gsize n, const char *tag)
{
  for (gsize length = MIN (n, strlen (tag) - 1); length > 0; length--)
    if (memcmp (text + n - length, tag, length) == 0)
      return length;
  return 0;
}

static void
tell (AppThinkTags *self, gsize n, gboolean thought, AppThinkTagsFunc func, gpointer data)
{
  if (n)
    func (self->held->str, n, thought, data);
  g_string_erase (self->held, 0, (gssize) n);
}

/* TRUE: there may be more to do with what is held. */
static gboolean
step (AppThinkTags *self, AppThinkTagsFunc func, gpointer data)
{
  const char *held = self->held->str;
  gsize space = count_space (held), rest = self->held->len - space;
  const char *end;

  switch (self->at) {
  case AT_START:
    if (rest >= strlen (OPEN) ? strncmp (held + space, OPEN, strlen (OPEN)) != 0 : strncmp (OPEN, held + space, rest) != 0) {
      self->at = AT_WORDS;
      return TRUE;
    }
    if (rest < strlen (OPEN))
      return FALSE;
    g_string_erase (self->held, 0, (gssize) (space + strlen (OPEN)));
    self->at = AT_THOUGHT;
    return TRUE;
  case AT_THOUGHT:
    end = strstr (held, CLOSE);
    if (!end) {
      tell (self, self->held->len - count_begun (held, self->held->len, CLOSE), TRUE, func, data);
      return FALSE;
    }
    tell (self, (gsize) (end - held), TRUE, func, data);
    g_string_erase (self->held, 0, strlen (CLOSE));
    self->at = AT_CLOSED;
    return TRUE;
  case AT_CLOSED: /* the empty lines before the answer */
    g_string_erase (self->held, 0, (gssize) space);
    if (rest)
      self->at = AT_WORDS;
    return rest > 0;
  default:
    tell (self, self->held->len, FALSE, func, data);
    return FALSE;
  }
}

void
app_think_tags_feed (AppThinkTags *self, const char *text, gsize n, AppThinkTagsFunc func, gpointer data)
{
  /* A byte of zero would end what is searched: it is in no words. */
  for (const char *end = text + n; text < end;) {
    gsize piece = strnlen (text, (gsize) (end - text));

    g_string_append_len (self->held, text, (gssize) piece);
    text += piece + 1;
  }
  while (step (self, func, data))
    ;
}

void
app_think_tags_end (AppThinkTags *self, AppThinkTagsFunc func, gpointer data)
{
  tell (self, self->held->len, self->at == AT_THOUGHT, func, data);
}
