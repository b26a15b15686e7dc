/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-tool-said.h"

#include <math.h>
#include <string.h>

/* Of a question that is repeated, in characters: of a longer one its end, where mostly stands what is wanted. */
#define LONGEST_QUESTION 300
/* Signs of a number that are looked at; longer ones are not compared. */
#define LONGEST_NUMBER 40

char *
app_tool_said_reminder (const char *question, gboolean last)
{
  glong n = g_utf8_strlen (question, -1);
  const char *end = n > LONGEST_QUESTION ? g_utf8_offset_to_pointer (question, n - LONGEST_QUESTION) : question;

  /* In brackets: what stands like a sentence of a text, small models write out again. */
  return g_strdup_printf ("[%s Say the result above in a sentence that answers “%s%s”]", last ? "Nothing more can be called." : "If nothing more has to be called:", end != question ? "…" : "", end);
}

/* A line of so many bytes or more, so often: hardly a list or a table has that. */
#define SHORTEST_LINE 16
#define MOST_TIMES 24

gboolean
app_tool_said_circles (const char *answer, gsize n_bytes)
{
  const char *line = NULL;
  gsize end = n_bytes, length = 0;

  while (end > 0 && answer[end - 1] != '\n') /* the line that is being written */
    end--;
  for (guint i = 0; i < MOST_TIMES; i++) {
    gsize begin;

    if (end == 0)
      return FALSE;
    begin = --end; /* before the end of the line */
    while (begin > 0 && answer[begin - 1] != '\n')
      begin--;
    if (line == NULL) {
      line = answer + begin;
      length = end - begin;
    } else if (end - begin != length || memcmp (answer + begin, line, length) != 0) {
      return FALSE;
    }
    end = begin;
  }
  return length >= SHORTEST_LINE;
}

/* ---- numbers ---- */

/* How a number may go on behind a digit, between two of them. */
static gsize
pass_sign (const char *text)
{
  static const char *const signs[] = { ",", ".", "'", "’", " ", "\u00a0", "\u202f" };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (g_str_has_prefix (text, signs[i]) && g_ascii_isdigit (text[strlen (signs[i])]))
      return strlen (signs[i]);
  return 0;
}

/* The number that digits and signs make when the last `n_decimals` digits are decimals: 0 for none. */
static gboolean
is_number (const char *digits, guint n_decimals, double number, guint n_wanted)
{
  double read = g_ascii_strtod (digits, NULL) * pow (10, -(double) n_decimals), half = 0.5 * pow (10, -(double) n_decimals);

  /* In full, or rounded, but not to fewer than two decimals. */
  return fabs (read - number) <= fabs (number) * 1e-12 || (n_decimals >= 2 && n_decimals < n_wanted && fabs (read - number) <= half * (1 + 1e-9));
}

/* Whether the number that begins at `text` is the one; `*end`: where it ends. */
static gboolean
compare (const char *text, double number, guint n_wanted, const char **end)
{
  char digits[LONGEST_NUMBER + 1];
  guint n = 0, n_behind = 0;
  gboolean signs = FALSE, found;
  char last = '\0';

  for (gsize length; g_ascii_isdigit (*text) || (length = pass_sign (text)) > 0;) {
    if (g_ascii_isdigit (*text)) {
      if (n < LONGEST_NUMBER)
        digits[n] = *text;
      n++;
      n_behind++;
      text++;
    } else {
      last = *text;
      signs = TRUE;
      n_behind = 0;
      text += length;
    }
  }
  *end = text;
  if (n > LONGEST_NUMBER)
    return FALSE;
  digits[n] = '\0';
  found = is_number (digits, 0, number, n_wanted); /* signs between thousands alone, or none */
  if (signs && (last == ',' || last == '.'))
    found = is_number (digits, n_behind, number, n_wanted) || (found && n_behind == 3);
  return found;
}

gboolean
app_tool_said_has (const char *answer, const char *result)
{
  const char *number = g_strrstr (result, "="), *rough = g_strrstr (result, "≈"), *point;
  double wanted;
  guint n_wanted = 0;

  number = number != NULL ? number + 1 : result;
  if (rough != NULL && rough >= number)
    number = rough + strlen ("≈");
  while (*number == ' ' || *number == '-')
    number++;
  if (!g_ascii_isdigit (*number))
    return TRUE;
  wanted = g_ascii_strtod (number, NULL);
  point = number + strspn (number, "0123456789");
  if (*point == '.')
    n_wanted = (guint) strspn (point + 1, "0123456789");
  for (const char *end; *answer != '\0'; answer = end) {
    end = answer + 1;
    if (g_ascii_isdigit (*answer) && compare (answer, wanted, n_wanted, &end))
      return TRUE;
  }
  return FALSE;
}
