/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "dashboard-data.h"
#include "dashboard-resources.h"
#include "dashboard-rules.h"
#include "page-parts.h"
#include "tables/result-table.h"
#include "tables/sql-name.h"
#include "tables/sql-tokens.h"

#define RESOURCES "/org/melete/Melete/preview/"
/* Bytes of all texts, and of one. */
#define MAX_BYTES (8 * 1024 * 1024)
#define MAX_CELL 1000

/* Files of the page, in the order in which they are read. */
static const char *const styles[] = { "dashboard/dashboard.css", "table/table.css" };
static const char *const scripts[] = { "dashboard/format.js", "table/table.js" };

static const struct {
  const char *name, *text;
} words[] = {
  { "other", N_("Other") },
  { "empty", N_("(empty)") },
  { "yes", N_("Yes") },
  { "no", N_("No") },
  { "search", N_("Search") },
  { "nothing", N_("No row has that.") },
  { "noRows", N_("This table has no rows.") },
  { "found", N_("%s of %s rows") },
  { "total", N_("Total") },
  { "sortBy", N_("Sort by %s") },
  { "origin", N_("Where this comes from") },
  { "copy", N_("Copy") },
  { "copied", N_("Copied") },
  { "close", N_("Close") },
  { "cut", N_("These are the first %s of %s rows. An exported file has all of them.") },
  { "cutOpen", N_("These are the first %s rows of more. An exported file has all of them.") },
  { "printed", N_("The first %s of %s rows") },
};

/* What a column is. Elsewhere "number" is a sign, or how many. */
static const struct {
  const char *name, *text;
} types[] = {
  { "number", NC_ ("what a column is", "number") },
  { "text", NC_ ("what a column is", "text") },
  { "date", NC_ ("what a column is", "date") },
  { "time", NC_ ("what a column is", "time") },
  { "boolean", NC_ ("what a column is", "yes or no") },
};

/* ---- columns ---- */

/* How the statement makes a column: of its words from `begin` to `end`. FALSE where the column is one of "*". */
static gboolean
find_item (const GPtrArray *tokens, guint column, guint n_columns, guint *begin, guint *end)
{
  static const char *const selects[] = { "SELECT", NULL }, *const froms[] = { "FROM", NULL };
  guint at = sql_tokens_find (tokens, 0, selects) + 1, stop = sql_tokens_find (tokens, at, froms), n_items = 1, star = G_MAXUINT, item = 0, wanted = column;

  for (guint i = at; i < stop && i < tokens->len; i++) {
    const SqlToken *token = g_ptr_array_index (tokens, i);
    n_items += token->depth == 0 && sql_token_is (tokens, i, ",");
    if (token->depth == 0 && sql_token_is (tokens, i, "*") && (i == at || sql_token_is (tokens, i - 1, ",") || sql_token_is (tokens, i - 1, ".") || sql_token_is (tokens, i - 1, "DISTINCT")))
      star = star == G_MAXUINT ? n_items - 1 : G_MAXUINT - 1;
  }
  if (at >= tokens->len || star == G_MAXUINT - 1 || (star == G_MAXUINT && n_items != n_columns))
    return FALSE;
  /* What stands behind the star is counted from the end. */
  if (star != G_MAXUINT && column >= star) {
    if (n_columns - column >= n_items - star)
      return FALSE;
    wanted = n_items - (n_columns - column);
  }
  *begin = at;
  for (*end = at; *end < stop && *end < tokens->len; (*end)++) {
    if (((const SqlToken *) g_ptr_array_index (tokens, *end))->depth > 0 || !sql_token_is (tokens, *end, ","))
      continue;
    if (item++ == wanted)
      return TRUE;
    *begin = *end + 1;
  }
  return item == wanted;
}

static gboolean
has_word (const GPtrArray *tokens, guint begin, guint end, const char *const *of)
{
  for (guint i = begin; i < end && i < tokens->len; i++)
    for (guint k = 0; of[k] != NULL; k++)
      if (sql_token_is (tokens, i, of[k]))
        return TRUE;
  return FALSE;
}

/* Whether a sum says something of it: amounts, and neither what names rows nor what is taken of many rows already, as averages and ranks. */
static gboolean
has_total (const AppTable *table, const AppColumn *column, const GPtrArray *tokens, guint i, guint n_columns)
{
  static const char *const against[] = { "AVG", "median", "MIN", "MAX", "quantile", "stddev", "variance", "slope", "intercept", "correlation", "OVER", "DISTINCT", NULL };
  static const char *const sums[] = { "SUM", "COUNT", NULL }, *const times[] = { "*", NULL };
  static const char *const names_against[] = { "rank", "rang", "running", "cumul", "kumul", "laufend", "place", "platz", "per", "pro", "line", "linie", NULL };
  g_auto (GStrv) parts = g_strsplit (column->sql_name, "_", -1);
  guint begin, end;

  if (!dashboard_is_measure (table, column))
    return FALSE;
  for (guint p = 0; parts[p] != NULL; p++)
    for (guint k = 0; names_against[k] != NULL; k++)
      if (strcmp (parts[p], names_against[k]) == 0 || (strlen (names_against[k]) > 4 && g_str_has_prefix (parts[p], names_against[k])))
        return FALSE;
  if (find_item (tokens, i, n_columns, &begin, &end)) {
    if (has_word (tokens, begin, end, against) || sql_token_is (tokens, end - 1, "NULL"))
      return FALSE;
    /* Totals of groups, and a price times how many. */
    if (has_word (tokens, begin, end, sums) || (has_word (tokens, begin + 1, end, times) && !sql_token_is (tokens, begin, "100") && !sql_token_is (tokens, begin, "100.0")))
      return TRUE;
  } else if (has_word (tokens, 0, tokens->len, against)) {
    return FALSE;
  }
  return dashboard_is_additive (column);
}

/* Numbers without signs between their digits: names of things, years. */
static gboolean
is_plain_number (const AppTable *table, const AppColumn *column)
{
  gint64 min = column->min != NULL ? g_ascii_strtoll (column->min, NULL, 10) : 0, max = column->max != NULL ? g_ascii_strtoll (column->max, NULL, 10) : 0;

  return column->type == MEDIA_COLUMN_INTEGER && (dashboard_is_key (table, column) || (min >= 1900 && max <= 2100));
}

static void
append_cell (GString *json, const AppValue *value)
{
  gsize length = value->length;

  if (value->kind != MEDIA_CELL_TEXT || length <= MAX_CELL) {
    if (value->kind == MEDIA_CELL_TEXT)
      dashboard_json_append_text (json, value->text, (gssize) length);
    else
      dashboard_json_append_value (json, value);
    return;
  }
  for (length = MAX_CELL; length > 0 && ((guchar) value->text[length] & 0xc0) == 0x80;)
    length--;
  g_autofree char *cut = g_strdup_printf ("%.*s…", (int) length, value->text);
  dashboard_json_append_text (json, cut, -1);
}

static void
append_member (GString *json, const char *name, const char *text)
{
  g_string_append_printf (json, ",\"%s\":", name);
  dashboard_json_append_text (json, text, -1);
}

/* `totals`: of all rows, where not all are here; NULL otherwise. */
static void
append_column (GString *json, const AppResult *result, guint i, const AppTable *table, const AppColumn *column, const GPtrArray *tokens, const AppResult *totals)
{
  const AppResultColumn *of = app_result_get_column (result, i);
  g_autofree char *unit = dashboard_column_dup_unit (column), *label = dashboard_column_dup_label (column);
  gboolean total = has_total (table, column, tokens, i, app_result_get_n_columns (result));

  g_string_append_printf (json, "%s{\"total\":%s,\"plain\":%s", i > 0 ? "," : "", total ? "true" : "false", is_plain_number (table, column) ? "true" : "false");
  append_member (json, "title", label);
  append_member (json, "unit", unit);
  append_member (json, "type", media_column_type_get_name (of->type));
  if (total && totals != NULL) {
    g_string_append (json, ",\"sum\":");
    dashboard_json_append_value (json, app_result_get_value (totals, 0, i + 1));
  }
  g_string_append (json, ",\"values\":[");
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    g_string_append (json, row > 0 ? "," : "");
    append_cell (json, app_result_get_value (result, row, i));
  }
  g_string_append (json, "]}");
}

/* How many rows there are, and what each column comes to: of a table that is longer than the page. NULL when that takes too long. */
static AppResult *
sum_up (GPtrArray *datasets, const char *sql, const AppResult *result, GCancellable *cancellable)
{
  g_autoptr (GString) all = g_string_new ("SELECT COUNT(*)");

  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    const AppResultColumn *column = app_result_get_column (result, i);
    g_autofree char *name = sql_name_quote (column->name);
    g_string_append_printf (all, column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL ? ", SUM(%s)" : ", NULL", name);
  }
  g_string_append_printf (all, " FROM (\n%s\n)", sql);
  return app_query_run (datasets, all->str, NULL, cancellable, NULL);
}

/* ---- what is said of it ---- */

/* "400 rows · 7 columns · orders.csv, customers.csv" */
static char *
dup_summary (GPtrArray *datasets, const char *sql, const AppResult *result, gint64 n_rows)
{
  g_autoptr (GPtrArray) tokens = sql_tokens_new (sql);
  GString *text = g_string_new (NULL);
  guint n_columns = app_result_get_n_columns (result), n_files = 0;

  if (n_rows >= 0)
    g_string_append_printf (text, ngettext ("%'d row", "%'d rows", (gulong) n_rows), (int) n_rows);
  else
    g_string_append_printf (text, _("more than %'d rows"), (int) app_result_get_n_rows (result));
  g_string_append (text, " · ");
  g_string_append_printf (text, ngettext ("%'d column", "%'d columns", n_columns), (int) n_columns);
  for (guint i = 0; i < datasets->len; i++) {
    AppDataset *dataset = g_ptr_array_index (datasets, i);
    gboolean named = FALSE;
    for (guint k = 0; k < tokens->len && !named; k++)
      named = ((const SqlToken *) tokens->pdata[k])->kind == SQL_TOKEN_NAME && app_dataset_find_table (dataset, ((const SqlToken *) tokens->pdata[k])->text) != NULL;
    if (named)
      g_string_append_printf (text, "%s%s", n_files++ == 0 ? " · " : ", ", app_dataset_get_name (dataset));
  }
  return g_string_free (text, FALSE);
}

/* Whether it goes on along a straight line: table-forecast.c. */
static gboolean
is_forecast (const char *sql)
{
  g_autoptr (GPtrArray) tokens = sql_tokens_new (sql);
  gboolean slope = FALSE, intercept = FALSE;

  for (guint i = 0; i < tokens->len; i++) {
    slope |= sql_token_is (tokens, i, "slope");
    intercept |= sql_token_is (tokens, i, "intercept");
  }
  return slope && intercept;
}

/* ---- the page ---- */

/* JSON in which nothing ends a <script>. */
static char *
dup_data (GPtrArray *datasets, const char *sql, const char *title, const AppResult *result, const AppResult *totals, const char *language)
{
  g_autoptr (AppTable) table = result_table_new (result, "table");
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) tokens = sql_tokens_new (sql);
  gint64 n_rows = !app_result_is_cut (result) ? app_result_get_n_rows (result) : totals != NULL ? app_result_get_value (totals, 0, 0)->integer : -1;
  g_autofree char *summary = dup_summary (datasets, sql, result, n_rows);
  GString *json = g_string_new ("{\"spec\":{},\"fields\":{},\"labels\":{},\"names\":{}");

  append_member (json, "title", title);
  append_member (json, "summary", summary);
  append_member (json, "sql", sql);
  append_member (json, "locale", language);
  g_string_append_printf (json, ",\"cut\":%s,\"all\":%" G_GINT64_FORMAT ",\"notes\":[", app_result_is_cut (result) ? "true" : "false", n_rows);
  if (is_forecast (sql))
    dashboard_json_append_text (json, _("The forecast goes on along a straight line through what was measured. It knows nothing of seasons, or of what changes."), -1);
  g_string_append (json, "],\"words\":{");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_string_append_printf (json, "%s\"%s\":", i > 0 ? "," : "", words[i].name);
    dashboard_json_append_text (json, _(words[i].text), -1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_string_append_printf (json, ",\"%s\":", types[i].name);
    dashboard_json_append_text (json, g_dpgettext2 (NULL, "what a column is", types[i].text), -1);
  }
  g_string_append (json, "},\"columns\":[");
  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    g_autoptr (AppColumn) column = result_table_make_column (result, i);
    char *plain = sql_name_make (column->name, "column", taken);
    g_free (column->sql_name);
    column->sql_name = plain;
    g_free (column->name);
    column->name = g_strdup (app_result_get_column (result, i)->title);
    append_column (json, result, i, table, column, tokens, totals);
  }
  g_string_append (json, "]}");
  return g_string_free (json, FALSE);
}

AppBundle *
table_page_new (GPtrArray *datasets, const char *sql, const char *title, GCancellable *cancellable, GError **error)
{
  AppQueryLimits limits;
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autoptr (AppResult) result = NULL, totals = NULL;
  g_autoptr (GString) page = g_string_new (NULL);

  app_query_limits_init (&limits);
  limits.max_rows = TABLE_PAGE_MAX_ROWS;
  limits.max_bytes = MAX_BYTES;
  result = app_query_run (datasets, sql, &limits, cancellable, error);
  if (result == NULL)
    return NULL;
  if (app_result_is_cut (result))
    totals = sum_up (datasets, sql, result, cancellable);
  g_autofree char *language = page_dup_language (), *data = dup_data (datasets, sql, title, result, totals, language), *name = g_markup_escape_text (title, -1);
  g_string_append_printf (page, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                                "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n", language, page_is_right_to_left (language) ? "rtl" : "ltr", name);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    g_string_append_printf (page, "<link rel=\"stylesheet\" href=\"%s\">\n", styles[i]);
  g_string_append_printf (page, "</head>\n<body>\n<main id=\"table\"></main>\n<script type=\"application/json\" id=\"data\">%s</script>\n", data);
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    g_string_append_printf (page, "<script src=\"%s\"></script>\n", scripts[i]);
  g_string_append (page, "</body>\n</html>\n");
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, page->str);
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (!page_add_resource (bundle, dashboard_get_resource (), RESOURCES, styles[i], error))
      return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (!page_add_resource (bundle, dashboard_get_resource (), RESOURCES, scripts[i], error))
      return NULL;
  return g_steal_pointer (&bundle);
}
