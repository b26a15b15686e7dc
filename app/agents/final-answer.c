/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "final-answer.h"

#include <math.h>
#include <string.h>

/* Bytes: more is no short answer. */
#define LONGEST 120

/* Where the text goes on behind "Answer:", with or without marks of Markdown around it; NULL where the line begins otherwise. */
static const char *
skip_mark (const char *line)
{
  static const char *const marks[] = { "final answer", "answer", "antwort" };

  line += strspn (line, " \t*_#>-`");
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_ascii_strncasecmp (line, marks[i], strlen (marks[i])) == 0) {
      const char *rest = line + strlen (marks[i]);

      rest += strspn (rest, " *_");
      if (*rest != ':')
        return NULL;
      return rest + 1;
    }
  return NULL;
}

char *
final_answer_find (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = g_strv_length (lines); i-- > 0;) {
    const char *rest = skip_mark (lines[i]);
    gsize length;

    if (rest == NULL)
      continue;
    /* Some write the answer below the mark. */
    if (rest[strspn (rest, " \t*_`$")] == '\0' && lines[i + 1] != NULL)
      rest = lines[i + 1];
    rest += strspn (rest, " \t*_`");
    length = strlen (rest);
    while (length > 0 && strchr (" \t\r*_`", rest[length - 1]) != NULL)
      length--;
    return length > 0 && length <= LONGEST ? g_strndup (rest, length) : NULL;
  }
  return NULL;
}

/* A number as people write it, with groups of three ("1,200", "1 200"); behind it `*end`. FALSE where none begins. */
static gboolean
read_number (const char *text, double *number, const char **end)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  const char *at = text;

  if (*at == '-' || *at == '+')
    g_string_append_c (digits, *at++);
  if (!g_ascii_isdigit (*at))
    return FALSE;
  for (;; at++) {
    gboolean group = (*at == ',' || *at == ' ' || *at == '\'') && g_ascii_isdigit (at[1]) && g_ascii_isdigit (at[2]) && g_ascii_isdigit (at[3]) && !g_ascii_isdigit (at[4]) &&
                     strchr (digits->str, '.') == NULL;

    if (group)
      continue;
    if (g_ascii_isdigit (*at) || (*at == '.' && g_ascii_isdigit (at[1]) && strchr (digits->str, '.') == NULL))
      g_string_append_c (digits, *at);
    else
      break;
  }
  *number = g_ascii_strtod (digits->str, NULL);
  *end = at;
  return isfinite (*number);
}

/* The only number of a text; FALSE for none or several. */
static gboolean
only_number (const char *text, double *number)
{
  guint n = 0;

  for (const char *at = text; *at != '\0';) {
    const char *end;
    double value;
    gboolean signed_here = (*at == '-' || *at == '+') && (at == text || !g_ascii_isalnum (at[-1]));

    if ((signed_here || g_ascii_isdigit (*at)) && (at == text || !g_ascii_isalpha (at[-1])) && read_number (at, &value, &end)) {
      *number = value;
      n++;
      at = end;
    } else {
      at++;
    }
  }
  return n == 1;
}

char *
final_answer_normalise (const char *answer)
{
  g_autofree char *folded = g_utf8_casefold (answer, -1), *composed = g_utf8_normalize (folded, -1, G_NORMALIZE_NFKC);
  GString *words = g_string_new (NULL);
  double number;

  if (composed == NULL)
    return g_string_free (words, FALSE);
  if (only_number (composed, &number)) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    /* What was rounded by one and not by another agent is not told apart below a millionth. */
    g_string_append (words, g_ascii_formatd (text, sizeof text, "%.7g", number == 0 ? 0 : number));
    return g_string_free (words, FALSE);
  }
  for (const char *at = composed; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_isalnum (c) || g_unichar_ismark (c))
      g_string_append_unichar (words, c);
    else if (words->len > 0 && words->str[words->len - 1] != ' ')
      g_string_append_c (words, ' ');
  }
  if (words->len > 0 && words->str[words->len - 1] == ' ')
    g_string_truncate (words, words->len - 1);
  return g_string_free (words, FALSE);
}
