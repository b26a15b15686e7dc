/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sql-name.h"

#include <sqlite3.h>
#include <string.h>

/* Characters of a name. */
#define MAX_NAME 60

/* Names that mean something else wherever a column of the table is named. */
static const char *const special[] = { "rowid", "oid", "_rowid_", "true", "false", NULL };

char *
sql_name_quote (const char *name)
{
  GString *quoted = g_string_new ("\"");

  for (; *name != '\0'; name++) {
    if (*name == '"')
      g_string_append_c (quoted, '"');
    g_string_append_c (quoted, *name);
  }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

gboolean
sql_name_is_plain (const char *name)
{
  g_autofree char *small = g_ascii_strdown (name, -1);

  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '_' && (guchar) *at < 0x80)
      return FALSE;
  return name[0] != '\0' && !g_ascii_isdigit (name[0]) && !sqlite3_keyword_check (name, (int) strlen (name)) && !g_strv_contains (special, small);
}

char *
sql_name_write (const char *name)
{
  return sql_name_is_plain (name) ? g_strdup (name) : sql_name_quote (name);
}

char *
sql_text_quote (const char *text)
{
  GString *quoted = g_string_new ("'");

  for (; *text != '\0'; text++) {
    if (*text == '\'')
      g_string_append_c (quoted, '\'');
    g_string_append_c (quoted, *text);
  }
  g_string_append_c (quoted, '\'');
  return g_string_free (quoted, FALSE);
}

/* Letters and digits of any alphabet, in small letters, with one _ for all that is between. */
static GString *
make_plain (const char *name)
{
  g_autofree char *normal = g_utf8_normalize (name, -1, G_NORMALIZE_NFC);
  g_autofree char *small = g_utf8_strdown (normal != NULL ? normal : "", -1);
  GString *plain = g_string_new (NULL);
  gboolean gap = FALSE;
  guint n = 0;

  for (const char *at = small; *at != '\0' && n < MAX_NAME; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    if (!g_unichar_isalnum (c) && !g_unichar_ismark (c)) {
      gap = plain->len > 0;
      continue;
    }
    if (gap)
      g_string_append_c (plain, '_');
    gap = FALSE;
    g_string_append_unichar (plain, c);
    n++;
  }
  return plain;
}

char *
sql_name_make (const char *name, const char *fallback, GHashTable *taken)
{
  g_autoptr (GString) plain = make_plain (name);

  if (plain->len == 0)
    g_string_assign (plain, fallback);
  if (g_ascii_isdigit (plain->str[0]))
    g_string_prepend (plain, "n_");
  if (g_str_has_prefix (plain->str, "sqlite_") || g_str_has_prefix (plain->str, "melete_") || g_str_has_prefix (plain->str, "pragma_"))
    g_string_prepend (plain, "t_");
  if (sqlite3_keyword_check (plain->str, (int) plain->len) || g_strv_contains (special, plain->str))
    g_string_append_c (plain, '_');
  gsize length = plain->len;
  for (guint n = 2; g_hash_table_contains (taken, plain->str); n++) {
    g_string_truncate (plain, length);
    g_string_append_printf (plain, "_%u", n);
  }
  g_hash_table_add (taken, g_strdup (plain->str));
  return g_strdup (plain->str);
}
