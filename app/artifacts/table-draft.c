/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table-draft.h"

#include <string.h>

#include "dashboard-sql.h"
#include "dashboard-wish.h"
#include "page-parts.h"
#include "tables/result-table.h"
#include "tables/sql-name.h"

/* Rows of the table that is changed, by which it is known what its columns are like. */
#define MAX_BASE_ROWS 10000

/* What is written here. English and German words, in small letters, as they begin; a model reads the others. */
static const struct {
  const char *beginnings; /* with '|' between them */
  TableDraftFunc make;
  gboolean sums; /* of something, which may be computed */
} drafts[] = {
  { "pivot|crosstab|cross tab|cross-tab|kreuztabelle", table_draft_pivot, TRUE },
  { "forecast|predict|extrapolat|projection|prognos|vorhersage|hochrechn", table_draft_forecast, TRUE },
  { "clean|dedup|duplicate|empty row|blank row|bereinig|säuber|dublette|duplikat|doppelte zeile|doppelte einträge|leere zeile", table_draft_clean },
  { "join|merge|combine|verbinde|verknüpf|zusammenführ|füge beide|führe", table_draft_join },
  { "rename|umbenenn|benenne", table_draft_rename },
  { "without|leave out|drop|remove|delete|ohne|entfern|lösch", table_draft_columns },
};

static const char add_words[] = "add a|add the|add one|add another|add what|add how|add column|new column|additional column|extra column|another column|append a|füge|ergänze|neue spalte|weitere spalte|zusätzliche spalte|spalte mit";
static const char column_words[] = "column|spalte|rank|running total|share|percentage|difference|laufende|anteil|rang";
/* What is computed of several columns, and not understood here. */
static const char arithmetic[] = "times |multiplied|divided|minus |plus |mal |multipliziert|geteilt|dividiert|abzüglich";
static const char question_words[] = "how|what|which|who|when|where|why|is|are|does|do|did|was|were|wie|welche|welcher|welches|wer|wann|wo|warum|ist|sind|gibt|wieviel";

void
table_draft_free (TableDraft *draft)
{
  g_free (draft->sql);
  g_free (draft->title);
  g_free (draft->said);
  g_free (draft);
}

/* ---- what a wish is for ---- */

static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  return g_utf8_strdown (valid, -1);
}

/* "How many …?" is answered; "Can you add a column?" is a wish. */
static gboolean
is_question (const char *small)
{
  g_auto (GStrv) words = g_strsplit_set (small, " \t\n,;:", 2);
  g_auto (GStrv) questions = g_strsplit (question_words, "|", -1);

  return words[0] != NULL && g_strv_contains ((const char *const *) questions, words[0]);
}

gboolean
table_wish_adds (const char *wish)
{
  g_autofree char *small = fold (wish);

  return words_begin_any (small, add_words, "|") && words_begin_any (small, column_words, "|");
}

gboolean
table_wish_adds_to (const char *wish)
{
  g_autofree char *small = fold (wish);

  return g_str_has_prefix (small, "add ") || g_str_has_prefix (small, "füge ") || g_str_has_prefix (small, "ergänze ") || table_wish_adds (wish);
}

gboolean
table_wish_changes (const char *wish)
{
  static const char *const words[] = { "only ", "just ", "show only ", "sort ", "sorted ", "order by ", "ordered by ", "without ", "leave out ", "remove ", "drop ", "rename ", "round ", "keep ", "filter ", "group ", "limit ",
                                       "nur ", "sortiere ", "sortiert ", "ohne ", "entferne ", "benenne ", "runde ", "behalte ", "filtere ", "gruppiere " };
  g_autofree char *small = fold (wish);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (small, words[i]))
      return TRUE;
  return table_wish_adds_to (wish) && !is_question (small);
}

gboolean
table_wish_is_sure (const char *wish, gboolean *changes)
{
  g_autofree char *small = fold (wish);
  gboolean is = words_begin_any (small, drafts[0].beginnings, "|") || words_begin_any (small, drafts[1].beginnings, "|"), adds = table_wish_adds (wish);
  gboolean tables = words_begin_any (small, "table|file|sheet|both|two|list|dataset|tabelle|datei|beide|blätter|liste", "|");
  gboolean copy = words_begin_any (small, "copy|version|table|list|file|remove|without|kopie|tabelle|liste|datei|entfern|ohne|bereinig", "|");

  is |= words_begin_any (small, drafts[2].beginnings, "|") && copy;
  is |= words_begin_any (small, drafts[3].beginnings, "|") && tables;
  if (changes != NULL)
    *changes = adds || words_begin_any (small, "it |it.|this |that |these |the table|the result|davon|diese|die tabelle|das ergebnis", "|") || g_str_has_suffix (small, " it") || g_str_has_suffix (small, " this");
  return (is || adds) && !is_question (small);
}

/* ---- the table that it speaks of ---- */

static guint
count_named (const GPtrArray *words, const char *name)
{
  g_autoptr (GPtrArray) parts = dashboard_wish_split (name);
  guint n = 0;

  for (guint i = 0; i < parts->len; i++)
    n += strlen (parts->pdata[i]) > 1 && g_ptr_array_find_with_equal_func ((GPtrArray *) words, parts->pdata[i], g_str_equal, NULL);
  return parts->len > 0 && n == parts->len ? n : 0;
}

static const DashboardSource *
choose_source (const GPtrArray *sources, const GPtrArray *words)
{
  const DashboardSource *best = NULL;
  guint most = 0;

  for (guint i = 0; i < sources->len; i++) {
    const DashboardSource *source = g_ptr_array_index (sources, i);
    guint n = 4 * count_named (words, source->table->sql_name);
    for (guint k = 0; k < source->table->columns->len; k++) {
      g_autofree char *label = dashboard_column_dup_label (g_ptr_array_index (source->table->columns, k));
      n += count_named (words, label);
    }
    if (best == NULL || n > most) {
      best = source;
      most = n;
    }
  }
  return best;
}

/* "of the revenue (price times quantity) by city", where a sum is wanted of what is no column: a table that has it, and the wish with its name. FALSE where there is no such thing. */
static gboolean
lift_product (const DashboardSource *source, const char *text, char **sql, char **rest)
{
  static const char *const signs[] = { "times", "multiplied by", "mal", "multipliziert mit", "*", "×", "x" };

  for (guint i = 0; i < source->table->columns->len; i++)
    for (guint k = 0; k < source->table->columns->len; k++)
      for (guint s = 0; s < G_N_ELEMENTS (signs) && i != k; s++) {
        const AppColumn *one = source->table->columns->pdata[i], *other = source->table->columns->pdata[k];
        g_autofree char *first = dashboard_column_dup_label (one), *second = dashboard_column_dup_label (other), *both = g_strdup_printf ("%s %s %s", first, signs[s], second), *what = fold (both);
        const char *at = dashboard_is_number (one) && dashboard_is_number (other) ? strstr (text, what) : NULL, *end, *begin, *word;
        if (at == NULL)
          continue;
        end = at + strlen (what);
        begin = word = at;
        if (at > text + 2 && at[-1] == '(' && at[-2] == ' ' && *end == ')') {
          /* What is in front of the parentheses is its name. */
          end++;
          for (begin = word = at - 2; word > text && g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (word)));)
            word = g_utf8_prev_char (word);
        }
        g_autofree char *name = word < begin ? g_strndup (word, (gsize) (begin - word)) : g_strdup (what), *quoted = sql_name_quote (name), *a = table_sql_name (one), *b = table_sql_name (other);
        *sql = g_strdup_printf ("SELECT *, %s * %s AS %s FROM %s", a, b, quoted, source->name);
        *rest = g_strdup_printf ("%.*s%s%s", (int) (word - text), text, name, end);
        return TRUE;
      }
  return FALSE;
}

/* `lifted`: what is computed in it is a column of `base` now. */
static TableDraft *
make_draft (GPtrArray *datasets, const char *base, const char *text, gboolean lifted, GCancellable *cancellable, GError **error)
{
  g_autofree char *small = fold (text), *name = result_table_dup_name (datasets);
  g_autoptr (GPtrArray) words = dashboard_wish_split (text), sources = dashboard_sources_new (datasets);
  g_autoptr (AppTable) table = NULL;
  TableWish wish = { datasets, text, words, NULL, base, base != NULL ? name : NULL, lifted, cancellable };
  DashboardSource own = { .datasets = datasets, .name = name };

  if (base != NULL) {
    AppQueryLimits limits;
    app_query_limits_init (&limits);
    limits.max_rows = MAX_BASE_ROWS;
    g_autoptr (AppResult) result = app_query_run (datasets, base, &limits, cancellable, error);
    if (result == NULL)
      return NULL;
    own.table = table = result_table_new (result, name);
    wish.source = &own;
  } else {
    wish.source = choose_source (sources, words);
  }
  if (wish.source == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (drafts); i++) {
    if (!words_begin_any (small, drafts[i].beginnings, "|"))
      continue;
    GError *trouble = NULL;
    g_autofree char *with = NULL, *rest = NULL;
    if (drafts[i].sums && !lifted && lift_product (wish.source, small, &with, &rest)) {
      g_autofree char *whole = base != NULL ? result_table_compose (name, base, with) : g_strdup (with);
      return make_draft (datasets, whole, rest, TRUE, cancellable, error);
    }
    if (drafts[i].sums && !lifted && words_begin_any (small, arithmetic, "|"))
      continue;
    g_autoptr (TableDraft) draft = drafts[i].make (&wish, &trouble);
    if (trouble != NULL) {
      g_propagate_error (error, trouble);
      return NULL;
    }
    if (draft == NULL)
      continue;
    if (base != NULL) {
      char *whole = result_table_compose (name, base, draft->sql);
      g_free (draft->sql);
      draft->sql = whole;
    }
    return g_steal_pointer (&draft);
  }
  return NULL;
}

TableDraft *
table_draft_new (GPtrArray *datasets, const char *base, const char *wish, GCancellable *cancellable, GError **error)
{
  return make_draft (datasets, base, wish, FALSE, cancellable, error);
}

/* ---- for the drafts ---- */

AppResult *
table_wish_run (const TableWish *wish, const char *sql, guint max_rows, GError **error)
{
  g_autofree char *whole = wish->base != NULL ? result_table_compose (wish->base_name, wish->base, sql) : g_strdup (sql);
  AppQueryLimits limits;

  app_query_limits_init (&limits);
  limits.max_rows = max_rows;
  return app_query_run (wish->datasets, whole, &limits, wish->cancellable, error);
}

gboolean
table_wish_has (const TableWish *wish, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (g_ptr_array_find_with_equal_func (wish->words, list[i], g_str_equal, NULL))
      return TRUE;
  return FALSE;
}

gboolean
table_wish_is_all (const TableWish *wish, const GPtrArray *tables, const char *fillers)
{
  g_auto (GStrv) list = g_strsplit (fillers, " ", -1);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < tables->len; i++) {
    const AppTable *table = g_ptr_array_index (tables, i);
    g_autoptr (GString) names = g_string_new (table->sql_name);
    g_string_append_printf (names, " %s", table->title);
    for (guint k = 0; k < table->columns->len; k++)
      g_string_append_printf (names, " %s %s", ((const AppColumn *) table->columns->pdata[k])->name, ((const AppColumn *) table->columns->pdata[k])->sql_name);
    g_autoptr (GPtrArray) parts = dashboard_wish_split (names->str);
    for (guint k = 0; k < parts->len; k++)
      g_hash_table_add (known, g_strdup (parts->pdata[k]));
  }
  for (guint i = 0; i < wish->words->len; i++)
    if (!g_strv_contains ((const char *const *) list, wish->words->pdata[i]) && !g_hash_table_contains (known, wish->words->pdata[i]))
      return FALSE;
  return TRUE;
}

DashboardValue
table_wish_mean_value (const TableWish *wish, DashboardValue value)
{
  const GPtrArray *columns = wish->source->table->columns;

  if (wish->lifted && value.aggregate == DASHBOARD_AVERAGE && value.column == columns->pdata[columns->len - 1] && !table_wish_has (wish, "average mean avg durchschnitt durchschnittlich durchschnittliche mittel"))
    value.aggregate = DASHBOARD_SUM;
  return value;
}

char *
table_dup_label (const AppTable *table)
{
  AppColumn named = { .name = table->title[0] != '\0' ? table->title : table->sql_name, .sql_name = table->sql_name, .unit = (char *) "", .type = MEDIA_COLUMN_TEXT };

  return dashboard_column_dup_label (&named);
}

char *
table_wish_dup_name (const TableWish *wish)
{
  return table_dup_label (wish->source->table);
}

char *
table_sql_name (const AppColumn *column)
{
  return sql_name_write (column->sql_name);
}

char *
table_sql_group (const DashboardGroup *group)
{
  g_autofree char *name = table_sql_name (group->column);
  AppColumn written = *group->column;

  written.sql_name = name;
  return dashboard_sql_group (&(DashboardGroup) { group->bucket, &written });
}

char *
table_sql_value (const TableWish *wish, const DashboardValue *value, const char *condition)
{
  static const char *const functions[DASHBOARD_N_AGGREGATES] = { "COUNT", "SUM", "AVG", "median", "MIN", "MAX", "COUNT" };
  g_autofree char *name = value->column != NULL ? table_sql_name (value->column) : NULL;
  g_autofree char *all = NULL;
  gboolean mixed = value->column != NULL && value->aggregate != DASHBOARD_COUNT && value->aggregate != DASHBOARD_DISTINCT && wish->base == NULL && dashboard_is_mixed (wish->source, value->column);

  if (name == NULL)
    return condition != NULL ? g_strdup_printf ("COUNT(CASE WHEN %s THEN 1 END)", condition) : g_strdup ("COUNT(*)");
  if (mixed)
    all = condition != NULL ? g_strdup_printf ("%s AND typeof(%s) <> 'text'", condition, name) : g_strdup_printf ("typeof(%s) <> 'text'", name);
  else
    all = g_strdup (condition);
  if (all == NULL)
    return g_strdup_printf ("%s(%s%s)", functions[value->aggregate], value->aggregate == DASHBOARD_DISTINCT ? "DISTINCT " : "", name);
  return g_strdup_printf ("%s(%sCASE WHEN %s THEN %s END)", functions[value->aggregate], value->aggregate == DASHBOARD_DISTINCT ? "DISTINCT " : "", all, name);
}
