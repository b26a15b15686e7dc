/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of text in the place of SQLite's own, which take the product of two lengths in the worst case: one call could last for hours, and nothing ends it. */
#include <string.h>

#include "query-functions.h"

/* Different characters that are taken off. */
#define MAX_TRIMMED 100

static gboolean
get_text (sqlite3_value *value, const char **text, gsize *length)
{
  *text = (const char *) sqlite3_value_text (value);
  *length = (gsize) sqlite3_value_bytes (value);
  return *text != NULL;
}

/* instr (text, part): the place in characters from 1, 0 if it is not in it. */
static void
find_part (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  const char *text, *part;
  gsize length, part_length;

  if (!get_text (args[0], &text, &length) || !get_text (args[1], &part, &part_length))
    return;
  /* glibc's takes the sum of the lengths. */
  const char *found = part_length == 0 ? text : memmem (text, length, part, part_length);
  sqlite3_result_int64 (context, found != NULL ? g_utf8_strlen (text, found - text) + 1 : 0);
}

static void
replace_parts (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  const char *text, *part, *with, *found;
  gsize length, part_length, with_length, most = (gsize) sqlite3_limit (sqlite3_context_db_handle (context), SQLITE_LIMIT_LENGTH, -1);

  if (!get_text (args[0], &text, &length) || !get_text (args[1], &part, &part_length) || !get_text (args[2], &with, &with_length))
    return;
  if (part_length == 0) {
    sqlite3_result_value (context, args[0]);
    return;
  }
  g_autoptr (GString) replaced = g_string_sized_new (length);
  const char *end = text + length;
  while (replaced->len <= most && (found = memmem (text, (gsize) (end - text), part, part_length)) != NULL) {
    g_string_append_len (replaced, text, found - text);
    g_string_append_len (replaced, with, (gssize) with_length);
    text = found + part_length;
  }
  g_string_append_len (replaced, text, end - text);
  if (replaced->len > most)
    sqlite3_result_error_toobig (context);
  else
    sqlite3_result_text (context, replaced->str, (int) replaced->len, SQLITE_TRANSIENT);
}

static gboolean
is_one_of (gunichar c, const gunichar *characters, glong n)
{
  for (glong i = 0; i < n; i++)
    if (characters[i] == c)
      return TRUE;
  return FALSE;
}

/* trim (text, characters); which ends: 1 the beginning, 2 the end, 3 both. */
static void
trim_text (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  int ends = GPOINTER_TO_INT (sqlite3_user_data (context));
  const char *text, *set;
  gsize length, set_length;
  glong n;

  if (!get_text (args[0], &text, &length) || !get_text (args[1], &set, &set_length))
    return;
  if (!g_utf8_validate (text, (gssize) length, NULL) || !g_utf8_validate (set, (gssize) set_length, NULL) || g_utf8_strlen (set, (gssize) set_length) > MAX_TRIMMED) {
    sqlite3_result_error (context, "too many characters to trim", -1);
    return;
  }
  g_autofree gunichar *characters = g_utf8_to_ucs4_fast (set, (glong) set_length, &n);
  const char *end = text + length;
  while ((ends & 1) && text < end && is_one_of (g_utf8_get_char (text), characters, n))
    text = g_utf8_next_char (text);
  while ((ends & 2) && text < end && is_one_of (g_utf8_get_char (g_utf8_prev_char (end)), characters, n))
    end = g_utf8_prev_char (end);
  sqlite3_result_text (context, text, (int) (end - text), SQLITE_TRANSIENT);
}

void
query_functions_add_text (sqlite3 *db)
{
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

  sqlite3_create_function_v2 (db, "instr", 2, flags, NULL, find_part, NULL, NULL, NULL);
  sqlite3_create_function_v2 (db, "replace", 3, flags, NULL, replace_parts, NULL, NULL, NULL);
  sqlite3_create_function_v2 (db, "ltrim", 2, flags, GINT_TO_POINTER (1), trim_text, NULL, NULL, NULL);
  sqlite3_create_function_v2 (db, "rtrim", 2, flags, GINT_TO_POINTER (2), trim_text, NULL, NULL, NULL);
  sqlite3_create_function_v2 (db, "trim", 2, flags, GINT_TO_POINTER (3), trim_text, NULL, NULL, NULL);
}
