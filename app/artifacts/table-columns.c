/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Without some columns: all the others are named. */
#include <glib/gi18n.h>
#include <string.h>

#include "dashboard-wish.h"
#include "table-draft.h"

/* Words of the wish that need not be a column's. */
static const char fillers[] = "the a an and or without leave out drop remove delete ohne entferne entfern lösche lösch die der das den column spalte from of it this table please bitte und , also all copy version list same make create me give";

/* Marks the words of each column's name that stand there, the longest first. */
static gboolean
find_columns (const TableWish *wish, gboolean *left_out)
{
  const GPtrArray *columns = wish->source->table->columns;
  g_autofree gboolean *known = g_new0 (gboolean, wish->words->len + 1);
  g_auto (GStrv) list = g_strsplit (fillers, " ", -1);
  gboolean any = FALSE;

  for (guint at = 0; at < wish->words->len; at++) {
    guint best = G_MAXUINT, length = 0;
    for (guint i = 0; i < columns->len; i++) {
      g_autofree char *label = dashboard_column_dup_label (columns->pdata[i]);
      g_autoptr (GPtrArray) name = dashboard_wish_split (label);
      guint k = 0;
      while (k < name->len && at + k < wish->words->len && strcmp (name->pdata[k], wish->words->pdata[at + k]) == 0)
        k++;
      if (k == name->len && k > length) {
        best = i;
        length = k;
      }
    }
    for (guint k = 0; k < length; k++)
      known[at + k] = TRUE;
    if (best != G_MAXUINT) {
      left_out[best] = any = TRUE;
      at += length - 1;
    } else {
      g_autofree char *table = table_wish_dup_name (wish);
      g_autoptr (GPtrArray) name = dashboard_wish_split (table);
      known[at] = g_strv_contains ((const char *const *) list, wish->words->pdata[at]) || g_ptr_array_find_with_equal_func (name, wish->words->pdata[at], g_str_equal, NULL);
    }
  }
  for (guint at = 0; at < wish->words->len; at++)
    if (!known[at])
      return FALSE;
  return any;
}

TableDraft *
table_draft_columns (const TableWish *wish, GError **error)
{
  const GPtrArray *columns = wish->source->table->columns;
  g_autofree gboolean *left_out = g_new0 (gboolean, columns->len + 1);
  g_autofree char *name = table_wish_dup_name (wish);
  g_autoptr (GString) sql = g_string_new (NULL), names = g_string_new (NULL);
  TableDraft *draft;

  if (!find_columns (wish, left_out))
    return NULL;
  for (guint i = 0; i < columns->len; i++) {
    g_autofree char *column = table_sql_name (columns->pdata[i]), *label = dashboard_column_dup_label (columns->pdata[i]);
    if (left_out[i])
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", label);
    else
      g_string_append_printf (sql, "%s %s", sql->len > 0 ? "," : "SELECT", column);
  }
  if (sql->len == 0)
    return NULL;
  g_string_append_printf (sql, "\nFROM %s", wish->source->name);
  draft = g_new0 (TableDraft, 1);
  draft->sql = g_string_free (g_steal_pointer (&sql), FALSE);
  draft->title = g_strdup_printf (_("%s without %s"), name, names->str);
  draft->said = g_strdup ("");
  return draft;
}
