/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-search-needle.h"

#include <string.h>

#include "app-search.h"

/* A word of the query: tokens that must follow each other, as letters and digits without case and accents. Where writing has no spaces, the word itself. */
typedef struct {
  gunichar **tokens; /* each ends with 0, the last pointer is NULL */
  char *plain;       /* the other way: bytes that are compared as LIKE does; else NULL */
  gboolean open;     /* the last token may be a beginning */
} Phrase;

struct _AppSearchNeedle {
  GArray *phrases; /* of Phrase */
};

static void
clear_phrase (gpointer data)
{
  Phrase *phrase = data;

  for (guint i = 0; phrase->tokens && phrase->tokens[i]; i++)
    g_free (phrase->tokens[i]);
  g_free (phrase->tokens);
  g_free (phrase->plain);
}

/* ---- characters, as the index sees them ---- */

static gboolean
is_ascii_token (guchar c)
{
  return g_ascii_isalnum (c);
}

static gboolean
is_token (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

/* Without case and accent; 0 for a mark, which is part of the letter before it. */
static gunichar
fold (gunichar c)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

  if (c < 0x80)
    return (gunichar) g_ascii_tolower ((char) c);
  if (g_unichar_ismark (c))
    return 0;
  g_unichar_fully_decompose (g_unichar_tolower (c), FALSE, parts, G_N_ELEMENTS (parts));
  return parts[0];
}

/* One character of a token: TRUE with its folded form, and `*p` behind it; FALSE where the token ends. */
static gboolean
next_of_token (const char **p, gunichar *folded)
{
  guchar c = (guchar) **p;
  gunichar wide;

  if (c < 0x80) {
    if (!is_ascii_token (c))
      return FALSE;
    *folded = (gunichar) g_ascii_tolower ((char) c);
    ++*p;
    return TRUE;
  }
  wide = g_utf8_get_char (*p);
  if (!is_token (wide))
    return FALSE;
  *folded = fold (wide);
  *p = g_utf8_next_char (*p);
  return TRUE;
}

static const char *
skip_between (const char *p)
{
  while (*p && !((guchar) *p < 0x80 ? is_ascii_token ((guchar) *p) : is_token (g_utf8_get_char (p))))
    p = g_utf8_next_char (p);
  return p;
}

static const char *
skip_token (const char *p)
{
  gunichar ignored;

  while (next_of_token (&p, &ignored))
    ;
  return p;
}

/* ---- the query ---- */

static gunichar **
split_tokens (const char *word)
{
  GPtrArray *tokens = g_ptr_array_new ();

  for (const char *p = skip_between (word); *p; p = skip_between (p)) {
    GArray *token = g_array_new (TRUE, FALSE, sizeof (gunichar));
    gunichar c;

    while (next_of_token (&p, &c))
      if (c)
        g_array_append_val (token, c);
    g_ptr_array_add (tokens, g_array_free (token, FALSE));
  }
  g_ptr_array_add (tokens, NULL);
  return (gunichar **) g_ptr_array_free (tokens, FALSE);
}

AppSearchNeedle *
app_search_needle_new (char **words)
{
  gboolean plain = app_search_is_plain (words);
  AppSearchNeedle *needle;

  if (!words[0])
    return NULL;
  needle = g_new0 (AppSearchNeedle, 1);
  needle->phrases = g_array_new (FALSE, TRUE, sizeof (Phrase));
  g_array_set_clear_func (needle->phrases, clear_phrase);
  for (guint i = 0; words[i]; i++) {
    Phrase phrase = { .open = words[i + 1] == NULL };

    if (plain)
      phrase.plain = g_strdup (words[i]);
    else
      phrase.tokens = split_tokens (words[i]);
    g_array_append_val (needle->phrases, phrase);
  }
  return needle;
}

void
app_search_needle_free (AppSearchNeedle *needle)
{
  g_array_unref (needle->phrases);
  g_free (needle);
}

/* ---- looking ---- */

/* Where a token of the text at `p` ends when it is `token`; NULL: it is another. `open`: it may go on. */
static const char *
match_token (const char *p, const gunichar *token, gboolean open)
{
  gunichar c;

  while (*token) {
    if (!next_of_token (&p, &c) || (c && c != *token))
      return NULL;
    token += c != 0;
  }
  if (!open)
    while (next_of_token (&p, &c))
      if (c)
        return NULL;
  return p;
}

/* Where the phrase ends that begins with the token at `p`; NULL: there is none. */
static const char *
match_phrase (const char *p, const Phrase *phrase)
{
  for (guint i = 0; phrase->tokens[i]; i++) {
    if (i > 0)
      p = skip_between (p);
    p = match_token (p, phrase->tokens[i], phrase->open && !phrase->tokens[i + 1]);
    if (!p)
      return NULL;
  }
  return p;
}

static gboolean
begins_with (const char *p, const char *plain)
{
  return g_ascii_strncasecmp (p, plain, strlen (plain)) == 0;
}

/* The longest match that begins at `p`, or NULL; `seen` notes the words. */
static const char *
match_here (const AppSearchNeedle *needle, const char *p, gboolean *seen)
{
  const char *end = NULL;

  for (guint i = 0; i < needle->phrases->len; i++) {
    const Phrase *phrase = &g_array_index (needle->phrases, Phrase, i);
    const char *here = phrase->plain ? (begins_with (p, phrase->plain) ? p + strlen (phrase->plain) : NULL) : match_phrase (p, phrase);

    seen[i] |= here != NULL;
    if (here > end || !end)
      end = here;
  }
  return end;
}

char *
app_search_needle_mark (const AppSearchNeedle *needle, const char *text)
{
  gboolean plain = g_array_index (needle->phrases, Phrase, 0).plain != NULL;
  g_autofree gboolean *seen = g_new0 (gboolean, needle->phrases->len);
  GString *marked = NULL; /* from the first match on: most texts have none */
  const char *copied = text;

  for (const char *p = plain ? text : skip_between (text); *p;) {
    const char *end = match_here (needle, p, seen);

    if (!end || end == p) {
      p = plain ? g_utf8_next_char (p) : skip_between (skip_token (p));
      continue;
    }
    if (!plain)
      end = skip_token (end); /* a beginning that was found is shown as its word */
    if (!marked)
      marked = g_string_new (NULL);
    g_string_append_len (marked, copied, p - copied);
    g_string_append (marked, APP_SEARCH_MARK_START);
    g_string_append_len (marked, p, end - p);
    g_string_append (marked, APP_SEARCH_MARK_END);
    copied = end;
    p = plain ? end : skip_between (end);
  }
  for (guint i = 0; marked && i < needle->phrases->len; i++)
    if (!seen[i])
      return g_string_free (marked, TRUE);
  if (!marked)
    return NULL;
  g_string_append (marked, copied);
  return g_string_free (marked, FALSE);
}
