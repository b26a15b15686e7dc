/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "edit-blocks.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

#define SEARCH "<<<<<<< SEARCH\n"
#define MIDDLE "=======\n"
#define REPLACE ">>>>>>> REPLACE"

/* A line that is longer is not sought: nobody writes a picture down once more. More lines than that are not told apart. */
#define MAX_LINE 400
#define MAX_LINES 2000
/* Blocks of one change, and lines of one block. */
#define MAX_BLOCKS 8

/* ---- the grammar ---- */

static void
add_literal (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_printf (out, "\\%c", *c);
    else if (*c == '\t')
      g_string_append (out, "\\t");
    else if (*c == '\r')
      g_string_append (out, "\\r");
    else if (g_ascii_iscntrl (*c))
      g_string_append_printf (out, "\\x%02x", (guchar) *c);
    else
      g_string_append_c (out, *c);
  }
  g_string_append (out, "\\n\"");
}

static gboolean
is_sought (const char *line)
{
  return strlen (line) <= MAX_LINE && !g_str_has_prefix (line, "=======") && !g_str_has_prefix (line, "<<<<<<<") && !g_str_has_prefix (line, ">>>>>>>");
}

char *
edit_blocks_dup_grammar (const char *text, guint first, guint last)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines), n_starts = 0;
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean any_unique = FALSE;

  last = MIN (last, n > 0 ? n - 1 : 0);
  if (first > last || last - first >= MAX_LINES)
    return NULL;
  for (guint i = 0; i < n; i++)
    g_hash_table_insert (counts, lines[i], GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (counts, lines[i])) + 1));
  for (guint i = first; i <= last && !any_unique; i++)
    any_unique = is_sought (lines[i]) && GPOINTER_TO_INT (g_hash_table_lookup (counts, lines[i])) == 1;

  g_string_append_printf (out, "root ::= block{1,%d}\n", MAX_BLOCKS);
  g_string_append (out, "block ::= \"<<<<<<< SEARCH\\n\" sought new* \">>>>>>> REPLACE\\n\"\n"
                        "new ::= \"\\n\" | [^<=>\\n] [^\\n]{0,400} \"\\n\" | \"<\" ([^<\\n] [^\\n]{0,400})? \"\\n\" | [=>] ([^=>\\n] [^\\n]{0,400})? \"\\n\"\n"
                        "sought ::= ");
  /* What begins with a line that is there once is found in one place. */
  for (guint i = first; i <= last; i++)
    if (is_sought (lines[i]) && (!any_unique || GPOINTER_TO_INT (g_hash_table_lookup (counts, lines[i])) == 1))
      g_string_append_printf (out, "%sl%u", n_starts++ > 0 ? " | " : "", i);
  g_string_append_c (out, '\n');
  for (guint i = first; i <= last; i++) {
    if (!is_sought (lines[i]))
      continue;
    g_string_append_printf (out, "l%u ::= ", i);
    add_literal (out, lines[i]);
    if (i < last && is_sought (lines[i + 1]))
      g_string_append_printf (out, " (\"=======\\n\" | l%u)\n", i + 1);
    else
      g_string_append (out, " \"=======\\n\"\n");
  }
  return n_starts > 0 ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/* ---- applying ---- */

/* Where `sought`, whole lines, begins in the text as lines; NULL. */
static const char *
find_lines (const char *text, const char *sought)
{
  for (const char *at = strstr (text, sought); at != NULL; at = strstr (at + 1, sought))
    if (at == text || at[-1] == '\n')
      return at;
  return NULL;
}

/* The same without regard to white space at the ends of lines: who writes by hand is not that exact. `*end`: behind it. */
static const char *
find_loosely (const char *text, const char *sought, const char **end)
{
  g_auto (GStrv) wanted = g_strsplit (sought, "\n", -1);

  for (const char *at = text; at != NULL && *at != '\0'; at = strchr (at, '\n') != NULL ? strchr (at, '\n') + 1 : NULL) {
    const char *line = at;
    guint i = 0;

    for (; wanted[i] != NULL && (wanted[i][0] != '\0' || wanted[i + 1] != NULL) && line != NULL; i++) {
      const char *stop = strchr (line, '\n');
      g_autofree char *have = g_strstrip (stop != NULL ? g_strndup (line, (gsize) (stop - line)) : g_strdup (line));
      g_autofree char *want = g_strstrip (g_strdup (wanted[i]));
      if (strcmp (have, want) != 0)
        break;
      line = stop != NULL ? stop + 1 : line + strlen (line);
    }
    if (i > 0 && (wanted[i] == NULL || (wanted[i][0] == '\0' && wanted[i + 1] == NULL))) {
      *end = line;
      return at;
    }
  }
  return NULL;
}

static gboolean
apply_one (GString *text, const char *sought, const char *replacement, GError **error)
{
  const char *at = *sought != '\0' ? find_lines (text->str, sought) : NULL, *end = at != NULL ? at + strlen (sought) : NULL;

  if (at == NULL && *sought != '\0')
    at = find_loosely (text->str, sought, &end);
  if (at == NULL) {
    g_autofree char *line = g_strndup (sought, strcspn (sought, "\n"));
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The change does not fit: the line “%s” is not there."), g_strstrip (line));
    return FALSE;
  }
  gsize position = (gsize) (at - text->str);
  g_string_erase (text, (gssize) position, end - at);
  g_string_insert (text, (gssize) position, replacement);
  return TRUE;
}

char *
edit_blocks_apply (const char *text, const char *blocks, guint *n_edits, GError **error)
{
  g_autoptr (GString) result = g_string_new (text);
  gboolean ended = text[0] != '\0' && text[strlen (text) - 1] == '\n';
  guint n = 0;

  /* Lines end all alike while they are sought. */
  if (!ended)
    g_string_append_c (result, '\n');
  for (const char *at = strstr (blocks, SEARCH); at != NULL; at = strstr (at, SEARCH)) {
    const char *sought = at + strlen (SEARCH), *middle = g_str_has_prefix (sought, MIDDLE) ? sought : strstr (sought, "\n" MIDDLE), *replacement, *end;

    middle = middle != NULL && *middle == '\n' ? middle + 1 : middle;
    replacement = middle != NULL ? middle + strlen (MIDDLE) : NULL;
    end = replacement != NULL ? (g_str_has_prefix (replacement, REPLACE) ? replacement : strstr (replacement, "\n" REPLACE)) : NULL;
    if (end == NULL) {
      g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The change has no end."));
      return NULL;
    }
    end = *end == '\n' ? end + 1 : end;
    g_autofree char *from = g_strndup (sought, (gsize) (middle - sought)), *to = g_strndup (replacement, (gsize) (end - replacement));
    if (!apply_one (result, from, to, error))
      return NULL;
    n++;
    at = end;
  }
  if (n == 0) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("There is no change in it."));
    return NULL;
  }
  if (!ended && result->len > 0 && result->str[result->len - 1] == '\n')
    g_string_truncate (result, result->len - 1);
  if (n_edits != NULL)
    *n_edits = n;
  return g_string_free (g_steal_pointer (&result), FALSE);
}
