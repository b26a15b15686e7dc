/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request names: files, and the columns that they are to have. */
#include <string.h>

#include "job-plan.h"

/* Whether a file of this name could be made. */
static gboolean
is_makeable (const char *name)
{
  static const char *const ends[] = { ".csv", ".tsv", ".md", ".txt", ".json", ".html", ".svg", ".ics", ".xml", ".sql" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (name, ends[i]) && strlen (name) > strlen (ends[i]))
      return TRUE;
  return FALSE;
}

GStrv
job_plan_find_files (const JobPlanCase *of)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const char *at = of->request; *at != '\0';) {
    gsize n = 0;
    while (g_ascii_isalnum (at[n]) || (at[n] != '\0' && strchr ("._-", at[n]) != NULL) || (guchar) at[n] >= 0x80)
      n++;
    if (n == 0) {
      at++;
      continue;
    }
    gsize length = n;
    while (length > 0 && at[length - 1] == '.')
      length--;
    g_autofree char *name = g_strndup (at, length);
    if (is_makeable (name) && !g_strv_contains (of->inputs, name) && g_hash_table_add (known, g_strdup (name)))
      g_strv_builder_add (builder, name);
    at += n;
  }
  return g_strv_builder_end (builder);
}

/* The words that begin a list of columns, behind or before which the list stands. */
static const char *
find_columns_word (const char *text)
{
  static const char *const marks[] = { "columns:", "columns ", "column ", "header:", "header ", "headers ", "spalten:", "spalten ", "spalte " };
  const char *best = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    const char *found = strstr (text, marks[i]);
    if (found != NULL && (best == NULL || found < best))
      best = found;
  }
  return best != NULL ? best + strcspn (best, ": ") + 1 : NULL;
}

/* Whether a word can only stand behind a list of columns. */
static gboolean
ends_list (const char *text)
{
  static const char *const words[] = { "sorted", "for", "from", "in", "of", "one", "each", "with", "where", "that", "which", "per", "by", "then", "so", "ordered", "to", "as", "on", "at", "(", "only", "rounded", "using", "without", "nach", "für", "aus", "mit" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize n = strlen (words[i]);
    if (g_ascii_strncasecmp (text, words[i], n) == 0 && !g_ascii_isalpha (text[n]))
      return TRUE;
  }
  return FALSE;
}

GStrv
job_plan_find_columns (const char *request, const char *file)
{
  g_autofree char *lower = g_utf8_strdown (request, -1), *name = g_utf8_strdown (file, -1);
  /* Only where no letter changed its length: names are taken from the request as they stand. */
  const char *from = strlen (lower) == strlen (request) ? strstr (lower, name) : NULL, *list;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  if (from == NULL || *name == '\0')
    return NULL;
  list = find_columns_word (from + strlen (name));
  if (list == NULL)
    return NULL;
  /* It belongs to the file that was named last before it. */
  for (const char *dot = from + strlen (name); (dot = strchr (dot, '.')) != NULL && dot < list; dot++)
    if (g_ascii_isalpha (dot[1]) && g_ascii_isalpha (dot[2]))
      return NULL;
  const char *at = request + (list - lower);
  while (*at != '\0' && n < 24) {
    gsize length;
    char quote;
    at += strspn (at, " \t\n");
    gboolean last = g_ascii_strncasecmp (at, "and ", 4) == 0 || g_ascii_strncasecmp (at, "und ", 4) == 0;
    at += last ? 4 : 0;
    at += strspn (at, " ");
    quote = *at == '"' || *at == '\'' || *at == '`' ? *at : '\0';
    if (quote != '\0') {
      const char *close = strchr (++at, quote);
      length = close != NULL ? (gsize) (close - at) : 0;
    } else {
      length = strcspn (at, " ,.;:()\n\"'`");
    }
    if (length == 0 || length > 40)
      break;
    if (quote == '\0' && n > 0 && ends_list (at))
      break;
    /* The next file, and no column. */
    if (quote == '\0' && at[length] == '.' && g_ascii_isalpha (at[length + 1]))
      break;
    g_autofree char *word = g_strndup (at, length);
    g_strv_builder_add (builder, word);
    n++;
    at += length + (quote != '\0');
    if (*at == '\'' || *at == '"')
      at++;
    if (last && *at == ',') {
      break; /* what stands behind "and" was the last */
    } else if (*at == '(' || g_str_has_prefix (at, " (")) {
      /* What the column is, in brackets. */
      const char *close = strchr (at, ')');
      if (close == NULL || last)
        break;
      at = close + 1;
      if (*at != ',' && g_ascii_strncasecmp (at, " and ", 5) != 0 && g_ascii_strncasecmp (at, " und ", 5) != 0)
        break;
      at++;
    } else if (*at == ',') {
      at++;
    } else if (g_ascii_strncasecmp (at, " and ", 5) == 0 || g_ascii_strncasecmp (at, " und ", 5) == 0) {
      at++;
    } else if (quote == '\0' && *at == ' ' && !ends_list (at + 1)) {
      return NULL; /* a name of several words, perhaps: better none than half of one */
    } else {
      break;
    }
  }
  return n >= 1 ? g_strv_builder_end (builder) : NULL;
}
