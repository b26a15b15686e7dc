/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cleaned copy: without spaces around texts, without rows in which nothing stands, each row once. */
#include <glib/gi18n.h>
#include <string.h>

#include "page-parts.h"
#include "table-draft.h"
#include "tables/sql-name.h"

/* Arguments of one call. */
#define MAX_ARGUMENTS 80

/* What is to be done; where the wish only says "clean", all of it. */
typedef struct {
  gboolean trim, empty, twice;
} Cleaning;

static Cleaning
read_wish (const char *text)
{
  g_autofree char *small = g_utf8_strdown (text, -1);
  Cleaning cleaning = {
    .trim = words_begin_any (small, "space|whitespace|trim|leerzeichen", "|"),
    .empty = words_begin_any (small, "empty|blank|leere", "|"),
    .twice = words_begin_any (small, "dedup|duplicate|twice|double|dublette|duplikat|doppelt", "|"),
  };

  if (words_begin_any (small, "clean|bereinig|säuber", "|") || (!cleaning.trim && !cleaning.empty && !cleaning.twice))
    cleaning = (Cleaning) { TRUE, TRUE, TRUE };
  return cleaning;
}

/* A column as it will be. (transfer full) */
static char *
dup_value (const AppColumn *column, const Cleaning *cleaning)
{
  g_autofree char *name = table_sql_name (column);

  return cleaning->trim && column->type == MEDIA_COLUMN_TEXT ? g_strdup_printf ("NULLIF(TRIM(%s), '')", name) : g_steal_pointer (&name);
}

/* Rows in which something stands. */
static void
append_condition (GString *sql, const AppTable *table, const Cleaning *cleaning)
{
  guint n = table->columns->len;

  for (guint i = 0; i < n; i += MAX_ARGUMENTS) {
    guint end = MIN (i + MAX_ARGUMENTS, n);
    g_string_append (sql, i > 0 ? " OR " : "\nWHERE ");
    g_string_append (sql, end - i > 1 ? "COALESCE(" : "");
    for (guint k = i; k < end; k++) {
      g_autofree char *value = dup_value (g_ptr_array_index (table->columns, k), cleaning);
      g_string_append_printf (sql, "%s%s", k > i ? ", " : "", value);
    }
    g_string_append (sql, end - i > 1 ? ") IS NOT NULL" : " IS NOT NULL");
  }
}

static gint64
count (const TableWish *wish, const char *from, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT COUNT(*) FROM %s", from);
  g_autoptr (AppResult) result = table_wish_run (wish, sql, 1, error);

  return result != NULL ? app_result_get_value (result, 0, 0)->integer : -1;
}

TableDraft *
table_draft_clean (const TableWish *wish, GError **error)
{
  const AppTable *table = wish->source->table;
  Cleaning cleaning = read_wish (wish->text);
  g_autofree char *name = table_wish_dup_name (wish), *own = NULL;
  g_autoptr (GString) sql = g_string_new (cleaning.twice ? "SELECT DISTINCT" : "SELECT");
  TableDraft *draft;

  for (guint i = 0; i < table->columns->len; i++) {
    const AppColumn *column = g_ptr_array_index (table->columns, i);
    g_autofree char *value = dup_value (column, &cleaning), *as = table_sql_name (column);
    g_string_append_printf (sql, "%s\n  %s", i > 0 ? "," : "", value);
    if (strcmp (value, as) != 0)
      g_string_append_printf (sql, " AS %s", as);
  }
  g_string_append_printf (sql, "\nFROM %s", wish->source->name);
  if (cleaning.empty)
    append_condition (sql, table, &cleaning);
  own = g_strdup_printf ("(\n%s\n)", sql->str);
  gint64 before = count (wish, wish->source->name, error), after = before >= 0 ? count (wish, own, error) : -1;
  if (after < 0)
    return NULL;
  draft = g_new0 (TableDraft, 1);
  draft->sql = g_string_free (g_steal_pointer (&sql), FALSE);
  draft->title = g_strdup_printf (_("%s, cleaned"), name);
  draft->said = g_strdup_printf (_("%'d of %'d rows are left."), (int) after, (int) before);
  g_autoptr (GString) said = g_string_new (draft->said);
  if (cleaning.twice)
    g_string_append_printf (said, "\n- %s", _("Rows that are the same in every column are there once."));
  if (cleaning.empty)
    g_string_append_printf (said, "\n- %s", _("Rows in which nothing stands are left out."));
  if (cleaning.trim)
    g_string_append_printf (said, "\n- %s", _("Spaces before and behind texts are gone."));
  g_free (draft->said);
  draft->said = g_string_free (g_steal_pointer (&said), FALSE);
  return draft;
}
