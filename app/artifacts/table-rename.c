/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A column that is called otherwise: "rename total to revenue". */
#include <glib/gi18n.h>
#include <string.h>

#include "table-draft.h"
#include "tables/sql-name.h"

/* Where the new name begins, behind the old one. NULL if there is none. */
static const char *
find_name (const char *text)
{
  static const char *const words[] = { " to ", " as ", " into ", " in ", " zu ", " nach " };
  const char *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (words) && found == NULL; i++)
    found = strstr (text, words[i]) != NULL ? strstr (text, words[i]) + strlen (words[i]) : NULL;
  return found;
}

TableDraft *
table_draft_rename (const TableWish *wish, GError **error)
{
  static const char *const marks[] = { "“", "”", "„", "\"", "\n", "." };
  static const char *const begins[] = { "the column ", "column ", "the ", "die spalte ", "spalte ", "die ", "den ", "das " };
  const GPtrArray *columns = wish->source->table->columns;
  const char *to = find_name (wish->text), *at = strchr (wish->text, ' ');
  guint renamed = G_MAXUINT;
  gsize length = 0;

  if (to == NULL || at == NULL || at > to)
    return NULL;
  at++;
  for (guint i = 0; i < G_N_ELEMENTS (begins); i++)
    if (g_ascii_strncasecmp (at, begins[i], strlen (begins[i])) == 0)
      at += strlen (begins[i]);
  g_autofree char *rest = g_utf8_casefold (at, -1);
  for (guint i = 0; i < columns->len; i++) {
    g_autofree char *label = dashboard_column_dup_label (columns->pdata[i]), *folded = g_utf8_casefold (label, -1), *plain = g_utf8_casefold (((const AppColumn *) columns->pdata[i])->sql_name, -1);
    const char *const names[] = { folded, plain };
    for (guint k = 0; k < G_N_ELEMENTS (names); k++)
      if (g_str_has_prefix (rest, names[k]) && rest[strlen (names[k])] == ' ' && strlen (names[k]) > length) {
        renamed = i;
        length = strlen (names[k]);
      }
  }
  g_autoptr (GString) own = g_string_new (to);
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    g_string_replace (own, marks[i], "", 0);
  g_autofree char *name = g_strstrip (g_strdup (own->str)), *of = table_wish_dup_name (wish);
  /* More than a name is more than was understood. */
  if (renamed == G_MAXUINT || name[0] == '\0' || g_utf8_strlen (name, -1) > 40 || strstr (name, " and ") != NULL || strstr (name, " und ") != NULL || strchr (name, ',') != NULL)
    return NULL;
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autofree char *quoted = sql_name_quote (name);
  for (guint i = 0; i < columns->len; i++) {
    g_autofree char *column = table_sql_name (columns->pdata[i]);
    g_string_append_printf (sql, "%s %s", i > 0 ? "," : "SELECT", column);
    if (i == renamed)
      g_string_append_printf (sql, " AS %s", quoted);
  }
  g_string_append_printf (sql, "\nFROM %s", wish->source->name);
  TableDraft *draft = g_new0 (TableDraft, 1);
  draft->sql = g_string_free (g_steal_pointer (&sql), FALSE);
  draft->title = g_strdup_printf (_("%s with %s"), of, name);
  draft->said = g_strdup ("");
  return draft;
}
