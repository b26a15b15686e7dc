/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formulas of calculators, read as the page reads them (data/preview/kit/formula.js):
 *
 *   sum = product (("+" | "-") product)*, product = power (("*" | "/") power)*, power = sign ("^" power)?, sign = ("-" | "+") sign | value
 *   value = number | name | function "(" sum ("," sum)* ")" | "(" sum ")" */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "start-spec.h"

#define MAX_DEPTH 40

typedef struct {
  const char *at;
  const char *const *names;
  guint depth;
  char *wrong; /* a sentence; NULL: nothing is */
} Reader;

static const char *const functions[] = { "sqrt", "abs", "round", "floor", "ceil", "min", "max", "pow", "ln", "log", "exp", "sin", "cos", "tan", NULL };
static const char *const constants[] = { "pi", NULL };

static void read_sum (Reader *reader);

static void
skip (Reader *reader)
{
  while (g_ascii_isspace (*reader->at))
    reader->at++;
}

static gboolean
accept (Reader *reader, char c)
{
  skip (reader);
  if (*reader->at != c || reader->wrong != NULL)
    return FALSE;
  reader->at++;
  return TRUE;
}

static void
complain (Reader *reader, char *sentence)
{
  if (reader->wrong == NULL)
    reader->wrong = sentence;
  else
    g_free (sentence);
}

static void
expect (Reader *reader, char c)
{
  if (!accept (reader, c))
    complain (reader, g_strdup_printf (_("a “%c” is missing in the formula."), c));
}

static void
read_name (Reader *reader)
{
  const char *begin = reader->at;

  while (g_ascii_isalnum (*reader->at) || *reader->at == '_')
    reader->at++;
  g_autofree char *name = g_strndup (begin, (gsize) (reader->at - begin));
  if (g_strv_contains (functions, name) && accept (reader, '(')) {
    do
      read_sum (reader);
    while (accept (reader, ','));
    expect (reader, ')');
  } else if (!g_strv_contains (reader->names, name) && !g_strv_contains (constants, name)) {
    complain (reader, g_strdup_printf (_("the formula speaks of “%s”, which is no input."), name));
  }
}

static void
read_value (Reader *reader)
{
  skip (reader);
  if (accept (reader, '(')) {
    read_sum (reader);
    expect (reader, ')');
  } else if (g_ascii_isdigit (*reader->at)) {
    while (g_ascii_isdigit (*reader->at))
      reader->at++;
    if (*reader->at == '.' && g_ascii_isdigit (reader->at[1]))
      for (reader->at++; g_ascii_isdigit (*reader->at);)
        reader->at++;
  } else if (g_ascii_isalpha (*reader->at)) {
    read_name (reader);
  } else {
    complain (reader, g_strdup (_("the formula ends early, or has a sign that no formula has.")));
  }
}

static void
read_power (Reader *reader)
{
  if (++reader->depth > MAX_DEPTH)
    complain (reader, g_strdup (_("the formula is nested too deeply.")));
  if (reader->wrong == NULL) {
    if (accept (reader, '-') || accept (reader, '+'))
      read_power (reader);
    else
      read_value (reader);
    if (accept (reader, '^'))
      read_power (reader);
  }
  reader->depth--;
}

static void
read_sum (Reader *reader)
{
  do {
    read_power (reader);
    while (accept (reader, '*') || accept (reader, '/'))
      read_power (reader);
  } while (accept (reader, '+') || accept (reader, '-'));
}

gboolean
start_formula_check (const char *formula, const char *const *names, GError **error)
{
  Reader reader = { .at = formula, .names = names };

  read_sum (&reader);
  skip (&reader);
  if (*reader.at != '\0')
    complain (&reader, g_strdup (_("the formula ends early, or has a sign that no formula has.")));
  if (reader.wrong == NULL)
    return TRUE;
  g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, reader.wrong);
  g_free (reader.wrong);
  return FALSE;
}
