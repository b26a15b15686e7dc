/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview-message.h"

#include <string.h>

typedef struct {
  char *name;
  char *string; /* NULL: no string */
  int number;
} Member;

struct _PreviewMessage {
  Member members[PREVIEW_MESSAGE_MAX_MEMBERS];
  guint n_members;
};

/* What is left to read. */
typedef struct {
  const char *at, *end;
} Reader;

static void
skip_space (Reader *reader)
{
  while (reader->at < reader->end && strchr (" \t\r\n", *reader->at) != NULL)
    reader->at++;
}

static gboolean
take (Reader *reader, char c)
{
  if (reader->at == reader->end || *reader->at != c)
    return FALSE;
  reader->at++;
  return TRUE;
}

static gboolean
take_word (Reader *reader, const char *word)
{
  gsize n = strlen (word);

  if ((gsize)(reader->end - reader->at) < n || strncmp (reader->at, word, n) != 0)
    return FALSE;
  reader->at += n;
  return TRUE;
}

/* ---- strings ---- */

/* The four digits behind "\u"; −1 when they are none. */
static int
take_hex (Reader *reader)
{
  int code = 0;

  if (reader->end - reader->at < 4)
    return -1;
  for (guint i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (*reader->at++);

    if (digit < 0)
      return -1;
    code = code * 16 + digit;
  }
  return code;
}

/* Behind "\u". Halves of pairs that have no other, and NUL, which a C string cannot hold, become U+FFFD. */
static gboolean
take_unicode (Reader *reader, GString *out)
{
  int code = take_hex (reader);

  if (code < 0)
    return FALSE;
  if (code >= 0xd800 && code < 0xdc00) {
    Reader ahead = *reader;
    int low = take (&ahead, '\\') && take (&ahead, 'u') ? take_hex (&ahead) : -1;

    if (low >= 0xdc00 && low < 0xe000) {
      *reader = ahead;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else {
      code = 0xfffd;
    }
  } else if ((code >= 0xdc00 && code < 0xe000) || code == 0) {
    code = 0xfffd;
  }
  if (out != NULL)
    g_string_append_unichar (out, (gunichar) code);
  return TRUE;
}

/* `out`: NULL to pass it over. */
static gboolean
take_string (Reader *reader, GString *out)
{
  static const char marks[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";

  if (!take (reader, '"'))
    return FALSE;
  while (reader->at < reader->end) {
    char c = *reader->at++;
    const char *mark;

    if (c == '"')
      return TRUE;
    if ((guchar) c < 0x20)
      return FALSE;
    if (c != '\\') {
      if (out != NULL)
        g_string_append_c (out, c);
      continue;
    }
    if (reader->at == reader->end)
      return FALSE;
    c = *reader->at++;
    if (c == 'u') {
      if (!take_unicode (reader, out))
        return FALSE;
      continue;
    }
    mark = c != '\0' ? strchr (marks, c) : NULL;
    if (mark == NULL)
      return FALSE;
    if (out != NULL)
      g_string_append_c (out, meanings[mark - marks]);
  }
  return FALSE;
}

/* ---- other values ---- */

static gsize
take_digits (Reader *reader)
{
  const char *begin = reader->at;

  while (reader->at < reader->end && g_ascii_isdigit (*reader->at))
    reader->at++;
  return (gsize)(reader->at - begin);
}

static gboolean
take_number (Reader *reader, int *number)
{
  const char *begin = reader->at;
  g_autofree char *text = NULL;
  double value;

  take (reader, '-');
  if (!take (reader, '0') && take_digits (reader) == 0)
    return FALSE;
  if (take (reader, '.') && take_digits (reader) == 0)
    return FALSE;
  if (take (reader, 'e') || take (reader, 'E')) {
    if (!take (reader, '+'))
      take (reader, '-');
    if (take_digits (reader) == 0)
      return FALSE;
  }
  /* Longer ones are not worth a number. */
  if (reader->at - begin > 40)
    return FALSE;
  text = g_strndup (begin, (gsize)(reader->at - begin));
  value = g_ascii_strtod (text, NULL);
  *number = (int) CLAMP (value, (double) G_MININT, (double) G_MAXINT);
  return TRUE;
}

/* Any value, which is passed over. Bounded by `depth`. */
static gboolean
take_any (Reader *reader, guint depth)
{
  char closing;
  int number;

  skip_space (reader);
  if (reader->at == reader->end)
    return FALSE;
  switch (*reader->at) {
  case '"': return take_string (reader, NULL);
  case 't': return take_word (reader, "true");
  case 'f': return take_word (reader, "false");
  case 'n': return take_word (reader, "null");
  case '{': case '[': break;
  default: return take_number (reader, &number);
  }
  if (depth == 0)
    return FALSE;
  closing = *reader->at++ == '{' ? '}' : ']';
  skip_space (reader);
  if (take (reader, closing))
    return TRUE;
  do {
    skip_space (reader);
    if (closing == '}') {
      if (!take_string (reader, NULL))
        return FALSE;
      skip_space (reader);
      if (!take (reader, ':'))
        return FALSE;
    }
    if (!take_any (reader, depth - 1))
      return FALSE;
    skip_space (reader);
  } while (take (reader, ','));
  return take (reader, closing);
}

gboolean
preview_message_is_json (const char *text)
{
  Reader reader = { text, text + strlen (text) };

  if (!g_utf8_validate (text, -1, NULL) || !take_any (&reader, PREVIEW_MESSAGE_MAX_DEPTH))
    return FALSE;
  skip_space (&reader);
  return reader.at == reader.end;
}

/* ---- the message ---- */

static gboolean
take_value (Reader *reader, Member *member)
{
  GString *string;

  skip_space (reader);
  if (reader->at == reader->end)
    return FALSE;
  switch (*reader->at) {
  case '"':
    string = g_string_new (NULL);
    if (take_string (reader, string)) {
      member->string = g_string_free (string, FALSE);
      return TRUE;
    }
    g_string_free (string, TRUE);
    return FALSE;
  case 't':
    member->number = 1;
    return take_word (reader, "true");
  case 'f': return take_word (reader, "false");
  case 'n': return take_word (reader, "null");
  default: return take_number (reader, &member->number);
  }
}

static gboolean
take_member (Reader *reader, PreviewMessage *self)
{
  GString *name;
  Member *member;

  if (self->n_members == PREVIEW_MESSAGE_MAX_MEMBERS)
    return FALSE;
  name = g_string_new (NULL);
  member = &self->members[self->n_members++];
  skip_space (reader);
  if (!take_string (reader, name)) {
    g_string_free (name, TRUE);
    return FALSE;
  }
  member->name = g_string_free (name, FALSE);
  skip_space (reader);
  return take (reader, ':') && take_value (reader, member);
}

static gboolean
take_message (Reader *reader, PreviewMessage *self)
{
  skip_space (reader);
  if (!take (reader, '{'))
    return FALSE;
  do {
    if (!take_member (reader, self))
      return FALSE;
    skip_space (reader);
  } while (take (reader, ','));
  if (!take (reader, '}'))
    return FALSE;
  skip_space (reader);
  return reader->at == reader->end;
}

PreviewMessage *
preview_message_parse (const char *text, GError **error)
{
  g_autoptr (PreviewMessage) self = g_new0 (PreviewMessage, 1);
  gsize n = strnlen (text, PREVIEW_MESSAGE_MAX_BYTES + 1);
  Reader reader = { text, text + n };

  if (n > PREVIEW_MESSAGE_MAX_BYTES || !g_utf8_validate (text, (gssize) n, NULL) || !take_message (&reader, self)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "not a message of a page");
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
preview_message_free (PreviewMessage *self)
{
  for (guint i = 0; i < self->n_members; i++) {
    g_free (self->members[i].name);
    g_free (self->members[i].string);
  }
  g_free (self);
}

static const Member *
find (PreviewMessage *self, const char *name)
{
  for (guint i = 0; i < self->n_members; i++)
    if (g_str_equal (self->members[i].name, name))
      return &self->members[i];
  return NULL;
}

const char *
preview_message_get_string (PreviewMessage *self, const char *name)
{
  const Member *member = find (self, name);

  return member != NULL ? member->string : NULL;
}

int
preview_message_get_number (PreviewMessage *self, const char *name)
{
  const Member *member = find (self, name);

  return member != NULL ? member->number : 0;
}
