/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows a row of an answer was made of. Only statements over one table are looked at, whose parts are found by their words; of others nothing is claimed. */
#include <glib/gi18n.h>
#include <sqlite3.h>
#include <string.h>

#include "app-error.h"
#include "app-query.h"
#include "query-functions.h"
#include "sql-tokens.h"

/* Places of the words in a SELECT: each part goes up to the next one. */
typedef enum { PART_SELECT, PART_FROM, PART_WHERE, PART_GROUP, PART_HAVING, PART_ORDER, PART_LIMIT, PART_END, N_PARTS } Part;

typedef struct {
  const char *sql;
  GPtrArray *tokens;
  guint at[N_PARTS]; /* the token of the word; that of the next part where there is none */
  gboolean has[N_PARTS];
} Select;

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, why);
  return FALSE;
}

static char *
dup_part (const Select *select, guint from, guint until)
{
  if (from >= until)
    return g_strdup ("");
  const SqlToken *first = g_ptr_array_index (select->tokens, from), *last = g_ptr_array_index (select->tokens, until - 1);
  return g_strndup (select->sql + first->start, last->end - first->start);
}

/* Finds the parts; FALSE for what is no plain SELECT over one table. */
static gboolean
split (const char *sql, Select *select, GError **error)
{
  static const char *const words[] = { "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT" };
  static const char *const others[] = { "UNION", "INTERSECT", "EXCEPT", "WINDOW", "JOIN", "WITH", "VALUES", NULL };
  const char *reason = _("The rows behind this number are not known: the question joins or nests several.");

  *select = (Select) { .sql = sql, .tokens = sql_tokens_new (sql) };
  guint n = select->tokens->len;
  n -= n > 0 && sql_token_is (select->tokens, n - 1, ";");
  if (!sql_token_is (select->tokens, 0, "SELECT") || sql_tokens_find (select->tokens, 0, others) < n)
    return refuse (error, reason);
  for (guint i = 0; i < select->tokens->len; i++)
    if ((sql_token_is (select->tokens, i, "SELECT") && i > 0) || sql_token_is (select->tokens, i, "OVER"))
      return refuse (error, reason);
  select->at[PART_END] = n;
  for (int part = PART_LIMIT; part >= PART_SELECT; part--) {
    const char *const word[] = { words[part], NULL };
    guint at = sql_tokens_find (select->tokens, 0, word);
    select->has[part] = at < n;
    select->at[part] = at < n ? at : select->at[part + 1];
  }
  /* One name, perhaps with that of its dataset in front, perhaps with another behind. */
  guint from = select->at[PART_FROM] + 1, until = select->at[PART_WHERE];
  if (!select->has[PART_FROM] || until <= from || until - from > 5)
    return refuse (error, reason);
  for (guint i = from; i < until; i++) {
    const SqlToken *token = g_ptr_array_index (select->tokens, i);
    if (token->depth > 0 || (token->kind != SQL_TOKEN_NAME && strcmp (token->text, ".") != 0))
      return refuse (error, reason);
  }
  return TRUE;
}

/* The expressions of a list between commas, without names behind AS: pairs of first token and the one behind the last. */
static GArray *
split_list (const Select *select, guint from, guint until)
{
  GArray *list = g_array_new (FALSE, FALSE, 2 * sizeof (guint));
  guint pair[2] = { from, from };

  for (guint i = from; i <= until; i++) {
    const SqlToken *token = i < until ? g_ptr_array_index (select->tokens, i) : NULL;
    if (token != NULL && !(token->depth == 0 && strcmp (token->text, ",") == 0 && token->kind == SQL_TOKEN_SYMBOL))
      continue;
    pair[1] = i;
    if (pair[1] > pair[0])
      g_array_append_val (list, pair);
    pair[0] = i + 1;
  }
  return list;
}

/* The expression of an item of the answer, and its name. */
static void
find_item (const Select *select, const guint pair[2], char **expression, char **name)
{
  guint end = pair[1];

  *name = NULL;
  for (guint i = pair[0] + 1; i + 1 < pair[1]; i++)
    if (((SqlToken *) g_ptr_array_index (select->tokens, i))->depth == 0 && sql_token_is (select->tokens, i, "AS"))
      end = i;
  if (end < pair[1])
    *name = g_strdup (((SqlToken *) g_ptr_array_index (select->tokens, pair[1] - 1))->text);
  *expression = dup_part (select, pair[0], end);
}

static char *
write_value (const AppValue *value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  switch (value->kind) {
  case MEDIA_CELL_INTEGER:
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
  case MEDIA_CELL_REAL:
    g_ascii_formatd (buffer, sizeof buffer, "%.17g", value->real);
    return strpbrk (buffer, ".e") != NULL ? g_strdup (buffer) : g_strconcat (buffer, ".0", NULL);
  case MEDIA_CELL_TEXT: {
    g_autofree char *text = g_strndup (value->text, value->length);
    char *quoted = sqlite3_mprintf ("%Q", text), *copy = g_strdup (quoted);
    sqlite3_free (quoted);
    return copy;
  }
  default:
    return g_strdup ("NULL");
  }
}

/* Whether a function that makes one value of many rows stands among the items. */
static gboolean
has_aggregates (const Select *select)
{
  for (guint i = select->at[PART_SELECT]; i + 1 < select->at[PART_FROM]; i++) {
    const SqlToken *token = g_ptr_array_index (select->tokens, i);
    if (token->kind == SQL_TOKEN_NAME && sql_token_is (select->tokens, i + 1, "(") && query_function_is_aggregate (token->text))
      return TRUE;
  }
  return FALSE;
}

/* Adds "AND (expression) IS value" for each of GROUP BY. FALSE when its value is not in the answer. */
static gboolean
add_groups (const Select *select, const AppResult *result, guint row, GString *where, GError **error)
{
  g_autoptr (GArray) items = split_list (select, select->at[PART_SELECT] + 1, select->at[PART_FROM]);
  g_autoptr (GArray) groups = split_list (select, select->at[PART_GROUP] + 2, select->at[PART_HAVING]);

  for (guint g = 0; g < groups->len; g++) {
    const guint *group = &g_array_index (groups, guint, 2 * g);
    g_autofree char *wanted = dup_part (select, group[0], group[1]);
    guint64 place = g_ascii_strtoull (wanted, NULL, 10);
    gboolean found = FALSE;
    for (guint i = 0; i < items->len && i < app_result_get_n_columns (result) && !found; i++) {
      g_autofree char *expression = NULL, *name = NULL;
      find_item (select, &g_array_index (items, guint, 2 * i), &expression, &name);
      if (place != i + 1 && g_ascii_strcasecmp (wanted, expression) != 0 && (name == NULL || g_ascii_strcasecmp (wanted, name) != 0))
        continue;
      g_autofree char *value = write_value (app_result_get_value (result, row, i));
      g_string_append_printf (where, "%s(%s) IS %s", where->len > 0 ? " AND " : "", expression, value);
      found = TRUE;
    }
    if (!found)
      return refuse (error, _("The rows behind this number are not known: the question groups by what is not in its answer."));
  }
  return TRUE;
}

char *
app_query_dup_origin (GPtrArray *datasets, const AppResult *result, guint row, GError **error)
{
  Select select;
  g_autoptr (GString) where = g_string_new (NULL);
  char *origin = NULL;
  gboolean ok = split (app_result_get_sql (result), &select, error);
  g_autoptr (GPtrArray) tokens = select.tokens;

  if (!ok)
    return NULL;
  g_autofree char *from = dup_part (&select, select.at[PART_FROM], select.at[PART_WHERE]);
  g_autofree char *condition = dup_part (&select, select.at[PART_WHERE] + 1, select.at[PART_GROUP]);
  if (select.has[PART_WHERE])
    g_string_append_printf (where, "(%s)", condition);
  if (sql_token_is (tokens, 1, "DISTINCT") || (!select.has[PART_GROUP] && !has_aggregates (&select))) {
    /* A row of the table itself: the one at its place in the same order. */
    g_autofree char *items = dup_part (&select, select.at[PART_SELECT] + 1, select.at[PART_FROM]);
    g_autofree char *rest = dup_part (&select, select.at[PART_FROM], select.at[PART_LIMIT]);
    if (sql_token_is (tokens, 1, "DISTINCT") || select.has[PART_LIMIT]) {
      refuse (error, _("The rows behind this number are not known: the question leaves out or joins rows."));
      return NULL;
    }
    origin = g_strdup_printf ("SELECT rowid AS row, %s %s LIMIT 1 OFFSET %u", items, rest, row);
  } else if (!select.has[PART_GROUP] || add_groups (&select, result, row, where, error))
    origin = g_strdup_printf ("SELECT rowid AS row, * %s%s%s ORDER BY rowid", from, where->len > 0 ? " WHERE " : "", where->str);
  if (origin != NULL && !app_query_check (datasets, origin, error))
    g_clear_pointer (&origin, g_free);
  return origin;
}
